/**
 * Where signers find the keys of their application. A signer is a constant of a module and knows no application; a request
 * belongs to one. While all applications of a process have the same keys, those are the keys. When they differ, each request
 * carries its own.
 */
import { GableError } from "../errors/gable-error.ts";
import type { Keyring } from "./keyring.ts";

/** Gives the keys of an application when they are first needed. */
export interface KeySource {
  /** Equal for sources with the same keys. */
  readonly label: string;
  /** Returns the keys. Throws `E_SECRET_KEYS_MISSING`. */
  readonly keyring: () => Keyring;
}

interface Carrier {
  run<Result>(source: KeySource, work: () => Result): Result;
  getStore(): KeySource | undefined;
}

const running = new Set<KeySource>();
/** Purposes of signers without separate keys. */
const purposes = new Set<string>();
let carrier: Carrier | undefined;
let isDivided = false;

/** Adds the keys of an application that starts; returns the function that removes them. */
export function addKeySource(source: KeySource): () => void {
  running.add(source);
  isDivided = hasDifferentKeys();
  return () => {
    running.delete(source);
    isDivided = hasDifferentKeys();
  };
}

function hasDifferentKeys(): boolean {
  return new Set([...running].map(({ label }) => label)).size > 1;
}

/** Runs the work of a request with the keys of its application. Costs a comparison while all applications have the same keys. */
export function withKeySource<Result>(source: KeySource, work: () => Result): Result {
  if (!isDivided) return work();
  carrier ??= createCarrier();
  return carrier === undefined ? work() : carrier.run(source, work);
}

/** Returns the keys for a signer. Throws `E_SECRET_KEYS_MISSING` and `E_SIGNER_AMBIGUOUS`. */
export function currentKeyring(purpose: string): Keyring {
  const source = carrier?.getStore() ?? (isDivided ? undefined : running.values().next().value);
  if (source !== undefined) return source.keyring();
  if (running.size === 0)
    throw new GableError("E_SECRET_KEYS_MISSING", `The signer "${purpose}" has no keys: no application with secret keys has started.`, {
      fix: "Pass secretKeys to gable() and await app.start(), or pass secretKeys to createSigner().",
    });
  throw new GableError(
    "E_SIGNER_AMBIGUOUS",
    `The signer "${purpose}" was used outside of a request, and the applications of this process have different keys.`,
  );
}

/** Notes that a signer takes the keys of its application. */
export function noteSigner(purpose: string): void {
  purposes.add(purpose);
}

/** Returns the purposes of all signers that take the keys of their application. */
export function notedPurposes(): readonly string[] {
  return [...purposes];
}

function createCarrier(): Carrier | undefined {
  // Not every runtime has a process.
  const holder = globalThis as { process?: { getBuiltinModule?: (name: string) => unknown } };
  // Node documents what this name gives.
  const hooks = holder.process?.getBuiltinModule?.("node:async_hooks") as { AsyncLocalStorage: new () => Carrier } | undefined;
  return hooks === undefined ? undefined : new hooks.AsyncLocalStorage();
}
