/** `make resource`: pages that list, show, add, change and delete the rows of a model. */
import type { FieldMeta, ModelClass } from "gable/data";
import { toModelForm } from "./form.ts";
import type { Names } from "./names.ts";
import { refuse } from "./names.ts";
import type { ProjectFacts } from "./pages.ts";
import { toRouteLines, withLayout } from "./pages.ts";
import type { MakePlan } from "./plan.ts";

/** Writes the pages of a model. `source` is where the model is, from the folder of the routes; `fields` are those of its form. */
export function makeResource(names: Names, model: ModelClass, source: string, fields: readonly string[], facts: ProjectFacts): MakePlan {
  const { kebabPlural: folder, kebab, camelPlural } = names;
  const { primary, columns } = model.$meta;
  const id = columns.find(({ name }) => name === "id");
  if (primary.join() !== "id" || id?.type !== "id")
    refuse(`The model "${names.pascal}" has no number as its id, which addresses such as /${folder}/7 need.`, "Write its pages by hand.");
  const shown = columns.filter(({ isPrimary, isSecret, type }) => !isPrimary && !isSecret && !["json", "bytes", "array"].includes(type));
  return {
    files: {
      ...withLayout(facts),
      [`${folder}/forms.ts`]: toModelForm(names, source, fields),
      [`${folder}/routes.ts`]: toRoutes(names, source),
      [`views/${folder}/list.html`]: toList(names, source, shown),
      [`views/${folder}/show.html`]: toShow(names, source, shown),
      [`views/${folder}/form.html`]: toFormPage(fields),
      [`views/${folder}/delete.html`]: toDelete(names, source),
      [`tests/${kebab}-pages.test.ts`]: toTest(names, model, fields),
    },
    lines: toRouteLines(facts, camelPlural, `${folder}/routes.ts`),
    next: [`test ${kebab}-pages`],
  };
}

function toRoutes({ pascal, camel, kebabPlural: folder, title }: Names, source: string): string {
  const lower = title.toLowerCase();
  const list = `list${pascal}Rows`;
  return `import { get, post, redirect } from "gable";
import { ${pascal} } from "${source}";
import { ${camel}Form } from "./forms.ts";

export const ${list} = get("/${folder}", async ({ view }) =>
  view("${folder}/list.html", { rows: await ${pascal}.orderBy("-id").limit(100) }),
);

export const new${pascal} = get("/${folder}/new", ({ view }) =>
  view("${folder}/form.html", { form: ${camel}Form.blank(), title: "New ${lower}" }),
);

export const create${pascal} = post("/${folder}/new", { form: ${camel}Form }, async ({ form, view }) => {
  const row = form.valid && (await form.save());
  if (!row) return view("${folder}/form.html", { form, title: "New ${lower}" }, { status: form.status });
  return redirect(show${pascal}.url({ id: row.id }));
});

export const show${pascal} = get("/${folder}/:id(int)", async ({ params, view }) =>
  view("${folder}/show.html", { row: await ${pascal}.get(params.id) }),
);

export const edit${pascal} = get("/${folder}/:id(int)/edit", async ({ params, view }) => {
  const row = await ${pascal}.get(params.id);
  return view("${folder}/form.html", { form: await ${camel}Form.from(row), title: "Edit ${lower}" });
});

export const update${pascal} = post("/${folder}/:id(int)/edit", { form: ${camel}Form }, async ({ params, form, view }) => {
  const row = await ${pascal}.get(params.id);
  const saved = form.valid && (await form.saveTo(row));
  if (!saved) return view("${folder}/form.html", { form, title: "Edit ${lower}" }, { status: form.status });
  return redirect(show${pascal}.url({ id: saved.id }));
});

export const askDelete${pascal} = get("/${folder}/:id(int)/delete", async ({ params, view }) =>
  view("${folder}/delete.html", { row: await ${pascal}.get(params.id) }),
);

export const delete${pascal} = post("/${folder}/:id(int)/delete", async ({ params }) => {
  await (await ${pascal}.get(params.id)).delete();
  return redirect(${list}.url());
});
`;
}

const toTypeImport = (pascal: string, source: string): string => `{% import type { ${pascal} } from "../${source}" %}\n`;

function toList({ pascal, kebabPlural: folder, title, titlePlural }: Names, source: string, shown: readonly FieldMeta[]): string {
  const named = shown.find(({ type, isNullable, widget }) => type === "text" && !isNullable && widget !== "textarea");
  const text = named === undefined ? `${title} {{ row.id }}` : `{{ row.${named.name} }}`;
  return `${toTypeImport(pascal, source)}{% props rows: readonly ${pascal}[], title: string = "${titlePlural}" %}
{% extends "layout.html" %}
{% block content %}
<h1>{{ title }}</h1>
<ul>
{% for row in rows %}<li><a href="/${folder}/{{ row.id }}">${text}</a></li>{% endfor %}
</ul>
<p><a href="/${folder}/new">New ${title.toLowerCase()}</a></p>
{% endblock %}
`;
}

