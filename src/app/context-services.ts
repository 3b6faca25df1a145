/** What a context asks of its application. */
import type { RawRequest } from "../http/message.ts";
import type { ForwardedFacts } from "../http/proxies.ts";
import type { ServerEvent } from "../http/event-stream.ts";
import type { EventsOptions } from "../replies/events.ts";
import type { HandlerReply } from "../replies/handler-reply.ts";
import type { RequestObserver } from "./error-replies.ts";
import type { RequestContext } from "./request-context.ts";
import type { ContentSecurityPolicy } from "../http/content-security-policy.ts";
import type { FragmentStore } from "../views/rendering/fragment-store.ts";
import type { RenderContext } from "../views/rendering/render-context.ts";
import type { RenderOptions } from "../views/rendering/render-options.ts";
import type { Rendered } from "../views/rendering/render.ts";
import type { Secrets } from "../security/secrets.ts";
import type { RateLimits } from "../handlers/rate-limits.ts";
import type { AppLogger } from "../handlers/logger.ts";
import type { RequestWatch } from "./request-watch.ts";

/** Services shared by all requests of an application. */
export interface ContextServices {
  /** Whether errors and replies are those of production. */
  readonly isProduction: boolean;
  /** Configured origin; undefined when none was given. */
  readonly origin: string | undefined;
  /** Authority of requests without Host. */
  readonly defaultAuthority: string;
  /** Whether any proxy is trusted. */
  readonly hasProxies: boolean;
  /** Secret keys of the application, while it is running. */
  secrets(): Secrets;
  /** Rate limits of the application, while it is running. */
  rateLimits(): RateLimits;
  /** Folder of the temporary files of uploads; undefined for that of the system. */
  uploadDirectory(): string | undefined;
  /** Whether requests have sessions and flash messages. */
  readonly hasSessions: boolean;
  /** Receive what requests do, for tests. */
  readonly observers: ReadonlySet<RequestObserver>;
  /** Logger of the application. */
  readonly logger: AppLogger;
  /** What is watched of requests while the application listens. */
  readonly watch: RequestWatch;
  /** Sources of the policy that the application has set. */
  readonly csp: ContentSecurityPolicy;
  /** A policy that browsers only report; undefined for none. */
  readonly cspReportOnly: ContentSecurityPolicy | undefined;
  /** Language of dates and numbers in views, as a tag of BCP 47. */
  readonly locale: string;
  /** Time zone of dates in views, as a name of IANA. */
  readonly timeZone: string;
  /** Renders a template file. Throws `E_VIEW_NOT_FOUND`. */
  renderView(name: string, props: Readonly<Record<string, unknown>>, context: RenderContext): Rendered;
  /** What a template file may ask of a request. */
  createRenderContext(context: RequestContext): RenderContext;
  /** Options of the application for rendering. */
  readonly renderOptions: RenderOptions;
  /** Finds a template file for a name that is a value. */
  findView(name: string): unknown;
  /** Where cached pieces of views are kept; undefined where nothing is. */
  readonly fragments: FragmentStore | undefined;
  /** Takes the work that a request left behind when its reply was sent: the application waits for it before it stops. */
  onWork(work: Promise<void>, raw: RawRequest): void;
  /** Whether links may be sent in a reply 103. */
  readonly sendsEarlyHints: boolean;
  /** Replies with server-sent events. */
  events(context: RequestContext, source: AsyncIterable<ServerEvent>, options: EventsOptions | undefined): HandlerReply;
  /** Address of a static file. Throws `E_ASSET_UNKNOWN`. */
  assetUrl(name: string): string;
  /** Path of a named route. Throws `E_ROUTE_NAME_UNKNOWN`. */
  routeUrl(name: string, params: Readonly<Record<string, unknown>>): string;
  /** Hides the secrets in a path, for logs and traces. */
  hidePath(method: string, path: string): string;
  /** Reads what trusted proxies say. */
  readForwarded(raw: RawRequest): ForwardedFacts;
  /** Makes the id of a request. */
  createRequestId(context: RequestContext): string;
  /** Makes the web-standard request. */
  createRequest(context: RequestContext): Request;
}
