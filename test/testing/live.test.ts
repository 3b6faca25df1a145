/** Live connections of test clients: events and WebSockets, in memory and over a socket, with equal results. */
import assert from "node:assert/strict";
import { setTimeout as wait } from "node:timers/promises";
import { after, describe, it } from "node:test";
import type { ServerEvent } from "gable";
import { forbidden, gable, get, socket } from "gable";
import { createTestClient } from "gable/testing";
import { z } from "zod";
import { silentLogger } from "../silent-logger.ts";

const closed: string[] = [];
let isLeft = false;

async function* count(to: number): AsyncGenerator<ServerEvent> {
  for (let data = 1; data <= to; data++) yield { event: "count", id: `n${data}`, data };
}
async function* endless(signal: AbortSignal): AsyncGenerator<ServerEvent> {
  try {
    yield { data: "first\nline" };
    await wait(60_000, undefined, { signal });
  } finally {
    isLeft = true;
  }
}
async function* broken(): AsyncGenerator<ServerEvent> {
  yield { data: "before" };
  throw new Error("the source broke");
}
const nobody = (): boolean => {
  throw forbidden("Members only.");
};

const app = gable({
  mode: "test",
  session: { store: "memory" },
  logger: silentLogger,
  live: { times: { spreadMs: 0 } },
  routes: [
    get("/page", () => "a page"),
    get("/failing", () => {
      throw new Error("the handler broke");
    }),
    get("/count/:to(int)", ({ params, reply }) => reply.events(count(params.to))),
    get("/resume", ({ headers, cookies, reply }) =>
      reply.events(
        (async function* () {
          yield { data: [headers.get("last-event-id"), headers.get("x-extra"), cookies.get("name")] };
        })(),
      ),
    ),
    get("/endless", ({ reply, signal }) => reply.events(endless(signal))),
    get("/broken", ({ reply }) => reply.events(broken())),
    get("/members/events", { guard: nobody }, ({ reply }) => reply.events(count(1))),
    socket(
      "/echo/:room",
      { protocols: ["v1", "v2"] },
      {
        open: (connection) => connection.send(`welcome to ${connection.params.room}`),
        message: (connection, message) => connection.send(message),
        close: (connection, { code, reason }) => void closed.push(`${connection.params.room} ${code} ${reason}`),
      },
    ),
    socket(
      "/json",
      { message: z.object({ text: z.string() }) },
      {
        message: (connection, { text }) => connection.sendJson({ text: text.toUpperCase() }),
      },
    ),
    socket("/ending", { open: (connection) => connection.close(4001, "enough") }),
    socket("/failing-socket", {
      message: () => {
        throw new Error("the socket broke");
      },
    }),
    socket("/members", { guard: nobody }, { open: () => undefined }),
    socket("/cookies", {
      open: (connection) => connection.sendJson([connection.context.cookies.get("name"), connection.context.headers.get("x-extra")]),
    }),
  ],
});

