/** The context of a request: everything that a handler can ask for, made when it asks. */
import { GableError } from "../errors/gable-error.ts";
import type { BodySource } from "../http/body.ts";
import type { CookieOptions } from "../http/cookies.ts";
import { parseCookies, serializeCookie } from "../http/cookies.ts";
import type { HeaderReader } from "../http/header-table.ts";
import { HeaderTable } from "../http/header-table.ts";
import type { RawRequest } from "../http/message.ts";
import { toCanonicalPath } from "../http/path.ts";
import { safeRedirectTarget } from "../http/redirect-target.ts";
import type { ForwardedFacts } from "../http/proxies.ts";
import type { FieldMap } from "../http/urlencoded.ts";
import { parseQuery } from "../http/urlencoded.ts";
import type { Route } from "../routing/route.ts";
import { TrustedUrl } from "../views/values.ts";
import type { ContextServices } from "./context-services.ts";
import type { FormFields, FormInput } from "./form-input.ts";
import type { HandlerReply } from "./handler-reply.ts";
import { redirect, toViewReply } from "./replies.ts";
import type { PageOptions } from "./replies.ts";
import type { ViewFunction } from "./view-options.ts";
import type { Logger } from "./logger.ts";

/** Types that an application declares: `declare module "gable" { interface AppTypes { user: User } }`. */
export interface AppTypes {}

/** Type of a declared part of {@link AppTypes}; unknown when it is not declared. */
export type AppType<Name extends string> = Name extends keyof AppTypes ? AppTypes[Name] : unknown;

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

/** Cookies of the request, and those that the reply will set. */
export interface Cookies {
  /** Value of a cookie, decoded; null when absent. */
  get(name: string): string | null;
  /** Whether the cookie is there. */
  has(name: string): boolean;
  /** Sets a cookie on the reply. Throws `E_COOKIE_INVALID`. */
  set(name: string, value: string, options?: CookieOptions): void;
  /** Removes a cookie; repeat the path and the domain that it was set with. */
  delete(name: string, options?: Pick<CookieOptions, "path" | "domain">): void;
}

/** Status and header fields for a reply that is made from a plain value. */
export interface ReplyDraft {
  /** Status; undefined keeps that of the result. */
  status: number | undefined;
  /** Header fields to add. */
  readonly headers: HeaderTable;
}

/** What a handler gets. All parts are lazy: it pays for what it touches. */
export interface Context<Input extends ContextInput = AnyInput> {
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
  /** The session. Explains itself while sessions are not enabled. */
  readonly session: AppType<"session">;
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
  /** Redirects to the page that the request came from, when it is of the own origin. */
  redirectBack(options: { fallback: string }): HandlerReply;
}

const noParams: Readonly<Record<string, unknown>> = Object.freeze({});

/** The one implementation of {@link Context}. */
export class RequestContext implements Context<ContextInput> {
  readonly raw: RawRequest;
  readonly services: ContextServices;
  params: unknown = noParams;
  route: Route | undefined = undefined;
  /** Set-Cookie lines for the reply. */
  setCookies: string[] | null = null;
  /** Work to do when the request ends, however it ends. */
  cleanups: Array<() => void | Promise<void>> | null = null;
  usedNonce: string | undefined = undefined;
  /** Fields of the form, once something reads them. */
  formFields: Promise<FormFields> | undefined = undefined;
  #query: unknown = undefined;
  #form: FormInput<unknown> | undefined = undefined;
  #json: { readonly value: unknown } | undefined = undefined;
  #cookies: ReadonlyMap<string, string> | undefined = undefined;
  #request: Request | undefined = undefined;
  #requestId: string | undefined = undefined;
  #forwarded: ForwardedFacts | undefined = undefined;
  #draft: ReplyDraft | undefined = undefined;
  #log: Logger | undefined = undefined;

  constructor(raw: RawRequest, services: ContextServices) {
    this.raw = raw;
    this.services = services;
  }

  get method(): string {
    return this.raw.method;
  }

  get headers(): HeaderReader {
    return this.raw.headers;
  }

  get signal(): AbortSignal {
    return this.raw.signal;
  }

  get body(): BodySource {
    return this.raw.body;
  }

  get path(): string {
    return toCanonicalPath(this.raw.path);
  }

  get url(): URL {
    return new URL(`${this.scheme}://${this.authority}${this.raw.path}${this.raw.queryString === "" ? "" : `?${this.raw.queryString}`}`);
  }

