/** `scripts/test-promises.mjs`: what a test leaves unhandled fails its file, although promises are not followed. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { root } from "./run-command.ts";

const folder = mkdtempSync(join(tmpdir(), "gable-test-promises-"));
after(() => rmSync(folder, { recursive: true }));

const bodies: ReadonlyArray<readonly [what: string, status: number, body: string]> = [
  ["nothing", 0, "await 1;"],
  ["a rejected promise", 1, "await 1; void Promise.reject(new Error('left'));"],
  ["a promise that is rejected later", 1, "await 1; void new Promise((_, reject) => setTimeout(reject, 20, new Error('left')));"],
  ["an error of a timer", 1, "await 1; setTimeout(() => { throw new Error('left'); }, 20);"],
  [
    "an error of a timer, which it waits for",
    1,
    "setTimeout(() => { throw new Error('left'); }, 20); await new Promise((done) => setTimeout(done, 60));",
  ],
];

describe("a test that leaves", () => {
  for (const [what, status, body] of bodies)
    it(`${what} ${status === 0 ? "passes" : "fails"}`, () => {
      const file = join(folder, "left.test.mjs");
      writeFileSync(file, `import { test } from "node:test";\ntest("leaves", async () => { ${body} });\ntest("next", () => undefined);\n`);
      const { NODE_TEST_CONTEXT: _runner, ...env } = process.env;
      const preload = fileURLToPath(new URL("test-promises.mjs", import.meta.url));
      const run = spawnSync(process.execPath, ["--import", preload, "--test", "--test-reporter=spec", file], { env, encoding: "utf8" });
      assert.equal(run.status, status, run.stdout);
      assert.equal(run.stdout.includes("left"), status === 1);
      assert.match(run.stdout, /next/);
    });
});

it("finds no describe() that waits: its tests would belong to the file", () => {
  const files = globSync("{src,test,scripts,create-gable/src,examples}/**/*.test.ts", { cwd: root });
  assert.ok(files.length > 400, `${files.length} files`);
  const waiting = /^\s*describe\((?:"[^"]*"|`[^`]*`), (?:\{[^}]*\}, )?async /m;
  assert.deepEqual(
    files.filter((file) => waiting.test(readFileSync(`${root}${file}`, "utf8"))),
    [],
  );
});
