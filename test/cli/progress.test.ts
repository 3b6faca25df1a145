/** Progress on a terminal, in a pipe, as JSON, and what it costs. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import type { ProgressState } from "gable";
import { createProgress } from "gable";
import { createSink } from "../../src/cli/progress-sink.ts";
import { createTerminal } from "../../src/cli/terminal.ts";

/** Runs 20 steps of a second each, and returns what was written. */
async function run(how: "json" | "quiet" | "people", isTerminal: boolean, total: number | undefined = 20): Promise<string> {
  let [text, clockMs] = ["", 0];
  const terminal = { ...createTerminal(), isTerminal, columns: 80, writeError: (more: string) => void (text += more) };
  const progress = createProgress(createSink(terminal, how), () => clockMs);
  await progress("Import", total === 0 ? {} : { total }, async (bar) => {
    for (let step = 1; step <= 20; step++) {
      clockMs += 1_000;
      bar.step(`row ${step}`);
    }
  });
  return text;
}

describe("progress", () => {
  it("is a bar on a terminal, with count, rate and time left", async () => {
    const states = (await run("people", true)).split("\r\u001b[2K");
    assert.equal(states.length, 22);
    assert.equal(states[5], "[######..................] Import: 5 of 20 (25 %), 1/s, 15 s left  row 5");
    assert.equal(states[21], "[########################] Import: 20 of 20 (100 %), 1/s  row 20\n");
  });

  it("is a line at the start, each 10 % or 5 seconds, and at the end in a pipe", async () => {
    const lines = (await run("people", false)).trimEnd().split("\n");
    assert.deepEqual(
      lines.map((line) => /\((\d+) %\)/.exec(line)![1]),
      ["5", "10", "20", "30", "40", "50", "60", "70", "80", "90", "100", "100"],
    );
    assert.equal(lines[2], "Import: 4 of 20 (20 %), 1/s, 16 s left");
  });

  it("is a count and a rate without a total, each 5 seconds", async () => {
    const lines = (await run("people", false, 0)).trimEnd().split("\n");
    assert.deepEqual(lines, ["Import: 1, 1/s", "Import: 6, 1/s", "Import: 11, 1/s", "Import: 16, 1/s", "Import: 20, 1/s"]);
  });

  it("is an object in each line with --json, and nothing with --quiet", async () => {
    const lines = (await run("json", false)).trimEnd().split("\n");
    assert.equal(lines.length, 21);
    assert.deepEqual(JSON.parse(lines[4]!), { event: "progress", label: "Import", done: 5, total: 20, ratePerSecond: 1, secondsLeft: 15 });
    assert.equal(await run("quiet", true), "");
  });

  it("costs less than 50 ms for a million steps", async () => {
    const progress = createProgress(createSink({ ...createTerminal(), isTerminal: false, writeError: () => undefined }, "people"));
    const times: number[] = [];
    // The best of some runs: other programs only make it longer.
    for (let round = 0; round < 5; round++) {
      const start = performance.now();
      await progress("Import", { total: 1_000_000 }, async (bar) => {
        for (let step = 0; step < 1_000_000; step++) bar.step("row");
      });
      times.push(performance.now() - start);
    }
    assert.ok(Math.min(...times) < 50, times.join(", "));
  });

  it("shows slow steps that come after many quick ones", async () => {
    const seen: ProgressState[] = [];
    const progress = createProgress({ isDue: () => true, show: (state) => void seen.push(state) });
    await progress("Import", {}, async (bar) => {
      for (let step = 0; step < 10_000; step++) bar.step();
      const before = seen.length;
      for (let step = 0; step < 5; step++) {
        await wait(100);
        bar.step();
      }
      assert.equal(seen.length - before, 5);
    });
  });
});
