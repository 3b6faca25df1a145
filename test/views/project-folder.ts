/** Creates a project with views in a temporary folder. It compiles against the declarations of the framework. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { declarationPaths } from "../declarations.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** The strictest settings that a project may have. */
function tsconfig(): string {
  return JSON.stringify({
    compilerOptions: {
      module: "nodenext",
      target: "es2024",
      types: ["node"],
      typeRoots: [join(root, "node_modules/@types")],
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      noImplicitOverride: true,
      noUnusedLocals: true,
      noUnusedParameters: true,
      verbatimModuleSyntax: true,
      erasableSyntaxOnly: true,
      allowImportingTsExtensions: true,
      noEmit: true,
      skipLibCheck: true,
      paths: declarationPaths(),
    },
    include: ["*.ts", "views/*.ts", ".gable/**/*.ts"],
  });
}

/** The folder. */
export class ProjectFolder {
  readonly path: string;

  /** With `typescript`, the folder of another version of it is the one that the project has. */
  constructor(files: Readonly<Record<string, string>>, typescript?: string) {
    this.path = mkdtempSync(join(tmpdir(), "gable-views-"));
    this.put("package.json", '{ "type": "module" }');
    for (const [name, text] of Object.entries(files)) this.put(name, text);
    this.put("tsconfig.json", tsconfig());
    if (typescript === undefined) symlinkSync(join(root, "node_modules"), join(this.path, "node_modules"));
    else {
      mkdirSync(join(this.path, "node_modules"));
      symlinkSync(typescript, join(this.path, "node_modules/typescript"));
    }
  }

  /** The folder of its views. */
  get views(): string {
    return join(this.path, "views");
  }

  /** Writes a file. */
  put(name: string, text: string): void {
    mkdirSync(dirname(join(this.path, name)), { recursive: true });
    writeFileSync(join(this.path, name), text);
  }

  /** Replaces a string that must exist. */
  edit(name: string, from: string, to: string): void {
    const text = this.read(name);
    assert.ok(text.includes(from), `${name} has no ${from}`);
    this.put(name, text.replace(from, to));
  }

  /** The text of a file. */
  read(name: string): string {
    return readFileSync(join(this.path, name), "utf8");
  }

  /** Removes all of it. */
  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
