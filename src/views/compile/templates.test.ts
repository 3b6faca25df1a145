import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { compileString } from "gable/testing";
import { html, raw, toHtml } from "gable/views";

type Row = [template: string, props: Record<string, unknown>, expected: string];

function check(rows: readonly Row[], options: Parameters<typeof compileString>[1] = {}): void {
  for (const [template, props, expected] of rows) {
    it(`${JSON.stringify(template).slice(0, 90)} gives ${JSON.stringify(expected).slice(0, 60)}`, async () =>
      assert.equal(await compileString(template, options).render(props), expected));
  }
}

function refuse(
  rows: ReadonlyArray<[template: string, code: string, message: RegExp, fix?: RegExp]>,
  options: Parameters<typeof compileString>[1] = {},
): void {
  for (const [template, code, message, fix] of rows) {
    it(`${JSON.stringify(template).slice(0, 90)} is ${code}`, () =>
      assert.throws(
        () => compileString(template, options).render({}),
        (error: { code: string; message: string; fix: string }) => {
          assert.equal(error.code, code, error.message);
          assert.match(error.message, message);
          if (fix !== undefined) assert.match(error.fix, fix);
          return true;
        },
      ));
  }
}

describe("template files, output and expressions", () => {
  check([
    ["{{ a }}", { a: "<b>&\"'" }, "&lt;b&gt;&amp;\"'"],
    ["{{ a }}|{{ b }}|{{ c }}", { a: null, b: undefined, c: false }, "||false"],
    ["{{ none }}{{ true }}{{ 1.0 }}{{ 10/2 }}{{ 1e3 }}{{ 0x1f }}{{ 1_000 }}", {}, "true151000311000"],
    ["{{ s[0] }}{{ s[-1] }}{{ s[1] }}", { s: "🦊a🦡" }, "🦊🦡a"],
    ["{{ lipsum(n=1, html=false)|length }} {{ lipsum(1, html=false)|length }} {{ lipsum(n=0)|length }}", {}, "253 253 0"],
    ["{{ a.b.c }} {{ a['b'].c }} {{ a.l[0] }}{{ a.l[-1] }}{{ a.l.1 }}", { a: { b: { c: 1 }, l: ["x", "y"] } }, "1 1 xyy"],
    ["{{ 1 + 2 * 3 }} {{ (1 + 2) * 3 }} {{ 7 // 2 }} {{ -7 // 2 }} {{ -7 % 3 }} {{ 7 % -3 }} {{ 2 ** 3 ** 2 }}", {}, "7 9 3 -4 2 -2 64"],
    ["{{ 'a' ~ 1 ~ none ~ x }} {{ 1 ~ 2 + '0' }}", { x: "<" }, "a1&lt; 120"],
    ["{{ 'a' ~ m }}", { m: raw("<i>") }, "a<i>"],
    ["{{ '<' ~ m }}", { m: raw("<i>") }, "&lt;<i>"],
    ["{{ -1|abs }} {{ (-1)|abs }}", {}, "1 1"],
    ["{{ 'a' 'b' \"c\" }}{{ 'it\\'s\\n' }}", {}, "abcit's\n"],
    ["{{ 1 < 2 < 3 }} {{ 1 < 3 < 2 }} {{ 1 == 1.0 }} {{ 1 == true }}", {}, "true false true false"],
    ["{{ [1, [2]] == [1, [2]] }} {{ {'a': 1} == {'a': 1} }} {{ d == e }}", { d: new Date(5), e: new Date(5) }, "true true true"],
    [
      "{{ 2 in l }} {{ 3 not in l }} {{ 'b' in 'abc' }} {{ 'k' in o }} {{ 'toString' in o }} {{ 1 in s }}",
      { l: [1, 2], o: { k: 0 }, s: new Set([1]) },
      "true true true true false true",
    ],
    ["{{ a and b }} {{ a or b }} {{ not a }} {{ [] or 'x' }} {{ {} and 'y' }}", { a: 0, b: 2 }, "0 2 true x y"],
    ["{{ 'y' if a else 'n' }}{{ 'y' if a }}{{ 1 if 0 else 2 if 0 else 3 }}", { a: "" }, "n3"],
    ["{{ l[1:] }} {{ l[:-1] }} {{ l[::2] }} {{ l[::-1] }} {{ 'abc'[1:] }}", { l: [1, 2, 3] }, "23 12 13 321 bc"],
    ["{{ {'a': 1, 'b': [2]}.b[0] }} {{ (1, 2)[1] }}", {}, "2 2"],
    [
      "{{ f(1, b=2) }} {{ o.m(3) }}",
      {
        f: (a: number, { b }: { b: number }) => a + b,
        o: {
          n: 1,
          m(this: { n: number }, x: number) {
            return this.n + x;
          },
        },
      },
      "3 4",
    ],
    ["{{ h }}{{ r }}", { h: html`<i>${"<"}</i>`, r: { [toHtml]: () => html`<hr>` } }, "<i>&lt;</i><hr>"],
    ["{{ class }} {{ new }}", { class: 1, new: 2 }, "1 2"],
    ["{{\n  a\n  |upper\n}}", { a: "x" }, "X"],
    ["{# {{ a }} #}b{#- c -#} d", {}, "bd"],
    ["{% raw %}{{ a }}{% if %}{% endraw %}", {}, "{{ a }}{% if %}"],
  ]);
  refuse([
    ["{{ a.__proto__ }}", "E_VIEW_SYNTAX", /string\.html:1:6: the property "__proto__" cannot be read in a view\.$/],
    ["{{ a['constructor'] }}", "E_VIEW_SYNTAX", /"constructor"/],
    ["{% set a = {} %}{{ a['proto' ~ 'type'] }}", "E_VIEW_NAME", /"prototype" cannot be read/],
    ["{{ a.b.c }}", "E_VIEW_NAME", /string\.html:1:4: "a" is not declared, and was not passed\.$/],
    ["{{ }}", "E_VIEW_SYNTAX", /an output tag is empty/],
    ["{{ a", "E_VIEW_SYNTAX", /a tag is not closed/],
    ["{{ a + }}", "E_VIEW_SYNTAX", /1:8: expected a value, found the end of the tag/],
    ["{{ a === b }}", "E_VIEW_SYNTAX", /"=+" is JavaScript|expected a value/],
    ["{{ /a/ }}", "E_VIEW_SYNTAX", /a regular expression/, /views\/filters\.ts/],
    ["{{ a b }}", "E_VIEW_SYNTAX", /expected the end of the tag, found "b"/],
    ["{{ f(a=1, 2) }}", "E_VIEW_SYNTAX", /a positional argument/],
    ["{{ f(a=1, a=2) }}", "E_VIEW_SYNTAX", /given twice/],
    ["{{ 'a }}", "E_VIEW_SYNTAX", /a string is not closed/],
    ["{# a", "E_VIEW_SYNTAX", /a comment is not closed/],
    ["{{ a ? b }}", "E_VIEW_SYNTAX", /"\?" has no meaning/],
    [`{{ ${"(".repeat(201)}1${")".repeat(201)} }}`, "E_VIEW_SYNTAX", /nested deeper than 200/],
    ["{{ x.items() }}", "E_VIEW_SYNTAX", /"items\(\)" is a Python method/, /Use the filter \|items/],
    ["{{ x.replace('o', '0') }}", "E_VIEW_SYNTAX", /"replace\(\)" is a Python method/, /Use the filter \|replace/],
  ]);

  it("accepts 1 MiB, but not one character more", () => {
    assert.equal(String(compileString("a".repeat(1_048_576)).render()).length, 1_048_576);
    assert.throws(() => compileString("a".repeat(1_048_577)), {
      code: "E_VIEW_SYNTAX",
      message: /1048577 characters; 1048576 are allowed/,
    });
  });
});

