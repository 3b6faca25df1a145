/** The life of a connection: keep-alive, pipelining, expectations, slow peers, limits, aborts, and the stop. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { connect } from "node:net";
import type { Socket } from "node:net";
import { describe, it } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import type { BodySource, RequestListener } from "gable/http";
import { serve } from "gable/server";
import type { RunningServer, ServeOptions } from "gable/server";
import { echoListener, exchange } from "./wire-client.ts";

const get = (path: string, ...fields: string[]): string => [`GET ${path} HTTP/1.1`, "Host: a.test", ...fields].join("\r\n") + "\r\n\r\n";
const post = (length: number, ...fields: string[]): string =>
  ["POST /p HTTP/1.1", "Host: a.test", `Content-Length: ${length}`, ...fields].join("\r\n") + "\r\n\r\n";
const text =
  (body: string): RequestListener =>
  () => ({ status: 200, headers: [["content-type", "text/plain"]], body });

/** Serves for one test; `engines` of the options runs it on both engines. */
async function serving(
  listener: RequestListener,
  options: ServeOptions,
  run: (server: RunningServer, errors: unknown[]) => Promise<void>,
): Promise<void> {
  const errors: unknown[] = [];
  const address = options.unixPath === undefined ? { port: 0 } : {};
  const server = await serve(listener, { ...address, onError: (error) => errors.push(error), ...options });
  try {
    await run(server, errors);
  } finally {
    await server.stop({ graceMs: 50 });
  }
}

function openSocket(port: number): Promise<Socket> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true }, () => resolve(socket));
    socket.on("error", () => undefined);
  });
}

function readAll(socket: Socket): { text: string; isClosed: boolean } {
  const state = { text: "", isClosed: false };
  socket.on("data", (chunk) => (state.text += chunk.toString("latin1")));
  socket.on("end", () => (state.isClosed = true));
  socket.on("close", () => (state.isClosed = true));
  return state;
}

async function until(condition: () => boolean, limitMs = 5000): Promise<void> {
  const end = performance.now() + limitMs;
  while (!condition()) {
    if (performance.now() > end) assert.fail("the condition did not hold in time");
    await wait(5);
  }
}

