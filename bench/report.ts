/** Lines of a benchmark, as JSON, as a table in the terminal, and as a page of the docs. */
import { readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";

/** One measurement. */
export interface BenchLine {
  readonly test: string;
  readonly subject: string;
  readonly cpuUs?: number;
  /** CPU time of the database server. */
  readonly serverCpuUs?: number;
  readonly rps?: number;
  readonly p99Ms?: number;
  readonly bytes?: number;
  readonly ms?: number;
  readonly ns?: number;
  readonly ratio?: number;
  readonly ratioToFastify?: number;
  readonly timeUs?: number;
  /** Statements that were sent to the database. */
  readonly statements?: number;
  readonly ratioToFastest?: number;
  /** Instantiations that tsc counts. */
  readonly instantiations?: number;
  /** Instantiations for each further route or model. */
  readonly perPiece?: number;
  /** Time of checking types, in ms. */
  readonly checkMs?: number;
  /** Memory, in MB. */
  readonly memoryMb?: number;
}

/** What to run, and how long. */
export interface BenchOptions {
  readonly tests: readonly string[];
  readonly subjects: readonly string[];
  readonly seconds: number;
}

const measures = [
  "cpuUs",
  "serverCpuUs",
  "rps",
  "p99Ms",
  "bytes",
  "ms",
  "ns",
  "ratio",
  "ratioToFastify",
  "timeUs",
  "statements",
  "ratioToFastest",
  "instantiations",
  "perPiece",
  "checkMs",
  "memoryMb",
] as const;

/** Adds the ratio of CPU time to that of Fastify in the same test. */
export function withRatios(lines: readonly BenchLine[]): BenchLine[] {
  return lines.map((line) => {
    const peer = lines.find((other) => other.test === line.test && other.subject === "fastify");
    return line.cpuUs === undefined || peer?.cpuUs === undefined ? line : { ...line, ratioToFastify: line.cpuUs / peer.cpuUs };
  });
}

function toCell(value: number | undefined): string {
  if (value === undefined) return "";
  return value >= 1000 ? Math.round(value).toLocaleString("en") : value.toFixed(2);
}

/** A Markdown table per test. */
export function toTables(lines: readonly BenchLine[]): string {
  const tests = [...new Set(lines.map((line) => line.test))];
  return tests
    .map((test) => {
      const rows = lines.filter((line) => line.test === test);
      const used = measures.filter((name) => rows.some((row) => row[name] !== undefined));
      const head = `| ${test} | ${used.join(" | ")} |\n| --- | ${used.map(() => "---:").join(" | ")} |`;
      return [head, ...rows.map((row) => `| ${row.subject} | ${used.map((name) => toCell(row[name])).join(" | ")} |`)].join("\n");
    })
    .join("\n\n");
}

/** Replaces the tables between the marks of a page of the docs. */
export function writeDocs(page: string, lines: readonly BenchLine[]): void {
  const text = readFileSync(page, "utf8");
  const facts = `Measured on ${cpus()[0]?.model ?? "unknown"} with Node ${process.versions.node}, ${new Date().toISOString().slice(0, 10)}.`;
  const next = text.replace(/<!-- bench -->[^]*<!-- \/bench -->/, `<!-- bench -->\n${facts}\n\n${toTables(lines)}\n<!-- /bench -->`);
  writeFileSync(page, next);
}