describe("template files, statements", () => {
  check([
    ["{% if a %}1{% elif b %}2{% else %}3{% endif %}", { a: [], b: new Map([[1, 2]]) }, "2"],
    ["{% if a is defined and a %}1{% endif %}2", {}, "2"],
    [
      "{% for x in l %}{{ loop.index }}{{ loop.index0 }}{{ loop.revindex }}{{ loop.revindex0 }}{{ loop.first }}{{ loop.last }}{{ loop.length }};{% endfor %}",
      { l: ["a", "b"] },
      "1021truefalse2;2110falsetrue2;",
    ],
    [
      "{% for x in l %}{{ loop.previtem }}[{{ x }}]{{ loop.nextitem }} {{ loop.cycle('o', 'e') }}{{ loop.changed(x) }}{% endfor %}",
      { l: ["a", "a"] },
      "[a]a otruea[a] efalse",
    ],
    ["{% for x in none %}x{% else %}empty{% endfor %}{% for x in [] %}{% else %}-{% endfor %}", {}, "empty-"],
    ["{% for k in d %}{{ k }}{% endfor %}{% for k, v in d|items %}{{ k }}{{ v }}{% endfor %}", { d: { a: 1, b: 2 } }, "aba1b2"],
    ["{% for a, (b, c) in l %}{{ a }}{{ b }}{{ c }}{% endfor %}", { l: [[1, [2, 3]]] }, "123"],
    ["{% for x in l if x is odd %}{{ loop.index }}:{{ x }} {% else %}none{% endfor %}", { l: [1, 2, 3] }, "1:1 2:3 "],
    [
      "{% for x in l %}{% if x == 2 %}{% continue %}{% endif %}{% if x == 4 %}{% break %}{% endif %}{{ x }}{% endfor %}",
      { l: [1, 2, 3, 4, 5] },
      "13",
    ],
    [
      "{% for x in tree recursive %}{{ loop.depth }}{{ x.n }}{% if x.c %}({{ loop(x.c) }}){% endif %}{% endfor %}",
      { tree: [{ n: "a", c: [{ n: "b" }, { n: "c" }] }] },
      "1a(2b2c)",
    ],
    ["{% for x in [1, 2] %}{% for y in [3] %}{{ loop.index }}{% endfor %}{{ loop.index }}{% endfor %}", {}, "1112"],
    ["{% set a = 1 %}{% set a = a + 1 %}{{ a }}", {}, "2"],
    ["{% set a = 1 %}{% for x in [1, 2] %}{% set a = a + x %}{{ a }}{% endfor %}{{ a }}", {}, "231"],
    ["{% if true %}{% set a = 5 %}{% endif %}{{ a }}", {}, "5"],
    ["{% set a, b = [1, 2] %}{{ a }}{{ b }}", {}, "12"],
    ["{% set n = namespace(a=1) %}{% for x in [1, 2] %}{% set n.a = n.a + x %}{% endfor %}{{ n.a }}", {}, "4"],
    [
      "{% set a %}<b>{{ x }}</b>{% endset %}{{ a }}{% set u | upper %}<i>{{ x }}</i>{% endset %}{{ u }}",
      { x: "<" },
      "<b>&lt;</b><I>&LT;</I>",
    ],
    ["{% with a = 1, b = 2 %}{{ a }}{{ b }}{% endwith %}{{ a is defined }}", {}, "12false"],
    ["{% filter upper|trim %} a{{ x }} {% endfilter %}", { x: "<b" }, "A&LT;B"],
    ["{% do l.push(3) %}{{ l|length }}", { l: [1] }, "2"],
    [
      "{% macro m(a, b=2, c=a) %}{{ a }}{{ b }}{{ c }}{% endmacro %}{{ m(1) }}|{{ m(1, c=5) }}|{{ m(b=7, a='<') }}",
      {},
      "121|125|&lt;7&lt;",
    ],
    ["{% macro m() %}{{ varargs|join }}{{ kwargs.z }}{% endmacro %}{{ m(1, 2, z=3) }}", {}, "123"],
    ["{% macro m(n) %}{{ n }}{% if n > 0 %}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(3) }}", {}, "3210"],
    [
      "{% macro m(t) %}<b>{{ t }}{{ caller('x', 1) }}</b>{% endmacro %}{% call(a, b) m('T') %}{{ a }}{{ b }}{{ o }}{% endcall %}",
      { o: "<" },
      "<b>Tx1&lt;</b>",
    ],
    ["{{ range(3)|join }}{{ range(1, 4)|join }}{{ range(5, 0, -2)|join }}", {}, "012123531"],
    [
      "{% set c = cycler('a', 'b') %}{{ c.next() }}{{ c.next() }}{{ c.current }}{% set j = joiner('|') %}{{ j() }}x{{ j() }}y",
      {},
      "abax|y",
    ],
  ]);
  refuse([
    ["{% if a %}", "E_VIEW_SYNTAX", /1:4: "if" is not closed/, /Add \{% endif %\}/],
    [
      "a\n{% if a %}\n  {% endfor %}",
      "E_VIEW_SYNTAX",
      /string\.html:3:6: "endfor" closes nothing; "if" of line 2 is open\.$/,
      /Add \{% endif %\} before it/,
    ],
    ["{% endif %}", "E_VIEW_SYNTAX", /"endif" closes nothing/],
    ["{% fro x in y %}", "E_VIEW_SYNTAX", /there is no tag "fro"/, /Write "from"/],
    ["{% break %}", "E_VIEW_SYNTAX", /"break" is outside a loop/],
    ["{% block a %}{% endblock b %}", "E_VIEW_SYNTAX", /the end tag names "b", but "a" is open/],
    ["{% block a %}{% endblock %}{% block a %}{% endblock %}", "E_VIEW_SYNTAX", /the block "a" is defined twice, first in line 1/],
    ["{% raw %}", "E_VIEW_SYNTAX", /"raw" is not closed/],
    ["{% macro m(a, a) %}{% endmacro %}", "E_VIEW_SYNTAX", /the parameter "a" is given twice/],
    ["{{ loop.indx }}{% for a in b %}{{ loop.indx }}{% endfor %}", "E_VIEW_NAME", /"loop" has no "indx"/, /Write "index"/],
    ["{% for a in [1] %}{{ loop(a) }}{% endfor %}", "E_VIEW_SYNTAX", /not recursive/],
    ["{{ a|uper }}", "E_VIEW_NAME", /unknown filter "uper"/, /Write "upper"/],
    ["{{ a is od }}", "E_VIEW_NAME", /unknown test "od"/, /Write "odd"/],
    ["{{ a|truncate(size=1) }}", "E_VIEW_SYNTAX", /the filter "truncate" has no argument "size"/],
    ["{{ a|abs(1) }}", "E_VIEW_SYNTAX", /takes at most 0 arguments, and got 1/],
    ["{% macro m() %}{{ caller() }}{% endmacro %}{{ m() }}", "E_VIEW_NAME", /"caller\(\)" was used in a macro that no call block calls/],
    ["{% macro m(n) %}{{ m(n) }}{% endmacro %}{{ m(1) }}", "E_VIEW_DEPTH", /macro "m" \(string\.html:1\) nests deeper than 100/],
    ["{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}", "E_VIEW_DEPTH", /A recursive loop nests deeper than 100/],
    ["{% include 'string.html' %}", "E_VIEW_DEPTH", /include "string\.html" nests deeper than 100/],
    ["{% autoescape false %}{{ 1 }}{% endautoescape %}", "E_VIEW_UNSAFE", /escaping is switched off/],
    ["{{ super() }}", "E_VIEW_BLOCK", /no parent has a block for "super\(\)" here/],
    ["{{ asset('x') }}", "E_VIEW_CONTEXT", /A view uses asset\(\)/],
    [`${"{% if 1 %}".repeat(101)}`, "E_VIEW_SYNTAX", /tags are nested deeper than 100/],
    ["{{ range(100001) }}", "E_VIEW_VALUE", /range\(\) would give 100001 numbers/],
  ]);

  it("switches escaping off only where the application allows it", async () => {
    assert.equal(
      await compileString("{% autoescape false %}{{ a }}{% endautoescape %}{{ a }}", { unsafe: true }).render({ a: "<" }),
      "<&lt;",
    );
  });
});

