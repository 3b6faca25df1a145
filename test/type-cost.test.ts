/** The cost of the types: 500 routes with parameters, options and reverse URLs, counted by tsc, and linear. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { after, before, describe, it } from "node:test";

const folder = new URL("./.type-cost/", import.meta.url).pathname;
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

async function countInstantiations(count: number): Promise<number> {
  await writeFile(`${folder}routes.ts`, routesOf(count));
  const output = execFileSync(tsc, ["-p", folder, "--extendedDiagnostics"], { encoding: "utf8" });
  return Number(/Instantiations:\s+([0-9]+)/.exec(output)![1]);
}

describe("the cost of types", () => {
  before(async () => {
    await mkdir(folder, { recursive: true });
    await writeFile(
      `${folder}tsconfig.json`,
      JSON.stringify({ extends: "../../tsconfig.json", compilerOptions: { noUnusedLocals: false }, include: ["routes.ts"], exclude: [] }),
    );
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it("stays below 600,000 instantiations for 500 routes, and grows with their number alone", async () => {
    const [base, half, full] = [await countInstantiations(1), await countInstantiations(250), await countInstantiations(500)];
    assert.ok(full < 600_000, `${full} instantiations`);
    const [first, second] = [half - base, full - half];
    assert.ok(second < first * 1.3, `${first} for the first half, ${second} for the second`);
  });
});
