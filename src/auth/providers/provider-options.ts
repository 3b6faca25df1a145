/** The option `providers` of defineAccounts(), and its check. */
import { assertKnownOptions, optionInvalid } from "../../errors/option-errors.ts";

/** A provider of OpenID Connect that users sign in with. */
export interface ProviderOptions {
  /** Address of the provider, as its documentation names it: https, or http on this machine; at most 255 characters. */
  readonly issuer: string;
  /** Id that the provider gave your application. */
  readonly clientId: string;
  /** Secret that the provider gave your application. */
  readonly clientSecret: string;
  /** Name of the provider on pages. Default: its name in `providers`. */
  readonly label?: string;
  /** What the application asks for. Default "openid email". */
  readonly scope?: string;
  /** Further origins that a sign-in passes through, for `form-action` of the policy. Default none; the issuer is always included. */
  readonly origins?: readonly string[];
  /** Longest wait for each answer of the provider, in seconds, 1 to 60. Default 10. */
  readonly timeoutSeconds?: number;
}

const optionNames: Readonly<Record<keyof ProviderOptions, true>> = {
  issuer: true,
  clientId: true,
  clientSecret: true,
  label: true,
  scope: true,
  origins: true,
  timeoutSeconds: true,
};
const owner = "defineAccounts()";
const loopback = new Set(["localhost", "127.0.0.1", "[::1]"]);
const timeoutSecondsMax = 60;
/** The column of identityModel(). */
const issuerMax = 255;
/** `/login/code` asks for the second factor. */
const reserved = new Set(["code"]);

/** Checks the option. No message has a secret. Throws `E_OPTION_UNKNOWN` and `E_OPTION_INVALID`. */
export function assertProviders(providers: unknown): void {
  if (providers === undefined) return;
  if (typeof providers !== "object" || providers === null) throw optionInvalid(owner, "providers", providers, "an object of providers");
  for (const [name, provider] of Object.entries(providers)) {
    if (!/^[a-z][a-z0-9-]{0,39}$/.test(name))
      throw optionInvalid(owner, "providers", name, "names of at most 40 lower-case letters, digits and -, such as example");
    if (reserved.has(name)) throw optionInvalid(owner, "providers", name, "another name: a page of accounts has this address");
    assertProvider(`providers.${name}`, provider);
  }
}

function assertProvider(name: string, provider: unknown): void {
  if (typeof provider !== "object" || provider === null) throw optionInvalid(owner, name, typeof provider, "an object with issuer");
  assertKnownOptions(`${owner} ${name}`, provider, Object.keys(optionNames));
  // Each is checked below.
  const { issuer, clientId, clientSecret, label, scope, origins, timeoutSeconds } = provider as Record<string, unknown>;
  if (!isIssuer(issuer))
    throw optionInvalid(owner, `${name}.issuer`, issuer, `an https address of at most ${issuerMax} characters, or http on this machine`);
  if (typeof clientId !== "string" || clientId === "")
    throw optionInvalid(owner, `${name}.clientId`, clientId, "a string that is not empty");
  if (typeof clientSecret !== "string" || clientSecret === "")
    throw optionInvalid(owner, `${name}.clientSecret`, typeof clientSecret, "a string that is not empty");
  if (label !== undefined && (typeof label !== "string" || label === ""))
    throw optionInvalid(owner, `${name}.label`, label, "a string that is not empty");
  if (scope !== undefined && !(typeof scope === "string" && scope.split(" ").includes("openid")))
    throw optionInvalid(owner, `${name}.scope`, scope, 'a string that has "openid"');
  if (origins !== undefined && !(Array.isArray(origins) && origins.every(isOrigin)))
    throw optionInvalid(owner, `${name}.origins`, origins, "a list of origins, such as https://login.example.com");
  if (timeoutSeconds === undefined) return;
  if (!Number.isSafeInteger(timeoutSeconds) || Number(timeoutSeconds) < 1 || Number(timeoutSeconds) > timeoutSecondsMax)
    throw optionInvalid(owner, `${name}.timeoutSeconds`, timeoutSeconds, `a whole number from 1 to ${timeoutSecondsMax}`);
}

function isIssuer(issuer: unknown): boolean {
  if (typeof issuer !== "string" || issuer.length > issuerMax || !URL.canParse(issuer)) return false;
  const { protocol, search, hash, username } = new URL(issuer);
  return (protocol === "https:" || isLoopbackHttp(issuer)) && search === "" && hash === "" && username === "";
}

function isOrigin(origin: unknown): boolean {
  return typeof origin === "string" && URL.canParse(origin) && new URL(origin).origin === origin;
}

/** Whether an address is http on this machine: the only one where a provider needs no TLS. */
export function isLoopbackHttp(issuer: string): boolean {
  const { protocol, hostname } = new URL(issuer);
  return protocol === "http:" && loopback.has(hostname);
}

/** Returns the targets of forms on pages with buttons of providers. Browsers check redirects after a form as well. */
export function toFormAction(providers: Readonly<Record<string, ProviderOptions>>): readonly string[] {
  const origins = Object.values(providers).flatMap(({ issuer, origins: more = [] }) => [new URL(issuer).origin, ...more]);
  return ["'self'", ...new Set(origins)];
}
