/** The cost of the types of routes, views and models, counted by tsc, and linear. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { ViewProject } from "../src/views/files/view-project.ts";
import { compile, TypeCost } from "./type-cost.ts";
import { typescripts } from "./typescripts.ts";
import { ProjectFolder } from "./views/project-folder.ts";

describe("the cost of types", () => {
  let cost: TypeCost;
  before(async () => {
    cost = await TypeCost.open();
  });
  after(() => cost.close());

  it("stays below 100,000 instantiations for 500 routes, and grows with their number alone", async () => {
    const counts = [await cost.routes(1), await cost.routes(250), await cost.routes(500)].map(({ instantiations }) => instantiations);
    const [base, half, full] = counts as [number, number, number];
    assert.ok(full < 100_000, `${full} instantiations`);
    const [first, second] = [half - base, full - half];
    assert.ok(second < first * 1.3, `${first} for the first half, ${second} for the second`);
  });
});

for (const { version, folder, skip } of typescripts)
  describe(`the cost of the types of models under TypeScript ${version}`, { skip }, () => {
    let cost: TypeCost;
    before(async () => {
      cost = await TypeCost.open(folder);
    });
    after(() => cost.close());

    it("stays below 350,000 instantiations and 300 MB for 50 models with 500 queries, of which 49 models add less than 330,000", async () => {
      // The compiler reads the declarations of the package, too: what one model costs with them says nothing about the others.
      const [one, full] = [await cost.models(1), await cost.models(50)];
      const added = full.instantiations - one.instantiations;
      assert.ok(added < 330_000, `${added} instantiations`);
      assert.ok(full.instantiations < 350_000, `${full.instantiations} instantiations`);
      assert.ok(full.memoryMb < 300, `${full.memoryMb} MB`);
    });
  });

describe("the cost of the types of models", () => {
  let cost: TypeCost;
  before(async () => {
    cost = await TypeCost.open();
  });
  after(() => cost.close());

  it("is the same for each model, from 1 to 200 models", async () => {
    const counts = [await cost.models(1), await cost.models(25), await cost.models(50), await cost.models(200)];
    const [one, few, full, four] = counts.map(({ instantiations }) => instantiations) as [number, number, number, number];
    assert.ok(four < full * 4.2, `${four} instantiations`);
    const [first, second, last] = [few - one, full - few, (four - full) / 6];
    assert.ok(second < first * 1.3, `${first} for the first 25 models, ${second} for the next 25`);
    assert.ok(last < first * 1.3, `${first} for the first 25 models, ${last} for each 25 of the last 150`);
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
      return compile(project.path).instantiations;
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
