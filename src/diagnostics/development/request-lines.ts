/** Reports each answered request to `gable dev`: time, database statements, size. */
import { AsyncLocalStorage } from "node:async_hooks";
import { subscribe } from "node:diagnostics_channel";
import type { RawRequest, Reply, ReplyBody } from "../../http/message.ts";
import { isFileBody } from "../../http/message.ts";
import type { Pending } from "../../parts/part.ts";
import type { AnsweredRequest } from "./messages.ts";

interface Counted {
  queries: number;
}

const requests = new AsyncLocalStorage<Counted>();
let isSubscribed = false;

function subscribeOnce(): void {
  // One subscription for all applications of the process; the channel belongs to the data layer.
  if (isSubscribed) return;
  isSubscribed = true;
  subscribe("gable.data.query", () => {
    const counted = requests.getStore();
    if (counted !== undefined) counted.queries++;
  });
}

/** Runs a request, and reports it when its reply has been made; a reply in pieces when the last one is written. */
export function createRequestLines(
  report: (request: AnsweredRequest) => void,
): (request: RawRequest, work: () => Pending<Reply>) => Promise<Reply> {
  subscribeOnce();
  return async (request, work) => {
    const counted: Counted = { queries: 0 };
    const startedAt = performance.now();
    const finish = (status: number, bytes: number): void => {
      const { method, path, queryString } = request;
      const shown = queryString === "" ? path : `${path}?${queryString}`;
      report({ type: "request", method, path: shown, status, ms: performance.now() - startedAt, queries: counted.queries, bytes });
    };
    const reply = await requests.run(counted, work);
    const bytes = sizeOf(reply.body);
    if (bytes === undefined) {
      // A body without a size comes in pieces.
      const pieces = reply.body as AsyncIterable<string | Uint8Array>;
      return { ...reply, body: count(pieces, (sum) => finish(reply.status, sum)) };
    }
    finish(reply.status, request.method === "HEAD" ? 0 : bytes);
    return reply;
  };
}

/** Size of a whole body in bytes; undefined for a body in pieces. */
function sizeOf(body: ReplyBody): number | undefined {
  if (body === null) return 0;
  if (typeof body === "string") return new TextEncoder().encode(body).byteLength;
  if (body instanceof Uint8Array) return body.byteLength;
  return isFileBody(body) ? body.lengthBytes : undefined;
}

async function* count(pieces: AsyncIterable<string | Uint8Array>, onEnd: (bytes: number) => void): AsyncIterable<string | Uint8Array> {
  let bytes = 0;
  try {
    for await (const piece of pieces) {
      bytes += typeof piece === "string" ? new TextEncoder().encode(piece).byteLength : piece.byteLength;
      yield piece;
    }
  } finally {
    onEnd(bytes);
  }
}
