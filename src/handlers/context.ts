/** The context of a request, as handlers see it. */
import type { CookieOptions } from "../http/cookies.ts";
import type { HeaderReader } from "../http/header-table.ts";
import type { FieldMap } from "../http/urlencoded.ts";
import type { HandlerReply } from "../replies/handler-reply.ts";
import type { ReplyDraft } from "../replies/reply-draft.ts";
import type { Route } from "../routing/route.ts";
import type { TrustedUrl } from "../views/values.ts";
import type { AppType } from "./app-types.ts";
import type { Logger } from "./logger.ts";
import type { RateLimits } from "./rate-limits.ts";
import type { Flash, Session } from "./session.ts";
import type { ViewFunction } from "./view-function.ts";

/** Properties that parts add to the context: `declare module "gable" { interface ContextProperties { meter: Meter } }`. */
export interface ContextProperties {}

/** What a hook before the reply knows of it. */
export interface ReplyFacts {
  /** Status of the reply. */
  readonly status: number;
}

/** Runs before the head of a reply is made. It may set cookies and headers, and throw. */
export type BeforeReplyHook = (reply: ReplyFacts) => void | Promise<void>;

/** What the options of a route say about its input. */
export interface ContextInput {
  /** Path parameters. */
  readonly params: unknown;
  /** Query. */
  readonly query: unknown;
  /** Form. */
  readonly form: unknown;
  /** JSON body. */
  readonly json: unknown;
}

/** Input of a route without options. */
export interface AnyInput extends ContextInput {
  /** Path parameters, whatever they are. */
  readonly params: Readonly<Record<string, unknown>>;
  /** All pairs of the query. */
  readonly query: FieldMap;
}

/** Which cookie is meant. */
export interface CookieNameOptions {
  /**
   * Whether the name gets the prefix `__Host-`, which keeps sub-domains and plain http from setting the cookie. Over plain http, in
   * development, the prefix is left out. Default false.
   */
  readonly host?: boolean;
}

/** How a cookie of a reply is sent. */
export interface ContextCookieOptions extends CookieOptions, CookieNameOptions {}

/** Cookies of the request, and those that the reply will set. */
export interface Cookies {
  /** Returns the value of a cookie, decoded; null when absent. */
  get(name: string, options?: CookieNameOptions): string | null;
  /** Returns whether the cookie is there. */
  has(name: string, options?: CookieNameOptions): boolean;
  /** Sets a cookie on the reply. Throws `E_COOKIE_NAME`, `E_COOKIE_VALUE`, `E_COOKIE_TOO_LONG` and `E_COOKIE_INVALID`. */
  set(name: string, value: string, options?: ContextCookieOptions): void;
  /** Deletes a cookie; repeat the path, the domain and the option `host` that it was set with. */
  delete(name: string, options?: Pick<ContextCookieOptions, "path" | "domain" | "host">): void;
  /** Sets a cookie that nobody can change. It expires with `maxAgeSeconds`, whatever the browser does. */
  setSigned(name: string, value: string, options?: ContextCookieOptions): void;
  /** Returns the value of a signed cookie; null when it is absent, was changed or has expired. */
  getSigned(name: string, options?: CookieNameOptions): string | null;
  /** Sets a cookie that nobody can read or change. It expires with `maxAgeSeconds`, whatever the browser does. */
  setEncrypted(name: string, value: string, options?: ContextCookieOptions): void;
  /** Returns the value of an encrypted cookie; null when it is absent, was changed or has expired. */
  getEncrypted(name: string, options?: CookieNameOptions): string | null;
}

/** What a handler gets. Every property is lazy: a handler pays only for what it reads. */
export interface Context<Input extends ContextInput = AnyInput> extends ContextProperties {
  /** The request as a web-standard object. Its body can be read once, here or by a declared input. */
  readonly request: Request;
  /** HTTP method. */
  readonly method: string;
  /** Whole address of the request. */
  readonly url: URL;
  /** Path in canonical form: unreserved characters decoded, hex digits in upper case. */
  readonly path: string;
  /** Path parameters by name. */
  readonly params: Input["params"];
  /** Query: the checked value of `{ query: schema }`, or all pairs. */
  readonly query: Input["query"];
  /** The form of `{ form: schema }`, valid or not. */
  readonly form: Input["form"];
  /** The checked body of `{ json: schema }`. */
  readonly json: Input["json"];
  /** Header fields of the request. */
  readonly headers: HeaderReader;
  /** Cookies. */
  readonly cookies: Cookies;
  /** The session of the visitor. Explains itself while sessions are not enabled. */
  readonly session: Session;
  /** Messages for the next page: `flash("success", "Saved.")`. Explains itself while sessions are not enabled. */
  readonly flash: Flash;
  /** The user who is signed in. Explains itself while accounts are not enabled. */
  readonly user: AppType<"user">;
  /** Base64 nonce of this reply, for `script` and `style` elements; touching it adds it to the policy. */
  readonly nonce: string;
  /** Address of the client, after trusted proxies were heard. */
  readonly ip: string;
  /** Scheme that the client used. */
  readonly scheme: "http" | "https";
  /** Id of the request, also sent as `x-request-id`. */
  readonly requestId: string;
  /** Aborts when the client leaves, the time is over, or the server stops. */
  readonly signal: AbortSignal;
  /** Counts what you want to limit: `context.rateLimits.take(key, { requestsMax: 5, windowSeconds: 600 })`. */
  readonly rateLimits: RateLimits;
  /** Logger that adds the request's id. */
  readonly log: Logger;
  /** Status and headers for a reply that is made from a plain value. */
  readonly reply: ReplyDraft;
  /** The matched route; undefined on error pages without one. */
  readonly route: Route | undefined;
  /** Makes a path absolute with the configured origin; without one, with that of the request. */
  absoluteUrl(path: string): string;
  /** Renders a template file of the option `views`. */
  readonly view: ViewFunction;
  /** Address of a static file, with its hash; views take it where code is loaded. Throws `E_ASSET_UNKNOWN`. */
  asset(name: string): TrustedUrl;
  /** Says that the reply is for this visitor only: no cache stores it. Throws `E_HEAD_SENT` when it is too late. */
  markPersonal(): void;
  /**
   * Runs a hook after the body is rendered, before headers, cookies and caching are settled; the last one first.
   * A hook that fails turns the reply into an error. Throws `E_HEAD_SENT` when it is too late.
   */
  beforeReply(hook: BeforeReplyHook): void;
  /** Runs work when the reply is sent, or given up because the client left. Errors go to the log. */
  afterReply(work: () => void | Promise<void>): void;
  /** Redirects to the page that the request came from, when it is of the own origin. */
  redirectBack(options: { fallback: string }): HandlerReply;
}

/** The context of a route, whatever its input is. */
export type AnyContext = Context<ContextInput>;
