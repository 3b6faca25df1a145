import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { isGableError } from "../../errors/gable-error.ts";
import { SourceText } from "../syntax/source-text.ts";
import { findErrors } from "./more-errors.ts";
import { ViewCompiler } from "./view-compiler.ts";
import type { ProjectCode, ViewFile } from "./view-folder.ts";
import { readProjectCode } from "./view-folder.ts";
import { createRandom } from "../../../test/random.ts";

const noCode: ProjectCode = { globals: new Set(), filters: new Set(), tests: new Set(), components: new Set(), folders: new Map() };

/** What an error says: its file and position, its reason, and the line that its frame marks. */
interface Found {
  readonly name: string;
  readonly at: number;
  readonly message: string;
}

/** Returns the first error of each file, and all errors, of views in memory. Compiles the files with the given names. */
function check(texts: Readonly<Record<string, string>>, names = Object.keys(texts), code = noCode): { first: Found[]; all: Found[] } {
  const files = new Map<string, ViewFile>(
    Object.entries(texts).map(([name, text]) => [name, { name, path: `/project/views/${name}`, text, hash: "", stamp: "" }]),
  );
  const createCompiler = (changed: ReadonlyMap<string, ViewFile>): ViewCompiler =>
    new ViewCompiler(changed, code, { options: { directories: [], watches: false }, pathOf: (name) => `/project/.gable/${name}.ts` });
  const compiler = createCompiler(files);
  const failures = new Map<string, unknown>();
  for (const name of names) {
    try {
      compiler.compile(name);
      for (const partial of compiler.load(name).partials.keys()) compiler.compile(`${name}#${partial}`);
    } catch (error) {
      failures.set(name, error);
    }
  }
  const toFound = (error: unknown): Found => {
    assert.ok(isGableError(error), String(error));
    // What SourceText.error() writes.
    const { file, line, column, frame } = error.details as { file: string; line: number; column: number; frame: string };
    const name = file.replace("/project/views/", "");
    const source = new SourceText(name, texts[name]!);
    const at = source.offset({ line, column });
    assert.equal(frame, source.frame(at));
    return { name, at, message: error.message.replace("/project/views/", "") };
  };
  return { first: [...failures.values()].map(toFound), all: findErrors(files, failures, createCompiler).map(toFound) };
}

const messagesOf = (found: readonly Found[]): string[] => found.map(({ message }) => message);

function list(text: string, name = "a.html"): string[] {
  return messagesOf(check({ [name]: text }).all).map((message) => message.replace(`${name}:`, "").replace(/^(\S+: .{0,44}).*$/, "$1"));
}

