/** `make routes`, `make view` and `make feature`: pages without a database. */
import type { AppText } from "./model.ts";
import type { Names } from "./names.ts";
import type { Line, MakePlan } from "./plan.ts";

/** What pages extend where the project has no layout. */
const layout = `{% props title: string %}
<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>{{ title }}</title>
  </head>
  <body>
    <main>{% block content %}{% endblock %}</main>
  </body>
</html>
`;

/** What the kinds need to know of the project. */
export interface ProjectFacts {
  readonly app: AppText;
  readonly hasLayout: boolean;
  /** Whether there is `pages/routes.ts`. */
  readonly hasPages: boolean;
}

/** Returns the layout as a file to write, where there is none. */
export const withLayout = ({ hasLayout }: ProjectFacts): Readonly<Record<string, string>> =>
  hasLayout ? {} : { "views/layout.html": layout };

/** Returns the lines that give a module of routes to the application. */
export function toRouteLines({ app }: ProjectFacts, name: string, path: string): readonly Line[] {
  const views = /\bviews\b/.test(app.text) ? [] : [{ file: app.file, line: 'views: "views", // an option of gable()' }];
  return [
    { file: app.file, line: `import * as ${name} from "./${path}";` },
    { file: app.file, line: `routes: [${name}], // an option of gable(): add it to the list` },
    ...views,
  ];
}

/** Writes an address that answers with JSON. */
export function makeRoutes({ kebab, camel, pascal }: Names, facts: ProjectFacts): MakePlan {
  const routes = `import { get } from "gable";

export const list${pascal} = get("/${kebab}", () => ({ items: [] }));

export const show${pascal} = get("/${kebab}/:id(int)", ({ params }) => ({ id: params.id }));
`;
  const test = `import assert from "node:assert/strict";
import { test } from "node:test";
import { gable } from "gable";
import { createTestClient } from "gable/testing";
import * as ${camel} from "../${kebab}/routes.ts";

const client = createTestClient(gable({ routes: [${camel}] }));

test("answers for /${kebab}", async () => {
  assert.deepEqual((await client.get("/${kebab}")).json(), { items: [] });
  assert.deepEqual((await client.get("/${kebab}/7")).json(), { id: 7 });
});
`;
  return {
    files: { [`${kebab}/routes.ts`]: routes, [`tests/${kebab}-routes.test.ts`]: test },
    lines: toRouteLines(facts, camel, `${kebab}/routes.ts`).slice(0, 2),
    next: ["routes"],
  };
}

const toView = (title: string): string => `{% props title: string = "${title}" %}
{% extends "layout.html" %}
{% block content %}
<h1>{{ title }}</h1>
{% endblock %}
`;

function toPageTest(kind: string, path: string, title: string): string {
  return `import assert from "node:assert/strict";
import { test } from "node:test";
import { createTestClient } from "gable/testing";
import app from "../app.ts";

const client = createTestClient(app);

test("shows the ${kind} ${path}", async () => {
  const page = await client.get("/${path}");
  assert.equal(page.text("h1"), "${title}");
});
`;
}

/** Writes a template file. */
export function makeView({ kebab, title }: Names, facts: ProjectFacts): MakePlan {
  return {
    files: {
      ...withLayout(facts),
      [`views/${kebab}.html`]: toView(title),
      [`tests/${kebab}-view.test.ts`]: toPageTest("view", kebab, title),
    },
    lines: [
      {
        file: facts.hasPages ? "pages/routes.ts" : "the module of your routes",
        line: `export const ${toPageName(kebab)} = get("/${kebab}", ({ view }) => view("${kebab}.html"));`,
      },
    ],
    next: ["check"],
  };
}

const toPageName = (kebab: string): string => `${kebab.replaceAll(/-(.)/g, (_all, letter: string) => letter.toUpperCase())}Page`;

/** Writes a folder with its own page. */
export function makeFeature({ kebab, camel, pascal, title }: Names, facts: ProjectFacts): MakePlan {
  return {
    files: {
      ...withLayout(facts),
      [`${kebab}/routes.ts`]: `import { get } from "gable";\n\nexport const show${pascal} = get("/${kebab}", ({ view }) => view("${kebab}/index.html"));\n`,
      [`views/${kebab}/index.html`]: toView(title),
      [`tests/${kebab}.test.ts`]: toPageTest("page", kebab, title),
    },
    lines: toRouteLines(facts, camel, `${kebab}/routes.ts`),
    next: ["routes"],
  };
}
