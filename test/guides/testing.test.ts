/** Runs the examples of the guide about testing. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { after, describe, it } from "node:test";

const root = new URL("../../", import.meta.url).pathname;
const folder = `${root}test/.guides/testing/`;

/** Runs a file of tests. Returns its report in TAP. */
function run(file: string): Promise<string> {
  const { NODE_TEST_CONTEXT: _runner, ...environment } = process.env;
  const words = ["--import", `${root}scripts/source.mjs`, "--test", "--test-reporter=tap", file];
  return new Promise((resolve) =>
    // The folder has no migrations: the tables come from the models.
    execFile(process.execPath, words, { cwd: folder, env: environment, timeout: 600_000 }, (_error, output) => resolve(output)),
  );
}

describe("docs/guides/testing.md", () => {
  after(() => rm(folder, { recursive: true, force: true }));

  it("has examples whose tests pass", async () => {
    const guide = await readFile(`${root}docs/guides/testing.md`, "utf8");
    const blocks = [...guide.matchAll(/```ts\n([^]*?)```/g)].map(([, code]) => code!);
    assert.equal(blocks.length, 5);
    await mkdir(folder, { recursive: true });
    for (const [index, block] of blocks.entries()) {
      const file = `${folder}block-${index + 1}.test.ts`;
      await writeFile(file, block);
      const report = await run(file);
      assert.match(report, /^# fail 0$/m, report);
      assert.match(report, /^# tests 1$/m, report);
    }
  });
});
