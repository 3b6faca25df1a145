/** Load for tests of faults: keep-alive connections, half POST, each request with a nonce that the reply must echo. */
import { randomBytes } from "node:crypto";
import { Agent, request } from "node:http";
import type { Socket } from "node:net";
import { setTimeout as wait } from "node:timers/promises";

/** How requests ended. "idleReset" is a reset of a kept connection before a byte of the reply, which a client may retry. */
export interface LoadCounts {
  ok: number;
  wrongBody: number;
  serverError: number;
  reset: number;
  resetInside: number;
  refused: number;
  timeout: number;
  idleReset: number;
}

/** A request without the reply that it should have. */
export interface LostRequest {
  readonly outcome: Exclude<keyof LoadCounts, "ok">;
  /** Process id of the worker that has answered on the connection before; undefined for a new connection. */
  readonly worker: number | undefined;
  readonly startedMs: number;
}

/** Load that runs. */
export interface Load {
  readonly counts: LoadCounts;
  /** Each request that was not ok. */
  readonly lost: readonly LostRequest[];
  /** Times of the requests that were ok, in milliseconds. */
  readonly timesMs: readonly number[];
  /** Ends after the requests that are on their way. */
  stop(): Promise<LoadCounts>;
}

/** How much load there is. */
export interface LoadOptions {
  readonly connections?: number;
  /** Pause of each connection between two requests, in milliseconds, or a function that gives each pause. */
  readonly pauseMs?: number | (() => number);
  readonly timeoutMs?: number;
  /** Paths of GETs; "NONCE" stands for the nonce. By default "/echo/NONCE". */
  readonly paths?: readonly string[];
  /** Bytes of the bodies of POSTs. By default 64. */
  readonly bodyBytes?: number;
}

/** Starts load on a port of loopback. */
export function startLoad(port: number, options: LoadOptions = {}): Load {
  const { connections = 16, pauseMs = 1, timeoutMs = 20_000, paths = ["/echo/NONCE"], bodyBytes = 64 } = options;
  const counts: LoadCounts = { ok: 0, wrongBody: 0, serverError: 0, reset: 0, resetInside: 0, refused: 0, timeout: 0, idleReset: 0 };
  const timesMs: number[] = [];
  const lost: LostRequest[] = [];
  /** Workers by the connections on which they have answered. */
  const workers = new WeakMap<Socket, number>();
  let isStopped = false;
  const run = async (index: number): Promise<void> => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (let count = index; !isStopped; count++) {
      const nonce = randomBytes(8).toString("hex");
      const path = paths[Math.floor(count / 2) % paths.length]!;
      const isPost = count % 2 === 0;
      const body = isPost ? nonce.padEnd(bodyBytes, "x") : undefined;
      const startedMs = performance.now();
      const target = isPost ? "/echo" : path.replace("NONCE", nonce);
      const { outcome, worker } = await send({ port, agent, path: target, body, nonce, timeoutMs, workers });
      if (outcome === "ok") timesMs.push(performance.now() - startedMs);
      else lost.push({ outcome, worker, startedMs });
      counts[outcome]++;
      const nextMs = typeof pauseMs === "number" ? pauseMs : pauseMs();
      // Load that nobody stops, because its test has failed, must not keep the process.
      if (nextMs > 0) await wait(nextMs, undefined, { ref: false });
    }
    agent.destroy();
  };
  const running = Array.from({ length: connections }, (_, index) => run(index));
  return {
    counts,
    timesMs,
    lost,
    async stop() {
      isStopped = true;
      const waiting = setInterval(() => undefined, 1_000);
      await Promise.all(running);
      clearInterval(waiting);
      return counts;
    },
  };
}

/** Returns the time within which 99 of 100 requests were answered. */
export function toP99(timesMs: readonly number[]): number {
  return [...timesMs].sort((one, other) => one - other)[Math.floor(timesMs.length * 0.99)] ?? 0;
}

/** Number of requests that failed; resets of idle connections are counted apart (RFC 9112 section 9.3.1). */
export function countFailed({ wrongBody, serverError, reset, resetInside, refused, timeout }: LoadCounts): number {
  return wrongBody + serverError + reset + resetInside + refused + timeout;
}

interface SentRequest {
  readonly port: number;
  readonly agent: Agent;
  readonly path: string;
  readonly body: string | undefined;
  readonly nonce: string;
  readonly timeoutMs: number;
  readonly workers: WeakMap<Socket, number>;
}

/** How a request ended, and which worker had the connection before. */
interface Sent {
  readonly outcome: keyof LoadCounts;
  readonly worker: number | undefined;
}

function send({ port, agent, path, body, nonce, timeoutMs, workers }: SentRequest): Promise<Sent> {
  return new Promise((end) => {
    let worker: number | undefined;
    const resolve = (outcome: keyof LoadCounts): void => end({ outcome, worker });
    let text = "";
    let hasHead = false;
    const headers = body === undefined ? {} : { "content-type": "text/plain", "content-length": String(body.length) };
    const outgoing = request({ port, host: "127.0.0.1", agent, path, method: body === undefined ? "GET" : "POST", headers });
    const fail = (error: NodeJS.ErrnoException): void => {
      if (hasHead) return resolve("resetInside");
      if (error.code === "ECONNREFUSED") return resolve("refused");
      resolve(outgoing.reusedSocket ? "idleReset" : "reset");
    };
    outgoing.setTimeout(timeoutMs, () => {
      resolve("timeout");
      outgoing.destroy();
    });
    outgoing.on("error", fail);
    outgoing.on("socket", (socket) => (worker = workers.get(socket)));
    outgoing.on("response", (response) => {
      hasHead = true;
      worker = Number(response.headers["x-worker"] ?? 0) || worker;
      if (worker !== undefined) workers.set(response.socket, worker);
      response.setEncoding("latin1");
      response.on("data", (chunk: string) => (text += chunk));
      response.on("error", fail);
      response.on("close", () => {
        if (!response.complete) return resolve("resetInside");
        if (response.statusCode! >= 500) return resolve("serverError");
        resolve(isEcho(text, body ?? nonce, nonce) ? "ok" : "wrongBody");
      });
    });
    outgoing.end(body);
  });
}

/** A stream repeats the nonce. */
function isEcho(text: string, expected: string, nonce: string): boolean {
  return text === expected || (text.length > 0 && text === nonce.repeat(text.length / nonce.length));
}
