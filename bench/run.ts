/**
 * `npm run bench -- <name> [--json] [--write] [--seconds=5] [--tests=json,text] [--subjects=gable,fastify]`.
 * `--write` puts the tables into the page of the docs.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { runCommand } from "../scripts/run-command.ts";
import type { BenchLine, BenchOptions } from "./report.ts";
import { toTables, withRatios, writeDocs } from "./report.ts";

/** A benchmark: the page that it writes, and the programs that it needs. */
interface Bench {
  readonly page: string;
  readonly programs?: readonly string[];
  readonly load: () => Promise<(options: BenchOptions) => Promise<BenchLine[]>>;
}

/** How to install each program. */
const installs: Readonly<Record<string, string>> = {
  wrk: "apt-get install wrk (Debian, Ubuntu) or brew install wrk (macOS)",
  taskset: "apt-get install util-linux; macOS has no such program, so run this benchmark on Linux",
};

const benches: Readonly<Record<string, Bench>> = {
  background: {
    page: "explanation/speed-of-background-work.md",
    load: async () => (await import("./background/bench.ts")).benchBackground,
  },
  forms: { page: "explanation/speed-of-forms.md", load: async () => (await import("./forms/bench.ts")).benchForms },
  http: { page: "explanation/speed.md", programs: ["wrk"], load: async () => (await import("./http/bench.ts")).benchHttp },
  data: { page: "explanation/speed-of-data.md", programs: ["taskset"], load: async () => (await import("./data/bench.ts")).benchData },
  requests: {
    page: "explanation/speed-of-requests.md",
    programs: ["wrk"],
    load: async () => (await import("./requests/bench.ts")).benchRequests,
  },
  scale: { page: "explanation/scale.md", programs: ["wrk"], load: async () => (await import("./scale/bench.ts")).benchScale },
  tools: { page: "explanation/speed-of-tools.md", load: async () => (await import("./tools/bench.ts")).benchTools },
  types: { page: "explanation/cost-of-types.md", load: async () => (await import("./types/bench.ts")).benchTypes },
  web: { page: "explanation/speed-of-pages.md", programs: ["wrk"], load: async () => (await import("./web/bench.ts")).benchWeb },
  views: { page: "explanation/speed-of-views.md", load: async () => (await import("./views/bench.ts")).benchViews },
};

const [name = "", ...flags] = process.argv.slice(2);
const bench = Object.hasOwn(benches, name) ? benches[name] : undefined;
if (bench === undefined) {
  console.error(`Name a benchmark: npm run bench -- ${Object.keys(benches).join("|")}.`);
  process.exit(2);
}
const missing = (bench.programs ?? []).filter((program) => spawnSync(program, ["--version"]).error !== undefined);
for (const program of missing) console.error(`npm run bench -- ${name} needs ${program}. Install it: ${installs[program]}.`);
if (missing.length > 0) process.exit(3);

function readFlag(flag: string): string | undefined {
  return flags.find((text) => text.startsWith(`--${flag}=`))?.slice(flag.length + 3);
}

// Measured is what users install: the built package, which node_modules/gable links to.
if ((await runCommand(process.execPath, ["scripts/build.ts"])) !== 0) process.exit(1);
const run = await bench.load();
const lines = withRatios(
  await run({
    tests: readFlag("tests")?.split(",") ?? [],
    subjects: readFlag("subjects")?.split(",") ?? [],
    seconds: Number(readFlag("seconds") ?? 5),
  }),
);
if (flags.includes("--json")) for (const line of lines) console.log(JSON.stringify(line));
else console.log(toTables(lines));
if (flags.includes("--write")) writeDocs(fileURLToPath(new URL(`../docs/${bench.page}`, import.meta.url)), lines);
