/** Loads node:crypto when a signature or a hash is first needed: index.ts imports no modules of Node. */
import { GableError } from "../errors/gable-error.ts";

/** The module node:crypto. */
type NodeCrypto = typeof import("node:crypto");

let found: NodeCrypto | undefined;

/**
 * Returns node:crypto. Its calls are synchronous and take a tenth of the time of WebCrypto's (decisions/024-sessions.md).
 * Node, Bun, Deno and workers with the flag `nodejs_compat` have it. Throws `E_CRYPTO_MISSING` elsewhere.
 */
export function getNodeCrypto(): NodeCrypto {
  if (found !== undefined) return found;
  // Not every runtime has a process.
  const holder = globalThis as { process?: { getBuiltinModule?: (name: string) => unknown } };
  // Node documents what this name gives.
  found = holder.process?.getBuiltinModule?.("node:crypto") as NodeCrypto | undefined;
  if (found === undefined) throw new GableError("E_CRYPTO_MISSING", "This runtime has no node:crypto, which signatures need.");
  return found;
}