for (const transport of ["memory", "socket"] as const)
  describe(`live connections of a test client: ${transport}`, () => {
    const client = createTestClient(app, { transport });
    after(() => client.close());

    it("read events in order, up to the end of the stream", async () => {
      const events = await client.liveEvents("/count/3");
      const first = await events.next();
      assert.deepEqual([first.event, first.id, first.data, first.json()], ["count", "n1", "1", 1]);
      assert.deepEqual(
        (await events.ended()).map(({ data }) => data),
        ["2", "3"],
      );
      assert.deepEqual([events.isOpen, events.received.length], [false, 3]);
      await assert.rejects(events.next(), {
        code: "E_TEST_LIVE",
        message: 'The stream /count/3 ended before another event came. It got 3 so far: count "1", count "2", count "3".',
      });
    });

    it("send cookies, further fields and the id of the last event", async () => {
      client.setCookie("name", "Ada");
      const events = await client.liveEvents("/resume", { lastEventId: "n7", headers: { "x-extra": "yes" } });
      assert.deepEqual((await events.next()).json(), ["n7", "yes", "Ada"]);
      await events.ended();
      const cookies = await client.withHeaders({ "x-extra": "also" }).socket("/cookies");
      assert.deepEqual(await cookies.nextJson(), ["Ada", "also"]);
      await cookies.close();
    });

    it("wait for at most as long as a timer of Node can", async () => {
      const echo = await client.socket("/echo/garden");
      await echo.next();
      for (const timeoutMs of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31])
        await assert.rejects(echo.next({ timeoutMs }), { code: "E_TEST_SETUP", message: `next(): timeoutMs is ${timeoutMs}.` });
      const next = echo.next({ timeoutMs: 2 ** 31 - 1 });
      echo.send("late");
      assert.equal(await next, "late");
      await echo.close();
    });

    it("tell what has arrived when no event comes in time, and end the source when the test leaves", async () => {
      isLeft = false;
      const events = await client.liveEvents("/endless");
      assert.equal((await events.next()).data, "first\nline");
      await assert.rejects(events.next({ timeoutMs: 20 }), {
        code: "E_TEST_LIVE",
        message: 'The stream /endless got no event within 20 ms. It got 1 so far: message "first\\nline".',
      });
      await assert.rejects(events.ended({ timeoutMs: 20 }), /got no end within 20 ms/);
      await assert.rejects(
        async () => (await client.liveEvents("/endless")).close().then(() => events.next({ timeoutMs: 0 })),
        /timeoutMs is 0/,
      );
      await events.close();
      for (let turn = 0; !isLeft && turn < 500; turn++) await wait(2);
      assert.equal(isLeft, true);
      await assert.rejects(events.next(), /was closed by the test before another event came/);
    });

    it("throw what a source of events throws", async () => {
      const events = await client.liveEvents("/broken");
      assert.equal((await events.next()).data, "before");
      await assert.rejects(events.next(), /the source broke/);
      await assert.rejects(events.ended(), /the source broke/);
    });

    const noStreams: ReadonlyArray<readonly [path: string, message: RegExp]> = [
      ["/page", /^GET \/page answered 200 \(text\/plain; charset=utf-8\), not a stream of events\. It says: a page$/],
      ["/missing", /^GET \/missing answered 404 /],
      ["/members/events", /^GET \/members\/events answered 403 .*Members only/s],
      ["/echo/garden", /^GET \/echo\/garden answered 426 /],
    ];
    for (const [path, message] of noStreams)
      it(`open no stream of events at ${path}`, () => assert.rejects(client.liveEvents(path), { code: "E_TEST_LIVE", message }));

    it("throw what a handler throws instead of opening", async () => {
      await assert.rejects(client.liveEvents("/failing"), /the handler broke/);
      await assert.rejects(client.socket("/failing"), /the handler broke/);
      const other = createTestClient(app, { transport, errors: "page" });
      await assert.rejects(other.socket("/failing"), /^GableError: GET \/failing answered 500, and opened no WebSocket\./);
      await other.close();
    });

    it("exchange strings, bytes and protocols with a WebSocket", async () => {
      closed.length = 0;
      const echo = await client.socket("/echo/garden", { protocols: ["v9", "v2"] });
      assert.deepEqual([echo.protocol, echo.isOpen, await echo.next()], ["v2", true, "welcome to garden"]);
      echo.send("a");
      echo.send(new Uint8Array([1, 2]));
      assert.equal(await echo.next(), "a");
      assert.deepEqual(await echo.next(), new Uint8Array([1, 2]));
      await assert.rejects(echo.next({ timeoutMs: 20 }), {
        message: 'The WebSocket /echo/garden got no message within 20 ms. It got 3 so far: "welcome to garden", "a", 2 bytes.',
      });
      echo.send("\ufefflate");
      assert.equal(await echo.next(), "\ufefflate");
      assert.deepEqual(await echo.close(4000, "bye"), { code: 4000, reason: "bye" });
      for (let turn = 0; closed.length === 0 && turn < 500; turn++) await wait(2);
      assert.deepEqual(closed.splice(0), ["garden 4000 bye"]);
      assert.throws(() => echo.send("x"), { code: "E_TEST_LIVE", message: "The WebSocket /echo/garden is closed: send() cannot send." });
      assert.throws(() => echo.sendJson(1), /sendJson\(\) cannot send/);
    });

    it("exchange JSON", async () => {
      const json = await client.socket("/json");
      json.sendJson({ text: "hello" });
      assert.deepEqual(await json.nextJson(), { text: "HELLO" });
      json.sendJson({ text: 1 });
      assert.equal((await json.closed()).code, 1008);
      const echo = await client.socket("/echo/x");
      await assert.rejects(echo.nextJson(), { message: 'The WebSocket /echo/x got "welcome to x", which is not JSON.' });
      await echo.close();
      closed.length = 0;
    });

    const ends: ReadonlyArray<readonly [path: string, sent: string | undefined, code: number, reason: string]> = [
      ["/ending", undefined, 4001, "enough"],
      ["/failing-socket", "x", 1011, "The server failed."],
      ["/ending", "x", 4001, "enough"],
      ["/json", "{", 1007, "The message is not JSON."],
    ];
    for (const [path, sent, code, reason] of ends)
      it(`tell how ${path} closes${sent === undefined ? "" : ` after ${sent}`}`, async () => {
        const connection = await client.socket(path);
        if (sent !== undefined && connection.isOpen) connection.send(sent);
        await assert.rejects(connection.next(), {
          message: `The WebSocket ${path} closed with ${code} (${reason}) before another message came. It got no message at all.`,
        });
        assert.deepEqual(await connection.closed(), { code, reason });
      });

    const noSockets: ReadonlyArray<readonly [path: string, message: RegExp]> = [
      ["/page", /^GET \/page answered 200, and opened no WebSocket\. It says: a page$/],
      ["/missing", /^GET \/missing answered 404, /],
      ["/members", /^GET \/members answered 403, .*Members only/s],
    ];
    for (const [path, message] of noSockets)
      it(`open no WebSocket at ${path}`, () => assert.rejects(client.socket(path), { code: "E_TEST_LIVE", message }));

    it("refuse unknown options", async () => {
      await assert.rejects(client.socket("/echo/x", { protocol: "a" } as never), /socket\(\) has no option "protocol"/);
      await assert.rejects(client.liveEvents("/count/1", { lastEventID: "a" } as never), /liveEvents\(\) has no option "lastEventID"/);
    });

    it("close with their client", async () => {
      const other = createTestClient(app, { transport });
      const [events, echo] = [await other.liveEvents("/endless"), await other.socket("/echo/y")];
      await other.close();
      assert.deepEqual([(await echo.closed()).code, events.isOpen], [1006, false]);
    });
  });
