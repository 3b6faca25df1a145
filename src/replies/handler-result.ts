/** Converts the result of a handler to a reply. */
import { GableError } from "../errors/gable-error.ts";
import { describeValue } from "../errors/option-errors.ts";
import { isErrorValue } from "../errors/thrown-value.ts";
import { toContentDisposition } from "../http/fields.ts";
import { Csv } from "../views/formats/csv.ts";
import { SitemapPart } from "../views/formats/sitemap.ts";
import type { Rendered } from "../views/rendering/render.ts";
import { hashText } from "../views/rendering/text-hash.ts";
import { isHtml } from "../views/values.ts";
import { HandlerReply } from "./handler-reply.ts";
import { toJsonText } from "./json-text.ts";
import { contentTypeOf, isRendered } from "./render-reply.ts";

/**
 * What a handler may return.
 *
 * A view (`Html`, `Xml`, `PlainText`), a string (sent as text, never as HTML), a plain object or array (JSON), bytes, `null` (204), a `Response`, a reply helper, or an async iterable (streamed). A returned error counts as thrown.
 */
export type HandlerResult = string | PlainResult | null;

/**
 * Any object whose `then` is not a function. A promise of nothing is an object too, and must not count as a result. `any` takes classes
 * and interfaces; a `then` of the type `never` would make the compiler infer less.
 */
// oxlint-disable-next-line typescript/no-explicit-any -- the types of properties do not matter here
type PlainResult = object & { readonly then?: PlainValue; readonly [name: string]: any };
type PlainValue = string | number | boolean | null | readonly unknown[] | Readonly<Record<string, unknown>>;

/** Creates the reply for a result; `source` names the function that returned it, in errors. */
export function toHandlerReply(result: unknown, source: string): HandlerReply | Promise<HandlerReply> {
  if (result instanceof HandlerReply) return result;
  if (typeof result === "string") return new HandlerReply(200, "text/plain; charset=utf-8", result);
  if (result === null) return new HandlerReply(204, "", null);
  if (typeof result !== "object") throw resultError(result, source);
  // The usual plain value is checked first: reading the global Response makes Node load all of fetch.
  if (isPlain(result)) return new HandlerReply(200, "application/json", toJsonText(result));
  if (isRendered(result)) return fromView(result);
  if (result instanceof Response) return fromResponse(result);
  if (result instanceof Uint8Array) return new HandlerReply(200, "application/octet-stream", result);
  if (result instanceof Csv) return fromCsv(result);
  if (result instanceof SitemapPart) return fromSitemap(result);
  // The line has just found the iterator.
  if (Symbol.asyncIterator in result) return fromIterable(result as AsyncIterable<unknown>);
  // As JSON with status 200, `return notFound()` would say that all is well.
  if (isErrorValue(result)) throw result;
  return new HandlerReply(200, "application/json", toJsonText(result));
}

/** A feed has a modification time: a reader that has the current version gets 304. */
function fromView(view: Rendered): HandlerReply {
  const reply = new HandlerReply(200, contentTypeOf(view), view);
  if (!isHtml(view) && view.lastModified !== undefined)
    reply.validators = { etag: `"${hashText(view.source)}"`, lastModified: view.lastModified };
  return reply;
}

/** Search engines should not index a sitemap itself. */
function fromSitemap(part: SitemapPart): HandlerReply {
  const reply = new HandlerReply(200, part.contentType, part);
  reply.headers.set("x-robots-tag", "noindex").set("x-accel-buffering", "no");
  return reply;
}

/** A table is streamed, and sent as a download if it has a file name. */
function fromCsv(table: Csv): HandlerReply {
  const reply = new HandlerReply(200, table.contentType, table);
  reply.headers.set("x-accel-buffering", "no");
  if (table.filename !== undefined) reply.headers.set("content-disposition", toContentDisposition("attachment", table.filename));
  return reply;
}

function isPlain(value: object): boolean {
  if (Array.isArray(value)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return (prototype === Object.prototype || prototype === null) && !(Symbol.asyncIterator in value);
}

function resultError(result: unknown, source: string): GableError {
  const what = result === undefined ? "returned undefined; did it forget to return?" : `returned ${describeValue(result)}.`;
  return new GableError("E_ROUTE_RESULT", `${source} ${what}`);
}

/** Streams values: strings and bytes unchanged, objects as JSON lines. */
function fromIterable(values: AsyncIterable<unknown>): HandlerReply {
  const reply = new HandlerReply(200, "text/plain; charset=utf-8", toChunks(values));
  reply.headers.set("x-accel-buffering", "no");
  return reply;
}

async function* toChunks(values: AsyncIterable<unknown>): AsyncGenerator<string | Uint8Array> {
  for await (const value of values) {
    if (typeof value === "string" || value instanceof Uint8Array) yield value;
    else if (isRendered(value)) yield value.toString();
    else yield `${toJsonText(value)}\n`;
  }
}

/** Reads one chunk ahead, so that a short Response is sent with its length in one write. */
async function fromResponse(response: Response): Promise<HandlerReply> {
  const headers: Array<[string, string]> = [];
  for (const [name, value] of response.headers) {
    // Hop-by-hop fields belong to the connection that the response came from.
    if (name !== "content-type" && !hopByHop.has(name)) headers.push([name, value]);
  }
  const contentType = response.headers.get("content-type") ?? "";
  if (response.body === null) return new HandlerReply(response.status, contentType, null, headers);
  const fields = response.url === "" ? headers : toDecoded(headers);
  const reader = response.body.getReader();
  const first = await reader.read();
  if (first.done) return new HandlerReply(response.status, contentType, new Uint8Array(0), fields);
  const second = await reader.read();
  if (second.done) return new HandlerReply(response.status, contentType, first.value, fields);
  return new HandlerReply(response.status, contentType, readOn(reader, [first.value, second.value]), fields);
}

/** The global `fetch()` decodes bodies, and keeps the fields of the encoded form. A `Response` that a program makes has no URL. */
function toDecoded(headers: ReadonlyArray<readonly [string, string]>): Array<[string, string]> {
  const isEncoded = headers.some(([name]) => name === "content-encoding");
  return headers
    .filter(([name]) => !isEncoded || (name !== "content-encoding" && name !== "content-digest"))
    .map(([name, value]) => [name, isEncoded && name === "etag" && value.startsWith('"') ? `W/${value}` : value]);
}

const hopByHop = new Set(["connection", "keep-alive", "transfer-encoding", "upgrade", "trailer", "date", "content-length"]);

async function* readOn(reader: ReadableStreamDefaultReader<Uint8Array>, read: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  try {
    yield* read;
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
