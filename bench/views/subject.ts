/** One subject in a process of its own: verifies nothing, times its pages in turns, and prints the result as JSON. */
import type { Renderers } from "./data.ts";
import { subjects } from "./subjects.ts";

/** Keeps the engine from leaving out what nobody reads. */
let sink = 0;
const [name = "", seconds = "1", only = ""] = process.argv.slice(2);
const renderers = await subjects[name]!();
const times: Record<string, number> = {};
for (const test of ["table", "page", "tiny"] as const) {
  if (only === "output") continue;
  times[test] = measure(renderers, test, Number(seconds));
}
const output = only === "output" ? { table: renderers.table(), page: renderers.page(), tiny: renderers.tiny() } : {};
process.stdout.write(JSON.stringify({ times, output }));

/** Microseconds for one page with its bytes: the middle of many batches, after a time to warm up. */
function measure(all: Renderers, test: keyof Renderers, limitSeconds: number): number {
  const run = all[test];
  const warmUntil = performance.now() + 500;
  let calls = 0;
  while (performance.now() < warmUntil) {
    sink += Buffer.from(run()).length;
    calls++;
  }
  const batch = Math.max(1, Math.round(calls / 100));
  const results: number[] = [];
  const until = performance.now() + limitSeconds * 1000;
  while (performance.now() < until) {
    const started = performance.now();
    for (let index = 0; index < batch; index++) sink += Buffer.from(run()).length;
    results.push(((performance.now() - started) * 1000) / batch);
  }
  results.sort((one, other) => one - other);
  return results[Math.floor(results.length / 2)]!;
}
