/** Runs one test file in a separate process, for `npm run mutate`. */
import { spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** How a test file is run. */
export interface TestRun {
  readonly root: string;
  readonly file: string;
  /** The run is stopped after this time, and counts as failed. */
  readonly limitMs: number;
  readonly environment: Record<string, string>;
}

/** How long a file with a failed test may still clean up. */
const cleanUpMs = 5_000;
const failedTest = /^\s*not ok (?!.*# (?:TODO|SKIP))/m;

/** Temporary folders of the processes that run. */
const running = new Map<number, string>();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
  process.on(signal, () => {
    for (const [pid, folder] of running) {
      endGroup(pid);
      rmSync(folder, { recursive: true, force: true });
    }
    process.exit(130);
  });

/** Whether all tests of a file pass. Processes that the file started and left are ended, and its temporary files are removed. */
export async function runTestFile({ root, file, limitMs, environment }: TestRun): Promise<boolean> {
  const { NODE_TEST_CONTEXT: _, ...inherited } = process.env;
  const temporary = await mkdtemp(join(tmpdir(), "mutate-"));
  // `NODE_OPTIONS` reaches the processes that tests start, too.
  const options = `${inherited["NODE_OPTIONS"] ?? ""} --import=${new URL("mutate-hook.mjs", import.meta.url).href}`.trim();
  const preloads = ["test-promises.mjs", "source.mjs"].map((name) => `--import=${new URL(name, import.meta.url).href}`);
  const args = [...preloads, "--test-reporter=tap", file];
  const env = { ...inherited, GABLE_MODE: "test", TMPDIR: temporary, NODE_OPTIONS: options, ...environment };
  try {
    return await new Promise<boolean>((resolve) => {
      const child = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "pipe", "ignore"], detached: true, env });
      const end = (): void => endGroup(child.pid);
      let timer = setTimeout(end, limitMs);
      let failed = false;
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        if (failed || !failedTest.test(text)) return;
        failed = true;
        clearTimeout(timer);
        timer = setTimeout(end, cleanUpMs);
      });
      if (child.pid !== undefined) running.set(child.pid, temporary);
      child.once("error", () => resolve(false));
      child.once("exit", (status) => {
        clearTimeout(timer);
        end();
        if (child.pid !== undefined) running.delete(child.pid);
        resolve(status === 0);
      });
    });
  } finally {
    await rm(temporary, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Ends a process and those that it started. */
function endGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, "SIGKILL");
  } catch {
    // All of them have ended.
  }
}
