/** Security headers that every reply has, joined once at start. */
import { GableError } from "../errors/gable-error.ts";
import { optionUnknown } from "../errors/option-errors.ts";
import { HeaderTable } from "../http/header-table.ts";

/** Sources of a content security policy by directive; a list replaces that of the default. */
export interface ContentSecurityPolicy {
  /** What is not named elsewhere. Default none. */
  defaultSrc?: readonly string[];
  /** Scripts. Default the own origin and the nonce. */
  scriptSrc?: readonly string[];
  /** Stylesheets. Default the own origin and the nonce. */
  styleSrc?: readonly string[];
  /** Images. Default the own origin and data URLs. */
  imgSrc?: readonly string[];
  /** Fonts. Default the own origin. */
  fontSrc?: readonly string[];
  /** Fetch, event streams and sockets. Default the own origin. */
  connectSrc?: readonly string[];
  /** Audio and video. Default the own origin. */
  mediaSrc?: readonly string[];
  /** Frames inside the page. Default none, by `defaultSrc`. */
  frameSrc?: readonly string[];
  /** The web manifest. Default the own origin. */
  manifestSrc?: readonly string[];
  /** Workers. Default the own origin. */
  workerSrc?: readonly string[];
  /** Targets of forms. Default the own origin. */
  formAction?: readonly string[];
  /** Pages that may frame this one. Default none. */
  frameAncestors?: readonly string[];
  /** The base element. Default none. */
  baseUri?: readonly string[];
  /** Plug-ins. Default none. */
  objectSrc?: readonly string[];
}

/** What the headers depend on. */
export interface SecurityHeaderOptions {
  readonly csp: ContentSecurityPolicy;
  readonly allowUnsafe: string | undefined;
  readonly isProduction: boolean;
}

/** Kinds of replies with headers of their own. */
export type ReplyKind = "html" | "other";

const directiveNames: Readonly<Record<keyof ContentSecurityPolicy, string>> = {
  defaultSrc: "default-src",
  scriptSrc: "script-src",
  styleSrc: "style-src",
  imgSrc: "img-src",
  fontSrc: "font-src",
  connectSrc: "connect-src",
  mediaSrc: "media-src",
  frameSrc: "frame-src",
  manifestSrc: "manifest-src",
  workerSrc: "worker-src",
  formAction: "form-action",
  frameAncestors: "frame-ancestors",
  baseUri: "base-uri",
  objectSrc: "object-src",
};

const defaultPolicy: ContentSecurityPolicy = {
  defaultSrc: ["'none'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'"],
  imgSrc: ["'self'", "data:"],
  fontSrc: ["'self'"],
  connectSrc: ["'self'"],
  mediaSrc: ["'self'"],
  manifestSrc: ["'self'"],
  workerSrc: ["'self'"],
  formAction: ["'self'"],
  frameAncestors: ["'none'"],
  baseUri: ["'none'"],
  objectSrc: ["'none'"],
};

const permissions = "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()";
const contentTypesMax = 256;
const strictTransport = "max-age=31536000";

/** Checks a policy. Throws `E_OPTION_UNKNOWN`, and `E_CSP_UNSAFE` for unsafe sources without a reason. */
export function assertPolicy(csp: ContentSecurityPolicy, allowUnsafe: string | undefined): void {
  // Object.entries widens keys and values it has just read.
  for (const [name, sources] of Object.entries(csp) as Array<[string, readonly string[]]>) {
    if (!Object.hasOwn(directiveNames, name)) throw optionUnknown("security.csp", name, Object.keys(directiveNames));
    const unsafe = sources.find((source) => /^'unsafe-(?:inline|eval|hashes)'$/i.test(source));
    if (unsafe !== undefined && allowUnsafe === undefined) throw new GableError("E_CSP_UNSAFE", `security.csp.${name} has ${unsafe}.`);
  }
}

/** Whether scripts and styles of the own origin run without a nonce. */
export function isOwnOriginAllowed(csp: ContentSecurityPolicy): boolean {
  const { scriptSrc = [], styleSrc = [] } = { ...defaultPolicy, ...csp };
  return scriptSrc.includes("'self'") && styleSrc.includes("'self'");
}

function toPolicyText(csp: ContentSecurityPolicy, isSecure: boolean, nonce: string | undefined): string {
  const parts: string[] = [];
  // As above.
  for (const [name, sources] of Object.entries({ ...defaultPolicy, ...csp }) as Array<[keyof ContentSecurityPolicy, readonly string[]]>) {
    const hasNonce = nonce !== undefined && (name === "scriptSrc" || name === "styleSrc");
    parts.push(`${directiveNames[name]} ${[...sources, ...(hasNonce ? [`'nonce-${nonce}'`] : [])].join(" ")}`);
  }
  if (isSecure) parts.push("upgrade-insecure-requests");
  return parts.join("; ");
}

/** Makes the headers of replies: one frozen table per kind and scheme. */
export class SecurityHeaders {
  readonly #options: SecurityHeaderOptions;
  /** Tables by content type, for each kind over http and over https. */
  readonly #tables = [0, 1, 2, 3].map(() => new Map<string, HeaderTable>());

  constructor(options: SecurityHeaderOptions) {
    assertPolicy(options.csp, options.allowUnsafe);
    this.#options = options;
  }

  /** The fields of a reply of a kind with a content type; the same frozen table each time. */
  tableFor(kind: ReplyKind, contentType: string, isSecure: boolean): HeaderTable {
    const tables = this.#tables[(kind === "html" ? 1 : 0) + (isSecure ? 2 : 0)]!;
    let table = tables.get(contentType);
    if (table === undefined) {
      table = this.#createTable(kind, contentType, isSecure).freeze();
      // Content types come from code, but a program may make them up without end.
      if (tables.size < contentTypesMax) tables.set(contentType, table);
    }
    return table;
  }

  #createTable(kind: ReplyKind, contentType: string, isSecure: boolean): HeaderTable {
    const table = new HeaderTable();
    if (contentType !== "") table.set("content-type", contentType);
    table.set("content-security-policy", kind === "html" ? this.policy(isSecure) : "default-src 'none'; frame-ancestors 'none'");
    table.set("x-content-type-options", "nosniff").set("referrer-policy", "same-origin").set("cross-origin-resource-policy", "same-origin");
    if (kind === "html") {
      if (this.#options.csp.frameAncestors === undefined) table.set("x-frame-options", "DENY");
      table.set("cross-origin-opener-policy", "same-origin").set("permissions-policy", permissions);
    }
    if (isSecure && this.#options.isProduction) table.set("strict-transport-security", strictTransport);
    return table.set("cache-control", "private, no-cache");
  }

  /** The policy of a page, with the sources of its route and the nonce that it used. */
  policy(isSecure: boolean, routePolicy: ContentSecurityPolicy = {}, nonce?: string): string {
    return toPolicyText({ ...this.#options.csp, ...routePolicy }, isSecure, nonce);
  }
}