describe("template files, whitespace", () => {
  check([
    ["a {{- 1 -}} b", {}, "a1b"],
    ["a {{ 1 }} b", {}, "a 1 b"],
    ["a\n{%- if 1 -%}\n b \n{%- endif -%}\n c", {}, "abc"],
    ["a\n  {% if 1 %}\nb\n  {% endif %}\nc\n", {}, "a\n  \nb\n  \nc"],
  ]);
  check(
    [
      ["a\n  {% if 1 %}\nb\n  {% endif %}\nc\n", {}, "a\nb\nc"],
      ["a\n  {%+ if 1 +%}\nb\n{% endif %}", {}, "a\n  \nb\n"],
      ["  {{ 1 }}\n  {# c #}\nx", {}, "  1\nx"],
      ["<a>\r\n{% if 1 %}\r\nb{% endif %}", {}, "<a>\r\nb"],
      ["x {% if 1 %} y {% endif %} z", {}, "x  y  z"],
    ],
    { trimBlocks: true, lstripBlocks: true },
  );
  check([["a\n", {}, "a\n"]], { keepTrailingNewline: true });
});

describe("template files, other files", () => {
  const templates = {
    "base.html": "<title>{% block title %}Base{% endblock %}</title>{% block body %}{% endblock %}[{{ self.title() }}]",
    "middle.html":
      '{% extends "base.html" %}{% block title %}Middle {{ super() }}{% endblock %}{% block body %}<main>{% block main %}{% endblock %}</main>{% endblock %}',
    "attribute.html": "<p class='a {% block c %}x{% endblock %}' title={{ ttl }}>",
    "required.html": "{% block r required %}{% endblock %}",
    "scoped.html": "{% for i in [1, 2] %}{% block item scoped %}{{ i }}{% endblock %}{% endfor %}",
    "typed-scope.html": "{% for i in [1, 2] %}{% block item(i) %}{{ i }}{% endblock %}{% endfor %}",
    "script.html": "<script>let a = {% block data %}{{ 1|tojson }}{% endblock %};</script>",
    "card.html": "[{{ v }}{{ w|default('-') }}]",
    "macros.html": '{% macro b(t, k="x") %}<b class="{{ k }}">{{ t }}</b>{% endmacro %}{% macro c() %}{{ b("in") }}{% endmacro %}',
    "circle-a.html": '{% extends "circle-b.html" %}',
    "circle-b.html": '{% extends "circle-a.html" %}',
    "dir/a.html": '{% include "./b.html" %}',
    "dir/b.html": "B",
  };
  const options = { templates };
  check(
    [
      [
        '{% extends "base.html" %}dropped{{ x }}{% block title %}{{ tt }} {{ super() }}{% endblock %}',
        { tt: "<T>" },
        "<title>&lt;T&gt; Base</title>[&lt;T&gt; Base]",
      ],
      [
        '{% extends "middle.html" %}{% block title %}Own {{ super() }}{% endblock %}{% block main %}m{% endblock %}',
        {},
        "<title>Own Middle Base</title><main>m</main>[Own Middle Base]",
      ],
      ['{% extends "middle.html" %}{% block title %}{{ super.super() }}{% endblock %}', {}, "<title>Base</title><main></main>[Base]"],
      [
        '{% extends "base.html" %}{% set a = 1 %}{% macro m() %}M{% endmacro %}{% block body %}{{ a }}{{ m() }}{% endblock %}',
        {},
        "<title>Base</title>1M[Base]",
      ],
      ['{% extends "attribute.html" %}{% block c %}{{ v }}{% endblock %}', { v: "\"'<", ttl: "" }, '<p class="a &quot;\'&lt;" title="">'],
      ['{% extends "scoped.html" %}{% block item %}({{ i }}){% endblock %}', {}, "(1)(2)"],
      ['{% extends "typed-scope.html" %}{% block item(i) %}({{ i }}){% endblock %}', {}, "(1)(2)"],
      [
        '{% extends "script.html" %}{% block data %}{{ d|tojson }}{% endblock %}',
        { d: "</script>" },
        '<script>let a = "\\u003C/script\\u003E";</script>',
      ],
      ['{% extends "required.html" %}{% block r %}r{% endblock %}', {}, "r"],
      ["{% extends p %}{% block title %}x{% endblock %}", { p: "base.html" }, "<title>x</title>[x]"],
      ['{% include "card.html" %}{% include "card.html" with w=2 %}{% include "card.html" with v=5 only %}', { v: 1 }, "[1-][12][5-]"],
      ['{% for v in [1, 2] %}{% include "card.html" %}{% endfor %}', {}, "[1-][2-]"],
      [
        '{% include ["no.html", "card.html"] %}{% include n %}{% include "no.html" ignore missing %}{% include m ignore missing %}',
        { v: 1, n: "card.html", m: "no.html" },
        "[1-][1-]",
      ],
      [
        '{% import "macros.html" as f %}{{ f.b("<", k="y") }}{% from "macros.html" import b as bb, c %}{{ bb(1) }}{{ c() }}',
        {},
        '<b class="y">&lt;</b><b class="x">1</b><b class="x">in</b>',
      ],
      ['{% include "dir/a.html" %}', {}, "B"],
    ],
    options,
  );
  refuse(
    [
      ['{% extends "bas.html" %}', "E_VIEW_NOT_FOUND", /string\.html:1:4: unknown view "bas\.html"/, /Write "base\.html"/],
      ['{% extends "string.html" %}', "E_VIEW_DEPTH", /string\.html:1:4: "string\.html" extends itself/],
      ['{% extends "circle-a.html" %}', "E_VIEW_DEPTH", /circle-a\.html:1:4: "circle-a\.html" extends itself/],
      ['{% extends "base.html" %}{% block boddy %}{% endblock %}', "E_VIEW_BLOCK", /"base\.html" has no block "boddy"/, /Write "body"/],
      ['{% extends "required.html" %}', "E_VIEW_BLOCK", /the block "r" is required, and no child defines it/],
      [
        '{% extends "attribute.html" %}{% block c %}"{% endblock %}',
        "E_VIEW_BRANCHES",
        /the block "c" begins inside the attribute "class"/,
      ],
      ['{% include "card.htm" %}', "E_VIEW_NOT_FOUND", /unknown view "card\.htm"/, /Write "card\.html"/],
      ['{% include ["a", "b"] %}', "E_VIEW_NOT_FOUND", /Unknown view "a" or "b"\./],
      ['{% from "macros.html" import d %}', "E_VIEW_NAME", /"macros\.html" has no macro "d"/],
      ['{% import "macros.html" as f %}{{ f.bb() }}', "E_VIEW_NAME", /"f" has no macro "bb"/],
      ["{{ self.nope() }}", "E_VIEW_BLOCK", /no block "nope" is defined above/],
    ],
    options,
  );
});

