/** Counts what tsc does for the types of generated applications. */
import { execFileSync } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { writeModelSource } from "./data/model-source.ts";
import { declarationPaths } from "./declarations.ts";

/** The compiler of this repository. */
const ownCompiler = new URL("../node_modules/typescript/", import.meta.url).pathname;

function routesOf(count: number): string {
  const lines = [
    'import { get, group, html, post } from "gable";',
    'import { z } from "zod";',
    "const schema = z.object({ title: z.string() });",
  ];
  for (let index = 0; index < count; index++) {
    if (index % 5 === 0) lines.push(`export const list${index} = get("/area${index}/things", () => html\`<p>\${${index}}</p>\`);`);
    if (index % 5 === 1)
      lines.push(
        `export const show${index} = get("/area${index}/things/:id(int)/:slug", ({ params }) => ({ id: params.id + 1, slug: params.slug }));`,
      );
    if (index % 5 === 2)
      lines.push(
        `export const make${index} = post("/area${index}/things", { form: schema }, ({ form }) => (form.valid ? form.data.title : "again"));`,
      );
    if (index % 5 === 3)
      lines.push(`export const url${index} = (): string => show${index - 2}.url({ id: ${index}, slug: "x" }, { page: 1 });`);
    if (index % 5 === 4)
      lines.push(
        `export const nested${index} = group("/area${index}/:team(slug)").get("/:day(date)", ({ params }) => params.team + params.day);`,
      );
  }
  return lines.join("\n");
}

/** What a compiler says of a project. */
export interface CompilerCost {
  readonly instantiations: number;
  /** Memory, in MB. */
  readonly memoryMb: number;
  /** Time of checking, in ms. */
  readonly checkMs: number;
}

/** What a compiler, given as the folder of its package, does for the project of a folder. Throws what it finds wrong. */
export function compile(folder: string, compiler: string = ownCompiler): CompilerCost {
  const output = execFileSync(process.execPath, [`${compiler}/bin/tsc`, "-p", folder, "--extendedDiagnostics"], { encoding: "utf8" });
  const read = (name: string): number => Number.parseFloat(new RegExp(`${name}:\\s+([0-9.]+)`).exec(output)![1]!);
  return { instantiations: read("Instantiations"), memoryMb: read("Memory used") / 1024, checkMs: read("Check time") * 1000 };
}

let opened = 0;

/** Counts the instantiations of generated sources, in a separate folder. */
export class TypeCost {
  readonly #folder: string;
  readonly #compiler: string;

  private constructor(folder: string, compiler: string) {
    this.#folder = folder;
    this.#compiler = compiler;
  }

  /** Makes a folder below `test/`, so that packages can be imported. */
  static async open(compiler: string = ownCompiler): Promise<TypeCost> {
    const folder = new URL(`./.type-cost/${process.pid}-${++opened}/`, import.meta.url).pathname;
    await mkdir(folder, { recursive: true });
    return new TypeCost(folder, compiler);
  }

  async #compile(source: string): Promise<CompilerCost> {
    const compilerOptions = { noUnusedLocals: false, paths: declarationPaths() };
    const config = { extends: "../../../tsconfig.json", compilerOptions, include: ["source.ts"], exclude: [] };
    await writeFile(`${this.#folder}tsconfig.json`, JSON.stringify(config));
    await writeFile(`${this.#folder}source.ts`, source);
    return compile(this.#folder, this.#compiler);
  }

  /** Of an application with that many routes. */
  routes(count: number): Promise<CompilerCost> {
    return this.#compile(routesOf(count));
  }

  /** Of an application with that many models, and ten queries for each. */
  models(count: number): Promise<CompilerCost> {
    return this.#compile(writeModelSource(count, "gable/data"));
  }

  async close(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }
}
