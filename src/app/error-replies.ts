/** From an error to a reply: a problem for programs, a page for people, the truth for the log. */
import { GableError, isGableError } from "../errors/gable-error.ts";
import { describeValue } from "../errors/option-errors.ts";
import { isSecretName } from "../errors/secret-names.ts";
import { prefersJson } from "../http/negotiation.ts";
import type { Mode } from "../parts/mode.ts";
import { errorToProblem, reasonPhrase } from "../http/problem.ts";
import type { CompiledRoute } from "./compile-routes.ts";
import type { Context } from "../handlers/context.ts";
import { HandlerRoute } from "../handlers/define-route.ts";
import { ReportLimit, toFingerprint } from "./error-fingerprint.ts";
import { labelOf, toFailedRequest } from "./failed-request.ts";
import { HandlerReply } from "../replies/handler-reply.ts";
import type { HandlerResult } from "../replies/handler-result.ts";
import { toHandlerReply } from "../replies/handler-result.ts";
import { toJsonText } from "../replies/json-text.ts";
import { isRendered, renderBody } from "../replies/render-reply.ts";
import type { RequestContext } from "./request-context.ts";
import { RequestRenderContext } from "./request-render-context.ts";
import { renderStatusPage } from "./status-page.ts";
import type { RouteTable } from "../routing/route-table.ts";
import type { Redactor } from "../errors/secret-redactor.ts";

/** What an error hook gets. */
export interface HandledError {
  /** The error as it was thrown. Its text may hold secrets: log it, and show `message`. */
  readonly error: unknown;
  /** A message that is safe to show to the client. */
  readonly message: string;
  /** Code of the error; `E_INTERNAL` when the error is not the client's. */
  readonly code: string;
  /** Status of the answer. */
  readonly status: number;
  /** Context of the request. */
  readonly context: Context;
  /** Groups equal errors: the code, the frame of the application that threw it, and the route. */
  readonly fingerprint: string;
  /** Whether to send a report to a service for errors: true at most 10 times a minute for one fingerprint. */
  readonly shouldReport: boolean;
}

/** Called for each error; what it returns is the answer, undefined leaves it to the framework. */
export type ErrorHook = (failure: HandledError) => HandlerResult | undefined | void | PromiseLike<HandlerResult | undefined | void>;

/** What error replies depend on. */
export interface ErrorReplySettings {
  readonly mode: Mode;
  readonly onError: ErrorHook | undefined;
  readonly table: RouteTable<CompiledRoute>;
  /** Folders of the template files, for reports of development. */
  readonly views: readonly string[];
  /** Values that must not appear in reports of development. */
  readonly secrets: readonly string[];
  /** Removes secrets from what clients get. */
  readonly redact: Redactor;
  /** Receive each error that is not the client's, for tests. */
  readonly observers: ReadonlySet<RequestObserver>;
}

/** Receives what a request does, for tests. */
export interface RequestObserver {
  /** Called with an error that is not the client's. */
  readonly error?: (requestId: string, error: unknown) => void;
  /** Called with a view that a handler renders, and its values. */
  readonly view?: (requestId: string, name: string, props: Readonly<Record<string, unknown>>) => void;
}

/** Makes the function that answers errors. It never throws. */
export function createErrorReplies(settings: ErrorReplySettings): (context: RequestContext, error: unknown) => Promise<HandlerReply> {
  const limit = new ReportLimit();
  return async (context, thrown) => {
    const error = toGableError(thrown, context);
    logError(context, error, thrown);
    if (error.status >= 500) for (const observer of settings.observers) observer.error?.(context.requestId, thrown);
    try {
      const own = settings.onError === undefined ? undefined : await settings.onError(toHandledError(context, error, thrown, limit));
      if (own !== undefined) {
        const reply = await toHandlerReply(own, "onError");
        if (isRendered(reply.body)) reply.body = await renderBody(reply, reply.body, new RequestRenderContext(context));
        return withStatus(reply, error);
      }
    } catch (failure) {
      context.log.error({ error: failure }, "onError failed.");
    }
    return render(context, error, thrown, settings);
  };
}

function toHandledError(context: RequestContext, error: GableError, thrown: unknown, limit: ReportLimit): HandledError {
  const fingerprint = toFingerprint(thrown, error.code, labelOf(context));
  return {
    error: thrown,
    status: error.status,
    ...toShown(error),
    // The hook is typed with the public context, which hides what only the framework uses.
    context: context as unknown as Context,
    fingerprint,
    shouldReport: limit.take(fingerprint),
  };
}

function toGableError(thrown: unknown, context: RequestContext): GableError {
  if (isReadable(thrown) && isGableError(thrown)) return thrown;
  const { signal } = context;
  // A handler that stops because the client left has not failed.
  if (signal.aborted && isReadable(thrown) && thrown.name === "AbortError" && isGableError(signal.reason)) return signal.reason;
  return new GableError("E_INTERNAL", messageOf(thrown), { cause: thrown });
}