describe("keep-alive and pipelining", () => {
  it("keeps the body of a request from a handler that reads the one before it too late", async () => {
    let old: BodySource | undefined;
    let late = "";
    const listener: RequestListener = async ({ path, body }) => {
      if (path === "/first") {
        old = body;
        return { status: 200, headers: [], body: "not read" };
      }
      const reading = old!.read().then(
        (bytes) => (late = `${bytes.length} bytes`),
        (error: { code: string }) => (late = error.code),
      );
      const bytes = await body.read();
      await reading;
      return { status: 200, headers: [], body: Buffer.from(bytes).toString() };
    };
    await serving(listener, {}, async ({ port }) => {
      const second = post(6).replace("/p", "/second");
      const answer = await exchange(port, { pieces: [`${post(5).replace("/p", "/first")}first`, second, "sec", "ond"], pauseMs: 20 });
      assert.deepEqual(answer.statuses, [200, 200]);
      assert.match(answer.text, /\r\n\r\nsecond$/);
      assert.match(late, /^(?:5 bytes|E_BODY_\w+)$/);
    });
  });

  it("answers pipelined requests in order, also when the first takes longest", async () => {
    const listener: RequestListener = async ({ path }) => {
      await wait(path === "/1" ? 60 : 1);
      return { status: 200, headers: [], body: `<${path}>` };
    };
    await serving(listener, {}, async ({ port }) => {
      const answer = await exchange(port, { pieces: [get("/1") + get("/2") + get("/3")], quietMs: 200 });
      assert.deepEqual([...answer.text.matchAll(/<[^>]+>/g)].map(String), ["</1>", "</2>", "</3>"]);
      assert.equal(answer.isClosed, false);
    });
  });

  it("answers all requests of a client that sends far ahead of a slow one", async () => {
    const listener: RequestListener = async ({ path }) => {
      if (path === "/1") await wait(30);
      return { status: 200, headers: [], body: `<${path}>` };
    };
    await serving(listener, {}, async ({ port }) => {
      const paths = Array.from({ length: 30 }, (_, index) => `/${index + 1}`);
      const pieces = paths.map((path) => get(path, `X-A: ${"a".repeat(4000)}`));
      const answer = await exchange(port, { pieces, quietMs: 500 });
      assert.deepEqual(
        [...answer.text.matchAll(/<([^>]+)>/g)].map(([, path]) => path),
        paths,
      );
    });
  });

  it("mixes plain and promised replies in one turn", async () => {
    const listener: RequestListener = ({ path }) => {
      const reply = { status: 200, headers: [], body: `<${path}>` };
      return path === "/2" ? Promise.resolve(reply) : reply;
    };
    await serving(listener, {}, async ({ port }) => {
      const answer = await exchange(port, { pieces: [get("/1") + get("/2") + get("/3") + get("/4")] });
      assert.deepEqual([...answer.text.matchAll(/<[^>]+>/g)].map(String), ["</1>", "</2>", "</3>", "</4>"]);
    });
  });

  it("promises keep-alive, and closes when one side says so", async () => {
    await serving(text("x"), {}, async ({ port }) => {
      const kept = await exchange(port, { pieces: [get("/")] });
      assert.match(kept.text, /connection: keep-alive\r\nkeep-alive: timeout=65\r\n/);
      assert.equal(kept.isClosed, false);
      const closed = await exchange(port, { pieces: [get("/", "Connection: Close")] });
      assert.match(closed.text, /connection: close\r\n/);
      assert.equal(closed.isClosed, true);
      const old = await exchange(port, { pieces: ["GET / HTTP/1.0\r\n\r\n"] });
      assert.equal(old.isClosed, true);
      const oldKept = await exchange(port, { pieces: ["GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"] });
      assert.equal(oldKept.isClosed, false);
    });
  });

  // What is right for one version is wrong for the other: 1.1 needs Host, and 1.0 has no chunks.
  for (const [first, second, fields, body, code] of [
    ["1.0", "1.1", "Connection: keep-alive\r\n\r\n", "", "E_HOST_MISSING"],
    ["1.1", "1.0", "Host: a.test\r\nTransfer-Encoding: chunked\r\n\r\n", "1\r\nx\r\n0\r\n\r\n", "E_FRAMING_CONFLICT"],
  ] as const)
    it(`checks HTTP/${second} after HTTP/${first} with the same fields: ${code}`, async () => {
      await serving(echoListener, {}, async ({ port }) => {
        const answer = await exchange(port, {
          pieces: [`POST / HTTP/${first}\r\n${fields}${body}`, `POST / HTTP/${second}\r\n${fields}${body}`],
        });
        assert.deepEqual(answer.statuses, [200, 400]);
        assert.match(answer.text, new RegExp(code));
        assert.equal(answer.isClosed, true);
      });
    });

  it("closes after requestsPerConnectionMax replies", async () => {
    await serving(text("x"), { limits: { requestsPerConnectionMax: 3 } }, async ({ port }) => {
      const two = await exchange(port, { pieces: [get("/").repeat(2)] });
      assert.equal(two.isClosed, false);
      const four = await exchange(port, { pieces: [get("/").repeat(4)] });
      assert.equal(four.statuses.length, 3);
      assert.equal(four.isClosed, true);
    });
  });

  it("reads the same fields again when a connection repeats them, and new ones when it does not", async () => {
    const listener: RequestListener = ({ headers, path }) => ({ status: 200, headers: [], body: `<${path} ${headers.get("x-a")}>` });
    await serving(listener, {}, async ({ port }) => {
      const pieces = [get("/1", "X-A: one"), get("/2", "X-A: one"), get("/3", "X-A: two"), get("/4", "X-A: tw"), get("/5", "X-A: two")];
      const answer = await exchange(port, { pieces, pauseMs: 15 });
      assert.deepEqual([...answer.text.matchAll(/<[^>]+>/g)].map(String), ["</1 one>", "</2 one>", "</3 two>", "</4 tw>", "</5 two>"]);
    });
  });

  it("keeps the fields of a request whole while later bytes arrive", async () => {
    const listener: RequestListener = async ({ headers }) => {
      await wait(80);
      return { status: 200, headers: [], body: `<${headers.get("x-a")}>` };
    };
    await serving(listener, {}, async ({ port }) => {
      const answer = await exchange(port, {
        pieces: [get("/", "X-A: first"), get("/", "X-A: second"), get("/", `X-A: third${"3".repeat(2000)}`)],
        pauseMs: 10,
        quietMs: 300,
      });
      assert.deepEqual(
        [...answer.text.matchAll(/<([a-z]+)/g)].map((match) => match[1]),
        ["first", "second", "third"],
      );
    });
  });

  it("stops answering a client that never reads", async () => {
    let answered = 0;
    const body = "y".repeat(2000);
    const listener: RequestListener = () => {
      answered++;
      return { status: 200, headers: [], body };
    };
    await serving(listener, { limits: { requestsPerConnectionMax: 1_000_000 } }, async ({ port }) => {
      const socket = await openSocket(port);
      socket.pause();
      for (let round = 0; round < 100; round++) socket.write(get("/").repeat(1000));
      await wait(500);
      const first = answered;
      await wait(300);
      assert.equal(answered, first, "it waits for the client");
      // What was answered fits the buffers of the two sockets: a few megabytes, not two hundred.
      assert.ok(answered * body.length < 16_000_000, `${answered} replies were made`);
      let received = 0;
      socket.on("data", (chunk) => (received += chunk.length));
      socket.resume();
      await until(() => answered === 100_000, 20_000);
      await until(() => received > 100_000 * body.length, 20_000);
      socket.destroy();
    });
  });
});

