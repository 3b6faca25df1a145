/** Signers: values that clients carry, and cannot change. */
import type { OptionKinds } from "../errors/option-errors.ts";
import { assertKnownOptions, optionInvalid } from "../errors/option-errors.ts";
import { GableError } from "../errors/gable-error.ts";
import { toStrictJson } from "../http/strict-json.ts";
import { currentKeyring, noteSigner } from "./key-source.ts";
import type { Keyring, SecretKey } from "./keyring.ts";
import { createKeyring } from "./keyring.ts";
import { decryptText, encryptText, signText, tokenCharactersMax, verifyText } from "./token.ts";

/** Options of {@link createSigner}. */
export interface SignerOptions {
  /** Seconds until a token expires. By default it never does. */
  readonly ttlSeconds?: number;
  /** Keys of this signer, the first one signs. Default: the keys of the application, `gable({ secretKeys })`. */
  readonly secretKeys?: readonly SecretKey[];
  /** Whether tokens are encrypted, so that clients cannot read them. Default false. */
  readonly encrypted?: boolean;
}

/** Signs values for one purpose. */
export interface Signer<Value> {
  /** What the tokens are for. */
  readonly purpose: string;
  /**
   * Returns a token for a value of JSON. Throws `E_SIGNATURE_VALUE` for other values, and for a token of more than 65,536 characters:
   * about 49,000 bytes of JSON.
   */
  sign(value: Value): string;
  /**
   * Returns the value of a token. Throws `E_SIGNATURE_FORM`, `E_SIGNATURE_KEY_UNKNOWN`, `E_SIGNATURE_MISMATCH` and
   * `E_SIGNATURE_EXPIRED`.
   */
  verify(token: string): Value;
  /** Returns the value of a token; undefined when `verify()` would throw one of its errors. */
  find(token: string): Value | undefined;
}

const optionNames: OptionKinds<SignerOptions> = { ttlSeconds: true, secretKeys: true, encrypted: "boolean" };
const purposePattern = /^[a-z][a-z0-9-]*(?:\.[a-z0-9-]+)*$/;
const purposeCharactersMax = 64;
const ttlSecondsMax = 100 * 365 * 86_400;

/**
 * Creates a signer. A token of one purpose never verifies for another one.
 *
 * @example
 * const invite = createSigner<{ team: number }>("team-invite", { ttlSeconds: 86_400 });
 * const token = invite.sign({ team: 7 });
 * invite.verify(token); // => { team: 7 }
 */
export function createSigner<Value>(purpose: string, options: SignerOptions = {}): Signer<Value> {
  assertKnownOptions("createSigner()", options, optionNames);
  if (typeof purpose !== "string" || !purposePattern.test(purpose) || purpose.length > purposeCharactersMax)
    throw optionInvalid(
      "createSigner()",
      "purpose",
      purpose,
      `at most ${purposeCharactersMax} of a-z, 0-9, "-" and ".", such as "team-invite"`,
    );
  const { ttlSeconds, secretKeys, encrypted = false } = options;
  assertTtl(ttlSeconds);
  if (secretKeys === undefined) noteSigner(purpose);
  const own = secretKeys === undefined ? undefined : createKeyring(secretKeys, "createSigner() secretKeys");
  const keyring = (): Keyring => own ?? currentKeyring(purpose);
  const [seal, open] = encrypted ? [encryptText, decryptText] : [signText, verifyText];
  const terms = { purpose, ttlSeconds };
  const verify = (token: string): Value => JSON.parse(open(token, keyring(), terms));
  return Object.freeze({
    purpose,
    sign: (value: Value) => assertReadable(seal(toJson(value, purpose), keyring(), terms), purpose),
    verify,
    find: (token: string) => ignoreBadTokens(() => verify(token)),
  });
}

function assertTtl(ttlSeconds: number | undefined): void {
  if (ttlSeconds === undefined || (Number.isSafeInteger(ttlSeconds) && ttlSeconds > 0 && ttlSeconds <= ttlSecondsMax)) return;
  throw optionInvalid("createSigner()", "ttlSeconds", ttlSeconds, "a whole number of seconds above 0, at most 100 years");
}

function toJson(value: unknown, purpose: string): string {
  return toStrictJson(
    value,
    (path, reason) =>
      new GableError("E_SIGNATURE_VALUE", `The value for the signer "${purpose}" cannot be signed: value${path} ${reason}.`),
  );
}

/** Nobody could verify a longer token. */
function assertReadable(token: string, purpose: string): string {
  if (token.length <= tokenCharactersMax) return token;
  throw new GableError(
    "E_SIGNATURE_VALUE",
    `The value for the signer "${purpose}" cannot be signed: the token has ${token.length} characters; at most ${tokenCharactersMax} can be verified.`,
    { fix: "Store the value, and sign its key." },
  );
}

const badToken = new Set<unknown>(["E_SIGNATURE_FORM", "E_SIGNATURE_KEY_UNKNOWN", "E_SIGNATURE_MISMATCH", "E_SIGNATURE_EXPIRED"]);

/** Returns what the work returns; undefined when a token was bad. `onBad` hears of the error. */
export function ignoreBadTokens<Result>(work: () => Result, onBad?: (error: GableError) => void): Result | undefined {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof GableError) || !badToken.has(error.code)) throw error;
    onBad?.(error);
    return undefined;
  }
}
