/** New SQLite files that two processes open at the same time: both want to switch them to write-ahead logging. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { Worker } from "node:worker_threads";

const [workers, rounds] = [2, 200];

describe("a new file of SQLite", () => {
  it(`is opened by ${workers} concurrently, ${rounds} times`, async () => {
    const folder = await mkdtemp(join(tmpdir(), "gable-open-"));
    const gate = new Int32Array(new SharedArrayBuffer(4));
    const paths = Array.from({ length: rounds }, (_, round) => join(folder, `${round}.db`));
    const run = (): Promise<string[]> =>
      new Promise((resolve, reject) => {
        const worker = new Worker(new URL("./opener.ts", import.meta.url), { workerData: { gate, paths, workers } });
        worker.once("message", resolve);
        worker.once("error", reject);
      });
    const failures = await Promise.all(Array.from({ length: workers }, run));
    await rm(folder, { recursive: true });
    assert.deepEqual(failures.flat(), []);
  });
});
