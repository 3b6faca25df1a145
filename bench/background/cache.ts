/** CPU time of a cached value that is found in memory. */
import { createCache, memoryCache } from "gable/cache";
import type { BenchLine, BenchOptions } from "../report.ts";

interface Book {
  readonly id: number;
  readonly title: string;
  readonly added: Date;
}

const rounds = 5;
const callsAtOnce = 1_000;

/** Measures `remember()` for a small value and for a list. */
export async function measureCache({ seconds }: BenchOptions): Promise<BenchLine[]> {
  const cache = createCache({ store: memoryCache() });
  const books = Array.from({ length: 20 }, (_, id): Book => ({ id, title: `Book ${id}`, added: new Date(0) }));
  const values: Readonly<Record<string, unknown>> = {
    "a number": 42,
    "an object of three values": books[0],
    "a list of 20 objects": books,
  };
  const lines: BenchLine[] = [];
  for (const [subject, value] of Object.entries(values)) {
    const read = async (): Promise<unknown> => cache.remember(["bench", subject], { ttlSeconds: 3_600 }, async () => value);
    lines.push({ test: "read a cached value from memory", subject, ns: await measure(read, seconds) });
  }
  return lines;
}

/** The shortest mean CPU time of several rounds, in nanoseconds. */
async function measure(read: () => Promise<unknown>, seconds: number): Promise<number> {
  let best = Infinity;
  for (let round = 0; round <= rounds; round++) {
    const start = performance.now();
    const before = process.cpuUsage();
    let count = 0;
    while (performance.now() - start < (seconds * 1_000) / rounds) {
      for (let index = 0; index < callsAtOnce; index++) await read();
      count += callsAtOnce;
    }
    const { user, system } = process.cpuUsage(before);
    // The first round warms up.
    if (round > 0) best = Math.min(best, ((user + system) * 1_000) / count);
  }
  return best;
}
