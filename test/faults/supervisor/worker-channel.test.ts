/** A worker process alone: this test says to it what a supervisor says. */
import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import type { AddressInfo, Socket } from "node:net";
import { connect, createServer } from "node:net";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import type { FromWorker, ToWorker, WorkerOrders } from "../../../src/server/supervisor/protocol.ts";
import { forkWorker } from "../../../src/server/supervisor/worker-process.ts";
import { skipSupervisor, until } from "./supervised.ts";

const app = fileURLToPath(new URL("./app.ts", import.meta.url));
const stubborn = fileURLToPath(new URL("./stubborn-app.ts", import.meta.url));

/** A worker, and what it has said. */
class LoneWorker {
  readonly messages: FromWorker[] = [];
  readonly exited: Promise<number | null>;
  readonly #child: ChildProcess;

  constructor(file: string) {
    const orders: WorkerOrders = { app: file, role: "web", listen: { port: 0 }, generation: 1, stallMs: 0 };
    const execArgv = process.execArgv.filter((argument) => !/^--(?:test|report)/.test(argument));
    this.#child = forkWorker({ execArgv, env: { ...process.env, NODE_TEST_CONTEXT: undefined } }, orders);
    this.#child.on("message", (message) => this.messages.push(message as FromWorker)); // Only the worker sends.
    this.exited = once(this.#child, "exit").then(([code]) => code as number | null); // Null for a signal.
  }

  has(kind: FromWorker["kind"]): boolean {
    return this.messages.some((message) => message.kind === kind);
  }

  say(message: ToWorker, socket?: Socket): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#child.send(message, socket, { keepOpen: true }, (error) => (error === null ? resolve() : reject(error)));
    });
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }
}

/** Makes a connection; returns both ends. */
async function createConnection(): Promise<{ readonly client: Socket; readonly accepted: Socket; close(): void }> {
  const server = createServer({ pauseOnConnect: true }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const client = connect((server.address() as AddressInfo).port, "127.0.0.1"); // It listens on a port.
  const [accepted] = (await once(server, "connection")) as [Socket];
  return { client, accepted, close: () => (client.destroy(), accepted.destroy(), void server.close()) };
}

describe("a worker process", { skip: skipSupervisor }, () => {
  it("serves on after a connection whose client has left, and says that it took it", async (test) => {
    const worker = new LoneWorker(app);
    test.after(() => worker.kill());
    await until(() => worker.has("ready"), "it is ready");
    await worker.say({ kind: "connection", id: 1, isReturned: false });
    const { client, accepted, close } = await createConnection();
    test.after(close);
    await worker.say({ kind: "connection", id: 2, isReturned: false }, accepted);
    client.write("GET /echo/served HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
    let reply = "";
    for await (const chunk of client) reply += String(chunk);
    assert.match(reply, /^HTTP\/1\.1 200 [\s\S]*served$/);
    await until(() => worker.messages.some((message) => message.kind === "took" && message.ids.includes(2)), "it took the second one");
    const ids = worker.messages.flatMap((message) => (message.kind === "took" ? message.ids : []));
    assert.deepEqual(ids, [1, 2]);
    assert.equal(worker.has("replaceMe"), false, "no error that nobody caught");
    await worker.say({ kind: "drain", graceMs: 1_000, idleMs: 0 });
    assert.equal(await worker.exited, 0);
  });

  for (const [isReturned, isClosed] of [
    [true, true],
    [false, false],
  ] as const)
    it(`${isClosed ? "closes" : "keeps"} a silent connection that ${isReturned ? "another worker had" : "is new"}`, async (test) => {
      const worker = new LoneWorker(app);
      test.after(() => worker.kill());
      await until(() => worker.has("ready"), "it is ready");
      const { client, accepted, close } = await createConnection();
      test.after(close);
      await worker.say({ kind: "connection", id: 1, isReturned }, accepted);
      await until(() => worker.has("took"), "it took the connection");
      accepted.destroy();
      client.resume();
      const ended = once(client, "end").then(() => true);
      if (isClosed) assert.equal(await ended, true);
      else {
        assert.equal(await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 2_000, false))]), false);
        client.write("GET /echo/late HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
        assert.equal(await ended, true);
      }
    });

  it("exits with 1 when the application cannot stop in order", async (test) => {
    const worker = new LoneWorker(stubborn);
    test.after(() => worker.kill());
    await until(() => worker.has("ready"), "it is ready");
    await worker.say({ kind: "drain", graceMs: 1_000, idleMs: 0 });
    assert.equal(await worker.exited, 1);
  });

  it("says why it cannot start, and exits with 1", async (test) => {
    const worker = new LoneWorker(`${app}-none`);
    test.after(() => worker.kill());
    assert.equal(await worker.exited, 1);
    assert.match(JSON.stringify(worker.messages), /"kind":"failed".*app\.ts-none/);
  });
});
