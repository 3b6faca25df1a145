/** What the parent of `gable start --workers 2` costs compared with its workers, under load. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { runLoad } from "../http/load.ts";
import { readCpuUs, readOwnCpuUs, startProgram, stopProgram, waitForPort } from "../process.ts";
import type { BenchLine } from "../report.ts";

const port = 22_300;
const connections = 64;
const turns = 5;
const test = "gable start, two workers, GET";

/** Measures in a folder that has the command line as `gable.mjs`. Client and server have one core each: requests per second would tell about the client. */
export async function benchWorkers(folder: string, seconds: number): Promise<BenchLine[]> {
  writeFileSync(
    join(folder, "text.ts"),
    `import { gable, get } from "gable";\nexport default gable({ log: { requests: false }, routes: [get("/", () => "Hello")] });\n`,
  );
  const words = ["start", "--app", "text.ts", "--workers", "2", "--port", String(port)];
  const child = startProgram({ command: [process.execPath, join(folder, "gable.mjs"), ...words], folder }, port);
  try {
    if (!(await waitForPort(port))) throw new Error("gable start did not listen");
    const load = () => runLoad(child.pid!, port, { method: "GET", path: "/", connections }, seconds);
    load();
    const shares: Array<{ readonly parent: number; readonly workers: number }> = [];
    for (let turn = 0; turn < turns; turn++) {
      const [all, own] = [readCpuUs(child.pid!), readOwnCpuUs(child.pid!)];
      const { cpuUs } = load();
      const share = (readOwnCpuUs(child.pid!) - own) / (readCpuUs(child.pid!) - all);
      shares.push({ parent: share * cpuUs, workers: (1 - share) * cpuUs });
    }
    const { parent, workers } = shares.toSorted((one, other) => one.workers - other.workers)[turns >> 1]!;
    return [
      { test, subject: "workers", cpuUs: workers, ratio: 1 },
      { test, subject: "parent", cpuUs: parent, ratio: parent / workers },
    ];
  } finally {
    await stopProgram(child);
  }
}
