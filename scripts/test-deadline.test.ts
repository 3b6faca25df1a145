import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { root } from "./run-command.ts";

describe("the deadline of a test file", () => {
  it("ends a file whose child process does not end, and prints what is open", async () => {
    const folder = await mkdtemp(join(tmpdir(), "gable-deadline-"));
    const file = join(folder, "x.test.mjs");
    try {
      await writeFile(
        file,
        `import { spawn } from "node:child_process";
import { it } from "node:test";
it("waits", { timeout: 100 }, () => {
  const child = spawn(process.execPath, ["-e", "setTimeout(() => {}, 600_000)"]);
  process.on("exit", () => child.kill("SIGKILL"));
  return new Promise((resolve) => child.once("exit", resolve));
});
`,
      );
      const { NODE_TEST_CONTEXT: _, ...environment } = process.env;
      const { stdout, status } = spawnSync(
        process.execPath,
        ["--import", "./scripts/test-deadline.mjs", "--test", "--test-reporter=./scripts/test-reporter.ts", file],
        { cwd: root, encoding: "utf8", timeout: 300_000, env: { ...environment, GABLE_TEST_FILE_MINUTES: "0.02", GABLE_TEST_FILES: "[]" } },
      );
      assert.equal(status, 1);
      assert.match(stdout, /test timed out after 100ms/);
      assert.match(stdout, /The file has not ended after 0\.02 minutes\. Still open: .*ProcessWrap/);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
