/** Defines the context of a request for handlers. */
import type { CookieOptions } from "../http/cookies.ts";
import type { HeaderReader } from "../http/header-table.ts";
import type { FieldMap } from "../http/urlencoded.ts";
import type { HandlerReply } from "../replies/handler-reply.ts";
import type { ReplyDraft } from "../replies/reply-draft.ts";
import type { Route } from "../routing/route.ts";
import type { TrustedUrl } from "../views/values.ts";
import type { AppType } from "./app-types.ts";
import type { AppLogger } from "./logger.ts";
import type { RateLimits } from "./rate-limits.ts";
import type { Flash, Session } from "./session.ts";
import type { ViewFunction } from "./view-function.ts";

/** Properties that parts add to the context: `declare module "gable" { interface ContextProperties { meter: Meter } }`. */
export interface ContextProperties {}

/** What a hook before the reply gets. */
export interface ReplyFacts {
  /** Status of the reply. */
  readonly status: number;
}

/** Runs before the head of a reply is created. It may set cookies and headers, and throw. */
export type BeforeReplyHook = (reply: ReplyFacts) => void | Promise<void>;

/** Which input the options of a route declare. */
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
  /** Path parameters of any name. */
  readonly params: Readonly<Record<string, unknown>>;
  /** All pairs of the query. */
  readonly query: FieldMap;
}

/** Identifies a cookie. */
export interface CookieNameOptions {
  /**
   * Whether the name gets the prefix `__Host-`, which prevents subdomains and plain http from setting the cookie. In
   * development over plain http, the prefix is omitted. Default false.
   */
  readonly host?: boolean;
}

/** Options for a cookie of a reply. */
export interface ContextCookieOptions extends CookieOptions, CookieNameOptions {}

/** Cookies of the request, and cookies that the reply will set. */
export interface Cookies {
  /** Returns the value of a cookie, decoded; null when absent. */
  get(name: string, options?: CookieNameOptions): string | null;
  /** Returns whether the cookie exists. */
  has(name: string, options?: CookieNameOptions): boolean;
  /** Sets a cookie on the reply. Throws `E_COOKIE_NAME`, `E_COOKIE_VALUE`, `E_COOKIE_TOO_LONG` and `E_COOKIE_INVALID`. */
  set(name: string, value: string, options?: ContextCookieOptions): void;
  /** Deletes a cookie; pass the path, the domain and the option `host` with which it was set. */
  delete(name: string, options?: Pick<ContextCookieOptions, "path" | "domain" | "host">): void;
  /** Sets a signed cookie that nobody else can change. It expires after `maxAgeSeconds`, even if the browser keeps it. */
  setSigned(name: string, value: string, options?: ContextCookieOptions): void;
  /** Returns the value of a signed cookie; null if it is absent, changed or expired. */
  getSigned(name: string, options?: CookieNameOptions): string | null;
  /** Sets an encrypted cookie that nobody else can read or change. It expires after `maxAgeSeconds`, even if the browser keeps it. */
  setEncrypted(name: string, value: string, options?: ContextCookieOptions): void;
  /** Returns the value of an encrypted cookie; null if it is absent, changed or expired. */
  getEncrypted(name: string, options?: CookieNameOptions): string | null;
}

/** The argument of a handler. Every property is lazy: a handler pays only for what it reads. */
export interface Context<Input extends ContextInput = AnyInput> extends ContextProperties {
  /** The request as a web-standard object. Its body can be read once, here or by a declared input. */
  readonly request: Request;
  /** HTTP method. */
  readonly method: string;
  /** Complete URL of the request. */
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
  /** The session of the visitor. Throws an explanation if sessions are not enabled. */
  readonly session: Session;
  /** Messages for the next page: `flash("success", "Saved.")`. Throws an explanation if sessions are not enabled. */
  readonly flash: Flash;
  /** The signed-in user. Throws an explanation if accounts are not enabled. */
  readonly user: AppType<"user">;
  /** Base64 nonce of this reply, for `script` and `style` elements; reading it adds it to the policy. */
  readonly nonce: string;
  /** Address of the client, as reported by trusted proxies. */
  readonly ip: string;
  /** Scheme that the client used. */
  readonly scheme: "http" | "https";
  /** ID of the request, also sent as `x-request-id`. */
  readonly requestId: string;
  /** Aborts when the client disconnects, the request times out, or the server stops. */
  readonly signal: AbortSignal;
  /** Counts actions that you want to limit: `context.rateLimits.take(key, { requestsMax: 5, windowSeconds: 600 })`. */
  readonly rateLimits: RateLimits;
  /** Logger that adds the request's id. */
  readonly log: AppLogger;
  /** Status and headers for a reply that is created from a plain value. */
  readonly reply: ReplyDraft;
  /** The matched route; undefined on error pages without one. */
  readonly route: Route | undefined;
  /** Makes a path absolute with the configured origin, or with that of the request if none is configured. */
  absoluteUrl(path: string): string;
  /** Renders a template file of the option `views`. */
  readonly view: ViewFunction;
  /** Returns the URL of a static file, with its hash; views accept it as a source of code. Throws `E_ASSET_UNKNOWN`. */
  asset(name: string): TrustedUrl;
  /** Marks the reply as private to this visitor: no cache stores it. Throws `E_HEAD_SENT` if the head was sent already. */
  markPersonal(): void;
  /**
   * Runs a hook after the body is rendered, before headers, cookies and caching are final; in reverse order of
   * registration.
   * A hook that fails turns the reply into an error. Throws `E_HEAD_SENT` if the head was sent already.
   */
  beforeReply(hook: BeforeReplyHook): void;
  /** Runs work after the reply is sent, or abandoned because the client disconnected. Errors go to the log. */
  afterReply(work: () => void | Promise<void>): void;
  /** Redirects to the page that the request came from if it has the same origin. */
  redirectBack(options: { fallback: string }): HandlerReply;
}

/** The context of a route with any input. */
export type AnyContext = Context<ContextInput>;
