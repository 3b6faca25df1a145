import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { gable } from "gable";
import { checkViews, formatProblems } from "gable/check";
import { createTestClient } from "gable/testing";
import { html } from "gable/views";
import { createLogger } from "../../log/create-logger.ts";
import { ProjectFolder } from "../../../test/views/project-folder.ts";
import { silentLogger } from "../../../test/silent-logger.ts";

const files: Readonly<Record<string, string>> = {
  "models.ts": "export interface Item { id: number; name: string }\n",
  "views/list.html": [
    '{% import type { Item } from "../models.ts" %}',
    "{% props items: Item[], open?: boolean %}",
    "{% macro mark(text: string) %}<b>{{ text }}</b>{% endmacro %}",
    "<ul>",
    "{% for item in items %}",
    "{% partialdef row(item: Item, note: string = 'none') inline %}",
    '<li id="i{{ item.id }}">{{ mark(item.name) }} {{ note }}</li>',
    "{% endpartialdef %}",
    "{% endfor %}",
    "</ul>{% if open %}{% partial row(items[0]) %}{% endif %}",
    "",
  ].join("\n"),
  "views/card.html":
    '{% import type { Attributes } from "gable/views" %}\n{% props title: string, attributes?: Attributes %}\n<section {{ attributes }}><h2>{{ title }}</h2>{% slot children %}{% endslot %}</section>\n',
  "views/table.html":
    '{% import type { Item } from "../models.ts" %}\n{% props items: Item[] %}\n{% for item in items %}{% slot row(item: Item) %}{{ item.name }}{% endslot %};{% endfor %}\n',
  "views/components.ts":
    'import { html } from "gable/views";\nimport type { Hole, Html } from "gable/views";\nexport function badge({ tone, children }: { tone: "good" | "bad"; children?: Hole }): Html {\n  return html`<em class="${tone}">${children}</em>`;\n}\n',
  "views/page.html": [
    '{% import type { Item } from "../models.ts" %}',
    "{% props items: Item[] %}",
    '{% component "card.html" title="T" class="wide" %}',
    "text",
    "{% endcomponent %}",
    '{% component "table.html" items=items %}',
    "{% slot row(item) %}{{ item.id }}:{{ item.name|upper }}{% endslot %}",
    "{% endcomponent %}",
    '{% component "badge" tone="good" %}{{ items|length }}{% endcomponent %}',
    '{% include "list.html#row" with item=items[0] %}',
    "",
  ].join("\n"),
};

let project: ProjectFolder;
beforeEach(() => (project = new ProjectFolder(files)));
afterEach(() => project.remove());

const items = [{ id: 1, name: "<a>" }];

function createApp(mode: "development" | "production" = "production") {
  const app = gable({ mode, logger: silentLogger, views: project.views });
  app.get("/row", ({ view }) => view("list.html#row", { item: items[0] }));
  app.get("/list", ({ view }) => view("list.html", { items, open: true }));
  app.get("/page", ({ view }) => view("page.html", { items }));
  app.get("/card", ({ view }) => view("card.html", { title: "C", children: html`<i>x</i>` }));
  app.get("/nope", ({ view }) => view("list.html#rwo", {}));
  app.get("/bare", ({ view }) => view("list.html#row", {}));
  return app;
}
const squeeze = (text: string): string => text.replaceAll(/\s*\n\s*/g, "");