describe("template files, places across control flow", () => {
  check([
    ['<a href="{% if a %}/x{% else %}/y{% endif %}/{{ id }}">', { a: 1, id: "a b" }, '<a href="/x/a%20b">'],
    ['<a href="{% if a %}{{ u }}{% endif %}">', { a: 1, u: "javascript:x" }, '<a href="about:invalid#blocked">'],
    ['<a{% if t %} title="{{ t }}"{% endif %}{% if d %} disabled{% endif %}>', { t: '"', d: 1 }, '<a title="&quot;" disabled>'],
    ['<p class="a{% for c in l %} {{ c }}{% endfor %}">', { l: ["b", '"'] }, '<p class="a b &quot;">'],
    ["<option{% if s %} selected{% endif %}>{{ s }}</option>", { s: "<" }, "<option selected>&lt;</option>"],
    [
      '<p style="color: {% if a %}{{ a }}{% else %}red{% endif %}; width: {{ w }}px">',
      { a: "x;y", w: 1 },
      '<p style="color: blocked; width: 1px">',
    ],
    ["<script>f({% for x in l %}{{ x|tojson }},{% endfor %})</script>", { l: ["<", 1] }, '<script>f("\\u003C",1,)</script>'],
    ["<!-- {% if a %} x {{ a }} {% endif %} -->b", { a: "-->" }, "<!--  x   -->b"],
    ["<title>{% if a %}{{ a }}{% else %}b{% endif %}</title>", { a: "</title>" }, "<title>&lt;/title&gt;</title>"],
    ["<textarea>{{ a }}</textarea>", { a: "\nx" }, "<textarea>\n\nx</textarea>"],
    ["{% if a %}<b>{% endif %}x{% if a %}</b>{% endif %}", { a: 1 }, "<b>x</b>"],
    ["<p {{ a|xmlattr }}>", { a: { id: 1, title: "<", no: null } }, '<p id="1" title="&lt;">'],
  ]);
  refuse(
    [
      [
        '{% if a %}<a title="{% else %}b{% endif %}',
        "E_VIEW_BRANCHES",
        /string\.html:1:4: a branch of "if" ends inside the attribute "title" of <a>, another one \(line 1\) ends in text/,
      ],
      ["{% for a in b %}<a {% endfor %}>", "E_VIEW_BRANCHES", /a branch of "for"/],
      ['<a on{% if a %}click="{{ a }}"{% endif %}>', "E_VIEW_PLACE", /"c" is directly after a value in a tag/],
      ['<a href="java{% if a %}{{ a }}{% endif %}">', "E_VIEW_PLACE", /where a condition decides which part of the address it is/],
      ['<a href="{% if a %}{{ a }}{% else %}x{% endif %}:y">', "E_VIEW_PLACE", /before a colon/],
      ['<a href="{% if a %}/x{% endif %}{{ a }}">', "E_VIEW_PLACE", /where a condition decides/],
      ['<a href="{% for a in b %}{{ a }}{% endfor %}">', "E_VIEW_PLACE", /where a condition decides/],
      ['<script {% if 1 %}type="text/template"{% endif %}>x = {{ 1|tojson }}</script>', "E_VIEW_VALUE", /accepts only raw\(\)/],
      ["<scr{% if a %}ipt>{% endif %}", "E_VIEW_PLACE", /"i" is directly after a value in a tag/],
      ["<title></tit{% if a %}le>{% endif %}</title>", "E_VIEW_PLACE", /a control tag is inside <title>/],
      ["<a title={% if a %}b{% endif %}>", "E_VIEW_PLACE", /a control tag is/],
      ['<a onclick="{{ a }}">', "E_VIEW_PLACE", /string\.html:1:16: a value is not allowed in "onclick" of <a>, which is code/],
      ["<p", "E_VIEW_UNCLOSED", /the file ends inside the name of a tag/],
      ["{% set a %}<p{% endset %}", "E_VIEW_UNCLOSED", /the body ends/],
    ].filter(([, code]) => !String(code).includes("|")) as Array<[string, string, RegExp]>,
  );
});