describe("Expect: 100-continue", () => {
  it("says 100 when the handler reads, before the final status", async () => {
    await serving(echoListener, {}, async ({ port }) => {
      const answer = await exchange(port, { pieces: [post(3, "Expect: 100-continue"), "abc"], pauseMs: 40 });
      assert.match(answer.text, /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK/);
      assert.match(answer.body, /"body":"abc"/);
    });
  });

  it("says no 100 when the handler answers without reading, and closes", async () => {
    await serving(text("no"), {}, async ({ port }) => {
      const answer = await exchange(port, { pieces: [post(3, "Expect: 100-Continue")] });
      assert.doesNotMatch(answer.text, /100 Continue/);
      assert.equal(answer.isClosed, true);
    });
  });

  it("says no 100 to HTTP/1.0", async () => {
    await serving(echoListener, {}, async ({ port }) => {
      const answer = await exchange(port, {
        pieces: ["POST / HTTP/1.0\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n", "x"],
        pauseMs: 20,
      });
      assert.doesNotMatch(answer.text, /100 Continue/);
      assert.deepEqual(answer.statuses, [200]);
    });
  });
});

describe("early replies", () => {
  const smuggled = get("/smuggled");

  it("drain a body that is itself a request, and answer the next real one", async () => {
    await serving(text("early"), {}, async ({ port }) => {
      const answer = await exchange(port, { pieces: [post(smuggled.length), smuggled, get("/next")], pauseMs: 20 });
      assert.equal(answer.statuses.length, 2);
      assert.equal(answer.isClosed, false);
    });
  });

  it("close when the rest is longer than the drain limit, at the limit and one above", async () => {
    await serving(text("early"), {}, async ({ port }) => {
      const kept = await exchange(port, { pieces: [post(65_536), "x".repeat(65_536), get("/")], pauseMs: 30, quietMs: 200 });
      assert.equal(kept.statuses.length, 2);
      const closed = await exchange(port, { pieces: [post(65_537), "x".repeat(65_537) + get("/")], pauseMs: 20 });
      assert.equal(closed.statuses.length, 1);
      assert.equal(closed.isClosed, true);
    });
  });

  for (const engine of ["gable", "node"] as const)
    it(`say that they close above the drain limit, and not at it, on ${engine}`, async () => {
      await serving(text("early"), { engine }, async ({ port }) => {
        const says = async (lengthBytes: number): Promise<boolean> =>
          /\r\nconnection: close\r\n/i.test((await exchange(port, { pieces: [post(lengthBytes)] })).text);
        assert.deepEqual([await says(65_536), await says(65_537)], [false, true]);
      });
    });

  it("close when a chunked body is not here yet, and never parse it as a request", async () => {
    await serving(text("early"), {}, async ({ port }) => {
      const head = "POST / HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n";
      const answer = await exchange(port, { pieces: [head, `${smuggled.length.toString(16)}\r\n${smuggled}\r\n0\r\n\r\n`], pauseMs: 20 });
      assert.equal(answer.statuses.length, 1);
      assert.equal(answer.isClosed, true);
    });
  });

  for (const engine of ["gable", "node"] as const) {
    const handlers: Record<string, RequestListener> = {
      "a handler that ignores the body": text("early"),
      "a refused length": echoListener,
      "a streamed reply": () => ({ status: 200, headers: [], body: oneByOne("early") }),
      "no content": () => ({ status: 404, headers: [], body: null }),
    };
    for (const [name, listener] of Object.entries(handlers)) {
      it(`reach a client that sends its whole body before it reads: ${name}, on ${engine}`, async () => {
        await serving(listener, { engine }, async ({ port }) => {
          const lengthBytes = 8_000_000;
          const socket = await openSocket(port);
          socket.pause();
          socket.write(post(lengthBytes));
          // The client writes in steps, each only after the one before it was taken, and looks at no reply meanwhile.
          for (let sent = 0; sent < lengthBytes; sent += 500_000)
            await new Promise<void>((resolve, reject) =>
              socket.write(Buffer.alloc(500_000), (error) => (error == null ? resolve() : reject(error))),
            );
          const state = readAll(socket);
          socket.resume();
          await until(() => /\r\n\r\n/.test(state.text));
          assert.match(state.text, /^HTTP\/1\.1 (?:200|404|413) /);
          if (engine === "gable") await until(() => state.isClosed);
          socket.destroy();
        });
      });
    }
  }

  async function* oneByOne(whole: string): AsyncGenerator<string> {
    for (const letter of whole) yield letter;
  }

  /** Sends a declared body in pieces with pauses; gives what came back and whether the connection was cut meanwhile. */
  async function trickle(
    port: number,
    pieces: number,
    { pauseMs = 0, pieceBytes = 1000 } = {},
  ): Promise<{ text: string; isReset: boolean }> {
    const socket = await openSocket(port);
    const state = readAll(socket);
    let isReset = false;
    socket.on("error", () => (isReset = true));
    socket.write(post(1_000_000_000));
    await until(() => state.isClosed);
    for (let count = 0; count < pieces && !isReset; count++) {
      await new Promise<void>((resolve) => socket.write(Buffer.alloc(pieceBytes), () => resolve()));
      await wait(pauseMs);
    }
    await wait(20);
    socket.destroy();
    return { text: state.text, isReset };
  }

  it("keep reading up to lingerBytesMax, and no further", async () => {
    await serving(text("early"), { limits: { lingerBytesMax: 100_000 } }, async ({ port }) => {
      const atLimit = await trickle(port, 100);
      assert.match(atLimit.text, /early$/);
      assert.equal(atLimit.isReset, false);
      const above = await trickle(port, 103);
      assert.match(above.text, /early$/);
      assert.equal(above.isReset, true);
    });
  });

  it("end after drainIdleMs without a byte, and not before", async () => {
    await serving(text("early"), { limits: { drainIdleMs: 400 } }, async (server) => {
      const busy = await trickle(server.port, 12, { pauseMs: 50 });
      assert.equal(busy.isReset, false, "600 ms of sending are longer than drainIdleMs, and no pause of it is");
      const socket = await openSocket(server.port);
      socket.write(post(1_000_000));
      await until(() => server.connectionCount === 0);
      socket.destroy();
    });
  });

  it("end after drainMs, though bytes keep coming", async () => {
    await serving(text("early"), { limits: { drainMs: 300 } }, async ({ port }) => {
      assert.equal((await trickle(port, 200, { pauseMs: 20 })).isReset, true);
    });
  });

  it("drain the body of a kept connection within drainIdleMs and drainMs", async () => {
    const head = post(100);
    await serving(text("early"), { limits: { drainIdleMs: 300 } }, async ({ port }) => {
      const answer = await exchange(port, { pieces: [head, ..."x".repeat(20)], pauseMs: 30, quietMs: 5000 });
      assert.equal(answer.isClosed, true, "it pauses for too long");
      const kept = await exchange(port, { pieces: [head, ..."x".repeat(99), `x${get("/")}`], pauseMs: 10 });
      assert.deepEqual(kept.statuses, [200, 200]);
    });
    await serving(text("early"), { limits: { drainMs: 200 } }, async ({ port }) => {
      const answer = await exchange(port, { pieces: [head, ..."x".repeat(100), get("/")], pauseMs: 20, quietMs: 5000 });
      assert.deepEqual(answer.statuses, [200]);
      assert.equal(answer.isClosed, true);
    });
  });

  it("reach a client above connectionsMax that sends a body first", async () => {
    await serving(text("x"), { limits: { connectionsMax: 1 } }, async ({ port }) => {
      const first = await openSocket(port);
      await wait(20);
      const { text: answer, isReset } = await trickle(port, 300);
      assert.match(answer, /^HTTP\/1\.1 503 [^]*retry-after: 1\r\n[^]*E_SERVER_FULL/);
      assert.equal(isReset, false);
      first.destroy();
    });
  });

  it("reach a client that takes a long last reply slowly", async () => {
    const body = "y".repeat(3_000_000);
    await serving(text(body), { limits: { drainIdleMs: 100, drainMs: 100, replyStallMs: 5000 } }, async ({ port }) => {
      const socket = await openSocket(port);
      let received = 0;
      let isClosed = false;
      socket.on("close", () => (isClosed = true));
      socket.on("end", () => (isClosed = true));
      socket.on("data", (chunk) => {
        received += chunk.length;
        socket.pause();
        setTimeout(() => socket.resume(), 10);
      });
      socket.write(get("/", "Connection: close"));
      await until(() => isClosed, 20_000);
      assert.ok(received > body.length, `${received} bytes came`);
      socket.destroy();
    });
  });
});