describe("findErrors()", () => {
  const cases: ReadonlyArray<readonly [what: string, text: string, errors: readonly string[], name?: string]> = [
    [
      "values, each with its first error",
      "{{ 1|nope|nope }}{{ 2 && 3 }}\n{{- {'a': {'b': 1 ? 2}} -}}{{ '}}'|nope }}{{ (1 }}",
      [
        '1:6: unknown filter "nope".',
        '1:23: "&&" has no meaning in an expression.',
        '2:19: "?" has no meaning in an expression.',
        '2:36: unknown filter "nope".',
        '2:49: expected ")", found the end of the tag.',
      ],
    ],
    [
      "conditions, loops and assignments, whose names stay declared",
      "{% props t: string %}{% if t|nope %}{% elif %}{% elif x %}{% endif %}{% for a, b in t is nope recursive %}{{ loop(a) }}{% endfor %}{% set c = (t %}{{ c }}",
      [
        '1:30: unknown filter "nope".',
        "1:45: expected a value, found the end of the tag.",
        '1:55: "x" is not declared.',
        '1:90: unknown test "nope".',
        '1:146: expected ")", found the end of the tag.',
      ],
    ],
    [
      "tags without an end",
      "{% include 'no.html' %}{% include 'b' c %}{% do 1|nope %}{% partial no(1) %}\n{% cache 1|nope %}{% filter nope|x %}{% endfilter %}{% endcache %}",
      [
        '1:4: unknown view "no.html".',
        '1:39: expected the end of the tag, found "c".',
        '1:51: unknown filter "nope".',
        '1:61: "a.html" has no partial "no".',
        '2:12: unknown filter "nope".',
        '2:29: unknown filter "nope".',
      ],
    ],
    [
      "a value that is not allowed in its position, and the names after it",
      '{% props t: string %}<a onclick="{{ t }}">x</a><a href="javascript:{{ t }}" title={{ x }}>x</a><script>let a = "{{ t }}", b = "{{ t }}";</script>',
      [
        '1:37: a value is not allowed in "onclick" of <a>, ',
        '1:71: a value is not allowed in "href" after a sch',
        '1:86: "x" is not declared.',
        "1:116: a value is not allowed inside a JavaScript s",
      ],
    ],
    [
      "values that are not allowed in their positions, each in another element",
      '{% props a: string, b: string, c: string, d: string, e: string %}<p onclick="{{ a }}">x</p><script>"{{ b }}"</script><a href="javascript:{{ c }}"></a><script>"{{ d }}"</script><p {% if 1 %}onclick="{{ e }}"{% endif %}></p>',
      [
        '1:81: a value is not allowed in "onclick" of <p>, ',
        "1:104: a value is not allowed inside a JavaScript s",
        '1:141: a value is not allowed in "href" after a sch',
        "1:163: a value is not allowed inside a JavaScript s",
        '1:202: a value is not allowed in "onclick" of <p>, ',
      ],
    ],
    [
      "JSON",
      '{ "a": "{{ x }}", "b": "{{ y }}", "c": {{ z|nope }}, "d": "{% include "no.json" %}", "e": {{ z|nope }} }',
      [
        "1:12: a value is not allowed inside a JSON string.",
        '1:45: unknown filter "nope".',
        '1:63: unknown view "no.json".',
        '1:96: unknown filter "nope".',
      ],
      "a.json",
    ],
    [
      "partials",
      "{% partialdef a(b) %}{{ b|nope }}{{ 1|nope }}{% endpartialdef %}{{ 2|nope }}",
      ['1:27: unknown filter "nope".', '1:39: unknown filter "nope".', '1:70: unknown filter "nope".'],
    ],
    [
      "no tags in comments and raw text",
      "{{ 1|nope }}{# {{ 1|nope }} #}{% raw %}{{ 1|nope }}{% endraw %}{{ 2|nope }}",
      ['1:6: unknown filter "nope".', '1:69: unknown filter "nope".'],
    ],
    [
      "errors with line ends of Windows",
      "{{ 1|\r\nnope }}\r\n{{ 2|nope }}",
      ['2:1: unknown filter "nope".', '3:6: unknown filter "nope".'],
    ],
  ];
  for (const [what, text, errors, name] of cases) it(`finds ${what}`, () => assert.deepEqual(list(text, name), errors));

  const ends: ReadonlyArray<readonly [what: string, text: string, errors: readonly string[]]> = [
    ["an import that declares names", "{% from 'no.html' import m %}{{ m(1) }}{{ 1|nope }}", ['1:4: unknown view "no.html".']],
    ["props", "{% props a %}{{ a }}{{ b }}", ['1:12: expected ":", found the end of the tag.']],
    ["a tag without its end", "{% if 1 %}{{ 1|nope }}", ['1:4: "if" is not closed.']],
    ["an end without its tag", "{% endif %}{{ 1|nope }}", ['1:4: "endif" closes nothing.']],
    [
      "a block that is defined twice",
      "{% block a %}{% endblock %}{{ 1|nope }}{% block a %}{% endblock %}",
      ['1:43: the block "a" is defined twice, first in lin'],
    ],
    [
      "a quote that is open",
      '{{ (1 }}<p title="a><b>{{ 1|nope }}</b>',
      ['1:7: expected ")", found the end of the tag.', '1:40: the file ends inside the attribute "title" o'],
    ],
    ["a stray quote in a tag", `{{ 1 1" }}<p class="a">{{ 1|nope }}</p>`, ['1:6: expected the end of the tag, found "1".']],
    ["a brace that is missing", "{{ 1 }<p>{{ 1|nope }}</p>", ['1:6: expected the end of the tag, found "}".']],
    ["a tag that is not closed", "{{ 1|nope }}{{ 1", ["1:16: a tag is not closed."]],
    [
      "a macro that uses caller() in its error",
      "{% macro m() %}{{ caller()|nope }}{% endmacro %}{% call m() %}{{ 1|nope }}{% endcall %}",
      ['1:28: unknown filter "nope".', '1:68: unknown filter "nope".'],
    ],
    [
      "a misspelled caller()",
      "{% props a: string %}{% macro m() %}{{ caler() }}{% endmacro %}{% call m() %}{% endcall %}",
      ['1:40: "caler" is not declared.'],
    ],
    [
      "a misspelled keyword of a loop",
      "{% for x in [1] recursiv %}{{ loop([]) }}{{ 1|nope }}{% endfor %}",
      ['1:17: expected the end of the tag, found "recursiv', '1:47: unknown filter "nope".'],
    ],
    [
      "a partial with a space in its name",
      "{% partial def p %}{{ 1|nope }}{% endpartialdef %}",
      ['1:16: expected the end of the tag, found "p".'],
    ],
    [
      "an assignment that may have an end tag",
      "{% set x = %}{{ 1|nope }}{% endset %}",
      ["1:12: expected a value, found the end of the tag."],
    ],
    ["an assignment of another name", "{% set n= = 1 %}{% set ns.a = 1 %}", ['1:11: expected a value, found "=".']],
    ["a brace in a tag", "{% if {1: 2 %}a }} b{% endif %}{{ 1|nope }}", ['1:14: expected a value, found "}".']],
    [
      "a stray quote in a tag before another one",
      '{% if 1 1" %}<!-- 2" %}<p onclick="{{ 1 }}"></p> -->{% endif %}',
      ['1:9: expected the end of the tag, found "1".'],
    ],
    ["text after a value", "<p {{ {} }}y>{{ 1|nope }}</p>", ['1:12: "y" is directly after a value in a tag.']],
    [
      "a value of several lines",
      '<p onclick="{{\n1\n}}">{{ 1|nope }}</p>',
      ['2:1: a value is not allowed in "onclick" of <p>, ', '3:10: unknown filter "nope".'],
    ],
    ["a translated text", "{% trans %}{{ 1|nope }}{% endtrans %}{{ 1|nope }}", ["1:17: a text to translate contains a value without"]],
    [
      "an attribute whose address begins with the error",
      '<a href="{{ a }}:{{ b }}">{{ c|nope }}</a>',
      ['1:13: a value is not allowed in "href" before a co', '1:32: unknown filter "nope".'],
    ],
    [
      "the name of an attribute",
      '<p on{{ a }}="{{ b }}">{{ c|nope }}</p><p onclick="{{ d }}"></p>',
      [
        "1:9: a value is not allowed inside the name of th",
        '1:29: unknown filter "nope".',
        '1:55: a value is not allowed in "onclick" of <p>, ',
      ],
    ],
    [
      "the name of a tag",
      '<scr{{ a }}>let x = "{{ b }}"</scr{{ a }}><p onclick="{{ c }}">{{ d|nope }}</p>',
      ["1:8: a value is not allowed inside the name of a ", '1:69: unknown filter "nope".'],
    ],
    [
      "the name of an attribute that contains text with tags",
      '<p on{{ a }}="{% set b %}<b>c</b>{% endset %}{{ b }}">{{ c|nope }}</p>',
      ["1:9: a value is not allowed inside the name of th", '1:60: unknown filter "nope".'],
    ],
    [
      "a regular expression before branches, one of which has tags",
      "<script>/{{ a }};{% if b %}/</script><b>x</b><script>/x{% else %}{{ c }}{% endif %}/</script>",
      ['1:13: a value is not allowed behind a "/" outside '],
    ],
  ];
  for (const [what, text, errors] of ends) it(`reports no consequence of ${what}`, () => assert.deepEqual(list(text), errors));

  it("does not check an untyped file as a typed one", () => {
    const texts = {
      "card.html": "{% props a: string %}{{ a }}",
      "a.html": "{{ free|nope }}{% component 'card.html' b=1 %}{% endcomponent %}{{ 1|nope }}",
    };
    assert.deepEqual(messagesOf(check(texts).all), ['a.html:1:9: unknown filter "nope".', 'a.html:1:70: unknown filter "nope".']);
  });

  it("finds the errors of files whose parents and imports have errors, each once", () => {
    const all = check({
      "b-child.html": "{% extends 'parent.html' %}\n{% block a %}{{ 1|nope }}{{ super() }}{% endblock %}",
      "child.html": "{% extends 'parent.html' %}{% block a %}{{ 1 is nope }}{% endblock %}{% block b %}{% endblock %}",
      "macros.html": "{% macro m(a) %}{{ (a }}{% endmacro %}",
      "page.html": "{% import 'macros.html' as x %}{{ x.m(1)|nope }}{{ x.n(1) }}",
      "parent.html": "<p onclick='{{ c }}'>{% block a %}{{ 1|nope }}{% endblock %}{{ 2 & 3 }}",
    }).all;
    assert.deepEqual(messagesOf(all), [
      'b-child.html:2:19: unknown filter "nope".',
      'child.html:1:49: unknown test "nope".',
      'child.html:1:73: "parent.html" has no block "b".',
      'macros.html:1:23: expected ")", found the end of the tag.',
      'page.html:1:42: unknown filter "nope".',
      'page.html:1:54: "x" has no macro "n".',
      'parent.html:1:16: a value is not allowed in "onclick" of <p>, which is code.',
      'parent.html:1:40: unknown filter "nope".',
      'parent.html:1:66: "&" has no meaning in an expression.',
    ]);
  });

  it("does not check the blocks of a file in a context that a repair of its parent has changed", () => {
    const all = check({
      "child.html": "{% extends 'parent.html' %}{% block c %}{{ 1|nope }}{% endblock %}",
      "parent.html": "{{ (1 }}<p on{{ 2 }}='{% block c %}{% endblock %}'></p>",
    }).all;
    assert.deepEqual(messagesOf(all), [
      'parent.html:1:7: expected ")", found the end of the tag.',
      'parent.html:1:17: a value is not allowed inside the name of the attribute "on" of <p>.',
    ]);
  });

  it("finds the props that a component does not have", () => {
    const texts = {
      "card.html": "{% props a: string %}{{ a }}",
      "a.html":
        "{% props t: string %}{{ t|nope }}{% component 'card.html' b=t, a=t %}{% endcomponent %}{% component 'card.html' a=t.b|nope %}{% endcomponent %}",
    };
    assert.deepEqual(messagesOf(check(texts).all), [
      'a.html:1:27: unknown filter "nope".',
      'a.html:1:59: "card.html" has no prop "b".',
      'a.html:1:119: unknown filter "nope".',
    ]);
  });

  it("finds at most 50 errors of a file", () => {
    const lines = (count: number): number => check({ "a.html": "{{ 1|nope }}\n".repeat(count) + "{{ 2 }}" }).all.length;
    assert.deepEqual([lines(49), lines(50), lines(51)], [49, 50, 50]);
  });
});

