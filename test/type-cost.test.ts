/** The cost of the types of routes, views and models, counted by tsc, and linear. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { after, before, describe, it } from "node:test";

import { ViewProject } from "../src/views/files/view-project.ts";
import { writeModelSource } from "./data/model-source.ts";
import { ProjectFolder } from "./views/project-folder.ts";

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

function countInstantiations(): number {
  const output = execFileSync(tsc, ["-p", folder, "--extendedDiagnostics"], { encoding: "utf8" });
  return Number(/Instantiations:\s+([0-9]+)/.exec(output)![1]);
}

async function countRoutes(count: number): Promise<number> {
  await writeFile(`${folder}source.ts`, routesOf(count));
  return countInstantiations();
}

async function countModels(count: number): Promise<number> {
  await writeFile(`${folder}source.ts`, writeModelSource(count, "../../src/data.ts"));
  return countInstantiations();
}

describe("the cost of types", () => {
  before(async () => {
    await mkdir(folder, { recursive: true });
    await writeFile(
      `${folder}tsconfig.json`,
      JSON.stringify({ extends: "../../tsconfig.json", compilerOptions: { noUnusedLocals: false }, include: ["source.ts"], exclude: [] }),
    );
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it("stays below 600,000 instantiations for 500 routes, and grows with their number alone", async () => {
    const [base, half, full] = [await countRoutes(1), await countRoutes(250), await countRoutes(500)];
    assert.ok(full < 600_000, `${full} instantiations`);
    const [first, second] = [half - base, full - half];
    assert.ok(second < first * 1.3, `${first} for the first half, ${second} for the second`);
  });

  it("stays below 400,000 instantiations for 50 models with 500 queries, and grows with their number alone", async () => {
    const [base, half, full] = [await countModels(1), await countModels(25), await countModels(50)];
    assert.ok(full < 400_000, `${full} instantiations`);
    const [first, second] = [half - base, full - half];
    assert.ok(second < first * 1.3, `${first} for the first half, ${second} for the second`);
  });
});

describe("the cost of the types of views", () => {
  const view = (index: number): string => `{% import type { Item } from "../models.ts" %}
{% props title: string, items: readonly Item[], note?: string %}
{% extends "layout.html" %}
{% from "forms.html" import field %}
{% block body %}
<h1 id="t${index}">{{ title|upper }}</h1>
{% if note %}<p class="{{ note|lower }}">{{ note|truncate(40) }}</p>{% endif %}
{% for item in items %}
{% partialdef row(item: Item) inline %}<li><a href="/items/{{ item.id }}" title="{{ item.name }}">{{ item.name }}</a></li>{% endpartialdef %}{{ loop.index }}
{% else %}<li></li>
{% endfor %}
{{ field("name", label="Name", value=title) }}
{% include "card.html" with item=items[0] %}
{% endblock %}
`;

  async function count(views: number): Promise<number> {
    const project = new ProjectFolder({
      "models.ts": "export interface Item { id: number; name: string }\n",
      "views/layout.html": "{% props title: string %}<title>{{ title }}</title>{% block body %}{% endblock %}",
      "views/forms.html":
        '{% macro field(name: string, label = "", value = "") %}<label>{{ label }}<input name="{{ name }}" value="{{ value }}"></label>{% endmacro %}',
      "views/card.html": '{% import type { Item } from "../models.ts" %}{% props item?: Item %}{% if item %}{{ item.name }}{% endif %}',
      ...Object.fromEntries(Array.from({ length: views }, (_, index) => [`views/page${index}.html`, view(index)])),
      "routes.ts": `import { gable } from "gable";\nconst app = gable();\n${Array.from({ length: views }, (_, index) => `app.get("/${index}", ({ view }) => view("page${index}.html", { title: "x", items: [] }));`).join("\n")}\n`,
    });
    try {
      new ViewProject({ directories: [project.views], watches: false }).generate();
      const output = execFileSync(tsc, ["-p", project.path, "--extendedDiagnostics"], { encoding: "utf8" });
      return Number(/Instantiations:\s+([0-9]+)/.exec(output)![1]);
    } finally {
      project.remove();
    }
  }

  it("stays below 150,000 instantiations for 200 views, and grows with their number alone", async () => {
    const [base, half, full] = [await count(1), await count(100), await count(200)];
    assert.ok(full - base < 150_000, `${full - base} instantiations`);
    const [first, second] = [half - base, full - half];
    assert.ok(second < first * 1.3, `${first} for the first half, ${second} for the second`);
  });
});
