/** Checks of a whole project: all errors in one run, and none of deleted files. */
import assert from "node:assert/strict";
import { readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { after, it } from "node:test";
import { checkViews, formatProblems } from "gable/check";
import { filterSignatures } from "../../src/views/filters/signatures.ts";
import type { ArgumentKind } from "../../src/views/filters/signatures.ts";
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
  assert.match(text, /^views\/filter\.html:2:6 - error E_VIEW_NAME: unknown filter "uper"\.$/m);
  assert.ok(!text.includes(project.path), text);
});

it("checkViews() finds all errors of a file, by file and place, and those of files that use it", () => {
  const several = new ProjectFolder({
    "code.ts": "export const one = 1;\n",
    "views/child.html": "{% extends 'parent.html' %}{% block main %}{{ 1|nope }}{{ 2|nope }}{% endblock %}",
    "views/parent.html":
      "{% props t: string %}\n{{ t|uper }}\n{% if t is nope %}{{ t && t }}{% endif %}\n{% block main %}{% endblock %}{{ x }}\n",
  });
  try {
    const found = checkViews({ project: several.path, directories: ["views"] });
    assert.deepEqual(
      found.map(({ file, line, column, code }) => `${file}:${line}:${column} ${code}`),
      [
        "views/child.html:1:49 E_VIEW_NAME",
        "views/child.html:1:61 E_VIEW_NAME",
        "views/parent.html:2:6 E_VIEW_NAME",
        "views/parent.html:3:12 E_VIEW_NAME",
        "views/parent.html:3:24 E_VIEW_SYNTAX",
        "views/parent.html:4:34 E_VIEW_NAME",
      ],
    );
    // The frame shows the file as it is, and no module of a repaired text is written.
    assert.ok(found.at(-1)!.frame.includes("{% if t is nope %}{{ t && t }}{% endif %}"), found.at(-1)!.frame);
    assert.deepEqual(readdirSync(join(several.path, ".gable"), { recursive: true }).sort(), ["views.json", "views.ts"]);
  } finally {
    several.remove();
  }
});

