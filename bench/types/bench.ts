/** `npm run bench -- types`: what tsc instantiates for generated applications, and how that grows with their number of routes and models. */
import { TypeCost } from "../../test/type-cost.ts";
import type { BenchLine, BenchOptions } from "../report.ts";

const tests = { routes: [1, 125, 250, 500, 1_000], models: [1, 25, 50, 100, 200] } as const;
const titles = { routes: "routes, instantiations", models: "models with ten queries each, instantiations" } as const;

/** Runs the benchmark. */
export async function benchTypes({ tests: only }: BenchOptions): Promise<BenchLine[]> {
  const cost = await TypeCost.open();
  const lines: BenchLine[] = [];
  try {
    for (const test of ["routes", "models"] as const) {
      if (only.length > 0 && !only.includes(test)) continue;
      const { instantiations: base } = await cost[test](1);
      for (const count of tests[test]) {
        const { instantiations, checkMs, memoryMb } = await cost[test](count);
        lines.push({
          test: titles[test],
          subject: String(count),
          instantiations,
          ...(count === 1 ? {} : { perPiece: (instantiations - base) / (count - 1) }),
          checkMs,
          memoryMb,
        });
      }
    }
  } finally {
    await cost.close();
  }
  return lines;
}
