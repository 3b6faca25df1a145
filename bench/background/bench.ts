/** `npm run bench -- background`: background tasks, cached values, and WebSockets, compared with other packages. */
import type { BenchLine, BenchOptions } from "../report.ts";
import { measureCache } from "./cache.ts";
import { measureSockets } from "./sockets.ts";
import { measureTasks } from "./tasks.ts";

const measures: Readonly<Record<string, (options: BenchOptions) => Promise<BenchLine[]>>> = {
  tasks: measureTasks,
  cache: measureCache,
  sockets: measureSockets,
};

/** Runs the benchmark. */
export async function benchBackground(options: BenchOptions): Promise<BenchLine[]> {
  const lines: BenchLine[] = [];
  for (const [test, measure] of Object.entries(measures))
    if (options.tests.length === 0 || options.tests.includes(test)) lines.push(...(await measure(options)));
  return lines;
}
