import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { findLockProblems, type LockedPackage } from "./lock-file.ts";

const found: LockedPackage = { version: "1.0.0", integrity: "sha512-x" };

const cases: ReadonlyArray<readonly [name: string, packages: Record<string, LockedPackage>, problems: readonly string[]]> = [
  ["accepts a dependency at the root", { "": { dependencies: { a: "1" } }, "node_modules/a": found }, []],
  ["accepts a nested dependency", { "node_modules/a": { ...found, dependencies: { b: "1" } }, "node_modules/a/node_modules/b": found }, []],
  [
    "accepts a dependency next to a nested package",
    { "node_modules/a/node_modules/b": { ...found, dependencies: { c: "1" } }, "node_modules/a/node_modules/c": found },
    [],
  ],
  ["accepts a dependency of a workspace", { bench: { devDependencies: { a: "1" } }, "bench/node_modules/a": found }, []],
  ["accepts a link to a workspace", { "node_modules/bench": { resolved: "bench", link: true } }, []],
  [
    "reports an optional package of another platform",
    { "node_modules/a": { ...found, optionalDependencies: { "@a/win32": "1" } } },
    ["package-lock.json has no entry for @a/win32, which node_modules/a depends on."],
  ],
  [
    "reports a dependency that only a stranger has",
    { "": { dependencies: { b: "1" } }, "node_modules/a": found, "node_modules/a/node_modules/b": found },
    ["package-lock.json has no entry for b, which package.json depends on."],
  ],
  [
    "reports the address of a registry",
    { "node_modules/a": { ...found, resolved: "https://registry.example/a.tgz" } },
    ["package-lock.json names the registry that node_modules/a came from: https://registry.example/a.tgz."],
  ],
  [
    "reports a package without a hash",
    { "node_modules/a": { version: "1.0.0" } },
    ["package-lock.json has no integrity hash for node_modules/a."],
  ],
];

describe("findLockProblems()", () => {
  for (const [name, packages, problems] of cases) {
    it(name, () => assert.deepEqual(findLockProblems({ packages }), problems));
  }
});