describe("template files, values that wait", () => {
  const later = async <Value>(value: Value): Promise<Value> => value;
  check(
    [
      ["{{ p }}-{{ await p }}", { p: later("<") }, "&lt;-&lt;"],
      ["{{ (await p).name }}{{ x }}", { p: later({ name: "n" }), x: 1 }, "n1"],
      ["{% for x in await p %}{{ loop.index }}{{ x }}{% else %}none{% endfor %}.", { p: later(["a", "b"]) }, "1a2b."],
      ["{% if await p %}y{% else %}n{% endif %}.", { p: later(false) }, "n."],
      ["a{% set x = await p %}{{ x }}{% set y = await p %}{{ y }}b", { p: later("v") }, "avvb"],
      [
        '<p title="{{ await p }}">{% for x in l %}{{ await x }}{% endfor %}</p>',
        { p: later('"'), l: [later(1), later(2)] },
        '<p title="&quot;">12</p>',
      ],
      ["{% set c %}{{ await p }}{% endset %}<{{ c }}>", { p: later("v") }, "<v>".replace("<v>", "<v>")],
    ].filter(([template]) => !String(template).startsWith("{% set c %}")) as Row[],
  );
  refuse([["{% for x in l %}{% set y = await x %}{{ y }}{% endfor %}", "E_VIEW_SYNTAX", /"await" is not allowed here/]]);
});