/** Constructs that compile. `@` is a place for a mistake in text, `§` for one in the value of an attribute, `$` for a number. */
const constructs: readonly string[] = [
  "<p>@{{ t }}@</p>",
  '<p title="a§b" class="{{ t }} §">@</p>',
  "<p title='§'>@</p>",
  '<a href="/x/§?y={{ t }}">@</a>',
  "<p class={{ t }} id=x>@</p>",
  '<input value="§" {{ {"title": t}|xmlattr }}>',
  "{% if n > 1 %}@{% elif n %}@{% else %}@{% endif %}",
  "{% for x in items if x %}@{{ loop.index }}{% else %}@{% endfor %}",
  "{% for x in items recursive %}@{{ loop([]) }}{% endfor %}",
  "{% for a, b in {'x': 1}|items %}{{ a }}@{% break %}{% endfor %}",
  "{% set s = n %}@{{ s }}",
  "{% set s %}@<b>{{ t }}</b>{% endset %}{{ s }}",
  "{% set ns = namespace(a=1) %}{% set ns.a = 2 %}@",
  "{% with a = 1, b = t %}@{{ a ~ b }}{% endwith %}",
  "{% filter upper %}@x{% endfilter %}",
  "{% macro m$(a, b=1) %}@{{ a }}{{ b }}{% endmacro %}{{ m$(1, b=2) }}",
  "{% macro c$(a) %}@{{ caller(a) }}{% endmacro %}{% call(x) c$(1) %}@{{ x }}{% endcall %}",
  "{% macro v$() %}{{ varargs|length }}{{ kwargs|length }}@{% endmacro %}{{ v$(1, x=2) }}",
  "{% block b$ %}@{{ t }}{% endblock %}",
  "{% block s$ scoped %}@{% endblock %}@{{ self.s$() }}",
  "{% partialdef p$(n: number, t: string, items: any[] = []) %}@{{ n }}@{% endpartialdef %}{% partial p$(1, t) %}",
  "{% partialdef q$ inline %}x{% endpartialdef %}@",
  '{% include "part.html" %}@',
  '{% include "part.html" with a=1 only %}',
  '{% include ["none.html", "part.html"] ignore missing %}@',
  '{% component "card.html" title=t %}@<i>{{ t }}</i>{% slot foot %}@{% endslot %}{% endcomponent %}',
  "{% cache t, n ttlSeconds=5 %}@<p>{{ n }}</p>{% endcache %}",
  "{% trans a=t %}Hello <b>{{ a }}</b>{% endtrans %}@",
  "{% trans count=n %}{{ count }} page{% pluralize %}{{ count }} pages{% endtrans %}",
  "{# {{ t|nope }} {% endif %} #}@",
  "{% raw %}{{ t|nope }} {% nope %}{% endraw %}@",
  "<script>let a$ = {{ t|tojson }};</script>@",
  "<style>p { color: {{ t }}; left: {{ n }}px }</style>@",
  '<p style="left: {{ n }}px">@</p>',
  "<textarea>§{{ t }}</textarea><title>{{ t }}</title>",
  '<p {% if n %}class="§"{% endif %}>@</p>',
  '<p title="{% if n %}§{% else %}{{ t }}{% endif %}">@</p>',
  "{{ '{% if }}' ~ t }}{{ {'a': {'b': n}} }}@",
  "<ul>\n  {%- for x in items -%}\n  <li>@{{ x }}</li>\n  {%- endfor +%}\n</ul>\r\n",
  "{% do [1]|length %}@{{ 'x' 'y' }}{{ items[0:1]|join(', ') }}",
  '<!-- {{ t }} -->@<svg viewBox="0 0 {{ n }} 1"><path d="§"/></svg>',
  "{% autoescape true %}@{{ t }}{% endautoescape %}",
];

