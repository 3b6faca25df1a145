/** The last step of a request: headers that every reply has, cookies, caching, and the entity tag. */
import type { Reply, ReplyBody } from "../http/message.ts";
import { assertKind } from "../errors/option-errors.ts";
import { HeaderTable } from "../http/header-table.ts";
import { addVary, writeCacheControl } from "../http/fields.ts";
import type { ConditionResult, Validators } from "../http/conditions.ts";
import { evaluateConditions } from "../http/conditions.ts";
import { toHttpDate } from "../http/http-date.ts";
import { isFileBody } from "../http/message.ts";
import type { SecurityHeaders } from "../security/response-headers.ts";
import type { CompiledRoute } from "./compile-routes.ts";
import type { RequestContext } from "./request-context.ts";
import { FileHandlerReply } from "../replies/files.ts";
import type { HandlerReply } from "../replies/handler-reply.ts";
import { UpgradeReply } from "../replies/upgrade-reply.ts";
import { isRendered, renderBody } from "../replies/render-reply.ts";
import { publishRender } from "./render-events.ts";
import { RequestRenderContext } from "./request-render-context.ts";

/** What finishing needs of the application. */
export interface FinishSettings {
  readonly securityHeaders: SecurityHeaders;
  /** Told when a route wants a private reply to be public. */
  readonly onPublicRefused: (label: string) => void;
}

/** Makes the reply that goes to the engine: renders its body, runs the hooks, then settles headers, cookies and caching. */
export function finishReply(
  context: RequestContext,
  result: HandlerReply,
  compiled: CompiledRoute | undefined,
  settings: FinishSettings,
): Reply | Promise<Reply> {
  const reply = result instanceof FileHandlerReply ? result.resolve(context.method, context.headers) : result;
  const view = reply.body;
  const body = isRendered(view)
    ? publishRender(view, () => renderBody(reply, view, new RequestRenderContext(context, compiled?.csp)))
    : view;
  if (body instanceof Promise || context.hooks?.hasBefore === true) return finishLater(context, reply, body, compiled, settings);
  return addHeaders(context, reply, body, compiled, settings);
}

async function finishLater(
  context: RequestContext,
  reply: HandlerReply,
  body: ReplyBody | Promise<ReplyBody>,
  compiled: CompiledRoute | undefined,
  settings: FinishSettings,
): Promise<Reply> {
  const whole = await body;
  try {
    await context.runBeforeReply(statusOf(context, reply));
  } catch (error) {
    if (isFileBody(whole)) await whole.close();
    throw error;
  }
  return addHeaders(context, reply, whole, compiled, settings);
}

/** Returns the status: that of the draft, unless the reply has its own. */
export function statusOf({ draft }: RequestContext, reply: HandlerReply): number {
  const isOpen = reply.status === 200 || (reply.status === 204 && reply.body === null);
  if (draft?.status === undefined || !isOpen) return reply.status;
  assertKind("context.reply", "status", draft.status, "status");
  return draft.status;
}

function addHeaders(
  context: RequestContext,
  reply: HandlerReply,
  body: ReplyBody,
  compiled: CompiledRoute | undefined,
  settings: FinishSettings,
): Reply | Promise<Reply> {
  const { draft } = context;
  const contentType = ownField(context, reply, "content-type") ?? reply.contentType;
  const isSecure = context.scheme === "https";
  const { isHtml, fields } = settings.securityHeaders.headersFor(contentType, isSecure);
  const headers = HeaderTable.on(fields);
  if (draft !== undefined) {
    reply.status = statusOf(context, reply);
    addFields(headers, draft.headers);
  }
  if (reply.hasHeaders) addFields(headers, reply.headers);
  const hasPolicy = context.usedNonce !== undefined || compiled?.csp !== undefined;
  if (isHtml && hasPolicy && ownField(context, reply, "content-security-policy") === null)
    setPolicy(headers, context, compiled, settings.securityHeaders, isSecure);
  setCaching(headers, context, reply, compiled, settings);
  context.cors?.apply(headers, context.headers);
  headers.appendTrusted("x-request-id", context.requestId);
  if (reply instanceof UpgradeReply)
    return closeHead(context, { status: 101, headers, body: null, onSettled: undefined, takeOver: reply.takeOver });
  // A reply with this status names the protocol (RFC 9110 section 15.5.22).
  if (reply.status === 426) headers.appendTrusted("upgrade", "websocket");
  // 205 tells a browser to clear its form: it has no content (RFC 9110 section 15.3.6).
  const finished: FinishedReply = { status: reply.status, headers, body: reply.status === 205 ? null : body, onSettled: undefined };
  if (reply.validators !== undefined && finished.status === 200)
    return closeHead(context, withValidators(context, finished, reply.validators));
  // A page with a nonce is another one each time: a browser that kept the old one would block its own scripts.
  if (compiled?.cache?.etag === true && context.usedNonce === undefined)
    return withEntityTag(context, finished).then((tagged) => closeHead(context, tagged));
  return closeHead(context, finished);
}

