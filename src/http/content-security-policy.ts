/** Content security policies: their sources by directive, their check, and their header field. */
import { GableError } from "../errors/gable-error.ts";
import { optionUnknown } from "../errors/option-errors.ts";

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

/** Checks a policy. `option` names it in errors. Throws `E_OPTION_UNKNOWN`, and `E_CSP_UNSAFE` for unsafe sources without a reason. */
export function assertPolicy(csp: ContentSecurityPolicy, allowUnsafe: string | undefined, option = "security.csp"): void {
  // Object.entries widens keys and values it has just read.
  for (const [name, sources] of Object.entries(csp) as Array<[string, readonly string[]]>) {
    if (!Object.hasOwn(directiveNames, name)) throw optionUnknown(option, name, Object.keys(directiveNames));
    const unsafe = sources.find((source) => /^'unsafe-(?:inline|eval|hashes)'$/i.test(source));
    if (unsafe !== undefined && allowUnsafe === undefined) throw new GableError("E_CSP_UNSAFE", `${option}.${name} has ${unsafe}.`);
  }
}

/** Returns a policy whose default sources of images, audio and video have one more origin. Lists that the policy has stay as they are. */
export function withMediaOrigin(csp: ContentSecurityPolicy, origin: string | undefined): ContentSecurityPolicy {
  if (origin === undefined) return csp;
  const { imgSrc = [], mediaSrc = [] } = defaultPolicy;
  return { imgSrc: [...imgSrc, origin], mediaSrc: [...mediaSrc, origin], ...csp };
}

/** Returns whether scripts and styles of the own origin run without a nonce. */
export function isOwnOriginAllowed(csp: ContentSecurityPolicy): boolean {
  const { scriptSrc = [], styleSrc = [] } = { ...defaultPolicy, ...csp };
  return scriptSrc.includes("'self'") && styleSrc.includes("'self'");
}

/** Returns the value of the header field: the default policy with the given sources in place of the default ones, and more directives. */
export function toPolicyText(csp: ContentSecurityPolicy, nonce: string | undefined, more: readonly string[] = []): string {
  const parts: string[] = [];
  // As above.
  for (const [name, sources] of Object.entries({ ...defaultPolicy, ...csp }) as Array<[keyof ContentSecurityPolicy, readonly string[]]>) {
    const hasNonce = nonce !== undefined && (name === "scriptSrc" || name === "styleSrc");
    parts.push(`${directiveNames[name]} ${[...sources, ...(hasNonce ? [`'nonce-${nonce}'`] : [])].join(" ")}`);
  }
  return [...parts, ...more].join("; ");
}
