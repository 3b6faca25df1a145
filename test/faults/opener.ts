/** A worker that opens new SQLite files at the same time as another one, and reports failures. */
import { parentPort, workerData } from "node:worker_threads";
import { createNodeSqlite } from "../../src/data/driver/node-sqlite.ts";

const { gate, paths, workers } = workerData as { gate: Int32Array; paths: readonly string[]; workers: number };
const failures: string[] = [];
for (const [round, path] of paths.entries()) {
  Atomics.add(gate, 0, 1);
  // All begin within a microsecond: that is what the test is about.
  while (Atomics.load(gate, 0) < workers * (round + 1));
  try {
    await createNodeSqlite({ path }).close();
  } catch (error) {
    failures.push(String(error));
  }
}
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- no window
parentPort!.postMessage(failures);
