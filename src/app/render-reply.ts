/** Views become bodies: with the context of their request, and at the last moment, so that they see all of it. */
import type { ReplyBody } from "../http/message.ts";
import { isOwnOriginAllowed } from "../security/response-headers.ts";
import type { ContentSecurityPolicy } from "../security/response-headers.ts";
import type { FragmentStore } from "../views/fragment-cache.ts";
import type { QueryValue, RenderContext } from "../views/render-context.ts";
import type { Rendered } from "../views/render.ts";
import { render, walk } from "../views/render.ts";
import type { Html, TrustedUrl } from "../views/values.ts";
import { contentTypeOfHtml, isHtml, isPlainText, isXml, asHtml } from "../views/values.ts";
import type { RequestContext } from "./context.ts";
import type { HandlerReply } from "./handler-reply.ts";

/** Whether a value is a view. */
export function isRendered(value: unknown): value is Rendered {
  return typeof value === "object" && value !== null && (isHtml(value) || isXml(value) || isPlainText(value));
}

/** Media type of a view. */
export function contentTypeOf(view: Rendered): string {
  return isHtml(view) ? contentTypeOfHtml(view) : view.contentType;
}

/** Renders the body of a reply, when it is a view. Throws what the view throws. */
export function renderBody(context: RequestContext, reply: HandlerReply, csp?: ContentSecurityPolicy): ReplyBody | Promise<ReplyBody> {
  const { body } = reply;
  if (!isRendered(body)) return body;
  const renderContext = new RequestRenderContext(context, csp);
  if (reply.isBuffered) return render(body, renderContext);
  const walked = walk(body, renderContext);
  if (typeof walked === "string") return walked;
  // A proxy in front must not wait for the end of a stream.
  reply.headers.set("x-accel-buffering", "no");
  return walked;
}

/** What a view can ask: read from the request when it asks. */
export class RequestRenderContext implements RenderContext {
  readonly #context: RequestContext;
  readonly #csp: ContentSecurityPolicy | undefined;

  constructor(context: RequestContext, csp?: ContentSecurityPolicy) {
    this.#context = context;
    this.#csp = csp;
  }

  get isOwnOriginAllowed(): boolean {
    return isOwnOriginAllowed({ ...this.#context.services.csp, ...this.#csp });
  }

  get nonce(): string {
    return this.#context.nonce;
  }

  get request(): RequestContext {
    return this.#context;
  }

  get signal(): AbortSignal {
    return this.#context.signal;
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

  /** The query of the page with changes; a value of null leaves a name out. */
  query(changes: Readonly<Record<string, QueryValue>> = {}): string {
    const query = new URLSearchParams(this.#context.url.search);
    for (const [name, value] of Object.entries(changes)) {
      query.delete(name);
      for (const each of Array.isArray(value) ? value : [value]) if (each !== null && each !== undefined) query.append(name, String(each));
    }
    return `?${query}`;
  }

  /** Other sites are kept out by the headers of the request: forms need no token. */
  csrf(): Html {
    return asHtml("");
  }

  readonly views = (name: string): unknown => this.#context.services.findView(name);

  onBlocked(place: string): void {
    this.#context.log.warn({ event: "view.url.blocked", place }, "A value was blocked in a view.");
  }
}