function toShow({ pascal, kebabPlural: folder, title }: Names, source: string, shown: readonly FieldMeta[]): string {
  return `${toTypeImport(pascal, source)}{% props row: ${pascal}, title: string = "${title}" %}
{% extends "layout.html" %}
{% block content %}
<h1>{{ title }} {{ row.id }}</h1>
<dl>
${shown.map((field) => `<dt>{{ "${field.label.replaceAll(/["\\{}]/g, "")}" }}</dt><dd>${toValue(field)}</dd>`).join("\n")}
</dl>
<p><a href="/${folder}/{{ row.id }}/edit">Edit</a> <a href="/${folder}/{{ row.id }}/delete">Delete</a> <a href="/${folder}">Back to the list</a></p>
{% endblock %}
`;
}

function toValue({ name, type, isNullable }: FieldMeta): string {
  const shown =
    type === "datetime"
      ? `{{ row.${name}.toISOString() }}`
      : type === "boolean"
        ? `{{ "yes" if row.${name} else "no" }}`
        : `{{ row.${name} }}`;
  return isNullable ? `{% if row.${name} is not none %}${shown}{% endif %}` : shown;
}

function toFormPage(fields: readonly string[]): string {
  return `{% import type { DisplayForm } from "gable" %}
{% props form: DisplayForm<{ ${fields.map((name) => `${name}: unknown`).join("; ")} }>, title: string %}
{% extends "layout.html" %}
{% block content %}
<h1>{{ title }}</h1>
<form method="post">
{{ form }}
<button>Save</button>
</form>
{% endblock %}
`;
}

function toDelete({ pascal, kebabPlural: folder, title }: Names, source: string): string {
  return `${toTypeImport(pascal, source)}{% props row: ${pascal}, title: string = "Delete ${title.toLowerCase()}" %}
{% extends "layout.html" %}
{% block content %}
<h1>{{ title }} {{ row.id }}?</h1>
<form method="post"><button>Delete</button> <a href="/${folder}/{{ row.id }}">Keep</a></form>
{% endblock %}
`;
}

/** What the test types into the fields that must be filled in. */
function toTyped(
  { $meta: { columns, relations } }: ModelClass,
  fields: readonly string[],
): { readonly values: readonly string[]; readonly targets: readonly string[] } {
  const targets = new Set<string>();
  const values = columns.flatMap((column) => {
    const name = column.relation ?? column.name;
    if (!fields.includes(name) || column.isNullable || column.hasDefault || column.hasDatabaseDefault || column.type === "boolean")
      return [];
    const target = column.relation === undefined ? undefined : relations.get(column.relation)?.target.name;
    if (target === undefined) return [`${name}: "${toSample(column)}"`];
    targets.add(target);
    return [`${name}: String((await create(${target})).id)`];
  });
  return { values, targets: [...targets] };
}

const samples: Readonly<Partial<Record<FieldMeta["type"], string>>> = {
  text: "Some text",
  slug: "some-text",
  email: "ada@example.com",
  url: "https://example.com/",
  date: "2026-11-20",
  time: "10:30",
  datetime: "2026-11-20T10:30",
  uuid: "0199f4a2-7c1e-7d3a-9b52-3f6e8a1c2d4b",
};

function toSample({ type, choices, options }: FieldMeta): string {
  if (choices !== undefined) return Object.keys(choices)[0] ?? "";
  const sample = samples[type];
  if (sample === undefined) return String(options.min ?? 1);
  const { min, max } = options;
  const long = typeof min === "number" ? sample.padEnd(min, "x") : sample;
  return typeof max === "number" && (type === "text" || type === "slug") ? long.slice(0, max).replace(/[ -]$/, "x") : long;
}

function toTest({ pascal, kebabPlural: folder, title }: Names, model: ModelClass, fields: readonly string[]): string {
  const { values, targets } = toTyped(model, fields);
  const imported = [...new Set([pascal, ...targets])].sort().join(", ");
  return `import assert from "node:assert/strict";
import { test } from "node:test";
import { create, createTestClient, testDatabase } from "gable/testing";
import app from "../app.ts";
import { ${imported} } from "../models.ts";

testDatabase(app);
const client = createTestClient(app);

test("lists and shows rows of ${pascal}", async () => {
  const row = await create(${pascal});
  assert.equal((await client.get("/${folder}")).attribute("main li a", "href"), \`/${folder}/\${row.id}\`);
  assert.equal((await client.get(\`/${folder}/\${row.id}\`)).text("h1"), \`${title} \${row.id}\`);
});

test("adds a row of ${pascal}", async () => {
  const values = { ${values.join(", ")} };
  const page = await client.get("/${folder}/new");
  const reply = await page.form().fill(values).submit();
  assert.equal(reply.status, 303);
  assert.equal((await reply.follow()).status, 200);
  assert.equal(await ${pascal}.count(), 1);
});

test("changes a row of ${pascal}", async () => {
  const row = await create(${pascal});
  const page = await client.get(\`/${folder}/\${row.id}/edit\`);
  const reply = await page.form().submit();
  assert.equal(reply.headers.get("location"), \`/${folder}/\${row.id}\`);
});

test("deletes a row of ${pascal}", async () => {
  const row = await create(${pascal});
  const page = await client.get(\`/${folder}/\${row.id}/delete\`);
  assert.equal((await page.form().submit()).status, 303);
  assert.equal(await ${pascal}.count(), 0);
});
`.replace("{  }", "{}");
}