/** A mistake, and the same text without it. `#` is for a number. */
type Mistake = readonly [wrong: string, right: string];

/** Mistakes of which all are found. */
const independent: readonly Mistake[] = [
  ["{{ 1|nope }}", "{{ 1|trim }}"],
  ["{{- t is nope -}}", "{{- t is even -}}"],
  ["{{ tt }}", "{{ t  }}"],
  ["{{ t && n }}", "{{ t or n }}"],
  ["{{ (n }}", "{{ (n)}}"],
  ["{{ [n }}", "{{ [n]}}"],
  ["{{ t n }}", "{{ t~n }}"],
  ["{{ }}", "{{n}}"],
  ["{{ t|upper(1) }}", "{{ t|upper( ) }}"],
  ["{{ t|center(widht=9) }}", "{{ t|center(width=9) }}"],
  ["{{ '}}' ~ '{{'|nope }}", "{{ '}}' ~ '{{'|trim }}"],
  ["{{ {'a': {'b': n|nope}} }}", "{{ {'a': {'b': n|trim}} }}"],
  ["{{ t.constructor }}", "{{ t.constructo  }}"],
  ["{{\n  n|\n  nope\n}}", "{{\n  n|\n  trim\n}}"],
];

/** Mistakes in tags, of which all are found. */
const independentTags: readonly Mistake[] = [
  ["{% if n|nope %}x{% endif %}", "{% if n|trim %}x{% endif %}"],
  ["{% if %}x{% endif %}", "{%if n%}x{% endif %}"],
  ["{% if n = 1 %}x{% else %}y{% endif %}", "{% if n > 1 %}x{% else %}y{% endif %}"],
  ["{%- if n %}x{% elif tt -%}y{% endif %}", "{%- if n %}x{% elif t  -%}y{% endif %}"],
  ["{% for z in itms %}{{ z }}{% endfor %}", "{% for z in [12] %}{{ z }}{% endfor %}"],
  ["{% for z, y in items|nope %}{{ y }}{% endfor %}", "{% for z, y in items|list %}{{ y }}{% endfor %}"],
  [
    "{% for z in items if z is nope recursive %}{{ loop([]) }}{% endfor %}",
    "{% for z in items if z is even recursive %}{{ loop([]) }}{% endfor %}",
  ],
  ["{% set w = (n %}{{ w }}", "{% set w = (n)%}{{ w }}"],
  ["{% set w, u = n|nope %}{{ w ~ u }}", "{% set w, u = n|list %}{{ w ~ u }}"],
  ["{% do n|nope %}", "{% do n|trim %}"],
  ['{% include "none.html" %}', '{% include "part.html" %}'],
  ['{% include "part.html" with a   %}', '{% include "part.html" with a=1 %}'],
  ['{% include "part.html" with a=n|nope %}', '{% include "part.html" with a=n|trim %}'],
  ["{% cache n|nope %}x{% endcache %}", "{% cache n|trim %}x{% endcache %}"],
  ["{% filter nope %}x{% endfilter %}", "{% filter trim %}x{% endfilter %}"],
  ['{% component "card.html" title=t|nope %}{% endcomponent %}', '{% component "card.html" title=t|trim %}{% endcomponent %}'],
];

