/** The supported versions of TypeScript: that of this repository, and earlier versions, which CI installs in addition. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));
const isRequired = process.env["GABLE_TEST_REQUIRE"] === "all";

/** A version, with the folder of its package and why its tests are skipped; false where they run. */
export interface TypeScriptVersion {
  readonly version: string;
  readonly folder: string;
  readonly skip: string | false;
}

/** The versions, the oldest first. */
export const typescripts: readonly TypeScriptVersion[] = [
  ["5.9", ".ci/typescripts/5.9/node_modules/typescript"],
  ["6.0", ".ci/typescripts/6.0/node_modules/typescript"],
  ["7.0", "node_modules/typescript"],
].map(([version = "", path = ""]) => {
  const folder = join(root, path);
  const isThere = existsSync(folder);
  assert.ok(isThere || !isRequired, `TypeScript ${version} is not at ${folder}`);
  return { version, folder, skip: isThere ? false : `no TypeScript ${version} here` };
});
