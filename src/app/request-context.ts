/** The context of a request: everything that a handler can ask for, made when it asks for it. */
import { assertFunction, assertKnownOptions } from "../errors/option-errors.ts";
import { GableError } from "../errors/gable-error.ts";
import type { BodySource } from "../http/body.ts";
import type { HeaderReader } from "../http/header-table.ts";
import { HeaderTable } from "../http/header-table.ts";
import type { RawRequest } from "../http/message.ts";
import { toCanonicalPath } from "../http/path.ts";
import { safeRedirectTarget } from "../http/redirect-target.ts";
import type { ForwardedFacts } from "../http/proxies.ts";
import { parseQuery } from "../http/urlencoded.ts";
import type { Route } from "../routing/route.ts";
import { TrustedUrl } from "../views/values.ts";
import type { AppType } from "../handlers/app-types.ts";
import type { BeforeReplyHook, Context, ContextInput, ContextProperties, Cookies } from "../handlers/context.ts";
import type { DeclaredInput } from "../input/input.ts";
import type { ViewFunction } from "../handlers/view-function.ts";
import type { ReplyDraft } from "../replies/reply-draft.ts";
import type { ContextServices } from "./context-services.ts";
import { addEarlyHints } from "./early-hints.ts";
import { toFailedRequest } from "./failed-request.ts";
import type { EndWork } from "./reply-hooks.ts";
import { ReplyHooks, headSent } from "./reply-hooks.ts";
import type { HandlerReply } from "../replies/handler-reply.ts";
import { redirect, toViewReply } from "../replies/replies.ts";
import type { PageOptions } from "../replies/replies.ts";
import type { AppLogger } from "../handlers/logger.ts";
import type { RateLimits } from "../handlers/rate-limits.ts";
import type { Flash, Session } from "../handlers/session.ts";
import type { CorsPolicy } from "../security/cors.ts";
import { RequestCookies } from "../security/request-cookies.ts";

const noParams: Readonly<Record<string, unknown>> = Object.freeze({});

/** Parts define these properties on the class of an application. */
// oxlint-disable-next-line typescript/no-unsafe-declaration-merging -- context-class.ts defines each one before a request runs
export interface RequestContext extends ContextProperties {}

/** The one implementation of {@link Context}. */
export class RequestContext implements Context<ContextInput> {
  readonly #raw: RawRequest;
  readonly services: ContextServices;
  params: unknown = noParams;
  route: Route | undefined = undefined;
  usedNonce: string | undefined = undefined;
  /** The error that the reply tells; undefined without one. */
  failure: unknown = undefined;
  /** Other origins whose scripts may read the reply. */
  cors: CorsPolicy | undefined = undefined;
  /** Whether the first guard of the route asks for a token: its clients are programs. */
  takesBearer = false;
  /** Whether the reply is for this visitor only. */
  isPersonal = false;
  /** When the request came, in ms of performance.now(); 0 while nothing is logged. */
  readonly startedMs: number;
  /** Statements of the request, while the application listens. */
  queryCount = 0;
  #setCookies: string[] | null = null;
  #hooks: ReplyHooks | null = null;
  #isHeadMade = false;
  #query: unknown = undefined;
  #input: DeclaredInput | undefined = undefined;
  #cookies: Cookies | undefined = undefined;
  #request: Request | undefined = undefined;
  #requestId: string | undefined = undefined;
  #forwarded: ForwardedFacts | undefined = undefined;
  #draft: ReplyDraft | undefined = undefined;
  #log: AppLogger | undefined = undefined;

  constructor(raw: RawRequest, services: ContextServices) {
    this.#raw = raw;
    this.services = services;
    this.startedMs = services.watch.log === undefined ? 0 : performance.now();
  }

  get raw(): RawRequest {
    return this.ownRaw();
  }

  /** As ownRequestId(). */
  ownRaw(): RawRequest {
    return this.#raw;
  }

  get method(): string {
    return this.#raw.method;
  }

  get headers(): HeaderReader {
    return this.#raw.headers;
  }

