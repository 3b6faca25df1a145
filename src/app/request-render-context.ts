/** What a view may ask of the request that it is rendered for. */
import { GableError } from "../errors/gable-error.ts";
import { isOwnOriginAllowed } from "../http/content-security-policy.ts";
import type { ContentSecurityPolicy } from "../http/content-security-policy.ts";
import type { Flash } from "../handlers/session.ts";
import type { FragmentStore } from "../views/rendering/fragment-store.ts";
import type { QueryValue, RenderContext } from "../views/rendering/render-context.ts";
import type { RenderOptions } from "../views/rendering/render-options.ts";
import type { Html, TrustedUrl } from "../views/values.ts";
import { asHtml } from "../views/values.ts";
import { RequestContext } from "./request-context.ts";

/** Reads from the request what a view asks for, when it asks. */
export class RequestRenderContext implements RenderContext {
  readonly #context: RequestContext;
  readonly #csp: ContentSecurityPolicy | undefined;

  constructor(context: RequestContext, csp?: ContentSecurityPolicy) {
    this.#context = context;
    this.#csp = csp;
  }

  get isOwnOriginAllowed(): boolean {
    const { csp, cspReportOnly } = this.#context.services;
    // A nonce that only the reported policy asks for is written, too: without it, its reports would be wrong.
    return [csp, { ...csp, ...cspReportOnly }].every((policy) => isOwnOriginAllowed({ ...policy, ...this.#csp }));
  }

  get options(): RenderOptions {
    return this.#context.services.renderOptions;
  }

  /** Flash messages; undefined in an application without sessions. */
  get flash(): Flash | undefined {
    return this.#context.services.hasSessions ? this.#context.flash : undefined;
  }

  /** The user, or null for a visitor; undefined in an application without accounts. Throws `E_USER_UNLOADED`. */
  get user(): unknown {
    if (!hasUser(this.#context)) return undefined;
    const user: unknown = this.#context.user;
    if (!(user instanceof Promise)) return user;
    // The reply may have begun when it fails.
    user.catch(() => undefined);
    throw new GableError("E_USER_UNLOADED", "The page shows the user, whom nobody has loaded before the page was drawn.");
  }

  get nonce(): string {
    return this.#context.nonce;
  }

  get usedNonce(): string | undefined {
    return this.#context.usedNonce;
  }

  get request(): RequestContext {
    return this.#context;
  }

  get signal(): AbortSignal {
    return this.#context.ownRaw().signal;
  }

  get locale(): string {
    return this.#context.services.locale;
  }

  get timeZone(): string {
    return this.#context.services.timeZone;
  }

  now(): Date {
    return new Date();
  }

  asset(name: string): TrustedUrl {
    return this.#context.asset(name);
  }

  route(name: string, params?: Readonly<Record<string, unknown>>): string {
    return this.#context.services.routeUrl(name, params ?? {});
  }

  get fragments(): FragmentStore | undefined {
    return this.#context.services.fragments;
  }

  /** Returns the query of the page with changes; a value of null removes a name. */
  query(changes: Readonly<Record<string, QueryValue>> = {}): string {
    const query = new URLSearchParams(this.#context.url.search);
    for (const [name, value] of Object.entries(changes)) {
      query.delete(name);
      for (const each of Array.isArray(value) ? value : [value]) if (each !== null && each !== undefined) query.append(name, String(each));
    }
    return `?${query}`;
  }

  /** Returns nothing: the headers of the request keep other sites out, so forms need no token. */
  csrf(): Html {
    return asHtml("");
  }

  readonly views = (name: string): unknown => this.#context.services.findView(name);

  onBlocked(place: string): void {
    this.#context.log.warn({ event: "view.url.blocked", place }, "A value was blocked in a view.");
  }
}

/** Whether accounts, or another part, give the requests of an application a user. */
function hasUser(context: RequestContext): boolean {
  // The prototypes of a context end with that of its class.
  for (let each: object = context; each !== RequestContext.prototype; each = Object.getPrototypeOf(each) as object)
    if (Object.hasOwn(each, "user")) return true;
  return false;
}
