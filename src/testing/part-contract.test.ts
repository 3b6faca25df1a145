import assert from "node:assert/strict";
import { open } from "node:fs/promises";
import { createServer } from "node:net";
import { describe, it } from "node:test";
import { definePart, get } from "gable";
import { testPart } from "gable/testing";
import { findLeaks } from "./part-contract.ts";

const start = <Instance extends object>(name: string, create: () => Instance | Promise<Instance>) => definePart({ name, start: create });

testPart(
  definePart({
    name: "well-behaved",
    routes: () => [get("/ok", () => "ok")],
    start: async () => {
      const timer = setInterval(() => undefined, 1000);
      const file = await open(import.meta.filename);
      const onWarning = (): void => undefined;
      process.on("warning", onWarning);
      return {
        stop: async () => {
          clearInterval(timer);
          process.off("warning", onWarning);
          await file.close();
        },
      };
    },
  }),
  { rounds: 20, use: (app) => app.request("/ok") },
);

describe("findLeaks()", () => {
  it("finds timers, servers, files and listeners that stay open", async () => {
    const timers: NodeJS.Timeout[] = [];
    const timer = start("timer", () => {
      timers.push(setInterval(() => undefined, 60_000).unref());
      return {};
    });
    const [found, ...more] = await findLeaks(timer, { rounds: 10 });
    assert.match(found!, /^10 of Timeout .*part-contract\.test\.ts:\d+/);
    assert.deepEqual(more, []);
    for (const each of timers) clearInterval(each);

    const servers: Array<ReturnType<typeof createServer>> = [];
    const server = start("server", async () => {
      const listening = createServer();
      servers.push(listening);
      await new Promise<void>((resolve) => listening.listen(0, "127.0.0.1", resolve));
      return {};
    });
    assert.match((await findLeaks(server, { rounds: 10 })).join(), /10 of TCPSERVERWRAP/);
    for (const each of servers) each.close();

    const files: Array<Awaited<ReturnType<typeof open>>> = [];
    const file = start("file", async () => {
      files.push(await open(import.meta.filename));
      return {};
    });
    assert.deepEqual(await findLeaks(file, { rounds: 10 }), process.platform === "linux" ? ["10 file descriptors"] : []);
    for (const each of files) await each.close();

    const listener = (): void => undefined;
    const listening = start("listener", () => {
      process.on("gable-test" as "warning", listener.bind(null));
      return {};
    });
    process.setMaxListeners(100);
    assert.deepEqual(await findLeaks(listening, { rounds: 10 }), ["10 listeners of process"]);
    process.removeAllListeners("gable-test");
  });

  it("finds what stays open after a start that another part made fail", async () => {
    const timers: NodeJS.Timeout[] = [];
    const failing = start("failing", () => {
      throw new Error("no");
    });
    const leaking = start("leaking", () => {
      timers.push(setInterval(() => undefined, 60_000).unref());
      return {};
    });
    assert.equal((await findLeaks(leaking, { rounds: 10, failing })).length, 1);
    for (const each of timers) clearInterval(each);
  });
});