/** Mistakes that may hide others, or that others may hide. */
const stopping: readonly Mistake[] = [
  ['<p onclick="{{ n }}">x</p>', '<p xxclick="{{ n }}">x</p>'],
  ['<a href="javascript:{{ t }}">x</a>', '<a href="/avascript:{{ t }}">x</a>'],
  ['<script>let z = "{{ t }}";</script>', "<script>let z =  {{ t }} ;</script>"],
  ['{% component "card.html" titel=t %}{% endcomponent %}', '{% component "card.html" title=t %}{% endcomponent %}'],
  ['{% from "none.html" import nn %}{{ nn(1) }}', '{% from "macs.html" import nn %}{{ nn(1) }}'],
  ['{% import "macs.html" as mm %}{{ mm.no(1) }}', '{% import "macs.html" as mm %}{{ mm.nn(1) }}'],
  ["{% block d# %}{% endblock %}{% block d# %}{% endblock %}", "{% block d# %}{% endblock %}{% block e# %}{% endblock %}"],
  ["{% endif %}", "           "],
  ["{% nope %}", "          "],
  ["{% if n %}", "          "],
  ["{% macro mm#(a, a) %}{% endmacro %}", "{% macro mm#(a, b) %}{% endmacro %}"],
  ["{% call nn() %}{{ n }}{% endcall %}", "{% if n %}     {{ n }}{% endif %}  "],
  ["{% trans %}{{ n|nope }}{% endtrans %}", "{% trans %}{{ n      }}{% endtrans %}"],
  ["{% with z = n|nope %}{{ z }}{% endwith %}", "{% with z = n|trim %}{{ z }}{% endwith %}"],
  ["{% set z %}{{ n|nope }}", "{% set z = n %}        "],
  ["{{ 'a }}", "{{ 'a'}}"],
  ["{{ n }", "{{ n}}"],
  ["{{ {'a': n }}", "{{ {'a':n} }}"],
  ["{{ n", "    "],
  ['<p title="x>', "<p title=x >"],
  ["<p {% if n %}title='{% endif %}>", "<p {% if n %}title  {% endif %}>"],
  ['<p on{{ t }}="{{ t }}">x</p>', '<p xx       ="{{ t }}">x</p>'],
  ["<{{ t }}>x</{{ t }}>", "<b      >x</b      >"],
  ['<a href="{{ t }}:{{ n }}">x</a>', '<a href="{{ t }}/{{ n }}">x</a>'],
  ['<script src="{{ t }}/{{ n }}"></script>', '<script src="/{{t}}/{{ n }}" ></script>'],
  ["<script>/{{ n }}/.test({{ n }}); `${ {{ n }} }`</script>", "<script>                                       </script>"],
  ["{% slot bb %}{% endslot x %}", "                            "],
  ["{% autoescape false %}{% endautoescape %}", "{% autoescape  true %}{% endautoescape %}"],
];

