/** Load by wrk on core 1: its own figures, and the CPU time of the server per request. */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { pinTo, readCpuUs } from "../process.ts";

/** A request to send over and over. */
export interface LoadRequest {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly body?: string;
  /** Header fields besides those of a browser. A body is JSON unless they say something else. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly connections: number;
}

/** What was measured. */
export interface LoadResult {
  readonly cpuUs: number;
  readonly rps: number;
  readonly p99Ms: number;
}

/** Fields as a current browser sends them. */
const browserFields: Readonly<Record<string, string>> = {
  "sec-ch-ua": '"Chromium";v="150", "Not)A;Brand";v="24", "Google Chrome";v="150"',
  "sec-ch-ua-mobile": "?0",
  "sec-ch-ua-platform": '"Linux"',
  "upgrade-insecure-requests": "1",
  "user-agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36",
  accept: "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8",
  "sec-fetch-site": "same-origin",
  "sec-fetch-mode": "navigate",
  "sec-fetch-user": "?1",
  "sec-fetch-dest": "document",
  "accept-encoding": "gzip, deflate, br, zstd",
  "accept-language": "en-GB,en;q=0.9,de;q=0.8",
};

/** Runs wrk for some seconds against a server. */
export function runLoad(pid: number, port: number, request: LoadRequest, seconds: number): LoadResult {
  const script = `${tmpdir()}/gable-bench-${process.pid}.lua`;
  const fields = { ...browserFields, ...(request.body === undefined ? {} : { "content-type": "application/json" }), ...request.headers };
  const lines = Object.entries(fields).map(([name, value]) => `wrk.headers["${name}"] = ${JSON.stringify(value)}`);
  const body = request.body === undefined ? [] : [`wrk.body = ${JSON.stringify(request.body)}`];
  writeFileSync(script, [`wrk.method = "${request.method}"`, ...lines, ...body, summary].join("\n"));
  const before = readCpuUs(pid);
  const [file, ...args] = pinTo(1, [
    "wrk",
    "-t1",
    `-c${request.connections}`,
    `-d${seconds}s`,
    "-s",
    script,
    `http://127.0.0.1:${port}${request.path}`,
  ]);
  const run = spawnSync(file!, args, { encoding: "utf8" });
  const cpu = readCpuUs(pid) - before;
  const match = /RESULT ([0-9]+) ([0-9]+) ([0-9]+) ([0-9]+)/.exec(run.stdout);
  if (match === null) throw new Error(`wrk gave no result: ${run.stdout}${run.stderr}`);
  const [requests, durationUs, p99Us, failed] = match.slice(1).map(Number) as [number, number, number, number];
  if (failed > 0 || requests === 0) throw new Error(`${failed} of ${requests} requests failed`);
  return { cpuUs: cpu / requests, rps: requests / (durationUs / 1e6), p99Ms: p99Us / 1000 };
}

const summary = `done = function(summary, latency)
  local failed = summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
  io.write(string.format("RESULT %d %d %d %d\\n", summary.requests, summary.duration, latency:percentile(99), failed))
end`;
