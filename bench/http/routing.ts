/** A match among 1,000 routes, compared with find-my-way, in this process: time per match in nanoseconds. */
import { createRequire } from "node:module";
import type { BenchLine } from "../report.ts";
import { parsePattern } from "../../src/routing/pattern.ts";
import { RadixTree } from "../../src/routing/radix-tree.ts";

interface OtherRouter {
  on(method: string, path: string, handler: () => void): void;
  find(method: string, path: string): { params: unknown } | null;
}

const nouns = ["users", "posts", "comments", "orders", "invoices", "teams", "projects", "files", "messages", "events"];

/** 1,000 routes as an application has them: lists, members, nested members and actions. */
function patterns(): string[] {
  const all: string[] = [];
  for (let area = 0; all.length < 1000; area++) {
    for (const noun of nouns) {
      const base = `/area${area}/${noun}`;
      all.push(base, `${base}/:id`, `${base}/:id/edit`, `${base}/:id/parts/:part`, `${base}/archive/:year/:month`);
    }
  }
  return all.slice(0, 1000);
}

/** Measures both routers on the same paths. */
export function measureRouting(): BenchLine[] {
  const all = patterns();
  const tree = new RadixTree<number>();
  all.forEach((pattern, index) => tree.add("GET", parsePattern(pattern), index));
  const createRouter = createRequire(import.meta.url)("find-my-way") as () => OtherRouter;
  const other = createRouter();
  for (const pattern of all) other.on("GET", pattern, () => undefined);
  const paths = all.map((pattern, index) =>
    pattern.replace(":id", String(index)).replace(":part", "p7").replace(":year", "2026").replace(":month", "11"),
  );
  const lines: BenchLine[] = [];
  for (const [kind, chosen] of [
    ["static", paths.filter((_, index) => index % 5 === 0)],
    ["parameters", paths.filter((_, index) => index % 5 !== 0)],
    ["mixed", paths],
  ] as const) {
    const ours = time(chosen, (path) => tree.find("GET", path) !== undefined);
    const theirs = time(chosen, (path) => other.find("GET", path) !== null);
    lines.push(
      { test: `routes, ${kind}`, subject: "gable", ns: ours, ratio: ours / theirs },
      { test: `routes, ${kind}`, subject: "find-my-way", ns: theirs, ratio: 1 },
    );
  }
  return lines;
}

/** Nanoseconds per call: the best of seven rounds. */
function time(paths: readonly string[], find: (path: string) => boolean): number {
  let best = Infinity;
  for (let round = 0; round < 7; round++) {
    // Fresh strings, as a request brings them: a router must not win by what it remembered of the last one.
    const fresh = Array.from({ length: 200 }, () => paths.map((path) => Buffer.from(path, "latin1").toString("latin1"))).flat();
    const started = performance.now();
    for (const path of fresh) if (!find(path)) throw new Error(`${path} was not found`);
    best = Math.min(best, ((performance.now() - started) * 1e6) / fresh.length);
  }
  return best;
}
