/** Server-sent events: over both servers and in memory. */
import assert from "node:assert/strict";
import { connect } from "node:net";
import { describe, it } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import type { RouteEntry, ServerEvent } from "gable";
import { gable, get } from "gable";
import { livePart } from "gable/live";
import { silentLogger } from "../silent-logger.ts";
import { engines, serving, until } from "./serving.ts";

/** A source that its test pushes events into. */
class Source implements AsyncIterableIterator<ServerEvent> {
  readonly #waiting: ServerEvent[] = [];
  #resolve: ((result: IteratorResult<ServerEvent, undefined>) => void) | undefined;
  isReturned = false;
  takenCount = 0;

  push(event: ServerEvent): void {
    if (this.#resolve === undefined) this.#waiting.push(event);
    else this.#resolve({ done: false, value: event });
    this.#resolve = undefined;
  }

  next(): Promise<IteratorResult<ServerEvent, undefined>> {
    this.takenCount++;
    const value = this.#waiting.shift();
    if (value !== undefined) return Promise.resolve({ done: false, value });
    return new Promise((resolve) => (this.#resolve = resolve));
  }

  return(): Promise<IteratorResult<ServerEvent, undefined>> {
    this.isReturned = true;
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

const feed = (source: AsyncIterable<ServerEvent>): RouteEntry => get("/feed", ({ reply }) => reply.events(source));
async function* numbers(count: number): AsyncGenerator<ServerEvent> {
  for (let id = 0; id < count; id++) yield { id: String(id), data: { id } };
}

async function readUntil(reader: ReadableStreamDefaultReader<Uint8Array>, end: string): Promise<string> {
  let text = "";
  while (!text.includes(end)) {
    const { done, value } = await reader.read();
    if (done) return text;
    text += new TextDecoder().decode(value);
  }
  return text;
}

describe("reply.events()", () => {
  for (const engine of engines) {
    it(`sends events and ends with its source, on the server "${engine}"`, async () => {
      await serving(engine, [feed(numbers(2))], async ({ url }) => {
        const reply = await fetch(`${url}/feed`);
        const fields = ["content-type", "x-accel-buffering", "cache-control", "content-encoding", "content-length"];
        assert.deepEqual(
          fields.map((name) => reply.headers.get(name)),
          ["text/event-stream", "no", "no-store, no-transform", null, null],
        );
        assert.match(await reply.text(), /^retry: (?:[2-4]\d{3}|5000)\n\nid: 0\ndata: {"id":0}\n\nid: 1\ndata: {"id":1}\n\n$/);
      });
    });

    it(`ends its source when the client leaves, on the server "${engine}"`, async () => {
      const source = new Source();
      await serving(engine, [feed(source)], async ({ url }, app) => {
        const abort = new AbortController();
        const { body } = await fetch(`${url}/feed`, { signal: abort.signal });
        source.push({ data: "one" });
        await readUntil(body!.getReader(), "one");
        assert.equal(app.part(livePart).connectionCount, 1);
        abort.abort();
        await until(() => source.isReturned, "the end of the source");
        assert.equal(app.part(livePart).connectionCount, 0);
      });
    });

    it(`ends when the application stops, after what was sent before, on the server "${engine}"`, async () => {
      const source = new Source();
      source.push({ data: "last" });
      let text: Promise<string> | undefined;
      await serving(engine, [feed(source)], async ({ url }, app) => {
        text = (await fetch(`${url}/feed`)).text();
        await until(() => app.part(livePart).connectionCount === 1 && source.takenCount === 2, "the stream");
      });
      assert.match(await text!, /data: last\n\n$/);
      assert.equal(source.isReturned, true);
    });

    it(`closes the connection of a client that takes nothing, when 1 MiB waits, on the server "${engine}"`, async () => {
      const source = new Source();
      const options = { live: { times: { tickMs: 20, stallMs: 200, spreadMs: 0 } } };
      const run = async ({ port }: { port: number }): Promise<void> => {
        const socket = connect({ port, host: "127.0.0.1" });
        socket.on("error", () => undefined);
        socket.write("GET /feed HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
        socket.pause();
        const data = "x".repeat(65_536);
        // More than the buffers of the kernel, the connection and the queue together can take.
        for (let count = 0; count < 400 && !source.isReturned; count++) {
          source.push({ data });
          await wait(1);
        }
        await until(() => source.isReturned, "the end of the source");
        // It is not read on: what waits is bounded.
        assert.ok(source.takenCount < 300, `${source.takenCount} events of 64 KiB were taken`);
        socket.resume();
        await new Promise<void>((resolve) => void socket.once("close", () => resolve()));
      };
      await serving(engine, [feed(source)], run, options);
    });

    it(`sends a comment when there is no event, on the server "${engine}"`, async () => {
      const options = { live: { times: { tickMs: 10, commentMs: 30, spreadMs: 0 } } };
      const run = async ({ url }: { url: string }): Promise<void> => {
        const { body } = await fetch(`${url}/feed`);
        assert.match(await readUntil(body!.getReader(), ":\n\n:\n\n"), /^retry: \d{4}\n\n:\n\n:\n\n$/);
      };
      await serving(engine, [feed(new Source())], run, options);
    });

    it(`breaks the connection when the source fails, so that the client comes back, on the server "${engine}"`, async () => {
      const failing = async function* (): AsyncGenerator<ServerEvent> {
        yield { data: "one" };
        throw new Error("the source broke");
      };
      await serving(engine, [feed(failing())], async ({ url }) => {
        await assert.rejects(async () => (await fetch(`${url}/feed`)).text());
      });
    });

    it(`breaks the connection at an event that cannot be sent, on the server "${engine}"`, async () => {
      const bad = async function* (): AsyncGenerator<ServerEvent> {
        yield { id: "1\n2", data: "" };
      };
      await serving(engine, [feed(bad())], async ({ url }) => {
        await assert.rejects(async () => (await fetch(`${url}/feed`)).text());
      });
    });
  }

  it("does not cut a client that reads slowly, however fast the source is", async () => {
    const large = async function* (): AsyncGenerator<ServerEvent> {
      for (let id = 0; id < 96; id++) yield { data: "x".repeat(65_536) };
    };
    const options = { live: { times: { tickMs: 10, stallMs: 2_000, spreadMs: 0 } } };
    await serving(
      "gable",
      [feed(large())],
      async ({ url }) => assert.ok((await (await fetch(`${url}/feed`)).text()).length > 96 * 65_536),
      options,
    );
  });

  it("works in memory, and ends its source when the response is cancelled", async () => {
    const source = new Source();
    const app = gable({ mode: "test", logger: silentLogger, routes: [feed(source)] });
    const { body } = await app.request("/feed");
    const reader = body!.getReader();
    source.push({ event: "post", data: "a\nb" });
    assert.match(await readUntil(reader, "b\n\n"), /event: post\ndata: a\ndata: b\n\n$/);
    await reader.cancel();
    assert.equal(source.isReturned, true);
    await app.close();
  });

  it("ends in memory when the application closes", async () => {
    const app = gable({ mode: "test", logger: silentLogger, routes: [feed(new Source())] });
    const { body } = await app.request("/feed");
    const reader = body!.getReader();
    await reader.read();
    const rest = reader.read();
    await app.close();
    assert.equal((await rest).done, true);
  });

  it("does not begin its source for HEAD", async () => {
    const source = new Source();
    await serving("gable", [feed(source)], async ({ url }) => {
      const reply = await fetch(`${url}/feed`, { method: "HEAD" });
      assert.equal(reply.headers.get("content-type"), "text/event-stream");
      assert.equal(source.takenCount, 0);
    });
  });

  it("takes another time for retry, and further fields", async () => {
    const route = get("/feed", ({ reply }) => reply.events(numbers(0), { retryMs: 0, headers: { "x-feed": "1" } }));
    const app = gable({ mode: "test", logger: silentLogger, routes: [route] });
    const reply = await app.request("/feed");
    assert.equal(await reply.text(), "retry: 0\n\n");
    assert.equal(reply.headers.get("x-feed"), "1");
    await app.close();
  });

  for (const [title, call, message] of [
    ["a source that cannot be iterated", [{}], 'reply.events(): option "source" is '],
    ["an unknown option", [numbers(0), { retry: 5 }], 'reply.events() has no option "retry"'],
    ["a time that is not a number", [numbers(0), { retryMs: -1 }], 'reply.events(): option "retryMs" is -1'],
  ] as const)
    it(`refuses ${title}`, async () => {
      let error: unknown;
      const route = get("/feed", ({ reply }) => reply.events(...(call as unknown as [AsyncIterable<ServerEvent>]))); // Wrong on purpose.
      const app = gable({ mode: "test", logger: silentLogger, routes: [route], onError: (report) => void (error = report.error) });
      assert.equal((await app.request("/feed")).status, 500);
      assert.ok((error as Error).message.includes(message), (error as Error).message);
      await app.close();
    });

  it("gives 1,000 connections different times for retry, from 2 to 5 s", async () => {
    const app = gable({ mode: "test", logger: silentLogger, routes: [get("/feed", ({ reply }) => reply.events(numbers(0)))] });
    const times = await Promise.all(
      Array.from({ length: 1_000 }, async () => Number(/\d+/.exec(await (await app.request("/feed")).text())![0])),
    );
    assert.ok(Math.min(...times) >= 2_000 && Math.max(...times) <= 5_000);
    assert.ok(new Set(times).size > 500);
    await app.close();
  });
});