/** Whether a value lets code ask what it is: a proxy may throw. */
function isReadable(thrown: unknown): thrown is Error {
  try {
    return thrown instanceof Error && typeof thrown.name === "string";
  } catch {
    return false;
  }
}

/** The message of whatever was thrown. An error may be a proxy, or have a message that throws when it is read. */
function messageOf(thrown: unknown): string {
  try {
    return thrown instanceof Error ? String(thrown.message) : `The handler threw ${describeThrown(thrown)}, which is not an Error.`;
  } catch {
    return "The handler threw a value that cannot be inspected.";
  }
}

/** A value that somebody threw, with what it holds. */
function describeThrown(thrown: unknown): string {
  if (typeof thrown !== "object" || thrown === null) return describeValue(thrown);
  try {
    const text = JSON.stringify(thrown, (name, value: unknown) => (isSecretName(name) ? "[secret]" : value));
    return (text ?? describeValue(thrown)).slice(0, 200);
  } catch {
    return describeValue(thrown);
  }
}

/** Logs an error that came after the head of its reply: the client gets no status, so it is an error whatever its own status is. */
export function logLateError(context: RequestContext, thrown: unknown): void {
  logError(context, toGableError(thrown, context), thrown, true);
}

/** What to do about an error, in its log line. An error without a code has its stack there. */
function toLogFix(error: GableError, thrown: unknown): string {
  if (error.code !== "E_INTERNAL" || thrown === error) return error.fix;
  return isReadable(thrown) ? "Correct the code that the stack shows." : 'Throw an Error: throw new Error("what failed").';
}

/** One block that a person can act on: what failed, for which request, in which route, and what to do. */
function logError(context: RequestContext, error: GableError, thrown: unknown, isLate = false): void {
  const fix = toLogFix(error, thrown);
  const facts = {
    requestId: context.requestId,
    code: error.code,
    status: error.status,
    ...toFailedRequest(context),
    ...(Object.keys(error.details).length > 0 && { details: error.details }),
    ...(fix !== "" && { fix }),
  };
  try {
    if (isLate || error.status >= 500) context.log.error({ ...facts, error: thrown }, error.message);
    else context.log.debug(facts, error.message);
  } catch {
    // A logger may fail at a value that cannot be inspected: its message is known.
    context.log.error(facts, error.message);
  }
}

/** What a client may see of an error: an error of the program is the log's. */
function toShown(error: GableError): { readonly code: string; readonly message: string } {
  const { code, message, expose, status } = error;
  return expose ? { code, message } : { code: "E_INTERNAL", message: reasonPhrase(status) };
}

function withStatus(reply: HandlerReply, error: GableError): HandlerReply {
  if (reply.status === 200) reply.status = error.status;
  return addErrorHeaders(reply, error);
}

function addErrorHeaders(reply: HandlerReply, error: GableError): HandlerReply {
  for (const [name, value] of error.headers) if (!reply.headers.has(name)) reply.headers.set(name, value);
  return reply;
}

async function render(context: RequestContext, error: GableError, thrown: unknown, settings: ErrorReplySettings): Promise<HandlerReply> {
  const { requestId } = context;
  const { mode, table, views, secrets, redact } = settings;
  const isProblem = wantsProblem(context);
  if (mode === "development") {
    const { createDevelopmentReply } = await import("./development-report.ts");
    const { status } = error;
    const reply = await createDevelopmentReply({ context, thrown, status, label: labelOf(context), table, isProblem, views, secrets });
    if (typeof reply.body === "string") reply.body = redact(reply.body);
    return addErrorHeaders(reply, error);
  }
  if (isProblem)
    return addErrorHeaders(
      new HandlerReply(error.status, "application/problem+json", redact(toJsonText(errorToProblem(hidden(error, mode), requestId)))),
      error,
    );
  const shown = { status: error.status, ...toShown(error), ...(mode === "test" && { code: error.code }), requestId };
  const page = redact(await renderStatusPage(context, shown));
  return addErrorHeaders(new HandlerReply(error.status, "text/html; charset=utf-8", page, [["cache-control", "no-store"]]), error);
}

/** The error as a client may see it. */
function hidden(error: GableError, mode: Mode): GableError {
  return error.expose || mode === "test"
    ? error
    : new GableError(toShown(error).code, error.message, { status: error.status, expose: false });
}

/** Whether the client is a program: its route takes a token or JSON, or it prefers JSON to HTML. */
function wantsProblem(context: RequestContext): boolean {
  const { route, takesBearer } = context;
  if (takesBearer) return true;
  if (route instanceof HandlerRoute && route.options.json !== undefined) return true;
  return prefersJson(context.headers.get("accept"));
}
