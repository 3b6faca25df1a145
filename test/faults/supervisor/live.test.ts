/** A reload with open WebSockets and event streams: clients come back spread out, and a replayed channel loses and doubles nothing. */
import assert from "node:assert/strict";
import { connect } from "node:net";
import { fileURLToPath } from "node:url";
import { setTimeout as wait } from "node:timers/promises";
import { describe, it } from "node:test";
import { WebSocket } from "ws";
import type { Supervised } from "./supervised.ts";
import { isLong, skipSupervisor, supervising, until } from "./supervised.ts";

const app = fileURLToPath(new URL("./live-app.ts", import.meta.url));
const sessionsApp = fileURLToPath(new URL("./sessions-app.ts", import.meta.url));
const socketCount = isLong ? 1_000 : 50;
const streamCount = isLong ? 100 : 5;

/** A client that comes back after its last message. */
class Client {
  readonly numbers: number[] = [];
  readonly #port: number;
  readonly codes: number[] = [];
  readonly closedAt: number[] = [];
  hasGap = false;
  isOpen = false;
  #lastId = "";
  #isOver = false;
  #socket: WebSocket | undefined;

  constructor(port: number) {
    this.#port = port;
    this.#connect();
  }

  close(): void {
    this.#isOver = true;
    this.#socket?.terminate();
  }

  #connect(): void {
    const after = this.#lastId === "" ? "" : `?after=${this.#lastId}`;
    const opened = new WebSocket(`ws://127.0.0.1:${this.#port}/numbers${after}`);
    this.#socket = opened;
    opened.on("error", () => undefined);
    opened.on("message", (data) => {
      const { id, message, hasGap } = JSON.parse(String(data)) as { id?: string; message?: number; hasGap?: boolean };
      this.isOpen = true;
      if (hasGap === true) this.hasGap = true;
      if (id !== undefined) this.#lastId = id;
      if (message !== undefined) this.numbers.push(message);
    });
    opened.on("close", (code) => {
      if (this.#isOver) return;
      this.codes.push(code);
      this.closedAt.push(performance.now());
      // A worker that begins to stop refuses: the next try reaches another one.
      setTimeout(() => this.#isOver || this.#connect(), 20);
    });
  }
}

/** An event stream that comes back as a browser does. */
class Stream {
  readonly numbers: number[] = [];
  readonly #port: number;
  isOpen = false;
  #lastId = "";
  #isOver = false;

  constructor(port: number) {
    this.#port = port;
    this.#connect();
  }

  close(): void {
    this.#isOver = true;
  }

