/** Which value a name has: across `set`, branches, loops, blocks, macros and other files, as in Jinja. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { checkViews, formatProblems } from "gable/check";
import { compileString } from "gable/testing";
import { ProjectFolder } from "../../../test/views/project-folder.ts";

type Row = readonly [
  source: string,
  props: Readonly<Record<string, unknown>>,
  expected: string,
  templates?: Readonly<Record<string, string>>,
];
type Refusal = readonly [
  source: string,
  code: string,
  message: RegExp,
  fix?: RegExp | undefined,
  templates?: Readonly<Record<string, string>>,
];

const set = '{% if not x %}{% set x = "new" %}{% endif %}';
const parent = { "p.html": "<p>{% block b %}{% endblock %}</p>" };

const rows: readonly Row[] = [
  // A set in a branch assigns the name of the frame; a read before it sees the outer value.
  [`${set}{{ x }}`, { x: "old" }, "old"],
  [`${set}{{ x }}`, { x: "" }, "new"],
  [`{% props x?: string %}${set}{{ x }}`, { x: "old" }, "old"],
  [`{% props x?: string %}${set}{{ x }}`, {}, "new"],
  [`{% for i in [1] %}${set}{{ x }}{% endfor %}{{ x }}`, { x: "" }, "new"],
  [`{% for i in [1, 2] %}{% if i == 1 %}{% set x = i %}{% endif %}{{ x }}{% endfor %}{{ x }}`, { x: "o" }, "1oo"],
  [`{% block b %}${set}{{ x }}{% endblock %}`, { x: "old" }, "old"],
  [`{% macro m() %}${set}{{ x }}{% endmacro %}{{ m() }}`, { x: "old" }, "old"],
  [`{% macro m(x) %}${set}{{ x }}{% endmacro %}{{ m("old") }}{{ m("") }}`, {}, "oldnew"],
  [`{% with x = "old" %}${set}{{ x }}{% endwith %}`, {}, "old"],
  [`{% set y %}${set}{{ x }}{% endset %}{{ y }}{{ x }}`, { x: "old" }, "oldold"],
  [`{% filter upper %}${set}{{ x }}{% endfilter %}`, { x: "old" }, "OLD"],
  [`{% macro m() %}{{ caller() }}{% endmacro %}{% call m() %}${set}{{ x }}{% endcall %}`, { x: "old" }, "old"],
  [`{% partialdef p inline %}${set}{{ x }}{% endpartialdef %}`, { x: "old" }, "old"],
  [`{% include "i.html" %}`, { x: "old" }, "old", { "i.html": `${set}{{ x }}` }],
  [`{% if a %}{% if b %}{% set x = 1 %}{% endif %}{% endif %}{{ x }}`, { a: 1, b: 0, x: "old" }, "old"],
  [`{% if a %}{% set x = 1 %}{% elif x %}{{ x }}{% endif %}{{ x }}`, { a: 0, x: "old" }, "oldold"],
  [`{% if a %}{% set x, y = 1, 2 %}{% endif %}{{ x }}{{ y }}`, { a: 1 }, "12"],
  [`{% if a %}{% set x, y = 1, 2 %}{% endif %}{{ x }}`, { a: 0, x: "old" }, "old"],
  [`{% set x = x|default("d") %}{{ x }}{% set x = x ~ "!" %}{{ x }}`, { x: "old" }, "oldold!"],
  [`{% if a %}{% set x %}body{% endset %}{% endif %}{{ x }}`, { a: 0, x: "old" }, "old"],
  [`{% if a %}{% set locale = "de" %}{% endif %}{{ locale }}`, { a: 0 }, "en"],
  // Bodies with their own scope.
  [`{% for i in [] %}{% else %}{% set x = 1 %}{% endfor %}{{ x }}${set}`, { x: "old" }, "old"],
  [`{% autoescape true %}{% set x = 1 %}{% endautoescape %}{% set x = 2 %}{{ x }}`, {}, "2"],
  [`{% for i in [1] recursive %}{% if i %}{% set x = i %}{% endif %}{{ x }}{% endfor %}{{ x }}`, { x: "old" }, "1old"],
  // A value that is awaited.
  [`{% if await p %}{% set x = 5 %}{% endif %}[{{ x }}]`, { p: Promise.resolve(1) }, "[5]"],
  [`{% if a %}{% set x = 1 %}{% endif %}{% set x = await p %}{{ x }}`, { a: 1, p: Promise.resolve("late") }, "late"],
  // Names that generated modules use themselves.
  ...["view", "write", "Props", "Math", "Map", "Pick", "_super", "arguments", "class"].map((name): Row => [
    `{% macro ${name}(a) %}m{{ a // 2 }}{% endmacro %}{{ ${name}(7) }}{% with ${name} = 9 %}{{ ${name} // 2 }}{% endwith %}`,
    {},
    "m34",
  ]),
  // Macros.
  ["{{ m() }}{% macro m() %}above{% endmacro %}", {}, "above"],
  ["{{ m() }}{% set x = 1 %}{% macro m() %}[{{ x }}]{% endmacro %}{{ m() }}", {}, "[][1]"],
  ["{% macro a() %}{{ b() }}{% endmacro %}{{ x }}{% macro b() %}{{ x }}{% endmacro %}{{ a() }}", { x: 1 }, "11"],
  ["{% macro m() %}{{ x }}{% endmacro %}{{ m() }}", { x: "page" }, "page"],
  ["{% props x: string %}{% macro m() %}{{ x }}{% endmacro %}{{ m() }}", { x: "page" }, "page"],
  ['{% macro m(c) %}{% include "i.html" %}{% endmacro %}{{ m(5) }}', { p: "P" }, "5P", { "i.html": "{{ c }}{{ p }}" }],
  ['{% macro m(c) %}{% include "i.html" %}{% endmacro %}{{ m(5) }}', {}, "5", { "i.html": "{% props c: number %}{{ c }}" }],
  ['{% from "m.html" import m %}{{ m() }}', {}, "set", { "m.html": '{% set x = "set" %}{% macro m() %}{{ x }}{% endmacro %}' }],
  ['{% from "m.html" import m %}{{ m() }}', {}, "en", { "m.html": "{% macro m() %}{{ locale }}{% endmacro %}" }],
  ['{% from "m.html" import m with context %}{{ m() }}', { k: "page" }, "page", { "m.html": "{% macro m() %}{{ k }}{% endmacro %}" }],
  ['{% import "m.html" as m with context %}{{ m.m() }}', { k: "page" }, "page", { "m.html": "{% macro m() %}{{ k }}{% endmacro %}" }],
  [
    '{% set k = 2 %}{% import "m.html" as m with context %}{{ m.m() }}',
    { k: 1 },
    "2",
    { "m.html": "{% macro m() %}{{ k }}{% endmacro %}" },
  ],
  [
    '{% from "m.html" import a %}{{ a() }}',
    {},
    "B",
    { "m.html": "text {% macro a() %}{{ b() }}{% endmacro %}{% macro b() %}B{% endmacro %}" },
  ],
  [
    '{% import "m.html" as m %}{{ m.n() }}{{ m.n() }}',
    {},
    "12",
    { "m.html": "{% set ns = namespace(n=0) %}{% macro n() %}{% set ns.n = ns.n + 1 %}{{ ns.n }}{% endmacro %}" },
  ],
  // A child's blocks see all that its file assigns.
  [
    '{% extends "p.html" %}{% block b %}{{ m() }}{{ x }}{% endblock %}{% macro m() %}M{% endmacro %}{% set x = 3 %}',
    {},
    "<p>M3</p>",
    parent,
  ],
  // What is passed.
  ['{% include "i.html" with q=f %}', { f: "F" }, "F", { "i.html": "{{ q }}" }],
  ['{% include "i.html" with q=f only %}', { f: "F" }, "F", { "i.html": "{{ q }}" }],
  ['{% include ["i.html"] with q=f %}', { f: "F" }, "F", { "i.html": "{{ q }}" }],
  [
    '{% macro m(q) %}{% include "i.html" %}{% endmacro %}{% with q = 1 %}{{ m(2) }}{% include "i.html" %}{% endwith %}',
    {},
    "21",
    { "i.html": "{{ q }}" },
  ],
  // A value that is passed hides a global of its name.
  ...["t", "query", "now", "range", "user", "locale", "csrf"].map((name): Row => [`{{ ${name}|upper }}`, { [name]: "own" }, "OWN"]),
  ["{% macro m() %}{{ t }}{% endmacro %}{{ m() }}", { t: "own" }, "own"],
  // A loop keeps its condition at every level.
  [
    "{% for x in l if x.a recursive %}{{ x.a }}{{ loop(x.c) }}{% endfor %}",
    {
      l: [
        {
          a: 1,
          c: [
            { a: 2, c: [] },
            { a: 0, c: [] },
          ],
        },
        { a: 0, c: [] },
      ],
    },
    "12",
  ],
];

const refusals: readonly Refusal[] = [
  ["{% macro m(a) %}{{ a }}{% endmacro %}{{ m(1, 2) }}", "E_VIEW_SYNTAX", /:1:41: the macro "m" takes at most 1 arguments, and got 2/],
  ["{% macro m(aa) %}{{ aa }}{% endmacro %}{{ m(ab=2) }}", "E_VIEW_SYNTAX", /the macro "m" has no argument "ab"/, /"aa"/],
  ["{% macro m() %}x{% endmacro %}{% call m() %}y{% endcall %}", "E_VIEW_SYNTAX", /the macro "m" does not use caller\(\)/],
  ["{% macro m() %}{% endmacro %}{% macro m() %}{% endmacro %}", "E_VIEW_SYNTAX", /the macro "m" is defined twice, first in line 1/],
  [
    "{% if e %}{% extends 'p.html' %}{% endif %}",
    "E_VIEW_SYNTAX",
    /:1:14: "extends" must be at the top/,
    /\{% extends "a.html" if/,
    parent,
  ],
  ["{% if a %}{% set x = await p %}{% endif %}", "E_VIEW_SYNTAX", /"await" is not allowed here/],
  ["{% for x in l %}{% if await x %}{% set y = 1 %}{% endif %}{% endfor %}", "E_VIEW_SYNTAX", /"await" is not allowed here/],
  [
    '{% from "m.html" import m %}{{ m() }}',
    "E_VIEW_NAME",
    /^m\.html:1:19: "k" is not declared, and was not passed/,
    undefined,
    { "m.html": "{% macro m() %}{{ k }}{% endmacro %}" },
  ],
  [
    '{% from "m.html" import m %}{{ m() }}',
    "E_VIEW_SYNTAX",
    /"m\.html" awaits a value/,
    undefined,
    { "m.html": "{% set x = await p %}{% macro m() %}{{ x }}{% endmacro %}" },
  ],
  [
    '{% extends "p.html" %}',
    "E_VIEW_PROP",
    /"p\.html" needs the prop "title"/,
    undefined,
    { "p.html": "{% props title: string %}{{ title }}" },
  ],
];

describe("names", () => {
  for (const [source, props, expected, templates = {}] of rows)
    it(`gives ${JSON.stringify(expected)} for ${source} with ${JSON.stringify(props)}`, async () =>
      assert.equal(await compileString(source, { templates }).render({ ...props }), expected));

  for (const [source, code, message, fix, templates = {}] of refusals)
    it(`rejects ${source}`, async () =>
      assert.rejects(async () => compileString(source, { templates }).render({ p: Promise.resolve(1), l: [] }), {
        code,
        message,
        ...(fix !== undefined && { fix }),
      }));

  it("can be used without types where their use is plain", () => {
    const project = new ProjectFolder({
      "views/base.html": "{% props title: string %}<title>{{ title }}</title>{% block body %}{% endblock %}",
      "views/macros.html":
        '{% macro rows(items, label="x", more=[], none_=none) %}{% for item in items %}<li>{{ item.name }}{{ label }}</li>{% endfor %}{{ more|length }}{{ none_ }}{% endmacro %}\n{% macro shout(text: string) %}{{ text }}{% endmacro %}\n',
      "views/a.html": [
        "{% props b?: { author?: { name: string } | null } | null, title?: string, n: number, q: Promise<number> %}",
        '{% extends "base.html" %}',
        '{% from "macros.html" import rows, shout %}',
        '{% if not title %}{% set title = "Default" %}{% endif %}',
        '{% if n %}{% set cls = "x" %}{% else %}{% set cls = "y" %}{% endif %}',
        "{% block body %}{{ title }}{{ cls }}{{ b and b.author and b.author.name }}{{ (b and b.author and b.author.name) or title }}{{ b is defined and n > 1 }}",
        '{{ rows([{ "name": 1 }], more=[1]) }}{{ shout("x"|upper) }}{{ shout("x"|trim|capitalize) }}{% endblock %}',
        "",
      ].join("\n"),
      "views/option.html":
        '{% import type { Attributes } from "gable/views" %}\n{% props t: string, s: boolean, more?: Attributes %}\n<option value="{{ t }}" {{ {"selected": s}|xmlattr }} {{ more }}>{{ t }}</option>\n',
      "views/untyped.html": '{% extends "base.html" %}{% block body %}{{ x }}{% endblock %}',
      "views/sets.html": '{% set title = "t" %}{% extends "base.html" %}{% block body %}{{ x }}{% endblock %}',
      "app.ts":
        'import { gable } from "gable";\nconst app = gable({ views: "views" });\nvoid app.view("sets.html", { x: 1 });\nvoid app.view("untyped.html", { x: 1 });\n',
    });
    try {
      const problems = formatProblems(
        checkViews({ project: project.path, generated: `${project.path}/.gable`, directories: [project.views], untyped: "warn" }),
      );
      const errors = problems.split("\n").filter((line) => / - error /.test(line));
      assert.match(errors[0] ?? "", /app\.ts:4:\d+ - error .*TS2345/, problems);
      assert.equal(errors.length, 1, problems);
      assert.match(problems, /title/);
    } finally {
      project.remove();
    }
  });
});
