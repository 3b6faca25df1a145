import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { appendFile, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { writePreparedSources } from "./prepared-sources.ts";
import { root } from "./run-command.ts";

describe("writePreparedSources()", () => {
  let folder = "";
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "gable-prepared-"));
    await writePreparedSources(root, folder);
  });
  after(() => rm(folder, { recursive: true }));

  /** What a program prints that loads modules of the repository. */
  function run(program: string, prepared: string | undefined): string {
    const { NODE_TEST_CONTEXT: _, ...environment } = process.env;
    const words = ["--import", "./scripts/source.mjs", "--input-type=module", "--eval", program];
    return execFileSync(process.execPath, words, {
      cwd: root,
      encoding: "utf8",
      env: { ...environment, GABLE_TEST_SOURCES: prepared },
    });
  }

  it("keeps every line and column", async () => {
    const files = JSON.parse(await readFile(join(folder, "index.json"), "utf8")) as string[]; // Written by the function under test.
    assert.ok(files.length > 1_000);
    const lengths = (text: string): number[] => text.split("\n").map((line) => line.length);
    for (const file of files.filter((each) => each.startsWith("src/app/")))
      assert.deepEqual(lengths(await readFile(join(folder, file), "utf8")), lengths(await readFile(join(root, file), "utf8")), file);
  });

  it("gives a process the same modules as the sources", () => {
    const program = 'for (const name of ["", "/data", "/testing"]) console.log(Object.keys(await import(`gable${name}`)).join());';
    assert.equal(run(program, folder), run(program, undefined));
  });

  it("is what a process loads, also by relative paths", async () => {
    await appendFile(join(folder, "src/errors/error-text.ts"), "\nconsole.log('prepared');\n");
    const program = 'await import("gable"); await import("./src/errors/error-text.ts");';
    assert.equal(run(program, folder), "prepared\n");
  });

  it("loads the sources when the folder is missing", () => {
    assert.equal(run('console.log(typeof (await import("gable")).gable);', join(folder, "missing")), "function\n");
  });
});