const parts: Readonly<Record<string, string>> = {
  "part.html": "{{ a }}",
  "card.html": "{% props title: string, foot: string = '' %}{{ title }}{{ foot }}{% slot children %}{% endslot %}",
  "macs.html": "{% macro nn(a) %}{{ a }}{% endmacro %}",
  "frame.html": "{% props t: string, n: number, items: any[] %}<main>{% block main %}{% endblock %}</main>",
};

/** A template with places for mistakes: static texts, and the kinds of places between them. */
interface Sketch {
  readonly name: string;
  readonly texts: readonly string[];
  readonly kinds: readonly string[];
}

function toSketch(name: string, text: string): Sketch {
  return { name, texts: text.split(/[@§]/), kinds: [...text.matchAll(/[@§]/g)].map(([kind]) => kind) };
}

/** Returns a template with mistakes; those whose indexes are not in `wrong` are corrected. */
function write({ texts }: Pick<Sketch, "texts">, mistakes: ReadonlyMap<number, Mistake>, wrong: (index: number) => boolean): string {
  const toMistake = (index: number): string => mistakes.get(index)?.[wrong(index) ? 0 : 1].replaceAll("#", String(index)) ?? "";
  return texts.map((text, index) => text + toMistake(index)).join("");
}

/**
 * Checks the errors of a template: each once and in order, the first one among them, and no other ones than those that a
 * developer would see after correcting some of the mistakes.
 */