  get request(): Request {
    this.#request ??= this.services.createRequest(this);
    return this.#request;
  }

  /** What the trusted proxies say; the connection's own facts without any. */
  get forwarded(): ForwardedFacts {
    this.#forwarded ??= this.services.readForwarded(this.raw);
    return this.#forwarded;
  }

  get ip(): string {
    return this.forwarded.ip;
  }

  get scheme(): "http" | "https" {
    return this.services.hasProxies ? this.forwarded.scheme : this.raw.scheme;
  }

  get authority(): string {
    const authority = this.services.hasProxies ? this.forwarded.authority : this.raw.authority;
    return authority === "" ? this.services.defaultAuthority : authority;
  }

  get requestId(): string {
    this.#requestId ??= this.services.createRequestId(this);
    return this.#requestId;
  }

  get log(): Logger {
    this.#log ??= this.services.logger.child({ requestId: this.requestId });
    return this.#log;
  }

  get nonce(): string {
    this.usedNonce ??= createNonce();
    return this.usedNonce;
  }

  get query(): unknown {
    this.#query ??= parseQuery(this.raw.queryString);
    return this.#query;
  }

  set query(value: unknown) {
    this.#query = value;
  }

  get form(): unknown {
    if (this.#form === undefined) throw unavailable("form", "Declare { form: schema } in the options of the route.");
    return this.#form;
  }

  set form(value: unknown) {
    // Set by the reader of the route's declared form alone.
    this.#form = value as FormInput<unknown>;
  }

  get json(): unknown {
    if (this.#json === undefined)
      throw unavailable("json", "Declare { json: schema } in the options of the route, or read context.request.json().");
    return this.#json.value;
  }

  set json(value: unknown) {
    this.#json = { value };
  }

  get session(): AppType<"session"> {
    throw unavailable("session", "Sessions are not part of this version.");
  }

  get user(): AppType<"user"> {
    throw unavailable("user", "Accounts are not part of this version; a middleware<{ account: Account }>() can add your own.");
  }

  get cookies(): Cookies {
    return {
      get: (name) => this.#readCookies().get(name) ?? null,
      has: (name) => this.#readCookies().has(name),
      set: (name, value, options) => this.#setCookie(name, value, options ?? {}),
      delete: (name, options) => this.#setCookie(name, "", { ...options, maxAgeSeconds: 0 }),
    };
  }

  #readCookies(): ReadonlyMap<string, string> {
    this.#cookies ??= parseCookies(this.raw.headers.get("cookie"));
    return this.#cookies;
  }

  #setCookie(name: string, value: string, options: CookieOptions): void {
    // A browser keeps Secure cookies of loopback over http as well, so production can demand them everywhere.
    const isSecure = options.secure ?? (this.scheme === "https" || this.services.isProduction);
    (this.setCookies ??= []).push(serializeCookie(name, value, { ...options, secure: isSecure }));
  }

  get reply(): ReplyDraft {
    this.#draft ??= { status: undefined, headers: new HeaderTable() };
    return this.#draft;
  }

  /** The draft, when a handler touched it. */
  get draft(): ReplyDraft | undefined {
    return this.#draft;
  }

  // Getters that give functions: a handler takes what it needs out of the context, without the context.
  get absoluteUrl(): (path: string) => string {
    return (path) => new URL(path, this.services.origin ?? `${this.scheme}://${this.authority}`).href;
  }

  get view(): ViewFunction {
    const renderView = (name: string, props: Readonly<Record<string, unknown>> = {}, options?: PageOptions): unknown => {
      const rendered = this.services.renderView(name, props, this.services.createRenderContext(this));
      return options === undefined ? rendered : toViewReply(rendered, options);
    };
    // The signatures come from the generated list of views.
    return renderView as ViewFunction;
  }

  get asset(): (name: string) => TrustedUrl {
    return (name) => new TrustedUrl(this.services.assetUrl(name));
  }

  get redirectBack(): (options: { fallback: string }) => HandlerReply {
    return ({ fallback }) => {
      const referer = this.raw.headers.get("referer");
      const own = `${this.scheme}://${this.authority}`;
      const target = referer !== null && referer.startsWith(`${own}/`) ? referer.slice(own.length) : null;
      return redirect(safeRedirectTarget(target, fallback));
    };
  }
}

function unavailable(name: string, fix: string): GableError {
  return new GableError("E_CONTEXT_UNAVAILABLE", `context.${name} was read, and it is not enabled for this route.`, { fix });
}

function createNonce(): string {
  return btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16))));
}
