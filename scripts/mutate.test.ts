/** `npm run mutate`, in a small project. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { executes, mostLikely, readCoverage } from "./coverage-map.ts";

const script = fileURLToPath(new URL("mutate.ts", import.meta.url));
const imports = 'import assert from "node:assert/strict";\nimport { it } from "node:test";\n';

const files: Readonly<Record<string, string>> = {
  "src/shop/price.ts": `export interface Price { readonly cents: number }
/** é: characters of two bytes do not move what follows. */
export function isCheap(price: Price): boolean {
  return price.cents < 100;
}
export function isFree(price: Price): boolean {
  return price.cents === 0;
}
export function isDear(price: Price): boolean {
  return price.cents >= 1000;
}
`,
  "src/shop/child.ts": "console.log(process.argv.length > 5);\n",
  "src/shop/price.test.ts": `${imports}import { isCheap, isFree } from "./price.ts";
it("is cheap below 1", () => assert.deepEqual([99, 100].map((cents) => isCheap({ cents })), [true, false]));
it("is free", () => assert.equal(isFree({ cents: 0 }), true));
`,
  "test/shop/child.test.ts": `${imports}import { execFileSync } from "node:child_process";
it("starts a process", () => assert.equal(execFileSync(process.execPath, ["src/shop/child.ts", "a", "b", "c"], { encoding: "utf8" }), "false\\n"));
`,
  "src/shop/bare.ts": "process.exitCode = process.argv.length > 2 ? 1 : 0;\n",
  "src/shop/waited.ts": "process.exitCode = process.argv.length > 2 ? 1 : 0;\n",
  "test/shop/bare.test.ts": `${imports}import { spawn, spawnSync } from "node:child_process";
it("starts a process without the variables of this one", async () => {
  const child = spawn(process.execPath, ["src/shop/bare.ts"], { env: { NODE_OPTIONS: "" } });
  assert.equal(await new Promise((resolve) => child.once("exit", resolve)), 0);
});
it("waits for one", () => assert.equal(spawnSync(process.execPath, ["src/shop/waited.ts"], { env: {} }).status, 0));
`,
  "test/other.test.ts": `${imports}it("fails", () => assert.fail());\n`,
};

const { devDependencies } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
  devDependencies: { node: string };
};
/** Scripts of the repository run on the Node that it pins. */
const skip = process.versions.node === devDependencies.node ? false : `npm run mutate runs on Node ${devDependencies.node}`;

describe("npm run mutate", { skip }, () => {
  let folder = "";
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "gable-mutate-"));
    await mkdir(join(folder, "node_modules"));
    for (const [file, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, file)), { recursive: true });
      await writeFile(join(folder, file), text);
    }
  });
  after(() => rm(folder, { recursive: true }));

  function mutate(...args: string[]): { status: number | null; lines: string[]; errors: string } {
    const { NODE_V8_COVERAGE: _, ...env } = process.env;
    const ended = spawnSync(process.execPath, [script, ...args], { cwd: folder, encoding: "utf8", env: { ...env, NODE_NO_WARNINGS: "1" } });
    return { status: ended.status, lines: ended.stdout.trim().split("\n").sort(), errors: ended.stderr };
  }

  it("lists the changes that no test notices, and those that no test runs, in processes of tests, too", () => {
    assert.deepEqual(mutate("src/shop/", "--jobs=2"), {
      status: 0,
      lines: [
        "7 of 12 changes in src/shop were noticed.",
        'no test runs this line: src/shop/price.ts:10:21: " >= " became " > "',
        'no test runs this line: src/shop/price.ts:10:25: "1000" became "1001"',
        'not noticed: src/shop/bare.ts:1:42: "2" became "3"',
        'not noticed: src/shop/child.ts:1:35: "5" became "6"',
        'not noticed: src/shop/waited.ts:1:42: "2" became "3"',
      ],
      errors: "",
    });
  });

  it("tries the changes of some lines", () => {
    assert.deepEqual(mutate("src/shop", "--lines=src/shop/price.ts:7").lines, ["2 of 2 changes in src/shop were noticed."]);
  });

  it("leaves out a test file that fails without any change", () => {
    const { status, lines, errors } = mutate("src/shop", "--tests=other");
    assert.deepEqual(lines, ["left out, because it fails without any change, or while it is measured: test/other.test.ts"]);
    assert.deepEqual([status, errors], [1, "No test file passes without any change: correct that first.\n"]);
    assert.equal(mutate("src/shop", "--tests=missing").status, 2);
    assert.equal(mutate().status, 2);
  });

  it("takes the test files that promise most for their time, as many as fit into a time", () => {
    const able = [300, 100, 200].map((ms) => ({ test: `${ms}`, ms, contents: {}, executed: {} }));
    const taken = (msMax: number, { own = "", hit = "" } = {}): number[] =>
      mostLikely(able, { isOwn: (test) => test === own, hitsOf: (test) => (test === hit ? 1 : 0) }, msMax).map(({ ms }) => ms);
    assert.deepEqual(
      [0, 299, 300, 599, 600].map((msMax) => taken(msMax)),
      [[100], [100], [100, 200], [100, 200], [100, 200, 300]],
    );
    assert.deepEqual(
      [0, 399, 400].map((msMax) => taken(msMax, { own: "300" })),
      [[300], [300], [300, 100]],
    );
    assert.deepEqual(taken(0, { hit: "200" }), [200]);
    assert.deepEqual(
      [taken(0, { own: "100", hit: "300" }), taken(0, { own: "100", hit: "200" })],
      [
        [100, 300],
        [100, 200],
      ],
    );
  });

  it("knows what a test file executes, until a file changes that it loads", async () => {
    const cache = join(folder, "coverage");
    const price = "src/shop/price.ts";
    const first = (await readCoverage(folder, cache, "src/shop/price.test.ts"))!;
    const place = (text: string): number => files[price]!.indexOf(text);
    assert.deepEqual(
      ["< 100", "=== 0", ">= 1000"].map((text) => executes(first, price, place(text))),
      [true, true, false],
    );
    assert.deepEqual(Object.keys(first.contents), ["src/shop/price.test.ts", price]);
    assert.deepEqual(await readCoverage(folder, cache, "src/shop/price.test.ts"), first);
    const dear = 'import { isDear } from "./price.ts";\nit("is dear", () => assert.equal(isDear({ cents: 1000 }), true));\n';
    await writeFile(join(folder, "src/shop/price.test.ts"), files["src/shop/price.test.ts"] + dear);
    assert.deepEqual(mutate("src/shop", "--lines=src/shop/price.ts:10").lines, ["2 of 2 changes in src/shop were noticed."]);
  });
});