describe("small chunks", () => {
  const chunkedHead = "POST / HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n";
  /** A handler that reads on demand, and replies with the number of chunks and their bytes. */
  function createLateReader(): { listener: RequestListener; read: () => void } {
    let read = (): void => undefined;
    const isDue = new Promise<void>((resolve) => (read = resolve));
    const listener: RequestListener = async ({ body }) => {
      await isDue;
      let pieces = 0;
      const bytes: Uint8Array[] = [];
      for await (const piece of body.chunks()) {
        pieces++;
        bytes.push(piece);
      }
      return { status: 200, headers: [], body: `<${pieces} ${Buffer.concat(bytes).toString("latin1")}>` };
    };
    return { listener, read: () => read() };
  }

  const content = Array.from({ length: 60_000 }, (_, index) => String.fromCharCode(33 + (index % 90))).join("");
  const sizes = [1, 2, 3, 100, 4095, 4096, 4097, 20_000];
  for (const size of sizes) {
    it(`of ${size} bytes are joined while nobody reads, and nothing is lost`, async () => {
      const { listener, read } = createLateReader();
      await serving(listener, {}, async ({ port }) => {
        let wire = chunkedHead;
        for (let offset = 0; offset < content.length; offset += size) {
          const chunk = content.slice(offset, offset + size);
          wire += `${chunk.length.toString(16)}\r\n${chunk}\r\n`;
        }
        const onSent = (): void => void setTimeout(read, 100);
        const { body } = await exchange(port, { pieces: [`${wire}0\r\n\r\n`], quietMs: 5000, replies: 1, halfClose: true, onSent });
        const [, pieces, received] = /<([0-9]+) ([^]*)>\n?(?:\r\n)?/.exec(body) ?? [];
        assert.equal(received, content);
        assert.ok(Number(pieces) <= 40, `${pieces} pieces were kept`);
      });
    });
  }

  it("of a declared length that come one byte at a time are joined, too", async () => {
    const { listener, read } = createLateReader();
    await serving(listener, {}, async ({ port }) => {
      const onSent = (): void => void setTimeout(read, 200);
      const { body } = await exchange(port, {
        pieces: [post(300), ..."z".repeat(300)],
        quietMs: 5000,
        replies: 1,
        halfClose: true,
        onSent,
      });
      const [, pieces] = /<([0-9]+) z{300}>/.exec(body) ?? [];
      assert.ok(Number(pieces) <= 3, `${pieces} pieces were kept`);
    });
  });
});