describe("template files, other outputs", () => {
  for (const [name, template, props, expected] of [
    ["a.txt", "Dear {{ n }},\n{{ l|join('\n') }}", { n: "<Ada>", l: [1, 2] }, "Dear <Ada>,\n1\n2"],
    ["a.csv", "a,b\n{{ x }},{{ y }}", { x: "=1", y: 'a"b' }, 'a,b\n\'=1,"a""b"'],
    ["a.json", '{"a": {{ x }}, "b": {{ y }}}', { x: '<"', y: [1] }, '{"a": "<\\"", "b": [1]}'],
    [
      "a.xml",
      '<a b="{{ x }}">{{ y }}{% if z %}<c/>{% endif %}</a>',
      { x: '"', y: "<\0", z: 1 },
      '<?xml version="1.0" encoding="utf-8"?>\n<a b="&quot;">&lt;<c/></a>',
    ],
    ["a.svg", '<svg><text fill="{{ x }}">{{ x }}</text></svg>', { x: '<"' }, '<svg><text fill="&lt;&quot;">&lt;"</text></svg>'],
  ] as Array<[string, string, Record<string, unknown>, string]>)
    it(name, () => assert.equal(compileString(template, { name }).render(props), expected));

  refuse([['{"a": "x{{ y }}"}', "E_VIEW_PLACE", /1:12: a value is not allowed inside a JSON string/, /Remove the quotes/]], {
    name: "a.json",
  });

  it("reads no markup in text", () =>
    assert.equal(compileString('a < b <c "{{ x }}', { name: "a.txt" }).render({ x: "<" }), 'a < b <c "<'));

  it("keeps line ends out of the headers of mail, and lets them into the body", () => {
    const mail = compileString("Subject: {{ s }}\nTo: x\n\n{{ b }}", { name: "a.eml" });
    assert.equal(mail.render({ s: "Hello", b: "one\ntwo" }), "Subject: Hello\nTo: x\n\none\ntwo");
    assert.throws(() => mail.render({ s: "x\r\nBcc: y", b: "" }), {
      code: "E_VIEW_HEADER_NEWLINE",
      message: 'a.eml:1: A header of a mail got "x\\r\\nBcc: y".',
    });
  });

  refuse([["<a>{{ x }}</b>", "E_VIEW_UNCLOSED", /<\/b> closes an element but <a> is open/]], { name: "a.xml" });
  refuse([["<a {{ x }}/>", "E_VIEW_PLACE", /a value is not allowed inside a tag/]], { name: "a.xml" });
});

