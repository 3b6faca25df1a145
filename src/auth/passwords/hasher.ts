/** Hashes passwords, checks them, and says when a hash should be made again. */
import { randomBytes, timingSafeEqual } from "node:crypto";
import { assertKnownOptions, optionInvalid } from "../../errors/option-errors.ts";
import { GableError } from "../../errors/gable-error.ts";
import type { HashQueueOptions } from "./hash-queue.ts";
import { HashQueue } from "./hash-queue.ts";
import type { HashWork } from "./hash-threads.ts";
import { computeInPool, HashThreads } from "./hash-threads.ts";
import type { PasswordHash } from "./phc-string.ts";
import { formatPhc, parsePhc } from "./phc-string.ts";
import type { HashScheme } from "./schemes.ts";
import { currentScheme, hashCostMax, hashSchemes, schemeOfCost } from "./schemes.ts";

/** A scheme of another system, for accounts that come from there. */
export interface ForeignScheme {
  /** What its hashes start with, such as `pbkdf2_sha256$`. */
  readonly prefix: string;
  /** Checks a password. */
  readonly verify: (password: string, hash: string) => boolean | Promise<boolean>;
}

/** Options of {@link createPasswordHasher}. */
export interface PasswordHasherOptions extends HashQueueOptions {
  /** Schemes of other systems. Their hashes are replaced at the next login. None by default. */
  readonly foreign?: readonly ForeignScheme[];
  /** How many times as long as by default a hash takes, 1 to 5. Default 1. */
  readonly cost?: number;
}

/** What a check says. */
export interface PasswordCheck {
  /** Whether the password is the right one. */
  readonly isRight: boolean;
  /** Whether the hash is weaker than a new one would be: hash the password again. */
  readonly isWeak: boolean;
}

/** Hashes and checks passwords. */
export interface PasswordHasher {
  /** Returns the hash of a password as a PHC string. */
  hash(password: string): Promise<string>;
  /**
   * Checks a password. Without a hash, and for a wrong password of a weaker hash, it takes as long as for a new hash. Throws
   * `E_PASSWORD_HASH_UNSUPPORTED`.
   */
  verify(password: string, hash: string | undefined): Promise<PasswordCheck>;
  /** Returns what a stored hash is worth, without a password: "weak" is replaced at the next login, "unsupported" cannot be checked. */
  judge(hash: string): "current" | "weak" | "unsupported";
}

const saltBytes = 16;
const hashBytes = 32;
const wrong: PasswordCheck = { isRight: false, isWeak: false };

/** Creates a hasher for one process. */
export function createPasswordHasher(options: PasswordHasherOptions = {}): PasswordHasher {
  assertKnownOptions("createPasswordHasher()", options, { foreign: "objects", cost: "count", runningMax: "count", waitingMax: "whole" });
  const { foreign = [], cost = 1, ...queueOptions } = options;
  if (cost > hashCostMax) throw optionInvalid("createPasswordHasher()", "cost", cost, `a whole number from 1 to ${hashCostMax}`);
  const threads = new HashThreads();
  return hasherOf(schemeOfCost(cost), { foreign, queueOptions, compute: (work) => threads.compute(work) });
}

/** Creates a hasher for an application under test: its hashes take less than a millisecond, and are weak elsewhere. */
export function createTestHasher({ foreign = [], ...queueOptions }: Omit<PasswordHasherOptions, "cost">): PasswordHasher {
  return hasherOf({ ...currentScheme, parameters: currentScheme.testParameters }, { foreign, queueOptions, compute: computeInPool });
}

/** What a hasher works with. */
interface HasherTools {
  readonly foreign: readonly ForeignScheme[];
  readonly queueOptions: HashQueueOptions;
  readonly compute: ComputeHash;
}

type ComputeHash = (work: HashWork) => Promise<Uint8Array>;

function hasherOf(scheme: HashScheme, { foreign, queueOptions, compute }: HasherTools): PasswordHasher {
  const queue = new HashQueue(queueOptions);
  return {
    hash: (password) => queue.run(() => hashWith(compute, scheme, password)),
    verify: (password, hash) =>
      queue.run(async () => {
        const other = hash === undefined ? undefined : foreign.find(({ prefix }) => hash.startsWith(prefix));
        if (other !== undefined) return verifyForeign(compute, { password, hash: hash!, other, scheme });
        return verify(compute, password, hash, scheme);
      }),
    judge(hash) {
      if (foreign.some(({ prefix }) => hash.startsWith(prefix))) return "weak";
      const known = parsePhc(hash);
      if (known === undefined || findScheme(known) === undefined) return "unsupported";
      return isWeak(known, scheme) ? "weak" : "current";
    },
  };
}

