/** From an error to a reply: a problem for programs, a page for people, the truth for the log. */
import { GableError, isGableError } from "../errors/gable-error.ts";
import { preferredType } from "../http/negotiation.ts";
import { errorToProblem } from "../http/problem.ts";
import type { CompiledRoute } from "./compile-routes.ts";
import type { Context } from "../handlers/context.ts";
import { renderErrorPage } from "./error-page.ts";
import { HandlerReply } from "../replies/handler-reply.ts";
import type { HandlerResult } from "../replies/handler-result.ts";
import { toHandlerReply } from "../replies/handler-result.ts";
import { toJsonText } from "../replies/json-text.ts";
import { isRendered, renderBody } from "../replies/render-reply.ts";
import type { RequestContext } from "./request-context.ts";
import { RequestRenderContext } from "./request-render-context.ts";
import type { RouteTable } from "../routing/route-table.ts";

/** What an error hook gets. */
export interface ErrorReport {
  /** The error as it was thrown. */
  readonly error: unknown;
  /** Status of the answer. */
  readonly status: number;
  /** Context of the request. */
  readonly context: Context;
}

/** Called for each error; what it returns is the answer, undefined leaves it to the framework. */
export type ErrorHook = (report: ErrorReport) => HandlerResult | undefined | void | Promise<HandlerResult | undefined | void>;

/** What error replies depend on. */
export interface ErrorReplySettings {
  readonly isDevelopment: boolean;
  readonly onError: ErrorHook | undefined;
  readonly table: RouteTable<CompiledRoute>;
  /** Told of each error that is not the client's, for tests. */
  readonly observers: ReadonlySet<ErrorObserver>;
}

/** Told of an error that is not the client's, with the id of its request. */
export type ErrorObserver = (requestId: string, error: unknown) => void;

/** Makes the function that answers errors. It never throws. */
export function createErrorReplies(
  settings: ErrorReplySettings,
): (context: RequestContext, error: unknown, compiled?: CompiledRoute) => Promise<HandlerReply> {
  return async (context, thrown, compiled) => {
    const error = toGableError(thrown, context);
    logError(context, error, thrown);
    if (error.status >= 500) for (const observe of settings.observers) observe(context.requestId, thrown);
    try {
      // The hook is typed with the public context, which hides what only the framework uses.
      const own = await settings.onError?.({ error: thrown, status: error.status, context: context as unknown as Context });
      if (own !== undefined) {
        const reply = await toHandlerReply(own, "onError");
        if (isRendered(reply.body)) reply.body = await renderBody(reply, reply.body, new RequestRenderContext(context));
        return withStatus(reply, error);
      }
    } catch (failure) {
      context.log.error({ error: failure }, "onError failed.");
    }
    return render(context, error, thrown, compiled, settings);
  };
}

function toGableError(thrown: unknown, context: RequestContext): GableError {
  if (isGableError(thrown)) return thrown;
  const { signal } = context;
  // A handler that stops because the client left has not failed.
  if (
    signal.aborted &&
    (thrown === signal.reason || (thrown instanceof Error && thrown.name === "AbortError")) &&
    isGableError(signal.reason)
  )
    return signal.reason;
  return new GableError("E_INTERNAL", thrown instanceof Error ? thrown.message : `The handler threw ${String(thrown)}.`, { cause: thrown });
}

function logError(context: RequestContext, error: GableError, thrown: unknown): void {
  const facts = { code: error.code, status: error.status, method: context.method, path: context.path };
  if (error.status >= 500) context.log.error({ ...facts, error: thrown }, error.message);
  else context.log.debug(facts, error.message);
}

function withStatus(reply: HandlerReply, error: GableError): HandlerReply {
  if (reply.status === 200) reply.status = error.status;
  return addErrorHeaders(reply, error);
}

function addErrorHeaders(reply: HandlerReply, error: GableError): HandlerReply {
  for (const [name, value] of error.headers) if (!reply.headers.has(name)) reply.headers.set(name, value);
  return reply;
}

async function render(
  context: RequestContext,
  error: GableError,
  thrown: unknown,
  compiled: CompiledRoute | undefined,
  settings: ErrorReplySettings,
): Promise<HandlerReply> {
  const { requestId } = context;
  const shown = settings.isDevelopment ? exposed(error) : error;
  if (wantsProblem(context, compiled)) {
    return addErrorHeaders(new HandlerReply(error.status, "application/problem+json", toJsonText(errorToProblem(shown, requestId))), error);
  }
  const markup = settings.isDevelopment
    ? await (
        await import("./development-page.ts")
      ).renderDevelopmentPage({ context, error, thrown, label: compiled?.label, table: settings.table })
    : renderErrorPage({
        status: error.status,
        code: error.code,
        message: error.expose ? error.message : undefined,
        requestId,
        nonce: context.nonce,
      });
  return addErrorHeaders(
    new HandlerReply(error.status, "text/html; charset=utf-8", markup.toString(), [["cache-control", "no-store"]]),
    error,
  );
}

function exposed(error: GableError): GableError {
  if (error.expose) return error;
  return new GableError(error.code, error.message, {
    status: error.status,
    fix: error.fix,
    details: { ...error.details, fix: error.fix },
    expose: true,
  });
}

function wantsProblem(context: RequestContext, compiled: CompiledRoute | undefined): boolean {
  if (compiled?.route.options.json !== undefined) return true;
  const type = preferredType(context.headers.get("accept"), ["text/html", "application/problem+json", "application/json"]);
  return type === "application/problem+json" || type === "application/json";
}
