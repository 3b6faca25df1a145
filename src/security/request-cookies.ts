/** The cookies of one request: plain, signed, encrypted. */
import { assertKinds, assertKnownOptions, kindsOf, optionInvalid } from "../errors/option-errors.ts";
import { GableError } from "../errors/gable-error.ts";
import type { ContextCookieOptions, CookieNameOptions, Cookies } from "../handlers/context.ts";
import { assertCookieValue, parseCookies, serializeCookie } from "../http/cookies.ts";
import type { Keyring } from "./keyring.ts";
import { ignoreBadTokens } from "./signer.ts";
import type { TokenTerms } from "./token.ts";
import { decryptText, encryptText, signText, verifyText } from "./token.ts";

/** What the cookies need of their request. */
export interface RequestCookieParts {
  /** The field Cookie; null when there is none. */
  readonly field: () => string | null;
  /** Whether cookies get the attribute Secure when nothing else is said. */
  readonly isSecure: () => boolean;
  /** Adds a Set-Cookie line to the reply. */
  readonly write: (line: string) => void;
  /** The keys of the application. Throws `E_SECRET_KEYS_MISSING`. */
  readonly keyring: () => Keyring;
  /** Called for a cookie whose signature is bad. */
  readonly onRefused: (name: string, error: GableError) => void;
}

const nameNames = kindsOf<CookieNameOptions>({ host: "boolean" });

/** The one implementation of {@link Cookies}. */
export class RequestCookies implements Cookies {
  readonly #parts: RequestCookieParts;
  #values: ReadonlyMap<string, string> | undefined;

  constructor(parts: RequestCookieParts) {
    this.#parts = parts;
  }

  get(name: string, options: CookieNameOptions = {}): string | null {
    assertKnownOptions("cookies.get()", options, nameNames);
    this.#values ??= parseCookies(this.#parts.field());
    return this.#values.get(this.#fullName(name, options)) ?? null;
  }

  has(name: string, options: CookieNameOptions = {}): boolean {
    return this.get(name, options) !== null;
  }

  set(name: string, value: string, options: ContextCookieOptions = {}): void {
    if (typeof options !== "object" || options === null) throw optionInvalid(`The cookie "${name}"`, "options", options, "an object");
    assertKinds(`The cookie "${name}"`, options, { host: "boolean", secure: "boolean" });
    const { host: isHost = false, ...rest } = options;
    if (isHost && (rest.domain !== undefined || (rest.path ?? "/") !== "/"))
      throw new GableError("E_COOKIE_INVALID", `The cookie "${name}" has the option host with a domain or another path than /.`);
    this.#parts.write(serializeCookie(this.#fullName(name, options), value, { ...rest, secure: this.#isSecure(options) }));
  }

  delete(name: string, options: Pick<ContextCookieOptions, "path" | "domain" | "host" | "secure"> = {}): void {
    this.set(name, "", { ...options, maxAgeSeconds: 0 });
  }

  setSigned(name: string, value: string, options: ContextCookieOptions = {}): void {
    assertCookieValue(name, value);
    this.set(name, signText(value, this.#parts.keyring(), toTerms(name, options)), options);
  }

  getSigned(name: string, options: CookieNameOptions = {}): string | null {
    return this.#open(name, options, verifyText);
  }

  setEncrypted(name: string, value: string, options: ContextCookieOptions = {}): void {
    assertCookieValue(name, value);
    this.set(name, encryptText(value, this.#parts.keyring(), toTerms(name, options)), options);
  }

  getEncrypted(name: string, options: CookieNameOptions = {}): string | null {
    return this.#open(name, options, decryptText);
  }

  /** A bad signature reads as absent: a visitor cannot do anything about it. */
  #open(name: string, options: CookieNameOptions, open: typeof verifyText): string | null {
    const token = this.get(name, options);
    if (token === null) return null;
    const keyring = this.#parts.keyring();
    return (
      ignoreBadTokens(
        () => open(token, keyring, toTerms(name, {})),
        (error) => this.#parts.onRefused(name, error),
      ) ?? null
    );
  }

  #isSecure({ secure }: ContextCookieOptions): boolean {
    return secure ?? this.#parts.isSecure();
  }

  /** A browser takes the prefix `__Host-` from https only, so that it is left out elsewhere, in development. */
  #fullName(name: string, options: CookieNameOptions): string {
    return options.host === true && this.#isSecure(options) ? `__Host-${name}` : name;
  }
}

/** The name is part of the purpose: the value of one cookie is worth nothing in another one. */
function toTerms(name: string, { maxAgeSeconds }: ContextCookieOptions): TokenTerms {
  return { purpose: `cookie:${name}`, ttlSeconds: maxAgeSeconds };
}
