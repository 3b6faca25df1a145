/** What `checkViews()` says to a project that is not set up for TypeScript yet. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { checkViews } from "gable/check";
import { declarationPaths } from "../declarations.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

describe("checkViews() in a project that is not set up", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "gable-setup-"));
    mkdirSync(join(folder, "views"));
    writeFileSync(join(folder, "views/page.html"), "{% props title: string %}<h1>{{ title }}</h1>");
    writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const check = (): ReturnType<typeof checkViews> => checkViews({ project: folder, directories: ["views"] });
  const linkTypeScript = (): void => {
    mkdirSync(join(folder, "node_modules"));
    symlinkSync(join(root, "node_modules/typescript"), join(folder, "node_modules/typescript"));
  };

  it("says what to write when tsconfig.json is missing, and accepts what it says", () => {
    linkTypeScript();
    const [problem, ...others] = check();
    assert.deepEqual(others, []);
    assert.equal(problem?.message, "The project has no tsconfig.json, so its types cannot be checked.");
    const written = JSON.parse(problem.fix.slice("Write tsconfig.json: ".length)) as { compilerOptions: Record<string, unknown> };
    const options = { ...written.compilerOptions, paths: declarationPaths(), typeRoots: [join(root, "node_modules/@types")] };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ ...written, compilerOptions: options }));
    assert.deepEqual(check(), []);
  });

  it("says what to install when TypeScript is missing", () => {
    writeFileSync(join(folder, "tsconfig.json"), "{}");
    assert.deepEqual(
      check().map(({ file, message, fix }) => [file, message, fix]),
      [["package.json", "The project has no TypeScript.", "Run npm install --save-dev typescript @types/node."]],
    );
  });

  it("names the setting that imports of .ts files need", () => {
    linkTypeScript();
    const compilerOptions = { module: "nodenext", types: [], strict: true, noEmit: true, skipLibCheck: true };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["*.ts"] }));
    writeFileSync(join(folder, "other.ts"), "export const one = 1;\n");
    writeFileSync(join(folder, "app.ts"), 'import { one } from "./other.ts";\nvoid one;\n');
    assert.deepEqual(
      check().map(({ code, fix }) => [code, fix]),
      [["TS5097", 'Add "allowImportingTsExtensions": true and "noEmit": true to compilerOptions in tsconfig.json.']],
    );
  });
});
