import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { EventEmitter } from "node:events";
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it, mock } from "node:test";
import { pathToFileURL } from "node:url";
import type { ToStandby } from "./protocol.ts";
import { Standby } from "./standby.ts";

/** A process that notes what it is sent. */
class Noted extends EventEmitter {
  readonly sent: ToStandby[] = [];
  readonly pid: number;
  connected = true;
  readonly exitCode: number | null = null;
  signalCode: string | null = null;

  constructor(pid: number) {
    super();
    this.pid = pid;
  }

  send(message: ToStandby): void {
    this.sent.push(message);
  }

  stand(): void {
    this.emit("message", { kind: "standing" });
  }

  kill(signal: string): void {
    this.signalCode = signal;
    this.connected = false;
    this.emit("exit", null, signal);
  }

  /** Names of the modules that it was told to load. */
  get modules(): readonly string[] | undefined {
    return this.sent.find((order) => order.kind === "prepare")?.modules;
  }
}

describe("Standby", () => {
  let folder: string;
  let forked: Noted[];
  let standing: number[];
  let standby: Standby;
  let setup: string;
  let modules: string[];

  beforeEach(() => {
    mock.timers.enable({ apis: ["setTimeout"] });
    folder = mkdtempSync(join(tmpdir(), "gable-standby-"));
    const write = (name: string): string => {
      writeFileSync(join(folder, name), "");
      return pathToFileURL(join(folder, name)).href;
    };
    [setup, modules] = [write("setup.js"), [write("one.js"), "node:fs"]];
    forked = [];
    standing = [];
    standby = new Standby(
      () => {
        const child = new Noted(forked.length + 1);
        forked.push(child);
        // A standby uses nothing else of a process.
        return child as unknown as ChildProcess;
      },
      (pid) => standing.push(pid),
    );
  });
  afterEach(() => {
    mock.timers.reset();
    rmSync(folder, { recursive: true });
  });

  it("gives its process away once, when it has loaded everything", () => {
    standby.prepare({ setup, modules });
    assert.deepEqual([forked[0]!.modules, standby.pid, standby.take()], [modules, undefined, undefined]);
    forked[0]!.stand();
    assert.deepEqual([standing, standby.pid], [[1], 1]);
    assert.equal(standby.take() as unknown, forked[0]);
    assert.deepEqual([standby.take(), standby.pid, forked.length], [undefined, undefined, 1]);
  });

  it("keeps a process for the same modules, and ends it for others", () => {
    standby.prepare({ setup, modules });
    standby.prepare({ setup, modules });
    assert.equal(forked.length, 1);
    standby.prepare({ setup, modules: [...modules, "node:path"] });
    assert.deepEqual([forked.length, forked[0]!.signalCode, forked[1]!.modules?.length], [2, "SIGKILL", 3]);
    forked[0]!.stand();
    assert.deepEqual([standing, standby.take()], [[], undefined]);
    standby.discard();
    assert.equal(forked[1]!.signalCode, "SIGKILL");
    mock.timers.tick(60_000);
    assert.equal(forked.length, 2);
  });

  for (const [what, change] of [
    ["has another time", (file: string): void => utimesSync(file, 1, 1)],
    ["has another size", (file: string): void => writeFileSync(file, "1")],
    ["is gone", (file: string): void => rmSync(file)],
  ] as const)
    for (const name of ["setup.js", "one.js"])
      it(`ends its process when ${name} ${what}`, () => {
        standby.prepare({ setup, modules });
        forked[0]!.stand();
        change(join(folder, name));
        assert.deepEqual([standby.take(), forked[0]!.signalCode], [undefined, "SIGKILL"]);
      });

  it("starts another process when one dies, and leaves modules to the worker when they have ended one", () => {
    standby.prepare({ setup, modules });
    forked[0]!.stand();
    forked[0]!.kill("SIGSEGV");
    mock.timers.tick(5000);
    assert.deepEqual([forked.length, forked[1]!.modules], [2, modules]);
    forked[1]!.kill("SIGSEGV");
    mock.timers.tick(5000);
    assert.deepEqual([forked.length, forked[2]!.modules], [3, []]);
    forked[2]!.stand();
    assert.equal(standby.take() as unknown, forked[2]);
    standby.prepare({ setup, modules });
    assert.deepEqual(forked[3]!.modules, []);
    standby.prepare({ setup, modules: [] });
    standby.prepare({ setup, modules });
    assert.deepEqual(forked[5]!.modules, modules);
  });

  it("gives up when processes die again and again, and tries once for each worker that is ready", () => {
    const dieUntilQuiet = (): number => {
      for (let count = forked.length - 1; count < forked.length; count++) {
        forked[count]!.kill("SIGSEGV");
        mock.timers.tick(60_000);
      }
      return forked.length;
    };
    standby.prepare({ setup, modules });
    assert.equal(dieUntilQuiet(), 5);
    standby.prepare({ setup, modules });
    assert.equal(dieUntilQuiet(), 6);
  });

  it("does not give a process away whose channel is closed", () => {
    standby.prepare({ setup, modules });
    forked[0]!.stand();
    forked[0]!.connected = false;
    assert.deepEqual([standby.take(), forked[0]!.signalCode], [undefined, "SIGKILL"]);
  });
});