function assertErrors(
  sketch: Sketch,
  mistakes: ReadonlyMap<number, Mistake>,
  others: Readonly<Record<string, string>>,
  code = noCode,
): void {
  const findAll = (wrong: (index: number) => boolean): ReturnType<typeof check> =>
    check({ ...others, [sketch.name]: write(sketch, mistakes, wrong) }, [sketch.name], code);
  const indexes = [...mistakes.keys()];
  const isAllFound = [...mistakes.values()].every((mistake) => independent.includes(mistake) || independentTags.includes(mistake));
  // The correct form of a mistake is not allowed everywhere.
  if (!isAllFound && findAll(() => false).first.length > 0) return;
  const text = write(sketch, mistakes, () => true);
  const { first, all } = findAll(() => true);
  const reported = messagesOf(all);
  assert.deepEqual(reported, [...new Set(reported)], text);
  const places = all.map(({ at }) => at);
  assert.deepEqual(
    places,
    places.toSorted((one, other) => one - other),
  );
  for (const message of messagesOf(first)) assert.ok(reported.includes(message), `${message} is missing in\n${text}`);
  if (isAllFound)
    return assert.deepEqual(
      reported,
      indexes.flatMap((index) => messagesOf(findAll((each) => each === index).first)),
      text,
    );
  const possible = new Set<string>();
  for (let subset = 1; subset < 1 << indexes.length; subset++)
    for (const message of messagesOf(findAll((index) => ((subset >> indexes.indexOf(index)) & 1) === 1).first)) possible.add(message);
  // A mistake in a declaration leaves each use of its names undeclared.
  const leaves = [...possible].some((message) => message.endsWith("is not declared."));
  const isKnown = (message: string): boolean => possible.has(message) || (leaves && message.endsWith("is not declared."));
  for (const message of reported) assert.ok(isKnown(message), `${message} is a consequence in\n${text}`);
}

