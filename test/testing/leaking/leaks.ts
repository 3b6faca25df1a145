/** Tests that leave something behind, and tests that do not: run by leaks.test.ts. */
import { connect, createServer } from "node:net";
import { after, before, describe, it } from "node:test";
import type { ServerEvent } from "gable";
import { gable, get, socket } from "gable";
import { field as f, Model, transaction } from "gable/data";
import { createTestClient, testDatabase } from "gable/testing";

async function* waiting(): AsyncGenerator<ServerEvent> {
  yield { data: 1 };
  await new Promise(() => undefined);
}

class Leak extends Model("leaks", { id: f.id() }) {}
const app = gable({
  mode: "test",
  session: {},
  models: [Leak],
  database: "sqlite::memory:",
  routes: [get("/", () => "home"), get("/events", ({ reply }) => reply.events(waiting())), socket("/chat", {})],
});
testDatabase(app);
const listening = () =>
  new Promise<ReturnType<typeof createServer>>((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => resolve(server));
  });
const portOf = (server: ReturnType<typeof createServer>): number => (server.address() as { port: number }).port; // Of a server on a port.

describe("leaking", () => {
  it("a timer", () => void setTimeout(() => undefined, 60_000));
  it("an interval", () => void setInterval(() => undefined, 60_000));
  it("a server", async () => void (await listening()));
  it("a connection", async () => {
    const server = await listening();
    after(() => server.close());
    await new Promise<void>((resolve) => connect(portOf(server), "127.0.0.1", resolve));
  });
  for (const transport of ["memory", "socket"] as const) {
    const client = createTestClient(app, { transport });
    after(() => client.close());
    it(`a WebSocket, ${transport}`, async () => void (await client.socket("/chat")));
    it(`a stream of events, ${transport}`, async () => void (await (await client.liveEvents("/events")).next()));
  }
  it("a rejection", () => void Promise.reject(new Error("lost")));
  it("a transaction", async () => {
    void transaction(() => new Promise(() => undefined));
    await new Promise(setImmediate);
  });
});

describe("failing", () => {
  it("with statements", async () => {
    await Leak.create({});
    throw new Error("as it should");
  });
  it("without statements", () => {
    throw new Error("as it should");
  });
});

describe("clean", () => {
  const client = createTestClient(app);
  after(() => client.close());
  let shared: Awaited<ReturnType<typeof client.socket>> | undefined;
  before(async () => void (shared = await client.socket("/chat")));
  after(() => shared?.close());
  it("live connections that are closed, and those of a suite", async () => {
    await (await client.socket("/chat")).close();
    await (await client.liveEvents("/events")).close();
    const later = await client.socket("/chat");
    after(() => later.close());
  });
  it("after what leaks", async () => void (await Leak.create({})));
  it("timers that have fired, are cleared, or hold nothing up", async () => {
    await new Promise((resolve) => setTimeout(resolve, 1));
    clearTimeout(setTimeout(() => undefined, 60_000));
    clearInterval(setInterval(() => undefined, 60_000));
    setTimeout(() => undefined, 60_000).unref();
    const last = setTimeout(() => undefined, 60_000);
    after(() => clearTimeout(last));
  });
  it("servers and connections that are closed by a hook", async () => {
    const server = await listening();
    const socket = connect(portOf(server), "127.0.0.1");
    after(() => {
      socket.destroy();
      server.close();
    });
  });
  it("clients over a socket", async () => {
    const client = createTestClient(app, { transport: "socket" });
    after(() => client.close());
    await client.get("/");
  });
  it("a rejection that is handled", async () => {
    await Promise.reject(new Error("handled")).catch(() => undefined);
  });
});