describe("limits", () => {
  for (const engine of ["gable", "node"] as const) {
    it(`answer 413 to a declared length before a byte of the body comes, on ${engine}`, async () => {
      await serving(echoListener, { engine, limits: { bodyBytesMax: 10 } }, async ({ port }) => {
        assert.deepEqual((await exchange(port, { pieces: [post(10), "0123456789"] })).statuses, [200]);
        assert.deepEqual((await exchange(port, { pieces: [post(11)], quietMs: 3000 })).statuses, [413]);
        const asked = await exchange(port, { pieces: [post(11, "Expect: 100-continue")], quietMs: 1000 });
        assert.match(asked.text, /^HTTP\/1\.1 413 /, "no 100 Continue for a body that is too large");
      });
    });
  }

  it("answer 413 for chunks, after the limit and no later than one chunk", async () => {
    await serving(echoListener, { limits: { bodyBytesMax: 10 } }, async ({ port }) => {
      const head = "POST / HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n";
      assert.deepEqual((await exchange(port, { pieces: [`${head}a\r\n0123456789\r\n0\r\n\r\n`] })).statuses, [200]);
      const answer = await exchange(port, { pieces: [head, "a\r\n0123456789\r\n", "1\r\nx\r\n"], pauseMs: 10 });
      assert.deepEqual(answer.statuses, [413]);
    });
  });

  it("refuse connections above connectionsMax with 503", async () => {
    await serving(text("x"), { limits: { connectionsMax: 2 } }, async ({ port }) => {
      const first = await openSocket(port);
      const second = await openSocket(port);
      await wait(20);
      const third = await exchange(port, { pieces: [get("/")] });
      assert.deepEqual(third.statuses, [503]);
      assert.match(third.body, /E_SERVER_FULL/);
      assert.equal(third.isClosed, true);
      first.destroy();
      second.destroy();
    });
  });

  it("fail the start for unknown names and values that are not whole numbers", async () => {
    const start = (limits: object): Promise<unknown> => serve(text(""), { port: 0, limits });
    await assert.rejects(start({ headMS: 1 }), {
      code: "E_LIMIT_INVALID",
      message: 'serve() has no limit "headMS".',
      fix: 'Write "headMs" instead of "headMS".',
    });
    for (const value of [Number.NaN, -1, "10", 1.5, Infinity, null])
      await assert.rejects(start({ headMs: value }), { code: "E_LIMIT_INVALID" });
  });
});