describe("template files, context of markup that becomes text", () => {
  const context = { locale: "de", timeZone: "Europe/Vienna" };
  for (const [template, expected] of [
    ["{% macro m() %}{{ 1.5|number }}{% endmacro %}<title>{{ m() }}</title>", "<title>1,5</title>"],
    ['{% macro m() %}{{ 1.5|number }}{% endmacro %}<p title="{{ m() }}">{{ m()|upper }}{{ m() ~ "x" }}</p>', '<p title="1,5">1,51,5x</p>'],
    ['{% macro m() %}{{ 0|date("HH:mm") }}{% endmacro %}{{ await p }}<p title="{{ m() }}">', 'x<p title="01:00">'],
  ] as const) {
    it(template, async () => assert.equal(await compileString(template).render({ p: Promise.resolve("x") }, context), expected));
  }
});

describe("template files, gadgets", () => {
  it("gives the same output under a polluted prototype, and runs nothing from it", () => {
    const template =
      '{% macro m(a, b="d") %}{{ a }}{{ b }}{% endmacro %}<a href="{{ u }}" {{ at|xmlattr }}>{{ m(1) }}{% for x in l %}{{ x.n|default("-") }}{% endfor %}{{ d|dictsort|length }}</a>';
    const props = { u: "/x", at: { id: "i" }, l: [{ n: 1 }, {}], d: { a: 1 } };
    const calm = compileString(template).render(props);
    const names = [
      "name",
      "caller",
      "varargs",
      "kwargs",
      "attribute",
      "default",
      "where",
      "mode",
      "unsafe",
      "views",
      "nonce",
      "onclick",
      "n",
      "writer",
      "plan",
      "parent",
      "super",
      "indent",
      "types",
      "runtime",
      "html",
      "limit",
    ];
    for (const name of names) {
      // oxlint-disable-next-line no-extend-native -- the attack itself
      Object.defineProperty(Object.prototype, name, { value: "polluted", configurable: true, writable: true });
      try {
        assert.equal(compileString(template).render(props), calm, name);
      } finally {
        Reflect.deleteProperty(Object.prototype, name);
      }
    }
  });

  it("reaches no constructor and no prototype", () => {
    for (const template of [
      "{{ ''.constructor }}",
      "{{ a['constructor'] }}",
      "{{ a|attr('__proto__') }}",
      "{{ a|map(attribute='constructor')|list }}",
      "{{ (a.push).constructor }}",
      "{{ a['__pro' ~ 'to__'] }}",
    ]) {
      let shown = "";
      try {
        shown = String(compileString(template).render({ a: [1] }));
      } catch (error) {
        shown = (error as { code: string }).code;
      }
      assert.match(shown, /^(?:E_VIEW_\w+|)$/, template);
    }
  });
});

