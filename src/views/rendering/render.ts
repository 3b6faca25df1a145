/** Renders markup: to one string if no value is pending, otherwise to a stream in order. */
import { Output } from "./output.ts";
import type { Resume, Segment } from "./output.ts";
import type { RenderContext } from "./render-context.ts";
import { toXmlDocument } from "../formats/xml.ts";
import { dropForbidden } from "../escape/xml.ts";
import { isDrawing, isHtml, isXml } from "../values.ts";
import type { Html, Xml, PlainText } from "../values.ts";
import { switchContext, walkIn } from "./walk-context.ts";
import { writeHtml } from "./write.ts";

/** Pieces that are sent immediately are at least this long while nothing is awaited. */
const pieceCharacters = 16_384;

/** Values that can be rendered. */
export type Rendered = Html | Xml | PlainText;

/**
 * Renders markup. Returns a string if no promise in it is pending, otherwise a promise of one.
 * Throws what a template throws: `E_VIEW_VALUE`, `E_VIEW_URL_TRUST`, `E_VIEW_DEPTH`.
 */
export function render(value: Rendered, context: RenderContext = {}): string | Promise<string> {
  const walked = walk(value, context);
  return typeof walked === "string" ? walked : joinPieces(walked);
}

/** @internal Returns the text of segments after all their values have arrived. */
export function joinSegments(segments: readonly Segment[], context: RenderContext): Promise<string> {
  return joinPieces(toPieces(segments, context));
}

async function joinPieces(pieces: AsyncIterable<string>): Promise<string> {
  let text = "";
  for await (const piece of pieces) text += piece;
  return text;
}

/** Renders all available values. Returns a string, or the segments in order if something is pending. */
export function walk(value: Rendered, context: RenderContext): string | AsyncGenerator<string> {
  if (!isHtml(value)) return isXml(value) ? toXmlDocument(String(value)) : String(value);
  const out = new Output(context);
  // Not walkIn(): each page is rendered here, and a function for each costs as much as a small page.
  const outer = switchContext(context);
  let body: string;
  try {
    body = writeHtml(out, "", value);
  } finally {
    switchContext(outer);
  }
  // A drawing is an XML document: its values are escaped as in HTML, which has characters that XML does not allow.
  const isDrawn = isDrawing(value);
  if (out.segments === undefined) return isDrawn ? dropForbidden(body) : body;
  out.segments.push(body);
  const pieces = toPieces(out.segments, context);
  return isDrawn ? dropFromPieces(pieces) : pieces;
}

async function* dropFromPieces(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const piece of pieces) yield dropForbidden(piece);
}

async function* toPieces(segments: readonly Segment[], context: RenderContext): AsyncGenerator<string> {
  let piece = "";
  for (const segment of segments) {
    if (typeof segment === "string") piece += segment;
    else if ("promise" in segment) {
      if (piece !== "") yield piece;
      piece = "";
      const value = await abortable(segment.promise, context.signal);
      for await (const text of resumed(segment.resume, value, context)) piece = yield* collect(piece + text);
    } else {
      if (piece !== "") yield piece;
      piece = "";
      yield* toItems(segment.iterable, segment.resume, context);
    }
    piece = yield* collect(piece);
  }
  if (piece !== "") yield piece;
}

async function* toItems(iterable: AsyncIterable<unknown>, resume: Resume, context: RenderContext): AsyncGenerator<string> {
  for await (const value of iterable) {
    context.signal?.throwIfAborted();
    yield* resumed(resume, value, context);
  }
}

/** Sends text that is long enough; returns the rest. */
function* collect(piece: string): Generator<string, string> {
  if (piece.length < pieceCharacters) return piece;
  yield piece;
  return "";
}

async function* resumed(
  resume: (out: Output, body: string, value: unknown) => string,
  value: unknown,
  context: RenderContext,
): AsyncGenerator<string> {
  const out = new Output(context);
  const body = walkIn(context, () => resume(out, "", value));
  if (out.segments === undefined) yield body;
  else {
    out.segments.push(body);
    yield* toPieces(out.segments, context);
  }
}

/** Waits for a value, or until the client has disconnected. */
function abortable(promise: Promise<unknown>, signal: AbortSignal | undefined): Promise<unknown> {
  if (signal === undefined) return promise;
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const leave = (): void => reject(signal.reason);
    signal.addEventListener("abort", leave, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", leave));
  });
}

/** Renders to a stream of UTF-8 bytes with backpressure. */
export function renderToStream(value: Rendered, context: RenderContext = {}): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const walked = walk(value, context);
  const pieces = typeof walked === "string" ? undefined : walked;
  return new ReadableStream({
    async pull(controller): Promise<void> {
      if (pieces === undefined) {
        controller.enqueue(encoder.encode(String(walked)));
        controller.close();
        return;
      }
      const { done, value: piece } = await pieces.next();
      if (done === true) controller.close();
      else controller.enqueue(encoder.encode(piece));
    },
    async cancel(): Promise<void> {
      await pieces?.return(undefined);
    },
  });
}