describe("slow peers", () => {
  it("close a connection without a byte silently", async () => {
    await serving(text("x"), { limits: { headMs: 100 } }, async ({ port }) => {
      const socket = await openSocket(port);
      const state = readAll(socket);
      await until(() => state.isClosed);
      assert.equal(state.text, "");
    });
  });

  it("answer 408 to a head that does not end", async () => {
    await serving(text("x"), { limits: { headMs: 100 } }, async ({ port }) => {
      const answer = await exchange(port, { pieces: ["GET / HTTP/1.1\r\nHo"], quietMs: 20_000 });
      assert.deepEqual(answer.statuses, [408]);
      assert.match(answer.body, /E_HEAD_TIMEOUT/);
      assert.equal(answer.isClosed, true);
    });
  });

  for (const engine of ["gable", "node"] as const) {
    it(`answer 408 to a body that stops coming, on ${engine}`, async () => {
      await serving(echoListener, { engine, limits: { bodyIdleMs: 100 } }, async ({ port }) => {
        const answer = await exchange(port, { pieces: [post(10), "abc"], quietMs: 20_000 });
        assert.deepEqual(answer.statuses, [408]);
        assert.match(answer.body, /E_BODY_TIMEOUT/);
        assert.equal(answer.isClosed, true);
      });
    });

    it(`answer 408 to a body over its whole time, though bytes keep coming, on ${engine}`, async () => {
      await serving(echoListener, { engine, limits: { bodyMs: 200 } }, async ({ port }) => {
        const answer = await exchange(port, { pieces: [post(1000), ..."x".repeat(100)], pauseMs: 20, quietMs: 500 });
        assert.deepEqual(answer.statuses, [408]);
      });
    });

    it(`answer 408 to a body below the least rate after its grace, on ${engine}`, async () => {
      await serving(
        echoListener,
        { engine, limits: { bodyRateGraceMs: 100, bodyBytesPerSecondMin: 1000, bodyMs: 5_000, drainMs: 200 } },
        async ({ port }) => {
          // While bytes keep coming, or else their end would be too late for the rate.
          const answer = await exchange(port, { pieces: [post(1000), ..."x".repeat(300)], pauseMs: 20, quietMs: 500 });
          assert.deepEqual(answer.statuses, [408]);
          assert.match(answer.text, /E_BODY_TOO_SLOW/);
        },
      );
    });
  }

  it("give a body that nobody reads a while to end, and then close, on node", async () => {
    await serving(text("x"), { engine: "node", limits: { drainMs: 100 } }, async ({ port }) => {
      const answer = await exchange(port, { pieces: [post(1000), "abc"], quietMs: 20_000 });
      assert.deepEqual(answer.statuses, [200]);
      assert.equal(answer.isClosed, true);
    });
  });

  it("close an idle connection after its promise", async () => {
    await serving(text("x"), { limits: { keepAliveMs: 200 } }, async ({ port }) => {
      const answer = await exchange(port, { pieces: [get("/")], quietMs: 20_000 });
      assert.deepEqual(answer.statuses, [200]);
      assert.equal(answer.isClosed, true);
    });
  });

  it("answer 503 when the handler takes too long, abort its signal, and send no late answer", async () => {
    let reason: unknown;
    const listener: RequestListener = async ({ signal }) => {
      signal.addEventListener("abort", () => (reason = signal.reason));
      await wait(400);
      return { status: 200, headers: [], body: "late" };
    };
    await serving(listener, { limits: { handlerMs: 100 } }, async ({ port }, errors) => {
      const answer = await exchange(port, { pieces: [get("/")], quietMs: 600 });
      assert.deepEqual(answer.statuses, [503]);
      assert.equal((reason as { code: string }).code, "E_HANDLER_TIMEOUT");
      assert.equal((errors[0] as { code: string }).code, "E_HANDLER_TIMEOUT");
      await wait(350);
    });
  });

  it("destroy a reply that the client stops taking", async () => {
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (let count = 0; count < 10_000; count++) yield new Uint8Array(65_536);
    }
    await serving(
      () => ({ status: 200, headers: [], body: endless() }),
      { limits: { replyStallMs: 200 } },
      async (server, errors) => {
        const socket = await openSocket(server.port);
        socket.pause();
        socket.write(get("/"));
        await until(() => errors.length > 0);
        assert.equal((errors[0] as { code: string }).code, "E_REPLY_STALLED");
        await until(() => server.connectionCount === 0);
        socket.destroy();
      },
    );
  });
});

