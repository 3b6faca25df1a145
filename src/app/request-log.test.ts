/** The lines that your logger gets for requests, and requests that only come through a server, such as `OPTIONS *`. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { Application, Logger } from "gable";
import { file, gable, get, post, stream } from "gable";
import { silentLogger } from "../../test/silent-logger.ts";

interface Facts {
  readonly [name: string]: unknown;
}

describe("the line of a request, in a logger that was given", () => {
  let folder = "";
  const lines: Array<readonly [facts: Facts, text: string]> = [];
  const logger: Logger = {
    ...silentLogger,
    info: (facts: unknown, text?: string) => void lines.push([facts as Facts, text!]),
    child: () => logger,
  };
  let app: Application;
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  const done: string[] = [];
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "gable-lines-"));
    await writeFile(join(folder, "a.bin"), new Uint8Array(100_000));
    app = gable({
      mode: "test",
      logger,
      log: { requests: true },
      routes: [
        get("/text/:id", () => "wörld"),
        get("/bytes", () => new Uint8Array(7)),
        get("/none", () => null),
        get("/file", () => file("a.bin", { root: folder })),
        get("/stream", () =>
          stream(
            (async function* () {
              yield "a";
              await opened;
              yield "b";
            })(),
          ),
        ),
        get("/work", (context) => {
          context.afterReply(() => void done.push("work"));
          return "x";
        }),
      ],
    });
  });
  after(() => rm(folder, { recursive: true }));

  it("has the facts, and comes when the reply is sent", async () => {
    const { url, stop } = await app.listen({ port: 0 });
    const rows: ReadonlyArray<
      readonly [path: string, method: string, route: string | undefined, status: number, bytes: number | undefined]
    > = [
      ["/text/7?a=b", "GET", "/text/:id", 200, 6],
      ["/text/7", "HEAD", "/text/:id", 200, 0],
      ["/bytes", "GET", "/bytes", 200, 7],
      ["/none", "GET", "/none", 204, 0],
      ["/file", "GET", "/file", 200, 100_000],
      ["/work", "GET", "/work", 200, 1],
    ];
    for (const [path, method, route, status, bytes] of rows) {
      lines.length = 0;
      const askedMs = performance.now();
      await (await fetch(url + path, { method })).arrayBuffer();
      while (lines.length === 0) await new Promise((resolve) => setImmediate(resolve));
      const waitedMs = performance.now() - askedMs;
      const [{ requestId, ms, ...facts }, text] = lines[0]!;
      const plain = path.replace(/\?.*/, "");
      assert.deepEqual(
        [facts, text],
        [{ method, route, path: plain, status, queries: 0, bytes, ip: "127.0.0.1", userId: undefined }, `${method} ${plain} ${status}`],
      );
      assert.match(String(requestId), /^[0-9a-f]{32}$/);
      assert.ok(Number(ms) >= 0 && Number(ms) <= waitedMs + 1, `${String(ms)} ms of ${waitedMs}`);
      assert.match(String(ms), /^\d+(?:\.\d{1,2})?$/);
      assert.equal(lines.length, 1, path);
    }
    assert.deepEqual(done, ["work"]);
    lines.length = 0;
    const reader = (await fetch(`${url}/stream`)).body!.getReader();
    assert.equal(new TextDecoder().decode((await reader.read()).value), "a");
    assert.equal(lines.length, 0, "the stream has not ended");
    open();
    while (!(await reader.read()).done);
    while (lines.length === 0) await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual([lines[0]![0]["bytes"], lines[0]![1]], [undefined, "GET /stream 200"]);
    await stop();
  });
});

/** Sends a request as it is written, and returns what comes back. */
async function send(app: Application, text: string): Promise<string> {
  const { port, stop } = await app.listen({ port: 0 });
  const socket = connect(port, "127.0.0.1");
  socket.write(text);
  let reply = "";
  socket.on("data", (chunk) => (reply += chunk.toString("latin1")));
  await once(socket, "close");
  await stop();
  return reply;
}

describe("a target that is not a path", () => {
  it("is all of the server in OPTIONS *, which names the methods of all routes", async () => {
    const app = gable({ mode: "test", logger: silentLogger, routes: [get("/a", () => "x"), post("/b", () => "x")] });
    const reply = await send(app, "OPTIONS * HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    assert.match(reply, /^HTTP\/1\.1 204 /);
    assert.match(reply, /\r\nallow: GET, HEAD, OPTIONS, POST\r\n/);
  });

  it("replaces the field Host, however it is read, and no other field", async () => {
    const routes = [
      get("/", ({ headers, request }) => ({
        read: [headers.get("host"), headers.all("Host"), [...headers].filter(([name]) => name === "host"), request.headers.get("host")],
        other: [headers.get("x-a"), [...headers].filter(([name]) => name === "x-a")],
      })),
    ];
    const app = gable({ mode: "test", logger: silentLogger, routes });
    const fields = "Host: 127.0.0.1:9\r\nX-A: 1\r\nConnection: close\r\n\r\n";
    const reply = await send(app, `GET http://localhost:7/ HTTP/1.1\r\n${fields}`);
    assert.deepEqual(JSON.parse(reply.slice(reply.indexOf("{"))), {
      read: ["localhost:7", ["localhost:7"], [["host", "localhost:7"]], "localhost:7"],
      other: ["1", [["x-a", "1"]]],
    });
  });
});
