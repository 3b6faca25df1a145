import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { toArea } from "./test-reporter.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const imports = 'import assert from "node:assert/strict";\nimport { after, before, describe, it } from "node:test";\n';

describe("the test reporter", () => {
  let folder = "";
  before(async () => void (folder = await mkdtemp(join(tmpdir(), "gable-reporter-"))));
  after(() => rm(folder, { recursive: true }));

  /** Runs a test file with the reporter; returns what it printed, with the file as "x.test.mjs". */
  async function report(text: string): Promise<string> {
    const file = join(folder, "x.test.mjs");
    await writeFile(file, imports + text);
    const reporter = `--test-reporter=${root}scripts/test-reporter.ts`;
    const { NODE_TEST_CONTEXT: _, GABLE_TEST_TIMES: __, ...environment } = process.env;
    const { stdout } = spawnSync(process.execPath, ["--test", reporter, "--test-reporter-destination=stdout", file], {
      encoding: "utf8",
      timeout: 300_000,
      env: { ...environment, GABLE_TEST_FILES: JSON.stringify([file]) },
    });
    return stdout.replaceAll(relative(root, file), "x.test.mjs").replaceAll(/^\.\.\/.*?: /gm, "AREA: ");
  }

  it("prints one line per area and the counts when everything passes", async () => {
    const text = await report('it("a", () => console.log("noise"));\ndescribe("s", () => { it("b", () => {}); it("c", () => {}); });');
    assert.equal(text, "AREA: 3 passed\n\n3 passed, 0 failed, 0 skipped\n");
  });

  it("prints a failure with the line that threw, the names of its suites, and what its file printed", async () => {
    const text = await report(
      'describe("outer", () => {\n  describe("inner", () => {\n    it("breaks", () => {\n      console.log("a clue");\n      assert.equal(1, 2);\n    });\n  });\n});',
    );
    assert.match(text, /^FAIL x\.test\.mjs:7 outer > inner > breaks\n {4}AssertionError/);
    assert.match(text, /\nPrinted by x\.test\.mjs:\n {4}a clue\n/);
    assert.match(text, /\nFailed:\n {2}x\.test\.mjs:7 outer > inner > breaks\n\n0 passed, 1 failed, 0 skipped\n$/);
  });

  const failures: ReadonlyArray<readonly [name: string, text: string, title: RegExp]> = [
    ["a hook", 'describe("s", () => { before(() => { throw new Error("no"); }); it("t", () => {}); });', /FAIL x\.test\.mjs:3 s/],
    ["a file that throws", 'throw new Error("broken file");', /FAIL x\.test\.mjs:\d+ .*x\.test\.mjs/],
    ["a test that never ends", 'it("t", { timeout: 50 }, () => new Promise(() => {}));', /FAIL x\.test\.mjs:3 t/],
    ["a subtest", 'it("t", async (t) => { await t.test("u", () => assert.fail("no")); });', /FAIL x\.test\.mjs:3 t > u/],
    ["a thrown string", 'it("t", () => { throw "a string"; });', /FAIL x\.test\.mjs:3 t\n {4}.*a string/],
  ];
  for (const [name, text] of [
    ["cannot be loaded", 'console.log("a clue"); throw new Error("broken file");'],
    ["fails when it ends", 'it("t", () => {}); process.on("exit", () => { console.log("a clue"); process.exitCode = 3; });'],
  ] as const)
    it(`prints what was printed by a file that ${name}`, async () => {
      const printed = await report(text);
      assert.match(printed, /\nPrinted by x\.test\.mjs:\n[^]* {4}a clue\n/);
      assert.match(printed, /\b1 failed, 0 skipped\n$/);
    });

  for (const [name, text, title] of failures) {
    it(`reports ${name} as failed`, async () => {
      const printed = await report(text);
      assert.match(printed, title);
      assert.match(printed, /\n\d+ passed, [1-9]\d* failed, 0 skipped\n$/);
    });
  }

  it("counts skips by reason", async () => {
    const text = await report(
      `it("a", { skip: "no MySQL" }, () => {});
describe("b", { skip: "no MySQL" }, () => { it("hidden", () => {}); });
it("c", { skip: "no browser" }, () => {});
it("d", (t) => t.skip("asked for"));
it("e", { skip: true }, () => {});
it("f", { todo: "later" }, () => assert.fail("expected"));`,
    );
    assert.match(text, /\n {2}2 skipped: no MySQL\n {2}1 skipped: no browser\n {2}1 skipped: asked for\n/);
    assert.match(text, /\n {2}1 skipped: no reason given \(x\.test\.mjs\)\n {2}1 skipped: later\n\n0 passed, 0 failed, 6 skipped\n$/);
  });
});

describe("toArea()", () => {
  const cases: ReadonlyArray<readonly [file: string, area: string]> = [
    ["src/http/cookies.test.ts", "src/http"],
    ["src/data/query/query.test.ts", "src/data"],
    ["test/types.test.ts", "test"],
    ["examples/library/app.test.ts", "examples/library"],
  ];
  for (const [file, area] of cases) it(`puts ${file} in ${area}`, () => assert.equal(toArea(root + file), area));
});
