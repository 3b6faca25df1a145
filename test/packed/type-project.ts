/** A project of type tests that compiles against the packed declarations or against the sources. */
import { readFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { linkPackages, root, run, writeFiles } from "./packed-package.ts";

/** Which types the project sees. */
export type TypesOf = "package" | "sources";

/** A message of the compiler: "file(line,column): error TS2322: ...", with its continuation lines. */
export type Diagnostic = string;

const compilerOptions = {
  module: "nodenext",
  target: "es2024",
  lib: ["es2024", "esnext.iterator", "esnext.disposable"],
  types: ["node"],
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noImplicitOverride: true,
  allowImportingTsExtensions: true,
  noErrorTruncation: true,
  noEmit: true,
  skipLibCheck: true,
};

/** Files of one project, compiled by any TypeScript against either types. */
export class TypeProject {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Writes the files into a folder where the package is installed. */
  static async create(folder: string, files: Readonly<Record<string, string>>): Promise<TypeProject> {
    await linkPackages(folder, ["@types/node", "@types/pg", "kysely", "zod", "valibot", "arktype"]);
    const dist = "./node_modules/gable/dist";
    const source = relative(folder, join(root, "src"));
    await writeFiles(folder, {
      ...files,
      "sources.json": toConfig({
        gable: [`${source}/index.ts`],
        "gable/*": [`${source}/*.ts`],
        "gable-source/*": [`${source}/*.ts`],
      }),
      "package-types.json": toConfig({ "gable-source/*": [`${dist}/*.d.ts`] }),
    });
    return new TypeProject(folder);
  }

  /** Returns what a TypeScript says about the files, in the order of the files. */
  async compile(typescript: string, types: TypesOf): Promise<Diagnostic[]> {
    const config = types === "package" ? "package-types.json" : "sources.json";
    const { output } = await run(process.execPath, [join(typescript, "bin/tsc"), "-p", config, "--pretty", "false"], this.#folder);
    return splitDiagnostics(output);
  }
}

function toConfig(paths: Readonly<Record<string, readonly string[]>>): string {
  return JSON.stringify({ compilerOptions: { ...compilerOptions, paths }, include: ["types/**/*.ts"] });
}

function splitDiagnostics(output: string): Diagnostic[] {
  return output
    .split(/\n(?=\S)/)
    .map((text) => text.trimEnd())
    .filter((text) => text !== "")
    .sort();
}

/** Reads type tests and the local files that they import; imports of the sources become `gable-source/...`. */
export async function readTypeTests(paths: readonly string[]): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  const waiting = [...paths];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const name = `types/${path}`;
    if (name in files) continue;
    const folder = dirname(path);
    files[name] = (await readFile(join(root, path), "utf8")).replaceAll(/from "(\.[^"]+)"/g, (whole, specifier: string) => {
      const target = join(folder, specifier);
      if (target.startsWith("src/")) return `from "gable-source/${target.slice("src/".length).replace(/\.ts$/, "")}"`;
      waiting.push(target);
      return whole;
    });
  }
  return files;
}
