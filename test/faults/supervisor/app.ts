/** A small application for tests of the supervisor: it starts quickly, so that many restarts take little time. */
import { setTimeout as wait } from "node:timers/promises";
import type { RawRequest, Reply } from "gable/http";
import type { RunningServer, ServeOptions, ServerLimits } from "gable/server";
import { serve } from "gable/server";
import { deploy } from "./deploy.ts";

async function* pieces(nonce: string, ms: number): AsyncGenerator<string> {
  for (let count = 0; count < 10; count++) {
    yield nonce;
    await wait(ms / 10);
  }
}

function text(body: Reply["body"]): Reply {
  return {
    status: 200,
    headers: [
      ["content-type", "text/plain"],
      ["x-worker", String(process.pid)],
    ],
    body,
  };
}

function block(ms: number): Reply {
  const end = performance.now() + ms;
  while (performance.now() < end);
  return text("done");
}

const routes: Record<string, (request: RawRequest, first: string, second: string) => Reply | Promise<Reply>> = {
  pid: () => text(`${process.pid} ${deploy}`),
  memory: () => {
    globalThis.gc?.();
    return text(`${process.pid} ${process.memoryUsage().rss}`);
  },
  echo: async ({ method, body }, nonce) => text(method === "POST" ? await body.read() : nonce),
  slow: async (_request, ms, nonce) => {
    await wait(Number(ms));
    return text(nonce);
  },
  stream: (_request, ms, nonce) => text(pieces(nonce, Number(ms))),
  block: (_request, ms) => block(Number(ms)),
  disconnect: async (_request, ms) => {
    process.disconnect!(); // A worker has a channel.
    await wait(10);
    return block(Number(ms));
  },
  spin: () => block(Infinity),
  reject: () => {
    void Promise.reject(new Error("nobody catches this"));
    return text("answered");
  },
  "throw-uncaught": () => {
    setTimeout(() => {
      throw new Error("outside of a request");
    }, 1);
    return text("answered");
  },
};

export default {
  fetch: (): never => {
    throw new Error("this application answers the engine only");
  },
  listen: ({ port, host, unixPath }: ServeOptions): Promise<RunningServer> =>
    serve(
      (request) => {
        const [, name = "", first = "", second = ""] = request.path.split("/");
        return routes[name]?.(request, first, second) ?? { status: 404, headers: [], body: null };
      },
      {
        ...(port !== undefined && { port }),
        ...(host !== undefined && { host }),
        ...(unixPath !== undefined && { unixPath }),
        // The variable is set by the tests in this folder.
        limits: JSON.parse(process.env["LIMITS"] ?? "{}") as ServerLimits,
      },
    ),
};
