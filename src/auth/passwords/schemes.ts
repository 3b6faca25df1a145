/** The two ways that passwords are hashed, with the parameters of OWASP for small machines. */
import * as crypto from "node:crypto";
import { promisify } from "node:util";
import type { PasswordHash } from "./phc-string.ts";

/** One way to hash. */
export interface HashScheme {
  readonly name: string;
  readonly version: number | undefined;
  /** Parameters for new hashes. */
  readonly parameters: Readonly<Record<string, number>>;
  /** The parameter that a higher cost multiplies: the memory stays as it is. */
  readonly costParameter: string;
  /** Largest parameters that a check runs: a hash from elsewhere must not take all memory. */
  readonly parametersMax: Readonly<Record<string, number>>;
  /** Computes a hash of some length; undefined where this Node cannot. */
  readonly derive:
    | ((password: Uint8Array, like: Pick<PasswordHash, "parameters" | "salt">, length: number) => Promise<Uint8Array>)
    | undefined;
}

/** The part of argon2 in node:crypto that is used: Node has it since 24.7. */
interface Argon2Module {
  argon2?: (
    algorithm: "argon2id",
    options: { message: Uint8Array; nonce: Uint8Array; parallelism: number; tagLength: number; memory: number; passes: number },
    done: (error: Error | null, hash: Uint8Array) => void,
  ) => void;
}

const { argon2 } = crypto as unknown as Argon2Module; // Absent in older versions.
const scrypt = promisify<Uint8Array, Uint8Array, number, crypto.ScryptOptions, Uint8Array>(crypto.scrypt);

/** RFC 9106: 19 MiB, two passes, one lane. */
const argon2id: HashScheme = {
  name: "argon2id",
  version: 19,
  parameters: { m: 19_456, t: 2, p: 1 },
  costParameter: "t",
  parametersMax: { m: 262_144, t: 16, p: 16 },
  derive:
    argon2 === undefined
      ? undefined
      : async (message, { parameters: { m = 0, t = 0, p = 0 }, salt }, tagLength) =>
          promisify(argon2)("argon2id", { message, nonce: salt, parallelism: p, tagLength, memory: m, passes: t }),
};

/** RFC 7914: N = 2^15, r = 8, p = 3, which is 32 MiB. */
const scryptScheme: HashScheme = {
  name: "scrypt",
  version: undefined,
  parameters: { ln: 15, r: 8, p: 3 },
  costParameter: "p",
  parametersMax: { ln: 18, r: 16, p: 16 },
  derive: (password, { parameters: { ln = 0, r = 0, p = 0 }, salt }, length) =>
    scrypt(password, salt, length, { N: 2 ** ln, r, p, maxmem: 2 ** ln * r * 128 + 64 * 1_048_576 }),
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