  #connect(): void {
    const socket = connect({ port: this.#port, host: "127.0.0.1" });
    const last = this.#lastId === "" ? "" : `Last-Event-ID: ${this.#lastId}\r\n`;
    socket.write(`GET /events HTTP/1.1\r\nHost: 127.0.0.1\r\n${last}\r\n`);
    let text = "";
    socket.on("data", (chunk: Buffer) => {
      text += chunk.toString("latin1");
      // The chunks of the stream are whole events here.
      for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
        const event = text.slice(0, end);
        text = text.slice(end + 2);
        this.isOpen ||= event.includes("id: ");
        const data = /^data: (\d+)$/m.exec(event)?.[1];
        if (data !== undefined) this.numbers.push(Number(data));
        this.#lastId = /^id: (.+)$/m.exec(event)?.[1] ?? this.#lastId;
      }
      if (text.includes("0\r\n\r\n")) socket.destroy();
      if (this.#isOver) socket.destroy();
    });
    socket.on("error", () => undefined);
    socket.on("close", () => setTimeout(() => this.#isOver || this.#connect(), 20));
  }
}

async function publish({ port }: Supervised, number: number, pids: Set<number>): Promise<void> {
  const reply = await fetch(`http://127.0.0.1:${port}/publish/${number}`, { method: "POST", headers: { connection: "close" } });
  assert.equal(reply.status, 200);
  pids.add(((await reply.json()) as { pid: number }).pid);
}

describe("a reload with open connections", { skip: skipSupervisor }, () => {
  it("closes WebSockets with 1012, spread out, and loses and doubles no message of a replayed channel", async (test) => {
    await supervising({ app, workers: 2, reloadGraceMs: 30_000 }, async (supervised) => {
      const { port, pids, supervisor } = supervised;
      await until(() => pids().length === 2, "both workers are ready");
      const clients = Array.from({ length: socketCount }, () => new Client(port));
      const streams = Array.from({ length: streamCount }, () => new Stream(port));
      await until(() => [...clients, ...streams].every(({ isOpen }) => isOpen), "all connections are open");
      const publishers = new Set<number>();
      let count = 0;
      let isOver = false;
      const publishing = (async () => {
        while (!isOver) {
          await publish(supervised, ++count, publishers);
          await wait(isLong ? 20 : 5);
        }
      })();
      await until(() => count > 20, "the first messages");
      assert.equal(await supervisor.reload(), undefined);
      await until(() => clients.every(({ codes }) => codes.length > 0), "all sockets of the old workers have closed");
      await until(() => clients.every(({ numbers }) => numbers.includes(count)) || isOver, "the clients are back", 30_000).catch(
        () => undefined,
      );
      isOver = true;
      await publishing;
      const expected = Array.from({ length: count }, (_, index) => index + 1);
      await until(() => [...clients, ...streams].every(({ numbers }) => numbers.length >= count), "all messages have come");
      for (const { numbers, hasGap, codes } of clients) {
        assert.deepEqual(numbers, expected);
        assert.equal(hasGap, false);
        assert.ok(codes.every((code) => code === 1012 || code === 1006) && codes[0] === 1012, codes.join(", "));
      }
      for (const { numbers } of streams) assert.deepEqual(numbers, expected);
      assert.ok(publishers.size > 2, "old and new workers have published");
      const closed = clients.map(({ closedAt }) => closedAt[0]!).sort((a, b) => a - b);
      const spreadMs = closed.at(-1)! - closed[0]!;
      test.diagnostic(
        JSON.stringify({ fault: "reload with sockets", sockets: socketCount, messages: count, spreadMs: Math.round(spreadMs) }),
      );
      // 25 sockets of a worker close over 1.25 s, 500 over 10 s.
      assert.ok(spreadMs > (isLong ? 5_000 : 500), `spread over ${spreadMs} ms`);
      for (const each of [...clients, ...streams]) each.close();
    });
  });
});

/** A connection of somebody who is signed in: the process that has it, and how it ended. */
interface Signed {
  pid?: number | undefined;
  end?: number | string;
}

async function signIn(port: number, user: string): Promise<string> {
  const reply = await fetch(`http://127.0.0.1:${port}/login/${user}`, { method: "POST", headers: { connection: "close" } });
  return reply.headers.getSetCookie()[0]!.split(";")[0]!;
}

function openSocket(port: number, cookie: string): Signed {
  const signed: Signed = {};
  const opened = new WebSocket(`ws://127.0.0.1:${port}/socket`, { headers: { cookie, origin: `http://127.0.0.1:${port}` } });
  opened.on("error", (error) => (signed.end ??= error.message));
  opened.on("message", (data) => (signed.pid = Number(String(data))));
  opened.on("close", (code) => (signed.end ??= code));
  return signed;
}

function openStream(port: number, cookie: string): Signed {
  const signed: Signed = {};
  const opened = connect({ port, host: "127.0.0.1" });
  opened.write(`GET /events HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: ${cookie}\r\n\r\n`);
  opened.on("data", (chunk: Buffer) => (signed.pid ??= Number(/^data: (\d+)$/m.exec(chunk.toString("latin1"))?.[1]) || undefined));
  opened.on("error", () => undefined);
  opened.on("close", () => (signed.end ??= "closed"));
  return signed;
}

describe("a logout with several workers", { skip: skipSupervisor }, () => {
  it("closes the sockets and streams of the session in all workers, without the option live", async () => {
    await supervising({ app: sessionsApp, workers: 2 }, async ({ port, pids }) => {
      await until(() => pids().length === 2, "both workers are ready");
      const [cookie, other] = [await signIn(port, "1"), await signIn(port, "2")];
      for (const open of [openSocket, openStream]) {
        const kept = open(port, other);
        const opened = [kept];
        const areOpen = (): boolean => opened.every(({ pid }) => pid !== undefined);
        // Which worker takes a connection is for the supervisor to choose.
        while (new Set(opened.slice(1).map(({ pid }) => pid)).size < 2) {
          opened.push(open(port, cookie));
          await until(areOpen, "the connection is open");
        }
        const mine = opened.slice(1);
        const headers = { cookie, origin: `http://127.0.0.1:${port}`, connection: "close" };
        assert.equal((await fetch(`http://127.0.0.1:${port}/logout`, { method: "POST", headers })).status, 204);
        await until(() => mine.every(({ end }) => end !== undefined), "all workers have closed the connections of the session", 10_000);
        assert.deepEqual(
          mine.map(({ end }) => end),
          mine.map(() => (open === openSocket ? 1008 : "closed")),
        );
        assert.equal(kept.end, undefined);
      }
    });
  });
});