async function hashWith(compute: ComputeHash, { name, version, parameters, derive }: HashScheme, password: string): Promise<string> {
  const salt = randomBytes(saltBytes);
  // The current scheme is one that this Node has.
  const hash = await compute(derive!(toBytes(password), { parameters, salt }, hashBytes));
  return formatPhc({ scheme: name, version, parameters, salt, hash });
}

async function verify(compute: ComputeHash, password: string, text: string | undefined, scheme: HashScheme): Promise<PasswordCheck> {
  if (text === undefined) {
    // An unknown account must take as long as a known one.
    await hashWith(compute, scheme, password);
    return wrong;
  }
  const known = parsePhc(text);
  const derive = known === undefined ? undefined : findScheme(known);
  if (known === undefined || derive === undefined) throw unsupported(known);
  const computed = await compute(derive(toBytes(password), known, known.hash.length));
  const isRight = computed.length === known.hash.length && timingSafeEqual(computed, known.hash);
  if (!isRight) await spendRest(compute, { password, known, scheme });
  return { isRight, isWeak: isRight && isWeak(known, scheme) };
}

async function verifyForeign(
  compute: ComputeHash,
  { password, hash, other, scheme }: { password: string; hash: string; other: ForeignScheme; scheme: HashScheme },
): Promise<PasswordCheck> {
  let isRight: unknown;
  try {
    isRight = await other.verify(password, hash);
  } catch (error) {
    throw new GableError("E_PASSWORD_HASH_UNSUPPORTED", `A stored password hash cannot be checked: ${other.prefix} failed.`, {
      cause: error,
    });
  }
  // JavaScript callers may return an object that says no.
  if (isRight === true) return { isRight, isWeak: true };
  await spendRest(compute, { password, known: undefined, scheme });
  return wrong;
}

/**
 * A wrong password takes as long as for an unknown account, although the stored hash takes less: otherwise, the time would tell who has an
 * account since before the cost was raised. The work of other schemes is not known: what they take comes on top.
 */
async function spendRest(
  compute: ComputeHash,
  { password, known, scheme }: { password: string; known: PasswordHash | undefined; scheme: HashScheme },
): Promise<void> {
  const { costParameter, parameters, workOf } = scheme;
  const work = workOf(parameters)!; // Those of new hashes fit together.
  const spent = known?.scheme === scheme.name ? workOf(known.parameters)! : 0; // Those of a hash that was checked, too.
  const rest = Math.round(((work - spent) / work) * parameters[costParameter]!);
  if (rest > 0) await hashWith(compute, { ...scheme, parameters: { ...parameters, [costParameter]: rest } }, password);
}

/** Returns how a hash is computed again; undefined where this Node cannot, and for parameters that would take too much. */
function findScheme(known: PasswordHash): NonNullable<HashScheme["derive"]> | undefined {
  const scheme = hashSchemes.get(known.scheme);
  return scheme?.derive !== undefined && isWithin(known, scheme) ? scheme.derive : undefined;
}

function isWithin({ parameters, version }: PasswordHash, scheme: HashScheme): boolean {
  const names = Object.keys(scheme.parameters);
  if (version !== scheme.version || names.length !== Object.keys(parameters).length) return false;
  const isSmall = names.every((name) => (parameters[name] ?? 0) > 0 && parameters[name]! <= scheme.parametersMax[name]!);
  return isSmall && scheme.workOf(parameters) !== undefined;
}

function isWeak({ scheme, parameters, salt, hash }: PasswordHash, current: HashScheme): boolean {
  if (scheme !== current.name || salt.length < saltBytes || hash.length < hashBytes) return true;
  return Object.entries(current.parameters).some(([name, value]) => parameters[name]! < value);
}

function unsupported(known: PasswordHash | undefined): GableError {
  const what = known === undefined ? "is not in a known form" : `uses ${known.scheme} in a form that this Node cannot check`;
  return new GableError("E_PASSWORD_HASH_UNSUPPORTED", `A stored password hash ${what}.`);
}

/** Keyboards write the same letters in different ways: NFC is one of them. */
function toBytes(password: string): Uint8Array {
  return new TextEncoder().encode(password.normalize("NFC"));
}
