/** Every function of gable/testing is used where readers look for it: by the tests of an example. */
import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { gable } from "gable";
import * as testing from "gable/testing";

const root = fileURLToPath(new URL("../../", import.meta.url));
const self = "test/testing/used-by-examples.test.ts";
const inExamples = "examples/*/tests/*.ts";
const texts = new Map<string, string>();

/** Returns the text of all files that a pattern finds. */
function read(pattern: string): string {
  const known = texts.get(pattern);
  if (known !== undefined) return known;
  const names = globSync(pattern, { cwd: root }).filter((name) => name !== self);
  const text = names.map((name) => readFileSync(join(root, name), "utf8")).join("\n");
  texts.set(pattern, text);
  return text;
}

/** Exports for others than authors of sites, by the tests of the framework that use them. */
const ofFramework: Readonly<Record<string, string>> = {
  compileString: "{src,test}/views/**/*.test.ts",
  testCacheStore: "test/cache/*.ts",
  testDriver: "test/data/*.ts",
  testListenerContract: "{src,test}/**/*.test.ts",
  testLiveCarrier: "test/live/*.ts",
  testMailTransport: "test/mail/*.ts",
  testPart: "{src,test}/**/*.test.ts",
  testRateStore: "test/security/*.ts",
  testSessionStore: "test/session/*.ts",
  testStorage: "test/storage/*.ts",
  testTaskQueue: "test/tasks/*.ts",
};

/** Functions of the client for routes that no example has, by the tests of the framework that use them. */
const ofOtherRoutes: Readonly<Record<string, string>> = {
  put: "test/**/*.test.ts",
  patch: "test/**/*.test.ts",
  delete: "test/**/*.test.ts",
  withToken: "test/auth/*.ts",
  socket: "test/testing/live.test.ts",
};

/** What replies, forms, fakes and streams have. */
const members = "follow form link text all attribute json viewProps timing fill submit enqueued runAll travel findUserId next".split(" ");

const client = testing.createTestClient(gable({ mode: "test" }));

const rows: ReadonlyArray<readonly [name: string, use: RegExp, pattern: string]> = [
  ...Object.keys(testing).map((name) => [name, new RegExp(`\\b${name}\\b`), ofFramework[name] ?? inExamples] as const),
  ...Object.keys(client).map((name) => [`.${name}`, new RegExp(`\\.${name}\\b`), ofOtherRoutes[name] ?? inExamples] as const),
  ...members.map((name) => [`.${name}`, new RegExp(`\\.${name}\\b`), inExamples] as const),
];

describe("gable/testing", () => {
  for (const [name, use, pattern] of rows) it(`has ${name}, which tests in ${pattern} use`, () => assert.ok(use.test(read(pattern)), name));

  it("has everything that these lists name", () => {
    for (const name of Object.keys(ofFramework)) assert.ok(name in testing, name);
    for (const name of Object.keys(ofOtherRoutes)) assert.ok(name in client, name);
  });
});
