/** Many connections that send slowly, or nothing, during normal traffic. Each has a long form for `npm run faults`. */
import assert from "node:assert/strict";
import { connect } from "node:net";
import type { Socket } from "node:net";
import { availableParallelism } from "node:os";
import { describe, it } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { countFailed, startLoad, toP99 } from "./load.ts";
import type { Supervised } from "./supervised.ts";
import { fetchOnce, isLong, skipSupervisor, supervising, until } from "./supervised.ts";

/** Connections of the design page in the long form. Each needs a descriptor here, and one in a worker. */
const count = isLong ? 10_000 : 200;
/** What the engine waits above a limit, as its clock ticks once a second. */
const tickMs = 1000;

/** A connection, and what became of it. */
interface Peer {
  readonly socket: Socket;
  readonly openedAt: number;
  text: string;
  closedAt: number;
  error: string | undefined;
}

/** Opens connections, 200 at a time, so that the queue of the port holds them. */
async function openPeers(port: number): Promise<Peer[]> {
  const peers: Peer[] = [];
  while (peers.length < count) {
    const group = Array.from({ length: Math.min(200, count - peers.length) }, () => openPeer(port));
    peers.push(...(await Promise.all(group)));
  }
  return peers;
}

function openPeer(port: number): Promise<Peer> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1" }, () => {
      socket.off("error", reject);
      const peer: Peer = { socket, openedAt: performance.now(), text: "", closedAt: 0, error: undefined };
      socket.on("data", (chunk: Buffer) => (peer.text += chunk.toString("latin1")));
      socket.on("error", (error: NodeJS.ErrnoException) => (peer.error = error.code));
      socket.on("close", () => (peer.closedAt = performance.now()));
      resolve(peer);
    });
    socket.once("error", reject);
  });
}

/** Writes a piece to each open connection, again and again, until all are closed. */
async function writeSlowly(peers: readonly Peer[], piece: string, pauseMs: number): Promise<void> {
  const timer = setInterval(() => {
    for (const { socket } of peers) if (socket.writable) socket.write(piece);
  }, pauseMs);
  try {
    await until(() => peers.every(({ closedAt }) => closedAt > 0), "all connections are closed", isLong ? 300_000 : 60_000);
  } finally {
    clearInterval(timer);
  }
}

/** Runs a fault during normal traffic, which must not notice it. */
async function duringTraffic(
  limits: Record<string, number>,
  run: (supervised: Supervised) => Promise<readonly Peer[]>,
  report: (line: string) => void,
): Promise<readonly Peer[]> {
  let peers: readonly Peer[] = [];
  await supervising({ workers: 2, env: { LIMITS: JSON.stringify(isLong ? {} : limits) } }, async (supervised) => {
    await until(() => supervised.pids().length === 2, "both workers are ready");
    const before = supervised.pids();
    const calm = startLoad(supervised.port, { connections: 4, pauseMs: 10 });
    await wait(isLong ? 5000 : 300);
    await calm.stop();
    const load = startLoad(supervised.port, { connections: 4, pauseMs: 10 });
    peers = await run(supervised);
    const counts = await load.stop();
    const [p99BeforeMs, p99Ms] = [toP99(calm.timesMs), toP99(load.timesMs)];
    report(JSON.stringify({ connections: count, p99BeforeMs, p99Ms, ...counts }));
    // Times say something only where the clients do not share the cores of the workers.
    if (isLong && availableParallelism() >= 8)
      assert.ok(p99Ms < Math.max(3 * p99BeforeMs, 50), `${p99Ms} ms, and ${p99BeforeMs} ms before`);
    assert.equal(countFailed(counts), 0, JSON.stringify(counts));
    assert.ok(counts.ok > 20);
    assert.deepEqual(supervised.pids(), before, "no worker was replaced");
    assert.equal((await fetchOnce(supervised.port, "/echo/after")).text, "after");
  });
  return peers;
}

describe("many slow connections", { skip: skipSupervisor }, () => {
  it("whose heads do not end get 408 in time, and fail no other request", async (test) => {
    const headMs = isLong ? 10_000 : 1500;
    let writtenAt = 0;
    const peers = await duringTraffic(
      { headMs },
      async ({ port }) => {
        const opened = await openPeers(port);
        for (const { socket } of opened) socket.write("GET /echo/slow HTTP/1.1\r\nhost: localhost\r\nx: ");
        writtenAt = performance.now();
        await writeSlowly(opened, "a", 500);
        return opened;
      },
      (line) => test.diagnostic(line),
    );
    for (const { text, openedAt, closedAt } of peers) {
      assert.match(text, /^HTTP\/1\.1 408 [^]*E_HEAD_TIMEOUT/);
      assert.ok(closedAt - openedAt >= headMs - tickMs / 2, `closed after ${closedAt - openedAt} ms`);
    }
    // Opening the connections takes seconds on a busy machine.
    const slowest = Math.max(...peers.map(({ closedAt }) => closedAt)) - writtenAt;
    test.diagnostic(`closed after at most ${Math.round(slowest)} ms`);
    // A client that still sends after its 408 gets another second to read it.
    if (isLong) assert.ok(slowest < headMs + 3 * tickMs, `closed after ${slowest} ms`);
  });

  it("whose bodies come too slowly get 408, and fail no other request", async (test) => {
    const peers = await duringTraffic(
      { bodyRateGraceMs: 1000 },
      async ({ port }) => {
        const opened = await openPeers(port);
        for (const { socket } of opened)
          socket.write("POST /echo HTTP/1.1\r\nhost: localhost\r\ncontent-type: text/plain\r\ncontent-length: 100000\r\n\r\n");
        await writeSlowly(opened, "a", 250);
        return opened;
      },
      (line) => test.diagnostic(line),
    );
    for (const { text } of peers) assert.match(text, /^HTTP\/1\.1 408 [^]*E_BODY_TOO_SLOW/);
  });

  it("that stay idle are closed after the time that they were promised, and cost little", async (test) => {
    const keepAliveMs = isLong ? 65_000 : 2000;
    let bytesEach = 0;
    const peers = await duringTraffic(
      { keepAliveMs },
      async ({ port }) => {
        const before = await readMemory(port);
        const opened = await openPeers(port);
        for (const { socket } of opened) socket.write("GET /echo/idle HTTP/1.1\r\nhost: localhost\r\n\r\n");
        await until(() => opened.every(({ text }) => text.endsWith("\r\n\r\nidle")), "all requests are answered");
        bytesEach = ((await readMemory(port)) - before) / count;
        await until(() => opened.every(({ closedAt }) => closedAt > 0), "all connections are closed", isLong ? 120_000 : 60_000);
        return opened;
      },
      (line) => test.diagnostic(line),
    );
    test.diagnostic(`${Math.round(bytesEach)} bytes for each connection`);
    for (const { openedAt, closedAt, error } of peers) {
      assert.equal(error, undefined, "closed, not reset");
      assert.ok(closedAt - openedAt >= keepAliveMs, `closed after ${closedAt - openedAt} ms`);
    }
    // A small number of connections says nothing about the memory of each.
    if (isLong) assert.ok(bytesEach <= 10_240, `${bytesEach} bytes`);
  });
});

/** Returns the memory of both workers, in bytes. */
async function readMemory(port: number): Promise<number> {
  const bytes = new Map<string, number>();
  await until(async () => {
    const [pid = "", rss] = (await fetchOnce(port, "/memory")).text.split(" ");
    bytes.set(pid, Number(rss));
    return bytes.size === 2;
  }, "both workers have told their memory");
  return [...bytes.values()].reduce((sum, each) => sum + each, 0);
}
