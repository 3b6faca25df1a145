/** CORS (Fetch standard, section 3.2): which origins may read a reply, and the answers to preflights. */
import type { CorsOptions } from "../handlers/cors-options.ts";
import { addVary } from "../http/fields.ts";
import type { HeaderReader, HeaderTable } from "../http/header-table.ts";

/** Fields that a script can send everywhere without asking. */
const safeFields = ["accept", "accept-language", "content-language"];

/** Which other origins pass the cross-site check. */
export interface CrossSiteExemption {
  /** Origins that pass, with and without credentials. */
  readonly trustedOrigins: ReadonlySet<string>;
  /** Whether every origin passes without credentials. */
  readonly isOpen: boolean;
}

/** Answers for one set of options. */
export class CorsPolicy {
  readonly #options: CorsOptions;
  readonly #origins: ReadonlySet<string>;
  readonly #fields: ReadonlySet<string>;
  readonly #methods: ReadonlySet<string> | undefined;
  /** Whether every origin may read replies. */
  readonly isOpen: boolean;
  /** For the methods of the policy: its origins, and the trusted ones of the application. */
  readonly #listed: CrossSiteExemption;
  /** For all other methods: only the trusted origins of the application. */
  readonly #unlisted: CrossSiteExemption;

  constructor(options: CorsOptions, trustedOrigins: Iterable<string> = []) {
    this.#options = options;
    this.isOpen = options.origins.includes("*");
    this.#origins = new Set(this.isOpen ? [] : options.origins);
    this.#fields = new Set([...safeFields, ...(options.headers ?? ["content-type"])].map((name) => name.toLowerCase()));
    this.#methods = options.methods === undefined ? undefined : new Set(options.methods);
    const trusted = new Set(trustedOrigins);
    this.#listed = { trustedOrigins: new Set([...this.#origins, ...trusted]), isOpen: this.isOpen };
    this.#unlisted = { trustedOrigins: trusted, isOpen: false };
  }

  /** Returns who passes the cross-site check with a method. Its own origins may only use the methods that it lists. */
  exemptionOf(method: string): CrossSiteExemption {
    return this.#allowsMethod(method) ? this.#listed : this.#unlisted;
  }

  /** Adds the fields of a reply. `Vary: Origin` is always there: a cache must not give one origin the reply of another one. */
  apply(headers: HeaderTable, request: HeaderReader): void {
    addVary(headers, "Origin");
    headers.set("cross-origin-resource-policy", "cross-origin");
    if (!this.#allowOrigin(headers, request)) return;
    const { exposedHeaders = [] } = this.#options;
    if (exposedHeaders.length > 0) headers.set("access-control-expose-headers", exposedHeaders.join(", "));
  }

  /** Adds the fields that answer a preflight, when its origin, its method and its fields are all listed. `methods` have a route. */
  applyPreflight(headers: HeaderTable, request: HeaderReader, methods: readonly string[]): void {
    addVary(headers, "Origin", "Access-Control-Request-Method", "Access-Control-Request-Headers");
    const allowed = methods.filter((method) => this.#allowsMethod(method));
    if (!allowed.includes(request.get("access-control-request-method") ?? "") || !this.#areFieldsAllowed(request)) return;
    if (!this.#allowOrigin(headers, request)) return;
    headers.set("access-control-allow-methods", allowed.join(", "));
    headers.set("access-control-allow-headers", [...this.#fields].join(", "));
    headers.set("access-control-max-age", String(this.#options.maxAgeSeconds ?? 600));
  }

  #allowsMethod(method: string): boolean {
    return this.#methods?.has(method) ?? true;
  }

  #allowOrigin(headers: HeaderTable, request: HeaderReader): boolean {
    const [origin, ...more] = request.all("origin");
    if (origin === undefined || more.length > 0 || !(this.isOpen || this.#origins.has(origin))) return false;
    headers.set("access-control-allow-origin", this.isOpen ? "*" : origin);
    if (this.#options.credentials === true) headers.set("access-control-allow-credentials", "true");
    return true;
  }

  #areFieldsAllowed(request: HeaderReader): boolean {
    const names = request.all("access-control-request-headers").flatMap((line) => line.split(","));
    return names.map((name) => name.trim().toLowerCase()).every((name) => name === "" || this.#fields.has(name));
  }
}

/** Returns a function that creates policies, one for each object of options, for routes that share it. */
export function createCorsPolicies(trustedOrigins: readonly string[] = []): (options: CorsOptions) => CorsPolicy {
  const policies = new Map<CorsOptions, CorsPolicy>();
  return (options) => {
    const policy = policies.get(options) ?? new CorsPolicy(options, trustedOrigins);
    policies.set(options, policy);
    return policy;
  };
}

/** Whether a request asks if another one may be sent. */
export function isPreflight(method: string, headers: HeaderReader): boolean {
  return method === "OPTIONS" && headers.has("origin") && headers.has("access-control-request-method");
}
