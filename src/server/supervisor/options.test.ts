import assert from "node:assert/strict";
import { syncBuiltinESMExports } from "node:module";
import os from "node:os";
import { describe, it } from "node:test";
import type { SupervisorEvent } from "./options.ts";
import { resolveOptions } from "./options.ts";
import { createNotifier, findListenDescriptor } from "./systemd.ts";

describe("resolveOptions()", () => {
  it("takes 1 to 1,024 workers, and chooses at least one for auto", () => {
    for (const workers of [1, 2, 1024])
      assert.equal(resolveOptions({ app: "a", workers }).workers, process.platform === "win32" ? 1 : workers);
    assert.ok(resolveOptions({ app: "a" }).workers >= 1);
    assert.equal(resolveOptions({ app: "a", workers: "auto" }).workers, resolveOptions({ app: "a" }).workers);
  });

  const [mib, gib] = [2 ** 20, 2 ** 30];
  for (const [constrained, total, cores, workers] of [
    [0, gib, 8, 4],
    [2 ** 64, gib, 8, 4],
    [gib, gib, 8, 4],
    [512 * mib, gib, 8, 2],
    [511 * mib, gib, 8, 1],
    [100 * mib, gib, 8, 1],
    [0, 64 * gib, 8, 8],
  ] as const)
    it(
      `chooses ${workers} workers for ${cores} cores, ${total / mib} MiB and a limit of ${constrained / mib} MiB`,
      { skip: process.platform === "win32" },
      (test) => {
        test.mock.method(process, "constrainedMemory", () => constrained);
        test.mock.method(os, "totalmem", () => total);
        test.mock.method(os, "availableParallelism", () => cores);
        syncBuiltinESMExports();
        test.after(() => {
          test.mock.restoreAll();
          syncBuiltinESMExports();
        });
        assert.equal(resolveOptions({ app: "a" }).workers, workers);
      },
    );

  it("fills in the defaults, and takes whatever is given instead", () => {
    const defaults = {
      bootMs: 60_000,
      stallMs: 10_000,
      requestsMax: 0,
      rssBytesMax: 0,
      stopDelayMs: 0,
      stopGraceMs: 30_000,
      stopIdleMs: 5000,
      reloadGraceMs: 97_000,
      signals: true,
      tasks: false,
      env: {},
    };
    const { onEvent, execArgv, workers: _, ...shown } = resolveOptions({ app: "a" });
    assert.deepEqual(shown, { app: "a", ...defaults });
    assert.deepEqual([typeof onEvent, execArgv], ["function", process.execArgv]);
    const given = { ...defaults, bootMs: 1, stallMs: 0, signals: false, tasks: true, env: { A: "1" }, execArgv: ["--x"] };
    const { onEvent: _event, workers: _workers, ...taken } = resolveOptions({ app: "b", ...given });
    assert.deepEqual(taken, { app: "b", ...given });
  });

  it("takes the longest time of timers", () => {
    assert.equal(resolveOptions({ app: "a", stopGraceMs: 2 ** 31 - 10_000 }).stopGraceMs, 2_147_473_648);
  });

  it("ignores options that are undefined", () => {
    const options = { app: "a", bootMs: undefined, workers: undefined } as object as { app: string }; // As JavaScript may pass them.
    assert.equal(resolveOptions(options).bootMs, 60_000);
  });

  // JavaScript callers can pass anything.
  const bad: Array<[string, object, string]> = [
    ["no app", {}, "E_OPTION_INVALID"],
    ["an empty app", { app: "" }, "E_OPTION_INVALID"],
    ["no workers", { app: "a", workers: 0 }, "E_OPTION_INVALID"],
    ["too many workers", { app: "a", workers: 1025 }, "E_OPTION_INVALID"],
    ["half a worker", { app: "a", workers: 1.5 }, "E_OPTION_INVALID"],
    ["tasks as text", { app: "a", tasks: "yes" }, "E_OPTION_INVALID"],
    ["workers as text", { app: "a", workers: "2" }, "E_OPTION_INVALID"],
    ["a negative time", { app: "a", bootMs: -1 }, "E_OPTION_INVALID"],
    ["a time that is not a number", { app: "a", stallMs: Number.NaN }, "E_OPTION_INVALID"],
    ["a time that Node's timers do not have", { app: "a", stopGraceMs: 2 ** 31 - 9_999 }, "E_OPTION_INVALID"],
    ["a time as text", { app: "a", stopGraceMs: "1000" }, "E_OPTION_INVALID"],
    ["an unknown name", { app: "a", worker: 2 }, "E_OPTION_UNKNOWN"],
  ];
  for (const [name, options, code] of bad)
    it(`refuses ${name}`, { skip: process.platform === "win32" && name.includes("worker") }, () =>
      assert.throws(() => resolveOptions(options as { app: string }), { code }),
    );
});

describe("findListenDescriptor()", () => {
  const rows: Array<[NodeJS.ProcessEnv, number | undefined]> = [
    [{}, undefined],
    [{ LISTEN_FDS: "1", LISTEN_PID: "7" }, 3],
    [{ LISTEN_FDS: "2", LISTEN_PID: "7" }, 3],
    [{ LISTEN_FDS: "1" }, 3],
    [{ LISTEN_FDS: "1", LISTEN_PID: "8" }, undefined],
    [{ LISTEN_FDS: "0", LISTEN_PID: "7" }, undefined],
    [{ LISTEN_FDS: "x", LISTEN_PID: "7" }, undefined],
  ];
  for (const [environment, expected] of rows)
    it(`gives ${expected} for ${JSON.stringify(environment)}`, () => assert.equal(findListenDescriptor(environment, 7), expected));
});

describe("createNotifier()", () => {
  it("does nothing without NOTIFY_SOCKET, and warns once where systemd-notify is missing or fails", async () => {
    const events: SupervisorEvent[] = [];
    createNotifier({}, (event) => void events.push(event))("READY=1");
    assert.equal(events.length, 0);
    const path = process.env["PATH"];
    process.env["PATH"] = "/nowhere";
    try {
      const notify = createNotifier({ NOTIFY_SOCKET: "/nowhere/notify" }, (event) => void events.push(event));
      notify("READY=1");
      notify("STOPPING=1");
      for (let round = 0; round < 500 && events.length === 0; round++) await new Promise((resolve) => setTimeout(resolve, 10));
      await new Promise((resolve) => setTimeout(resolve, 50));
    } finally {
      process.env["PATH"] = path;
    }
    assert.equal(events.length, 1);
  });
});
