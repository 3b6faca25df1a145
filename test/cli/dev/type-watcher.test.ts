/** The type check of `gable dev`: it sees a view that was added or removed, although the file that names it did not change. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, it } from "node:test";
import type { TypeProblem } from "../../../src/cli/dev/type-watcher.ts";
import { TypeWatcher } from "../../../src/cli/dev/type-watcher.ts";
import { typescripts } from "../../typescripts.ts";

/** As in Gable: one module of a package declares the list of views, another one uses it. */
const files = {
  "node_modules/pkg/package.json": JSON.stringify({
    name: "pkg",
    type: "module",
    exports: { ".": { types: "./index.d.ts" }, "./views": { types: "./views.d.ts" } },
  }),
  "node_modules/pkg/index.d.ts": 'import { Views } from "./list.js"; export declare function view(name: keyof Views): void;',
  "node_modules/pkg/views.d.ts": 'export { Views } from "./list.js";',
  "node_modules/pkg/list.d.ts": "export interface Views {}",
  "package.json": '{ "type": "module" }',
  "tsconfig.json": JSON.stringify({
    compilerOptions: { module: "nodenext", strict: true, noEmit: true, types: [] },
    files: ["app.ts", ".gable/views.ts"],
  }),
  "app.ts": 'import { view } from "pkg";\nview("b");\n',
};

const listOf = (names: string): string => `import "pkg/views";\ndeclare module "pkg/views" {\n  interface Views { ${names} }\n}\n`;

describe("the type check of gable dev", () => {
  for (const { version, folder: typescript, skip } of typescripts)
    it(`follows the list of views with TypeScript ${version}`, { skip }, async () => {
      const folder = mkdtempSync(join(tmpdir(), "gable-types-"));
      const write = (name: string, text: string): void => {
        mkdirSync(dirname(join(folder, name)), { recursive: true });
        writeFileSync(join(folder, name), text);
      };
      for (const [name, text] of Object.entries(files)) write(name, text);
      symlinkSync(typescript, join(folder, "node_modules/typescript"));
      let report: (problems: readonly TypeProblem[]) => void = () => undefined;
      const watcher = new TypeWatcher(folder, (problems) => report(problems));
      const check = async (names: string): Promise<string[]> => {
        write(".gable/views.ts", listOf(names));
        const problems = await new Promise<readonly TypeProblem[]>((resolve) => {
          report = resolve;
          watcher.check();
        });
        return problems.map(({ place }) => place);
      };
      try {
        assert.deepEqual(await check("a: 1"), ["app.ts:2"]);
        assert.deepEqual(await check("a: 1; b: 1"), []);
        assert.deepEqual(await check("a: 1"), ["app.ts:2"]);
      } finally {
        watcher.stop();
        rmSync(folder, { recursive: true });
      }
    });
});
