/** `gable check` checks the types of a project without template files, and reports a compiler that is missing or fails. */
import assert from "node:assert/strict";
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { createTestProject } from "./project.ts";

const typescript = fileURLToPath(new URL("../../node_modules/typescript", import.meta.url));
const app = 'import { gable } from "gable";\nimport "./number.ts";\nexport default gable({});\n';
const tsconfig = JSON.stringify({
  compilerOptions: { module: "nodenext", target: "es2024", types: [], allowImportingTsExtensions: true, noEmit: true },
  include: ["**/*.ts"],
});
const declared = 'declare module "gable" { export const gable: (options: object) => object; }\n';
const right = "export const number: number = 1;\n";
const wrong = 'export const number: number = "x";\n';
const crash = 'process.stderr.write("out of memory\\n"); process.exit(134);\n';

interface Case {
  readonly what: string;
  readonly files: Readonly<Record<string, string>>;
  /** Folder whose packages contain the compiler; undefined for none. */
  readonly compilerIn?: string;
  readonly code: number;
  /** Code and message of the first problem. */
  readonly first?: readonly [id: string, message: RegExp];
}

const cases: readonly Case[] = [
  { what: "right types", files: { "number.ts": right }, compilerIn: "apps/shop", code: 0 },
  {
    what: "a wrong type",
    files: { "number.ts": wrong },
    compilerIn: "apps/shop",
    code: 1,
    first: ["TS2322", /^number\.ts:1: Type 'string' is not assignable to type 'number'/],
  },
  {
    what: "a wrong type, with the compiler of the workspace",
    files: { "number.ts": wrong },
    compilerIn: ".",
    code: 1,
    first: ["TS2322", /^number\.ts:1: /],
  },
  { what: "no compiler", files: { "number.ts": right }, code: 1, first: ["TS", /The project has no TypeScript/] },
  {
    what: "a compiler that crashes",
    files: { "number.ts": right, "node_modules/typescript/bin/tsc": crash, "node_modules/typescript/package.json": "{}" },
    code: 1,
    first: ["TS", /out of memory/],
  },
  { what: "no tsconfig.json", files: { "number.ts": wrong, "tsconfig.json": "" }, code: 0 },
];

describe("gable check of types without template files", () => {
  for (const { what, files, compilerIn, code, first } of cases)
    it(`with ${what}`, async (test) => {
      const all = { "app.ts": app, "package.json": '{ "type": "module" }', "tsconfig.json": tsconfig, "gable.d.ts": declared, ...files };
      const present = Object.entries(all).filter(([, text]) => text !== "");
      const project = createTestProject(Object.fromEntries(present.map(([name, text]) => [`apps/shop/${name}`, text])));
      test.after(() => project.remove());
      if (compilerIn !== undefined) {
        const packages = join(project.folder, compilerIn, "node_modules");
        mkdirSync(packages, { recursive: true });
        symlinkSync(typescript, join(packages, "typescript"));
      }
      const outcome = await project.at({ folder: join(project.folder, "apps/shop") }, "check", "--json");
      const { problems } = JSON.parse(outcome.out) as { problems: ReadonlyArray<{ id: string; message: string }> };
      assert.equal(outcome.code, code, outcome.out);
      assert.equal(problems[0]?.id, first?.[0]);
      if (first !== undefined) assert.match(problems[0]!.message, first[1]);
    });
});