it("checkViews() finds the same mistake on the same line of several files, and twice in a row the same", () => {
  const twins = new ProjectFolder({
    "code.ts": "export const one = 1;\n",
    ...Object.fromEntries(
      ["a", "b", "sub/c"].flatMap((name) => [
        [`views/${name}-filter.html`, "{% props n: number %}\n{{ n|uper }}"],
        [`views/${name}-import.html`, "{% from 'none.html' import m %}{{ m(1) }}"],
        [`views/${name}-include.html`, "{% include 'part.html#nope' %}"],
        [`views/${name}-tag.html`, "{% if %}{% endif %}"],
        [`views/${name}-type.html`, "{% props n: number %}{{ n.foo }}"],
      ]),
    ),
    "views/part.html": "{% partialdef row (a: number) %}{{ a }}{% endpartialdef %}",
    "views/parent.html": "{% block a %}{% endblock %}",
    "views/child-a.html": "{% extends 'parent.html' %}{% block b %}{% endblock %}",
    "views/child-b.html": "{% extends 'parent.html' %}{% block b %}{% endblock %}",
  });
  const list = (): string[] =>
    checkViews({ project: twins.path, directories: ["views"] })
      .map(({ file, code }) => `${file} ${code}`)
      .sort();
  try {
    const codes = { filter: "E_VIEW_NAME", import: "E_VIEW_NOT_FOUND", include: "E_VIEW_PARTIAL", tag: "E_VIEW_SYNTAX", type: "TS2339" };
    const expected = Object.entries(codes).flatMap(([kind, code]) =>
      ["a", "b", "sub/c"].map((name) => `views/${name}-${kind}.html ${code}`),
    );
    assert.deepEqual(list(), [...expected, "views/child-a.html E_VIEW_BLOCK", "views/child-b.html E_VIEW_BLOCK"].sort());
    assert.deepEqual(list(), list());
    renameSync(join(twins.views, "part.html"), join(twins.views, "moved.html"));
    assert.deepEqual(
      list().filter((found) => found.includes("include")),
      ["a", "b", "sub/c"].map((name) => `views/${name}-include.html E_VIEW_NOT_FOUND`),
    );
  } finally {
    twins.remove();
  }
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

/** Values of each kind, as a template writes them. */
const written: Readonly<Record<ArgumentKind | "any", string>> = {
  whole: "1",
  precision: "1",
  digits: "1",
  base: "10",
  number: "1.5",
  numeric: "1",
  boolean: "true",
  text: "'a'",
  texts: "['a']",
  margin: "1",
  path: "'a'",
  currency: "'EUR'",
  keyOrValue: "'key'",
  length: "'long'",
  any: "'a'",
};

it("checkViews() accepts all arguments of each filter", () => {
  for (const name of ["page.html", "types.html"]) rmSync(join(project.views, name), { force: true });
  project.put("code.ts", "export const one = 1;\n");
  const calls = [...filterSignatures].map(([name, { parameters, kinds, isOpen }]) => {
    const args = parameters.map((parameter, index) => {
      const kind = kinds.get(index)?.[1] ?? (`${name} ${parameter}` === "round method" ? undefined : "any");
      const value = kind === undefined ? "'ceil'" : name === "int" || name === "float" ? "1" : written[kind];
      return `${parameter}=${value}`;
    });
    const first = name === "map" ? "'upper'" : name.endsWith("attr") && name !== "attr" && name !== "xmlattr" ? "'a'" : "";
    return `{% set v = x|${name}(${isOpen === true ? first : args.join(", ").replace("base=1", "base=10")}) %}`;
  });
  project.put("views/filters.html", `{% props x: any %}\n${calls.join("\n")}`);
  assert.deepEqual(find(), []);
});

it("checkViews() accepts names that a template declares and does not read", () => {
  rmSync(join(project.views, "filters.html"));
  const bodies = {
    for: "{% for k, v in o|items %}{{ k }}{% endfor %}{% for x in xs %}a{% endfor %}",
    filtered: "{% for k, v in o|items if k %}{{ v }}{% endfor %}{% for k, v in o|items if v recursive %}{{ k }}{% else %}b{% endfor %}",
    set: "{% set a = 1 %}{% set b, c = xs %}{% set d %}x{% endset %}{% if xs %}{% set e = 1 %}{% endif %}",
    loop: "{% for x in xs %}{% set a = x %}{% if x %}{% set b = 1 %}{% set a = 2 %}{% endif %}{% endfor %}",
    late: "{% set a = await p %}{% if p %}{% set b, c = xs %}{% endif %}",
    block: "{% block b %}{% set q = 1 %}{% endblock %}{% with r=1, s=2 %}{{ r }}{% endwith %}",
    macro: "{% macro m(a, b, c=1) %}{{ a }}{% for k, v in b %}{{ k }}{% endfor %}{% endmacro %}{{ m(xs, o) }}{% macro n() %}{% endmacro %}",
    call: "{% macro m(a) %}{{ caller(a) }}{% endmacro %}{% call(z) m(xs) %}x{% endcall %}",
    partial: "{% partialdef row (a = 1, b = 2) %}{{ a }}{% endpartialdef %}",
    slot: '{% component "card.html" title="t" "data-a"="b" %}{% slot row (i) %}x{% endslot %}{% endcomponent %}',
  };
  project.put(
    "views/card.html",
    '{% import type { Attributes } from "gable/views" %}\n{% props title: string, attributes?: Attributes %}\n<p {{ attributes }}>{{ title }}{% slot row (i: string = title) %}{% endslot %}</p>',
  );
  for (const [name, body] of Object.entries(bodies)) {
    project.put(`views/typed-${name}.html`, `{% props xs: string[], o: Record<string, number>, p: Promise<string> %}\n${body}`);
    project.put(`views/untyped-${name}.html`, body);
  }
  assert.deepEqual(
    find().filter((found) => !found.endsWith("unused-prop") && !found.endsWith("untyped")),
    [],
  );
});
