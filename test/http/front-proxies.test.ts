/** Early replies through real proxies: nginx, HAProxy and Apache must never lose one, whatever a client uploads. */
import assert from "node:assert/strict";
import { Agent, request } from "node:http";
import { describe, it } from "node:test";
import type { RequestListener } from "gable/http";
import { serve } from "gable/server";
import type { RunningServer } from "gable/server";
import type { FrontProxy, FrontProxyOptions } from "./front-proxies.ts";
import { skipApache, skipHaproxy, skipNginx, startApache, startHaproxy, startNginx } from "./front-proxies.ts";

const megabyte = 1_048_576;

/** Answers without reading a body; only "/read" reads it. */
const listener: RequestListener = async ({ path, body }) => {
  if (path === "/read") await body.read();
  const status = { "/missing": 404, "/forbidden": 403, "/": 200 }[path] ?? 200;
  return { status, headers: [["content-type", "text/plain"]], body: `answer to ${path}` };
};

const earlyReplies = [
  ["a handler that ignores the body", "/ignored", 200],
  ["413", "/read", 413],
  ["404", "/missing", 404],
  ["403", "/forbidden", 403],
] as const;

/** Sends a body on a connection of an agent and gives the status of the reply; 0 when there is none. */
function send(port: number, path: string, body: Buffer | null, agent: Agent): Promise<number> {
  return new Promise((resolve) => {
    const outgoing = request({ port, host: "127.0.0.1", path, method: body === null ? "GET" : "POST", agent, headers: bodyHeaders(body) });
    outgoing.on("response", (response) => {
      response.on("error", () => resolve(0));
      response.on("end", () => resolve(response.complete ? response.statusCode! : 0));
      response.resume();
    });
    // A write that fails after the reply arrived does not lose the reply.
    outgoing.on("error", () => resolve(0));
    outgoing.end(body ?? undefined);
  });
}

function bodyHeaders(body: Buffer | null): Record<string, string> {
  return body === null ? {} : { "content-length": String(body.length), "content-type": "application/octet-stream" };
}

/** Runs a test with servers behind a proxy. */
async function behind(
  start: (options: FrontProxyOptions) => Promise<FrontProxy>,
  { serverCount = 1, isBuffering = true },
  run: (proxy: FrontProxy, agent: Agent, others: Agent) => Promise<void>,
): Promise<void> {
  const servers: RunningServer[] = [];
  for (let count = 0; count < serverCount; count++) servers.push(await serve(listener, { port: 0 }));
  // A proxy that has answered early may close the client's connection: other clients have separate connections.
  const agent = new Agent({ keepAlive: false });
  const others = new Agent({ keepAlive: true });
  let proxy: FrontProxy | undefined;
  try {
    proxy = await start({ ports: servers.map(({ port }) => port), isBuffering });
    await run(proxy, agent, others);
  } finally {
    agent.destroy();
    others.destroy();
    await proxy?.stop();
    await Promise.all(servers.map((server) => server.stop({ graceMs: 0 })));
  }
}

const proxies = [
  ["nginx", skipNginx, startNginx],
  ["HAProxy", skipHaproxy, startHaproxy],
  ["Apache", skipApache, startApache],
] as const;

for (const [name, skip, start] of proxies) {
  describe(`early replies behind ${name}`, { skip }, () => {
    for (const isBuffering of [true, false]) {
      for (const [what, path, status] of earlyReplies) {
        it(`${what} reaches the client for 1 to 20 MB, ${isBuffering ? "with" : "without"} buffering of requests`, async () => {
          await behind(start, { isBuffering }, async (proxy, agent, others) => {
            for (const megabytes of [1, 2, 5, 20, 2, 2, 2, 2]) {
              const body = Buffer.alloc(megabytes * megabyte + 1);
              assert.equal(await send(proxy.port, path, body, agent), status, `${megabytes} MB: ${proxy.log()}`);
              assert.equal(await send(proxy.port, "/", null, others), 200, "the next request of another client");
            }
          });
        });
      }
    }

    it("20 posts of 2 MB to an unknown route are each answered", async () => {
      await behind(start, {}, async (proxy, agent) => {
        const body = Buffer.alloc(2 * megabyte);
        for (let count = 0; count < 20; count++) assert.equal(await send(proxy.port, "/missing", body, agent), 404, proxy.log());
      });
    });

    it("60 posts of one client fail no GET of others, with two servers", async () => {
      await behind(start, { serverCount: 2 }, async (proxy, agent, others) => {
        const body = Buffer.alloc(2 * megabyte);
        const statuses = { posts: new Map<number, number>(), gets: new Map<number, number>() };
        const count = (map: Map<number, number>, status: number): void => void map.set(status, (map.get(status) ?? 0) + 1);
        for (let round = 0; round < 60; round++) {
          const [post, get] = await Promise.all([send(proxy.port, "/missing", body, agent), send(proxy.port, "/", null, others)]);
          count(statuses.posts, post);
          count(statuses.gets, get);
        }
        assert.deepEqual([...statuses.gets], [[200, 60]], proxy.log());
        assert.deepEqual([...statuses.posts], [[404, 60]], proxy.log());
      });
    });
  });
}
