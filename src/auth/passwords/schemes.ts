/** The two ways that passwords are hashed, with the parameters of OWASP for small machines. */
import * as crypto from "node:crypto";
import type { HashWork } from "./hash-threads.ts";
import type { PasswordHash } from "./phc-string.ts";

/** One way to hash. */
export interface HashScheme {
  readonly name: string;
  readonly version: number | undefined;
  /** Parameters for new hashes. */
  readonly parameters: Readonly<Record<string, number>>;
  /** Parameters for tests, which make many accounts: a hash takes less than a millisecond. Elsewhere it is weak. */
  readonly testParameters: Readonly<Record<string, number>>;
  /** The parameter that a higher cost multiplies: the memory stays as it is. */
  readonly costParameter: string;
  /** Largest parameters that a check runs: a hash from elsewhere must not take all memory. */
  readonly parametersMax: Readonly<Record<string, number>>;
  /** Returns the work of a hash, in a unit of this scheme; undefined for parameters that do not fit together. */
  readonly workOf: (parameters: Readonly<Record<string, number>>) => number | undefined;
  /** Returns how a hash of some length is computed; undefined where this Node cannot. */
  readonly derive: ((password: Uint8Array, like: Pick<PasswordHash, "parameters" | "salt">, length: number) => HashWork) | undefined;
}

/** RFC 9106: 19 MiB, two passes, one lane. */
const argon2id: HashScheme = {
  name: "argon2id",
  version: 19,
  parameters: { m: 19_456, t: 2, p: 1 },
  testParameters: { m: 64, t: 1, p: 1 },
  costParameter: "t",
  parametersMax: { m: 262_144, t: 16, p: 16 },
  // RFC 9106 section 3.1: at least 8 KiB for each lane.
  workOf: ({ m = 0, t = 0, p = 0 }) => (m < 8 * p ? undefined : m * t),
  // Node has it since 24.7.
  derive: !("argon2Sync" in crypto)
    ? undefined
    : (message, { parameters: { m = 0, t = 0, p = 0 }, salt }, tagLength) => ({
        name: "argon2Sync",
        arguments: ["argon2id", { message, nonce: salt, parallelism: p, tagLength, memory: m, passes: t }],
      }),
};

/** RFC 7914: N = 2^15, r = 8, p = 3, which is 32 MiB. */
const scryptScheme: HashScheme = {
  name: "scrypt",
  version: undefined,
  parameters: { ln: 15, r: 8, p: 3 },
  testParameters: { ln: 6, r: 1, p: 1 },
  costParameter: "p",
  parametersMax: { ln: 18, r: 16, p: 16 },
  workOf: ({ ln = 0, r = 0, p = 0 }) => 2 ** ln * r * p,
  derive: (password, { parameters: { ln = 0, r = 0, p = 0 }, salt }, length) => ({
    name: "scryptSync",
    arguments: [password, salt, length, { N: 2 ** ln, r, p, maxmem: 2 ** ln * r * 128 + 64 * 1_048_576 }],
  }),
};

/** Schemes by name. */
export const hashSchemes: ReadonlyMap<string, HashScheme> = new Map([argon2id, scryptScheme].map((scheme) => [scheme.name, scheme]));

/** The scheme for new hashes: argon2id where this Node has it, else scrypt. */
export const currentScheme: HashScheme = argon2id.derive === undefined ? scryptScheme : argon2id;

/** Largest cost: with it, both schemes stay within what a check runs. */
export const hashCostMax = 5;

/** Returns the scheme for new hashes, with the parameters of a cost. */
export function schemeOfCost(cost: number): HashScheme {
  const { parameters, costParameter } = currentScheme;
  return { ...currentScheme, parameters: { ...parameters, [costParameter]: parameters[costParameter]! * cost } };
}