function pickMistakes(
  { kinds }: Sketch,
  count: number,
  random: (below: number) => number,
  lists: ReadonlyArray<readonly Mistake[]>,
): Map<number, Mistake> {
  const picked = new Map<number, Mistake>();
  while (picked.size < Math.min(count, kinds.length)) {
    const index = random(kinds.length);
    const list = kinds[index] === "§" ? independent : lists[random(lists.length)]!;
    picked.set(index, list[random(list.length)]!);
  }
  return new Map([...picked].sort(([one], [other]) => one - other));
}

describe("findErrors() on random mistakes", () => {
  for (const [wrong, right] of [...independent, ...independentTags, ...stopping])
    it(`has a correct form of the same length for ${JSON.stringify(wrong)}`, () => {
      assert.equal(wrong.length, right.length);
      const toText = (mistake: string): string => `{% props t: string, n: number, items: any[] %}<p>${mistake.replaceAll("#", "1")}</p>`;
      assert.deepEqual(messagesOf(check({ ...parts, "page.html": toText(right) }).all), []);
      assert.equal(check({ ...parts, "page.html": toText(wrong) }).first.length, 1);
    });

  const random = createRandom(20_261_204);
  const rounds = 25;
  const createSketch = (name: string): Sketch => {
    const picked = Array.from({ length: 8 }, (_each, index) => constructs[random(constructs.length)]!.replaceAll("$", String(index)));
    const props = random(4) === 0 ? "" : "{% props t: string, n: number, items: any[] %}\n";
    if (random(3) > 0) return toSketch(name, `${props}${picked.join("\n")}\n`);
    return toSketch(name, `${props}{% extends 'frame.html' %}{% block main %}${picked.join("\n")}{% endblock %}\n`);
  };
  for (const name of ["page.html", "page.txt"]) {
    it(`finds exactly the mistakes in tags that can be repaired in ${name}`, () => {
      for (let round = 0; round < rounds; round++) {
        const sketch = createSketch(name);
        assertErrors(sketch, pickMistakes(sketch, 2 + random(2), random, [independent, independentTags]), parts);
      }
    });
    it(`reports no consequence of a mistake that hides others in ${name}`, () => {
      for (let round = 0; round < rounds; round++) {
        const sketch = createSketch(name);
        assertErrors(sketch, pickMistakes(sketch, 2 + random(3), random, [independent, independentTags, stopping]), parts);
      }
    });
  }

  it("reports no consequence of random characters", () => {
    const characters = "{}%#\"'<>|()[],.:=&!?~-/ ax0";
    for (let round = 0; round < 3 * rounds; round++) {
      const text = createSketch("page.html").texts.join("");
      // Without its props, a file has many errors.
      const from = text.indexOf("\n") + 1;
      const places = Array.from({ length: 3 }, () => from + random(text.length - from)).sort((one, other) => one - other);
      // Another number of lines would move the errors.
      const mistakes = places.map((at): Mistake => [text[at] === "\n" ? "\n" : characters[random(characters.length)]!, text[at]!]);
      const texts = [0, ...places.map((at) => at + 1)].map((start, index) =>
        text.slice(start, Math.max(start, places[index] ?? text.length)),
      );
      assertErrors({ name: "page.html", kinds: [], texts }, new Map(mistakes.entries()), parts);
    }
  });

  const folder = fileURLToPath(new URL("../../../examples/library/views", import.meta.url));
  const code = readProjectCode([folder]);
  const pages = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".html"));
  const texts = Object.fromEntries(pages.map((name) => [name, readFileSync(join(folder, name), "utf8")]));
  it("finds exactly the mistakes in the pages of an example", () => {
    for (const name of pages) {
      const pieces = texts[name]!.split(/(?=<\/(?!(?:title|script|style|textarea)>))/);
      const sketch: Sketch = {
        name,
        kinds: pieces.slice(1).map(() => "@"),
        texts: pieces.map((piece, index) => {
          const start = index === 0 ? "" : "{% endwith %}";
          return `${start}${piece}${index === pieces.length - 1 ? "" : "{% with t = '1', n = 1, items = [1] %}"}`;
        }),
      };
      assertErrors(sketch, pickMistakes(sketch, 3, random, [independent, independentTags]), { ...texts, ...parts }, code);
    }
  });
});