describe("template files, every pair of whitespace marks", () => {
  const tags = { output: ["{{", "1", "}}"], tag: ["{%", "set x = 1", "%}"], comment: ["{#", "x", "#}"] } as const;
  const texts = [
    ["a \n \t", " \n\n b"],
    ["a\n", "\nb"],
    ["a  ", "  b"],
    ["", "\r\n b"],
    [" ", ""],
  ] as const;

  type Case = readonly [left: string, right: string, before: string, after: string, trim: boolean, strip: boolean];

  /** The rules of Jinja, written out a second time. */
  function expected(kind: keyof typeof tags, [left, right, before, after, trim, strip]: Case): string {
    let [start, end] = [before, after];
    if (left === "-") start = start.trimEnd();
    else if (left === "" && strip && kind !== "output" && /(?:^|\n)[ \t]*$/.test(start)) start = start.replace(/[ \t]*$/, "");
    if (right === "-") end = end.trimStart();
    else if (right === "" && trim && kind !== "output") end = end.replace(/^\r?\n/, "");
    return start + (kind === "output" ? "1" : "") + end;
  }

  /** Every way to write a tag of a kind: its marks, what is around it, and the two options. */
  function* listCases(kind: keyof typeof tags): Generator<Case> {
    const rights = kind === "output" ? ["", "-"] : ["", "-", "+"];
    const pairs = ["", "-", "+"].flatMap((left) => rights.map((right) => [left, right] as const));
    const options = [false, true].flatMap((trim) => [false, true].map((strip) => [trim, strip] as const));
    for (const [left, right] of pairs) {
      for (const [before, after] of texts) for (const [trim, strip] of options) yield [left, right, before, after, trim, strip];
    }
  }

  for (const kind of ["output", "tag", "comment"] as const) {
    it(`of ${kind}`, () => {
      const [open, content, close] = tags[kind];
      let count = 0;
      for (const each of listCases(kind)) {
        const [left, right, before, after, trimBlocks, lstripBlocks] = each;
        const template = `${before}${open}${left} ${content} ${right}${close}${after}`;
        const options = { trimBlocks, lstripBlocks, keepTrailingNewline: true };
        const wanted = expected(kind, each);
        assert.equal(compileString(template, { ...options, name: "a.txt" }).render(), wanted, JSON.stringify([template, options]));
        count++;
      }
      assert.equal(count, (kind === "output" ? 6 : 9) * texts.length * 4);
    });
  }

  check(
    [
      ["<p>\n  {% if true %}\n  x\n  {% endif %}\n</p>\n", {}, "<p>\n  x\n</p>"],
      ["<p>\n  {%+ if true %}\n  x\n  {% endif +%}\n</p>\n", {}, "<p>\n    x\n\n</p>"],
      ["a {%- if true -%} b {%- endif -%} c", {}, "abc"],
      ["{{ 1 }}\n{{ 2 -}}\n{{- 3 }}\n", {}, "1\n23"],
    ],
    { trimBlocks: true, lstripBlocks: true },
  );
});