  get signal(): AbortSignal {
    return this.#raw.signal;
  }

  get body(): BodySource {
    return this.#raw.body;
  }

  get uploadDirectory(): string | undefined {
    return this.services.uploadDirectory();
  }

  get path(): string {
    return toCanonicalPath(this.#raw.path);
  }

  /** The path without secrets, for logs and traces. */
  get shownPath(): string {
    return this.services.hidePath(this.method, this.path);
  }

  get url(): URL {
    return new URL(`${this.scheme}://${this.authority}${this.#raw.path}${this.#raw.queryString === "" ? "" : `?${this.#raw.queryString}`}`);
  }

  get request(): Request {
    this.#request ??= this.services.createRequest(this);
    return this.#request;
  }

  /** What the trusted proxies say; the connection's own facts without any. */
  get forwarded(): ForwardedFacts {
    return this.ownForwarded();
  }

  /** As ownRequestId(). */
  ownForwarded(): ForwardedFacts {
    this.#forwarded ??= this.services.readForwarded(this.#raw);
    return this.#forwarded;
  }

  get ip(): string {
    return this.ownForwarded().ip;
  }

  get scheme(): "http" | "https" {
    return this.services.hasProxies ? this.ownForwarded().scheme : this.#raw.scheme;
  }

  get authority(): string {
    const authority = this.services.hasProxies ? this.ownForwarded().authority : this.#raw.authority;
    return authority === "" ? this.services.defaultAuthority : authority;
  }

  get requestId(): string {
    return this.ownRequestId();
  }

  /** The getter is watched where replies are stored: what the framework reads for itself does not count. */
  ownRequestId(): string {
    this.#requestId ??= this.services.createRequestId(this);
    return this.#requestId;
  }

  /** Takes the id of the request that it looks at again, for its lines in the log. */
  repeatRequestId(id: string): void {
    this.#requestId = id;
  }

  get log(): AppLogger {
    this.#log ??= this.services.logger.child({ requestId: this.ownRequestId() });
    return this.#log;
  }

  get nonce(): string {
    this.usedNonce ??= createNonce();
    return this.usedNonce;
  }

  /** Sets the input that the route declares. */
  setInput(input: DeclaredInput): void {
    this.#input = input;
    this.#query = input.query;
  }

  /** The input that was read; undefined before that. */
  get input(): DeclaredInput | undefined {
    return this.#input;
  }

  get queryString(): string {
    return this.ownQueryString();
  }

  /** As ownRequestId(). */
  ownQueryString(): string {
    return this.#raw.queryString;
  }

  /** Replaced by the part of sessions, as `flash` is. */
  get session(): Session {
    throw unavailable("session", "Enable sessions: gable({ session: {} }).");
  }

  get flash(): Flash {
    throw unavailable("flash", "Enable sessions and flash messages: gable({ session: {} }).");
  }

  /** Replaced by a part or a middleware that has accounts. */
  get user(): AppType<"user"> {
    throw unavailable("user", "Enable accounts: gable({ accounts: defineAccounts({ user: User }) }).");
  }

  get rateLimits(): RateLimits {
    return this.services.rateLimits();
  }

  get query(): unknown {
    this.#query ??= parseQuery(this.#raw.queryString);
    return this.#query;
  }

  get form(): unknown {
    const form = this.#input?.form;
    if (form === undefined) throw unavailable("form", "Declare { form: schema } in the options of the route.");
    return form;
  }

  get json(): unknown {
    const json = this.#input?.json;
    if (json === undefined)
      throw unavailable("json", "Declare { json: schema } in the options of the route, or read context.request.json().");
    return json.value;
  }

  get cookies(): Cookies {
    this.#cookies ??= new RequestCookies({
      field: () => this.#raw.headers.get("cookie"),
      // A browser keeps Secure cookies of loopback over http as well, so production can demand them everywhere.
      isSecure: () => this.scheme === "https" || this.services.isProduction,
      write: (line) => this.addCookie(line),
      keyring: () => this.services.secrets().keyring(),
      onRefused: (name, error) => this.services.secrets().refuse(name, error),
    });
    return this.#cookies;
  }

  /** Adds a Set-Cookie line to the reply. Throws `E_HEAD_SENT` when it is too late. */
  addCookie(line: string): void {
    if (this.#isHeadMade) throw headSent(`The cookie "${line.slice(0, line.indexOf("="))}" was set`);
    const target = targetOf(line);
    // A cookie that is set twice is sent once: browsers take several lines in an order that nobody promises.
    this.#setCookies = [...(this.#setCookies ?? []).filter((other) => targetOf(other) !== target), line];
  }

  /** Set-Cookie lines of the reply; null without any. */
  get setCookies(): readonly string[] | null {
    return this.#setCookies;
  }

  /** Runs work when the request has ended, however it ended, after everything else. */
  onEnd(work: EndWork): void {
    this.#hooksForReply().addEnding(work);
  }

  get markPersonal(): () => void {
    return () => {
      if (this.#isHeadMade) throw headSent("context.markPersonal() was called");
      this.isPersonal = true;
    };
  }

  get beforeReply(): (hook: BeforeReplyHook) => void {
    return (hook) => {
      assertFunction("context.beforeReply()", hook);
      this.#hooksForReply().addBefore(hook);
    };
  }

  get afterReply(): (work: EndWork) => void {
    return (work) => {
      assertFunction("context.afterReply()", work);
      this.#hooksForReply().addAfter(work);
    };
  }

  /** What waits for the reply; null when nothing does. */
  get hooks(): ReplyHooks | null {
    return this.#hooks;
  }

  #hooksForReply(): ReplyHooks {
    if (this.#hooks === null) {
      this.#hooks = new ReplyHooks((error) => this.log.error({ ...toFailedRequest(this), error }, "Work after the reply failed."));
      // Without hooks, nobody was asked to say when the reply is sent.
      if (this.#isHeadMade) this.#hooks.closeHead(false);
    }
    return this.#hooks;
  }

  /** Runs the hooks before the reply. When one fails, the cookies that hooks have set are dropped. */
  async runBeforeReply(status: number): Promise<void> {
    const cookies = this.#setCookies === null ? null : [...this.#setCookies];
    try {
      await this.#hooks?.runBefore({ status });
    } catch (error) {
      this.#setCookies = cookies;
      throw error;
    }
  }

  /** Notes that the head is made: cookies and hooks come too late now. */
  closeHead(isAwaited: boolean): void {
    this.#isHeadMade = true;
    if (isAwaited) this.#hooksForReply();
    this.#hooks?.closeHead(isAwaited);
  }

  /** Runs what waits for the end of the request: the reply is sent, or given up. */
  settle(): void {
    const work = this.#hooks?.settle();
    if (work !== undefined) this.services.onWork(work, this.#raw);
  }

  get reply(): ReplyDraft {
    this.#draft ??= {
      status: undefined,
      headers: new HeaderTable(),
      events: (source, options) => this.services.events(this, source, options),
      earlyHints: (hints) => addEarlyHints(this, hints),
    };
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
      for (const observer of this.services.observers) observer.view?.(this.ownRequestId(), name, props);
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
    return (options) => {
      assertKnownOptions("redirectBack()", options, { fallback: "string" });
      const referer = this.#raw.headers.get("referer");
      const own = `${this.scheme}://${this.authority}`;
      const target = referer !== null && referer.startsWith(`${own}/`) ? referer.slice(own.length) : null;
      return redirect(safeRedirectTarget(target, options.fallback));
    };
  }
}

/** What a Set-Cookie line sets: its name, path and domain. */
function targetOf(line: string): string {
  const [pair = "", ...attributes] = line.split("; ");
  return [pair.slice(0, pair.indexOf("=")), ...attributes.filter((each) => /^(?:Path|Domain)=/.test(each))].join("; ");
}

function unavailable(name: string, fix: string): GableError {
  return new GableError("E_CONTEXT_UNAVAILABLE", `context.${name} was read, and it is not enabled for this route.`, { fix });
}

function createNonce(): string {
  return btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16))));
}
