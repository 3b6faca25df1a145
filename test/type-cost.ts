/** Counts what tsc does for the types of generated applications. */
import { execFileSync } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { writeModelSource } from "./data/model-source.ts";

const tsc = new URL("../node_modules/.bin/tsc", import.meta.url).pathname;

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

/** Counts the instantiations of the project of a folder. */
export function countInstantiations(folder: string): number {
  const output = execFileSync(tsc, ["-p", folder, "--extendedDiagnostics"], { encoding: "utf8" });
  return Number(/Instantiations:\s+([0-9]+)/.exec(output)![1]);
}

/** Counts the instantiations of generated sources, in a folder of its own. */
export class TypeCost {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Makes a folder below `test/`, so that sources of the project can be imported. */
  static async open(): Promise<TypeCost> {
    const folder = new URL(`./.type-cost/${process.pid}/`, import.meta.url).pathname;
    await mkdir(folder, { recursive: true });
    await writeFile(
      `${folder}tsconfig.json`,
      JSON.stringify({
        extends: "../../../tsconfig.json",
        compilerOptions: { noUnusedLocals: false },
        include: ["source.ts"],
        exclude: [],
      }),
    );
    return new TypeCost(folder);
  }

  async #count(source: string): Promise<number> {
    await writeFile(`${this.#folder}source.ts`, source);
    return countInstantiations(this.#folder);
  }

  /** Of an application with that many routes. */
  routes(count: number): Promise<number> {
    return this.#count(routesOf(count));
  }

  /** Of an application with that many models, and ten queries for each. */
  models(count: number): Promise<number> {
    return this.#count(writeModelSource(count, "../../../src/data.ts"));
  }

  async close(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }
}
