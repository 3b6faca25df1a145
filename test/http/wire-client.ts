/** A client that sends bytes and keeps what comes back. */
import { connect } from "node:net";
import type { RequestListener } from "gable/http";

/** What came back. */
export interface WireAnswer {
  /** All bytes, as Latin-1. */
  readonly text: string;
  /** Whether the server closed the connection within the time. */
  readonly isClosed: boolean;
  /** Statuses of the replies, 100 left out. */
  readonly statuses: readonly number[];
  /** Body of the last reply. */
  readonly body: string;
}

/** How bytes are sent. */
export interface WireOptions {
  /** Pieces to send, one write each. */
  readonly pieces: readonly string[];
  /** Whether our side ends after the last piece. */
  readonly halfClose?: boolean;
  /** Pause between pieces, in milliseconds. */
  readonly pauseMs?: number;
  /** How long to wait for a close after the last byte that came, in milliseconds. */
  readonly quietMs?: number;
  /** Replies that must come, by default 1: until then, the server is given half a minute. */
  readonly replies?: number;
  /** Called when all pieces are sent. */
  readonly onSent?: () => void;
}

const tickMs = 10;
/** A busy machine needs its time. */
const replyMs = 30_000;

/** Sends pieces to a port of loopback and reads until the server closes or is quiet. */
export function exchange(port: number, options: WireOptions): Promise<WireAnswer> {
  const { pieces, halfClose = false, pauseMs = 0, quietMs = 120, replies = 1, onSent } = options;
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true, noDelay: true });
    let text = "";
    let quietTicks = 0;
    let ticking: NodeJS.Timeout | undefined;
    const finish = (isClosed: boolean): void => {
      clearTimeout(ticking);
      socket.destroy();
      resolve({ text, isClosed, statuses: readStatuses(text), body: text.slice(text.lastIndexOf("\r\n\r\n") + 4) });
    };
    // Quiet is counted in turns of the event loop, so that a machine that stands still for a while is not taken for a quiet server.
    const tick = (): void => {
      quietTicks++;
      if (quietTicks * tickMs >= (readStatuses(text).length < replies ? replyMs : quietMs)) finish(false);
      else ticking = setTimeout(tick, tickMs);
    };
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
      quietTicks = 0;
    });
    socket.on("end", () => finish(true));
    socket.on("error", () => finish(true));
    void (async () => {
      await new Promise<void>((connected) => void socket.once("connect", connected));
      for (const piece of pieces) {
        if (!socket.writable) break;
        socket.write(piece, "latin1");
        await pause(pauseMs);
      }
      if (halfClose) socket.end();
      onSent?.();
      if (!socket.destroyed) tick();
    })();
  });
}

/** Waits in turns of the event loop, for the same reason as above. */
async function pause(ms: number): Promise<void> {
  if (ms === 0) return new Promise((next) => void setImmediate(next));
  for (let waited = 0; waited < ms; waited += tickMs) await new Promise((next) => setTimeout(next, Math.min(tickMs, ms)));
}

function readStatuses(text: string): number[] {
  return [...text.matchAll(/HTTP\/1\.1 ([0-9]{3}) /g)].map((match) => Number(match[1])).filter((status) => status !== 100);
}

/** Tells what the server understood, after it read the whole body. */
export const echoListener: RequestListener = async (request) => {
  const body = Buffer.from(await request.body.read()).toString("latin1");
  const { headers } = request;
  return {
    status: 200,
    headers: [["content-type", "application/json"]],
    body: JSON.stringify({
      method: request.method,
      path: request.path,
      query: request.queryString,
      authority: request.authority,
      version: request.httpVersion,
      host: headers.get("host"),
      xa: headers.get("x-a"),
      xt: headers.get("x-t"),
      agent: headers.get("user-agent"),
      cookie: headers.get("cookie"),
      count: [...headers].length,
      trailer: request.body.trailers.get("x-t"),
      trailers: [...request.body.trailers].length,
      body,
    }),
  };
};