describe("partials and components of a project", () => {
  it("are rendered on their own, inside their page, and from other files", async () => {
    const client = createTestClient(createApp(), { markup: "any" });
    const row = '<li id="i1"><b>&lt;a&gt;</b> none</li>';
    assert.equal((await client.get("/row")).body.trim(), row);
    assert.equal(squeeze((await client.get("/list")).body), `<ul>${row}</ul>${row}`);
    assert.equal(
      squeeze((await client.get("/page")).body),
      `<section class="wide"><h2>T</h2>text</section>1:&lt;A&gt;;<em class="good">1</em>${row}`,
    );
    assert.equal(squeeze((await client.get("/card")).body), "<section><h2>C</h2><i>x</i></section>");
  });

  it("are named by their templates in the stacks that production logs", async () => {
    project.edit("views/list.html", "{{ mark(item.name) }}", "{{ mark(item.name.missing.length) }}");
    const lines: string[] = [];
    const app = gable({
      mode: "production",
      hosts: ["localhost"],
      logger: createLogger("production", (line) => lines.push(line)),
      views: project.views,
    });
    app.get("/row", ({ view }) => view("list.html#row", { item: items[0] }));
    app.get("/list", ({ view }) => view("list.html", { items }));
    for (const [path, place] of [
      ["/row", "views/list.html#row:7"],
      ["/list", "views/list.html#row:7"],
    ] as const) {
      assert.equal((await app.request(path)).status, 500);
      const { stack } = (JSON.parse(lines.findLast((line) => line.includes('"stack"'))!) as { error: { stack: string } }).error;
      assert.ok(stack.includes(`(${place})`) || stack.includes(`at ${place}`), stack);
      assert.doesNotMatch(stack, /\.gable/);
    }
  });

  it("name the nearest partial, and the prop that is missing", async () => {
    const client = createTestClient(createApp());
    await assert.rejects(client.get("/nope"), {
      code: "E_VIEW_PARTIAL",
      message: '"list.html" has no partial "rwo".',
      fix: 'Write "list.html#row".',
    });
    await assert.rejects(client.get("/bare"), { code: "E_VIEW_PROP", message: '"list.html#row" needs the prop "item".' });
  });

  it("are compiled again with the file, and removed with it", async () => {
    const client = createTestClient(createApp("development"));
    assert.match((await client.get("/row")).body, /<li id="i1">/);
    project.edit("views/list.html", "<li id", "<li class='n' id");
    assert.match((await client.get("/row")).body, /<li class='n' id="i1">/);
    assert.match((await client.get("/page")).body, /<li class='n' id="i1">/);
    project.edit("views/list.html", "<b>{{ text }}", "<s>{{ text }}</s><b>");
    assert.match((await client.get("/row")).body, /<s>&lt;a&gt;<\/s>/);
    const path = join(project.path, ".gable/views/list.html~row.ts");
    assert.ok(existsSync(path));
    project.edit("views/page.html", '{% include "list.html#row" with item=items[0] %}', "");
    project.edit("views/list.html", "{% partialdef row(item: Item, note: string = 'none') inline %}", "");
    project.edit("views/list.html", "{% endpartialdef %}", "");
    project.edit("views/list.html", "{{ note }}", "");
    project.edit("views/list.html", "{% partial row(items[0]) %}", "");
    await assert.rejects(client.get("/row"), { code: "E_VIEW_PARTIAL" });
    assert.ok(!existsSync(path));
  });

  const check = (): string => formatProblems(checkViews({ project: project.path, directories: ["views"] }));
  it("have types that fit, under the strictest settings", () => {
    project.put(
      "routes.ts",
      'import { gable } from "gable";\nimport { html } from "gable/views";\nconst app = gable();\napp.get("/", ({ view }) => view("list.html#row", { item: { id: 1, name: "x" } }));\napp.get("/c", ({ view }) => view("card.html", { title: "x", children: html`<b></b>` }));\napp.get("/t", ({ view }) => view("table.html", { items: [], row: ({ item }) => html`${item.name}` }));\n',
    );
    assert.equal(check(), "");
  });

  const wrong: ReadonlyArray<[what: string, file: string, from: string, to: string, expected: RegExp]> = [
    [
      "a property that a value of a slot has not",
      "views/page.html",
      "{{ item.id }}",
      "{{ item.idd }}",
      /^views\/page\.html:7:29 - error TS2339/m,
    ],
    [
      "a slot that nobody has",
      "views/page.html",
      "{% slot row(item)",
      "{% slot rows(item)",
      /views\/page\.html:7:4 - error E_\w+: "table\.html" has no slot "rows"[^]*fix: Write "row"/,
    ],
    ["a prop of a wrong type", "views/page.html", 'tone="good"', 'tone="god"', /^views\/page\.html:9:\d+ - error TS2/m],
    ["a prop that is missing", "views/page.html", " items=items %}", " %}", /^views\/page\.html:(?:6|8):\d+ - error TS2741/m],
    ["a partial with a wrong value", "views/page.html", "with item=items[0]", "with item=1", /^views\/page\.html:10:\d+ - error TS2322/m],
    [
      "a value inside a partial",
      "views/list.html",
      "{{ mark(item.name) }}",
      "{{ mark(item.nam) }}",
      /^views\/list\.html:7:38 - error TS2551/m,
    ],
    [
      "a name of the page inside a partial",
      "views/list.html",
      "{{ note }}",
      "{{ open }}",
      /views\/list\.html:7:\d+ - error E_\w+: "open" is not declared[^]*partialdef row\(open: Type\)/,
    ],
  ];
  for (const [what, file, from, to, expected] of wrong) {
    it(`show ${what} at the template's line`, () => {
      project.edit(file, from, to);
      assert.match(check(), expected);
    });
  }
});