describe("replies", () => {
  it("close the iterator when the client leaves", async () => {
    let isReleased = false;
    async function* endless(): AsyncGenerator<string> {
      try {
        for (;;) {
          yield "x".repeat(1000);
          await wait(1);
        }
      } finally {
        isReleased = true;
      }
    }
    await serving(
      () => ({ status: 200, headers: [], body: endless() }),
      {},
      async ({ port }) => {
        const socket = await openSocket(port);
        socket.write(get("/"));
        await new Promise((resolve) => socket.once("data", resolve));
        socket.destroy();
        await until(() => isReleased);
      },
    );
  });

  for (const engine of ["gable", "node"] as const) {
    for (const [title, leave] of [
      ["resets the connection", (socket: Socket) => void socket.resetAndDestroy()],
      ["closed its side halfCloseMs ago", (socket: Socket) => void socket.end()],
    ] as const) {
      it(`abort the signal when the client ${title}, and send no 499, on ${engine}`, async () => {
        let reason: { code: string } | undefined;
        let isStarted = false;
        const listener: RequestListener = ({ signal }) => {
          isStarted = true;
          return new Promise((_resolve, reject) => {
            signal.addEventListener("abort", () => {
              reason = signal.reason as { code: string };
              reject(signal.reason as Error);
            });
          });
        };
        await serving(listener, { engine, limits: { halfCloseMs: 100 } }, async ({ port }, errors) => {
          const socket = await openSocket(port);
          const state = readAll(socket);
          socket.write(get("/"));
          await until(() => isStarted);
          leave(socket);
          await until(() => reason !== undefined);
          assert.equal(reason!.code, "E_CLIENT_GONE");
          await until(() => state.isClosed);
          assert.equal(state.text, "");
          assert.deepEqual(errors, []);
        });
      });
    }

    it(`send no 499 that a listener makes of the signal's reason, on ${engine}`, async () => {
      const listener: RequestListener = ({ signal }) =>
        new Promise((resolve) => signal.addEventListener("abort", () => resolve({ status: 499, headers: [], body: "gone" })));
      await serving(listener, { engine, limits: { halfCloseMs: 50 } }, async ({ port }) => {
        const answer = await exchange(port, { pieces: [get("/")], halfClose: true, quietMs: 5000 });
        assert.equal(answer.text, "");
        assert.equal(answer.isClosed, true);
      });
    });
  }

  it("reach a client that closed its side and reads a long stream", async () => {
    async function* slow(): AsyncGenerator<string> {
      for (let count = 0; count < 5; count++) {
        yield "part";
        await wait(20);
      }
    }
    await serving(
      () => ({ status: 200, headers: [], body: slow() }),
      {},
      async ({ port }) => {
        const answer = await exchange(port, { pieces: [get("/")], halfClose: true, quietMs: 5000 });
        assert.equal(answer.text.match(/part/g)?.length, 5);
        assert.match(answer.text, /\r\n0\r\n\r\n$/);
      },
    );
  });

  it("never look complete when the stream fails after the head", async () => {
    async function* failing(): AsyncGenerator<string> {
      yield "part";
      await wait(10);
      throw new Error("broken");
    }
    await serving(
      () => ({ status: 200, headers: [], body: failing() }),
      {},
      async ({ port }, errors) => {
        const answer = await exchange(port, { pieces: [get("/")], quietMs: 500 });
        assert.ok(answer.text.includes("part"));
        assert.ok(!answer.text.includes("0\r\n\r\n"), "no last chunk");
        assert.equal(answer.isClosed, true);
        assert.equal((errors[0] as Error).message, "broken");
      },
    );
  });

  it("cut a stream that gives fewer or more bytes than it promised", async () => {
    async function* five(): AsyncGenerator<string> {
      yield "12345";
    }
    for (const [length, code] of [
      ["6", "E_REPLY_LENGTH_MISMATCH"],
      ["4", "E_REPLY_LENGTH_MISMATCH"],
    ] as const) {
      await serving(
        () => ({ status: 200, headers: [["content-length", length]], body: five() }),
        {},
        async ({ port }, errors) => {
          const answer = await exchange(port, { pieces: [get("/")], quietMs: 300 });
          assert.equal(answer.isClosed, true);
          assert.equal((errors[0] as { code: string }).code, code);
        },
      );
    }
    await serving(
      () => ({ status: 200, headers: [["content-length", "5"]], body: five() }),
      {},
      async ({ port }) => {
        const answer = await exchange(port, { pieces: [get("/")] });
        assert.equal(answer.body, "12345");
        assert.equal(answer.isClosed, false);
      },
    );
  });

  it("never state two lengths, and refuse a wrong one", async () => {
    const replies: Array<[string, string | Uint8Array, number]> = [
      ["5", "12345", 200],
      ["4", "12345", 500],
      ["5", new Uint8Array(5), 200],
      ["6", new Uint8Array(5), 500],
      ["x", "12345", 500],
    ];
    for (const [length, body, status] of replies) {
      await serving(
        () => ({ status: 200, headers: [["content-length", length]], body }),
        {},
        async ({ port }) => {
          const answer = await exchange(port, { pieces: [get("/")] });
          assert.deepEqual(answer.statuses, [status]);
          assert.equal(answer.text.match(/content-length/g)?.length, 1);
        },
      );
    }
  });

  it("wait for a client that reads slowly, whatever the bodies are made of", async () => {
    for (const body of ["é".repeat(20_000), new Uint8Array(40_000)]) {
      let answered = 0;
      const listener: RequestListener = () => {
        answered++;
        return { status: 200, headers: [], body };
      };
      await serving(listener, { limits: { requestsPerConnectionMax: 100_000 } }, async ({ port }) => {
        const socket = await openSocket(port);
        socket.pause();
        socket.write(get("/").repeat(2000));
        await wait(300);
        assert.ok(answered < 400, `${answered} replies of 40 kB were made for a client that reads none`);
        socket.destroy();
      });
    }
  });

  it("stream to HTTP/1.0 until the close, without chunks", async () => {
    async function* two(): AsyncGenerator<string> {
      yield "a";
      yield "b";
    }
    await serving(
      () => ({ status: 200, headers: [], body: two() }),
      {},
      async ({ port }) => {
        const answer = await exchange(port, { pieces: ["GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"] });
        assert.equal(answer.body, "ab");
        assert.equal(answer.isClosed, true);
        assert.doesNotMatch(answer.text, /transfer-encoding/);
      },
    );
  });

  it("never start the iterator of a HEAD", async () => {
    let isStarted = false;
    async function* body(): AsyncGenerator<string> {
      isStarted = true;
      yield "x";
    }
    await serving(
      () => ({ status: 200, headers: [], body: body() }),
      {},
      async ({ port }) => {
        const answer = await exchange(port, { pieces: ["HEAD / HTTP/1.1\r\nHost: a.test\r\n\r\n"] });
        assert.equal(answer.body, "");
        assert.equal(isStarted, false);
      },
    );
  });

  it("answer 500 for reserved fields and statuses that are none, and report why", async () => {
    const replies = [
      { status: 200, headers: [["Connection", "close"]] as const, body: "x" },
      { status: 200, headers: [["transfer-encoding", "chunked"]] as const, body: "x" },
      { status: 99, headers: [], body: "x" },
      { status: 600, headers: [], body: "x" },
      { status: 101, headers: [], body: null },
    ];
    const codes = ["E_HEADER_RESERVED", "E_HEADER_RESERVED", "E_REPLY_INVALID", "E_REPLY_INVALID", "E_REPLY_INVALID"];
    for (const [index, reply] of replies.entries()) {
      await serving(
        () => reply,
        {},
        async ({ port }, errors) => {
          assert.deepEqual((await exchange(port, { pieces: [get("/")] })).statuses, [500]);
          assert.equal((errors[0] as { code: string }).code, codes[index]);
        },
      );
    }
  });

  it("send Latin-1 fields with a UTF-8 body", async () => {
    await serving(
      () => ({ status: 200, headers: [["x-a", "\xe9"]], body: "€" }),
      {},
      async ({ port }) => {
        const answer = await exchange(port, { pieces: [get("/")] });
        assert.match(answer.text, /x-a: \xe9\r\n/);
        assert.equal(Buffer.from(answer.body, "latin1").toString(), "€");
      },
    );
  });
});

