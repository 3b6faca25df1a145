/** Options that decide which other origins may read replies (CORS, Fetch standard). */
import { GableError } from "../errors/gable-error.ts";
import { assertKnownOptions, optionInvalid } from "../errors/option-errors.ts";
import { isToken } from "../http/byte-classes.ts";
import { standardMethods } from "../http/known-fields.ts";

/** Lets scripts of other origins send requests and read the replies. */
export interface CorsOptions {
  /** Exact origins such as `https://app.example`, or `["*"]` for all origins. */
  readonly origins: readonly string[];
  /** Methods that they may use. Default: all methods that have a route. */
  readonly methods?: readonly string[];
  /** Header fields that they may send in addition to those that every form can send. Default `["content-type"]`. */
  readonly headers?: readonly string[];
  /** Header fields of replies that their scripts may read. None by default. */
  readonly exposedHeaders?: readonly string[];
  /** Whether browsers send cookies, and scripts may read such replies. Not with `["*"]`. Default false. */
  readonly credentials?: boolean;
  /** How long browsers cache the reply to a preflight, in seconds. Default 600. */
  readonly maxAgeSeconds?: number;
}

const optionNames: Readonly<Record<keyof CorsOptions, true>> = {
  origins: true,
  methods: true,
  headers: true,
  exposedHeaders: true,
  credentials: true,
  maxAgeSeconds: true,
};
const maxAgeSecondsMax = 86_400;

/** Checks the options. Throws `E_OPTION_UNKNOWN`, `E_OPTION_INVALID` and `E_CORS_CREDENTIALS`. */
export function assertCorsOptions(owner: string, options: CorsOptions): void {
  if (typeof options !== "object" || options === null) throw optionInvalid(owner, "cors", options, "an object, or false");
  const name = `${owner} cors`;
  assertKnownOptions(name, options, Object.keys(optionNames));
  const { origins, credentials = false, maxAgeSeconds = 0 } = options;
  if (!Array.isArray(origins) || origins.length === 0)
    throw optionInvalid(name, "origins", origins, 'a list such as ["https://app.example"]');
  for (const origin of origins) assertOrigin(name, origin, origins.length);
  for (const list of ["methods", "headers", "exposedHeaders"] as const) assertTokens(name, list, options[list]);
  assertMethods(name, options.methods ?? []);
  if (typeof credentials !== "boolean") throw optionInvalid(name, "credentials", credentials, "true or false");
  if (!Number.isSafeInteger(maxAgeSeconds) || maxAgeSeconds < 0 || maxAgeSeconds > maxAgeSecondsMax)
    throw optionInvalid(name, "maxAgeSeconds", maxAgeSeconds, `a whole number from 0 to ${maxAgeSecondsMax}`);
  if (credentials && origins.includes("*"))
    throw new GableError("E_CORS_CREDENTIALS", `${name} lets every origin read replies with credentials.`);
}

/** `null` is the origin of every sandboxed page and local file, so it identifies nobody. */
function assertOrigin(owner: string, origin: unknown, count: number): void {
  if (origin === "*" && count === 1) return;
  const isOrigin =
    typeof origin === "string" &&
    /^[a-z][a-z0-9+.-]*:\/\/[a-z0-9._~[\]:-]+$/.test(origin) &&
    (!/^https?:/.test(origin) || (URL.canParse(origin) && new URL(origin).origin === origin));
  if (!isOrigin) throw optionInvalid(owner, "origins", origin, 'an origin such as "https://app.example", or "*" alone');
}

function assertTokens(owner: string, name: string, values: readonly string[] | undefined): void {
  if (values === undefined) return;
  const isList = Array.isArray(values) && values.every((value) => typeof value === "string" && isToken(value) && value !== "*");
  if (!isList) throw optionInvalid(owner, name, values, 'a list of names, without "*"');
}

/** Names of methods are case-sensitive (RFC 9110 section 9.1): a browser asks for `POST`, and `post` would allow nothing. */
function assertMethods(owner: string, methods: readonly string[]): void {
  const meant = methods.map((method) => (standardMethods.has(method.toUpperCase()) ? method.toUpperCase() : method));
  if (meant.every((method, index) => method === methods[index])) return;
  throw optionInvalid(owner, "methods", methods, `a list in upper case: ${JSON.stringify(meant)}`);
}