/** A reply whose head is still open. */
interface FinishedReply extends Reply {
  headers: HeaderTable;
  onSettled: (() => void) | undefined;
}

/** From here on, the head is made. The engine says when the reply is sent, where something waits for that. */
function closeHead(context: RequestContext, reply: FinishedReply): Reply {
  const { body } = reply;
  const { log, replies } = context.services.watch;
  // The usual reply: a whole text, and nothing that waits for it.
  if (typeof body === "string" && context.hooks === null) {
    context.closeHead(false);
    log?.write(context, reply);
    return reply;
  }
  const isStream = typeof body === "object" && body !== null && !(body instanceof Uint8Array) && !isFileBody(body);
  const isAwaited = isStream || context.hooks?.hasWork === true;
  context.closeHead(isAwaited);
  if (isStream || isFileBody(body)) replies.set(context.ownRaw(), context);
  if (log === undefined) {
    if (isAwaited) reply.onSettled = () => context.settle();
    return reply;
  }
  if (isStream || isFileBody(body)) {
    reply.onSettled = () => {
      log.write(context, reply);
      if (isAwaited) context.settle();
    };
    return reply;
  }
  log.write(context, reply);
  if (isAwaited) reply.onSettled = () => context.settle();
  return reply;
}

/** A field that the handler set itself, on the reply or on the draft; null when it did not. */
function ownField(context: RequestContext, reply: HandlerReply, name: string): string | null {
  const own = reply.hasHeaders ? reply.headers.get(name) : null;
  return own ?? context.draft?.headers.get(name) ?? null;
}

/** Fields of the reply replace those of the base; several lines of one name stay several lines. */
function addFields(headers: HeaderTable, fields: HeaderTable): void {
  const added = new Set<string>();
  for (const [name, value] of fields) {
    if (name === "set-cookie" || added.has(name)) headers.append(name, value);
    else headers.set(name, value);
    added.add(name);
  }
}

function setPolicy(
  headers: HeaderTable,
  context: RequestContext,
  compiled: CompiledRoute | undefined,
  securityHeaders: SecurityHeaders,
  isSecure: boolean,
): void {
  headers.set("content-security-policy", securityHeaders.policy(isSecure, compiled?.csp, context.usedNonce));
  const reportOnly = securityHeaders.reportOnlyPolicy(isSecure, compiled?.csp, context.usedNonce);
  if (reportOnly !== undefined) headers.set("content-security-policy-report-only", reportOnly);
  if (compiled?.csp?.frameAncestors !== undefined) headers.delete("x-frame-options");
}

/** Private unless proven public: what depends on a person is never stored. */
function setCaching(
  headers: HeaderTable,
  context: RequestContext,
  reply: HandlerReply,
  compiled: CompiledRoute | undefined,
  settings: FinishSettings,
): void {
  const isPersonal = context.isPersonal || context.setCookies !== null || context.headers.has("authorization");
  if (context.setCookies !== null) for (const cookie of context.setCookies) headers.append("set-cookie", cookie);
  if (isPersonal) {
    if (compiled?.cache?.public === true) settings.onPublicRefused(compiled.label);
    headers.set("cache-control", "no-store");
    addVary(headers, "Cookie");
  } else if (compiled?.cache !== undefined && reply.status < 400 && !(reply.hasHeaders && reply.headers.has("cache-control"))) {
    headers.set("cache-control", writeCacheControl(compiled.cache));
  }
}

/** What the reply itself knows of its content, and the answer of the conditions against it. */
function withValidators(context: RequestContext, reply: FinishedReply, validators: Validators): FinishedReply {
  const { headers } = reply;
  if (validators.etag !== undefined) headers.set("etag", validators.etag);
  if (validators.lastModified !== undefined) headers.set("last-modified", toHttpDate(validators.lastModified));
  return answerConditions(reply, evaluateConditions(context.method, context.headers, validators));
}

function answerConditions(reply: FinishedReply, result: ConditionResult): FinishedReply {
  const { headers } = reply;
  if (result === "not-modified") return { ...reply, status: 304, headers: headers.delete("content-type"), body: null };
  return result === "failed" ? { ...reply, status: 412, body: null } : reply;
}

/** A tag from the bytes of a whole body, and the answer of the conditions against it. */
async function withEntityTag(context: RequestContext, reply: FinishedReply): Promise<FinishedReply> {
  const { body, headers, status } = reply;
  const isWhole = typeof body === "string" || body instanceof Uint8Array;
  if (!isWhole || status !== 200 || headers.has("etag")) return reply;
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : new Uint8Array(body);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const etag = `"${btoa(String.fromCharCode(...digest.subarray(0, 12)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")}"`;
  headers.set("etag", etag);
  return answerConditions(reply, evaluateConditions(context.method, context.headers, { etag }));
}