describe("stop()", () => {
  it("lets running requests end, closes idle connections, and refuses new ones", async () => {
    let requests = 0;
    const listener: RequestListener = async () => {
      requests++;
      await wait(150);
      return { status: 200, headers: [], body: "done" };
    };
    const server = await serve(listener, { port: 0 });
    const idle = await openSocket(server.port);
    const idleState = readAll(idle);
    idle.write(get("/"));
    await until(() => idleState.text.includes("done"));
    const running = exchange(server.port, { pieces: [get("/")], quietMs: 500 });
    await until(() => requests === 2);
    await server.stop({ graceMs: 2000 });
    const answer = await running;
    assert.deepEqual(answer.statuses, [200]);
    assert.match(answer.text, /connection: close/);
    assert.equal(idleState.isClosed, true);
    await assert.rejects(fetch(server.url));
  });

  it("aborts what is left after the grace time", async () => {
    let reason: { code: string } | undefined;
    let isRunning = false;
    const listener: RequestListener = ({ signal }) => {
      isRunning = true;
      return new Promise(() => signal.addEventListener("abort", () => (reason = signal.reason as { code: string })));
    };
    const server = await serve(listener, { port: 0 });
    const running = exchange(server.port, { pieces: [get("/")], quietMs: 2000 });
    await until(() => isRunning);
    await server.stop({ graceMs: 50 });
    assert.deepEqual((await running).statuses, []);
    assert.equal(reason?.code, "E_SERVER_STOPPING");
  });
});

describe("listening", () => {
  it("says which port is in use", async () => {
    await serving(text("x"), {}, async ({ port }) => {
      await assert.rejects(serve(text("y"), { port }), { code: "E_LISTEN", message: `Cannot listen on 127.0.0.1:${port}: it is in use.` });
    });
  });

  it("serves a Unix socket, and takes over a stale one", async () => {
    const { tmpdir } = await import("node:os");
    const { readFile, stat, writeFile, rm } = await import("node:fs/promises");
    const unixPath = `${tmpdir()}/gable-${process.pid}.sock`;
    await rm(unixPath, { force: true });
    await writeFile(unixPath, "a file of somebody");
    await assert.rejects(serve(text("y"), { unixPath }), { code: "E_LISTEN" });
    assert.equal(await readFile(unixPath, "utf8"), "a file of somebody");
    await rm(unixPath);
    // A process that is killed leaves its socket behind.
    const script = `require("node:net").createServer().listen(${JSON.stringify(unixPath)}, () => process.kill(process.pid, "SIGKILL"))`;
    spawnSync(process.execPath, ["-e", script]);
    assert.ok((await stat(unixPath)).isSocket());
    await serving(text("over a socket"), { unixPath }, async () => {
      assert.equal((await stat(unixPath)).mode & 0o777, 0o660);
      const socket = connect(unixPath);
      const state = readAll(socket);
      socket.write(get("/", "Connection: close"));
      await until(() => state.text.includes("over a socket"));
      await assert.rejects(serve(text("y"), { unixPath }), { code: "E_LISTEN" });
    });
  });

  it("refuses unknown options and engines", async () => {
    await assert.rejects(serve(text(""), { prt: 1 } as ServeOptions), { code: "E_OPTION_UNKNOWN", fix: 'Write "port" instead of "prt".' });
    await assert.rejects(serve(text(""), { engine: "fast" as "node" }), { code: "E_OPTION_INVALID" });
    await assert.rejects(serve(text(""), { port: 0, https: { key: "no key", cert: "no cert" } }), { code: "E_TLS_OPTIONS" });
  });
});
