/** Checks of a whole project: all errors in one run, and none of deleted files. */
import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { after, it } from "node:test";
import { checkViews, formatProblems } from "gable/check";
import { ProjectFolder } from "./project-folder.ts";

const project = new ProjectFolder({
  "code.ts": "export const one = 1;\n",
  "views/macros.html": "{% macro m(a) %}{{ a|nope }}{% endmacro %}",
  "views/first.html": "{% import 'macros.html' as x %}{{ x.m(1) }}",
  "views/second.html": "{% import 'macros.html' as x %}{{ x.m(1) }}",
  "views/filter.html": "{% props t: string %}\n{{ t|uper }}",
  "views/tag.html": "{% if %}{% endif %}",
  "views/types.html": "{% props n: number %}{{ n.foo }}{{ n.bar }}",
});
after(() => project.remove());

const find = (): string[] =>
  checkViews({ project: project.path, directories: ["views"] })
    .map(({ file, line, column, code }) => `${file}:${line}:${column} ${code}`)
    .sort();

it("checkViews() finds the errors of all files in one run, each once, and those of types too", () => {
  assert.deepEqual(find(), [
    "views/filter.html:2:6 E_VIEW_NAME",
    "views/macros.html:1:22 E_VIEW_NAME",
    "views/tag.html:1:7 E_VIEW_SYNTAX",
    "views/types.html:1:27 TS2339",
    "views/types.html:1:38 TS2339",
  ]);
  const text = formatProblems(checkViews({ project: project.path, directories: ["views"] }));
  assert.match(text, /^views\/filter\.html:2:6 - error E_VIEW_NAME: there is no filter "uper"\.$/m);
  assert.ok(!text.includes(project.path), text);
});

it("checkViews() forgets files that are deleted", () => {
  for (const name of ["macros", "first", "second", "filter", "tag"]) rmSync(join(project.views, `${name}.html`));
  assert.deepEqual(find(), ["views/types.html:1:27 TS2339", "views/types.html:1:38 TS2339"]);
  rmSync(join(project.views, "types.html"));
  assert.deepEqual(find(), []);
});

it("checkViews() leaves out what tsc says about code because a view has an error", () => {
  project.put("views/page.html", "{% if %}");
  project.put("code.ts", 'import { get } from "gable";\nexport const one = get("/", ({ view }) => view("page.html", {}));\n');
  assert.deepEqual(find(), ["views/page.html:1:7 E_VIEW_SYNTAX"]);
});
