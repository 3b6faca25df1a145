import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { compileString } from "gable/testing";
import { cached, html, raw, render, renderToStream } from "gable/views";
import type { Html, RenderContext } from "gable/views";
import { MemoryFragments } from "gable/views";

type Props = Record<string, unknown>;
type Templates = Readonly<Record<string, string>>;
type Row = [template: string, props: Props, expected: string, templates?: Templates];

function check(rows: readonly Row[], context: RenderContext = {}): void {
  for (const [template, props, expected, templates = {}] of rows) {
    it(`${JSON.stringify(template).slice(0, 90)} gives ${JSON.stringify(expected).slice(0, 60)}`, async () =>
      assert.equal(await compileString(template, { templates }).render(props, context), expected));
  }
}

function refuse(rows: ReadonlyArray<[template: string, code: string, message: RegExp, fix: RegExp, templates?: Templates]>): void {
  for (const [template, code, message, fix, templates = {}] of rows) {
    it(`${JSON.stringify(template).slice(0, 90)} is ${code}`, async () =>
      assert.rejects(
        async () => compileString(template, { templates }).render({}),
        (error: { code: string; message: string; fix: string }) => {
          assert.equal(error.code, code, error.message);
          assert.match(error.message, message);
          assert.match(error.fix, fix);
          return true;
        },
      ));
  }
}

describe("partials", () => {
  const list = "{% for b in bs %}{% partialdef row(b) inline %}<li>{{ b }}</li>{% endpartialdef row %}{% endfor %}";
  check([
    [list, { bs: ["a", "<"] }, "<li>a</li><li>&lt;</li>"],
    ["{% partialdef p %}<b>{{ x }}</b>{% endpartialdef %}[{% partial p %}{% partial p %}]", { x: 1 }, "[<b>1</b><b>1</b>]"],
    [
      "{% partialdef p(x, y=2) %}{{ x }}{{ y }}{% endpartialdef %}{% partial p(1) %} {% partial p(y=3, x=4) %} {% partial p(5, 6) %}",
      {},
      "12 43 56",
    ],
    ["{% partialdef p(x) %}{{ x }}{% endpartialdef %}{% set x = 7 %}{% partial p %}", {}, "7"],
    ["{% include 'list.html#row' with b='z' %}", {}, "<li>z</li>", { "list.html": list }],
    ["{% include ['nope.html', 'list.html#row'] with b='z' %}", {}, "<li>z</li>", { "list.html": list }],
    [
      "{% partialdef a(x) inline %}({% partialdef b(x) inline %}{{ x }}{% endpartialdef %}){% endpartialdef %}{% partial b(2) %}",
      { x: 1 },
      "(1)2",
    ],
    ["{% macro m(v) %}<i>{{ v }}</i>{% endmacro %}{% partialdef p(x) inline %}{{ m(x) }}{% endpartialdef %}", { x: 1 }, "<i>1</i>"],
    [
      "{% from 'm.html' import m %}{% partialdef p(x) inline %}{{ m(x) }}{% endpartialdef %}",
      { x: 1 },
      "<1>",
      { "m.html": "{% macro m(v) %}&lt;{{ v }}&gt;{% endmacro %}" },
    ].map((part) => (typeof part === "string" ? part.replace("<1>", "&lt;1&gt;") : part)) as Row,
    ["<p class='{% partial p %}'>{% partialdef p %}a {{ x }}{% endpartialdef %}", { x: '"<' }, '<p class="a &quot;&lt;">'],
    ["{% include '#p' %}{% partialdef p %}x{% endpartialdef %}", {}, "x"],
  ]);
  it("renders on its own, without the page around it", async () => {
    const calls: string[] = [];
    const templates = { "page.html": "{{ f('page') }}{% partialdef row(n) inline %}{{ n }}{% endpartialdef %}{{ f('page') }}" };
    const page = compileString("{% include 'page.html#row' %}", { templates });
    const f = (name: string): string => (calls.push(name), name);
    assert.equal(await page.render({ f, n: 3 }), "3");
    assert.deepEqual(calls, []);
  });
  refuse([
    [
      "{% partial rwo %}{% partialdef row %}x{% endpartialdef %}",
      "E_VIEW_PARTIAL",
      /^string\.html:1:4: "string\.html" has no partial "rwo"\.$/,
      /^Write "string\.html#row"\.$/,
    ],
    ["{% include 'a.html#b' %}", "E_VIEW_PARTIAL", /"a\.html" has no partial "b"/, /^It has: none\.$/, { "a.html": "" }],
    [
      "{% partialdef p %}{% endpartialdef %}\n{% partialdef p %}{% endpartialdef %}",
      "E_VIEW_SYNTAX",
      /2:4: the partial "p" is defined twice, first in line 1/,
      /Rename/,
    ],
    [
      "{% partialdef p(x) %}{{ x }}{{ y }}{% endpartialdef %}{% partial p(1) %}",
      "E_VIEW_NAME",
      /1:32: "y" is not declared/,
      /\{% partialdef p\(y: Type\) %\}/,
    ],
    ["{% partialdef p(x) %}{% endpartialdef %}{% partial p(1, 2) %}", "E_VIEW_SYNTAX", /takes 1 values, and got 2/, /./],
    ["{% partialdef p(x) %}{% endpartialdef %}{% partial p(z=2) %}", "E_VIEW_NAME", /the partial "p" has no value "z"/, /^It has: x\.$/],
    ["{% partialdef p %}<b{% endpartialdef %}", "E_VIEW_UNCLOSED", /the partial "p" ends inside/, /./],
    [
      "{% partialdef p %}{% block b %}{% endblock %}{% endpartialdef %}",
      "E_VIEW_SYNTAX",
      /the block "b" is inside a partial/,
      /around the partial/,
    ],
  ]);
});

describe("components", () => {
  const card =
    `{% props title, attributes?: Attributes %}<div {{ attributes }}><h2>{{ title }}</h2>{% slot children %}empty{% endslot %}{% slot footer %}-{% endslot %}</div>`.replace(
      "title,",
      "title: string,",
    );
  const rows =
    "{% props items: string[] %}<ul>{% for item in items %}<li>{% slot row(item: string, n: number = loop.index) %}{{ item }}{% endslot %}</li>{% endfor %}</ul>";
  const templates = { "card.html": card, "rows.html": rows, "box.html": "<b>{% slot children %}{% endslot %}</b>" };
  check(
    (
      [
        ["{% component 'card.html' title='T' %}{% endcomponent %}", {}, "<div><h2>T</h2>empty-</div>"],
        ["{% component 'card.html' title='T' %}<p>{{ x }}</p>{% endcomponent %}", { x: "<" }, "<div><h2>T</h2><p>&lt;</p>-</div>"],
        [
          "{% component 'card.html' title='T', id='i' class=['a', 'b'] 'data-x'=1 %}a{% slot footer %}f{{ x }}{% endslot %}b{% endcomponent %}",
          { x: 1 },
          '<div id="i" class="a b" data-x="1"><h2>T</h2>abf1</div>',
        ],
        [
          "{% component 'card.html' title='T' class='w' 'data-x'='1' \"id\" = 'i' %}a{% endcomponent %}",
          {},
          '<div class="w" data-x="1" id="i"><h2>T</h2>a-</div>',
        ],
        [
          "{% component 'card.html' 'data-x'='1' '2', title='T' 'U' == 'TU' and 'V' 'W' %}a{% endcomponent %}",
          {},
          '<div data-x="12"><h2>VW</h2>a-</div>',
        ],
        ["{% component 'card.html' title='T' %}\n  {% slot footer %}f{% endslot %}\n{% endcomponent %}", {}, "<div><h2>T</h2>emptyf</div>"],
        [
          "{% component 'rows.html' items=l %}{% slot row(item, n) %}{{ n }}:{{ item }}{{ x }}{% endslot %}{% endcomponent %}",
          { l: ["a", "<"], x: "!" },
          "<ul><li>1:a!</li><li>2:&lt;!</li></ul>",
        ],
        ["{% component 'rows.html' items=['z'] %}{% endcomponent %}", {}, "<ul><li>z</li></ul>"],
        [
          "{% component 'box.html' %}{% component 'box.html' %}{% component 'box.html' %}x{% endcomponent %}{% endcomponent %}{% endcomponent %}",
          {},
          "<b><b><b>x</b></b></b>",
        ],
        ["<p title='{% component \"box.html\" %}a{% endcomponent %}'>", {}, '<p title="a">'],
        ["{% component 'box.html' %}{% for i in [1, 2] %}{% set y = i %}{{ y }}{% endfor %}{% endcomponent %}", {}, "<b>12</b>"],
        ["{% component 'box.html' %}{{ await p }}{% endcomponent %}.", { p: Promise.resolve("late") }, "<b>late</b>."],
      ] as Row[]
    ).map(([template, props, expected]) => [template, props, expected, templates] as Row),
  );
  it("hides the names around it from a component", () => {
    const page = compileString("{% set secret = 1 %}{% component 'c.html' %}{% endcomponent %}", {
      templates: { "c.html": "{{ secret|default('none') }}" },
    });
    assert.equal(page.render(), "none");
  });
  refuse(
    (
      [
        [
          "{% component 'card.html' %}{% endcomponent %}",
          "E_VIEW_PROP",
          /^string\.html:1: "card\.html" needs the prop "title"\.$/,
          /title: \.\.\./,
        ],
        ["{% component 'crd.html' %}{% endcomponent %}", "E_VIEW_NOT_FOUND", /unknown view "crd\.html"/, /"card\.html"/],
        ["{% component 'nope' %}{% endcomponent %}", "E_VIEW_NOT_FOUND", /no component "nope"/, /views\/components\.ts/],
        [
          "{% props a: string %}{% component 'rows.html' items=[] %}{% slot rwo %}{% endslot %}{% endcomponent %}",
          "E_VIEW_PROP",
          /1:61: "rows\.html" has no slot "rwo"/,
          /^Write "row"\.$/,
        ],
        [
          "{% props a: string %}{% component 'rows.html' itms=[] %}{% endcomponent %}",
          "E_VIEW_PROP",
          /"rows\.html" has no prop "itms"/,
          /^Write "items"\.$/,
        ],
        [
          "{% component 'box.html' %}{% slot a %}{% endslot %}{% slot a %}{% endslot %}{% endcomponent %}",
          "E_VIEW_SYNTAX",
          /the slot "a" is filled twice/,
          /./,
        ],
        [
          "{% component 'box.html' %}{% slot children %}{% endslot %}{% endcomponent %}",
          "E_VIEW_SYNTAX",
          /"children" is what stands outside/,
          /./,
        ],
        [
          "{% slot a(x: A = 1) %}{% endslot %}{% slot a(x: B = 1) %}{% endslot %}",
          "E_VIEW_SYNTAX",
          /"a" passes other values/,
          /same names and types/,
        ],
        ["<a title='{% slot a %}{% endslot %}'>", "E_VIEW_PLACE", /"slot" stands/, /./],
        [
          "<a href='{% component \"box.html\" %}{% endcomponent %}'>",
          "E_VIEW_PLACE",
          /markup, which is not allowed in "href" of <a>/,
          /compute the value/,
        ],
        ["<a href='/x/{{ a }}{% component \"box.html\" %}{% endcomponent %}'>", "E_VIEW_PLACE", /markup/, /set/],
        ["<script>const x = {% include 'box.html' %};</script>", "E_VIEW_PLACE", /not allowed in <script>/, /./],
      ] as Array<[string, string, RegExp, RegExp]>
    )
      .map((row) => [...row, templates] as const)
      .map(([a, b, c, d, e]) => [a, b, c, d, e]),
  );
});

describe("includes, calls and filters inside attributes and titles", () => {
  const templates = { "cls.html": "btn {{ kind }}", "m.html": "<b>{{ kind }}</b>" };
  check(
    (
      [
        ['<a class="{% include "cls.html" %}">', { kind: '"><x>' }, '<a class="btn &quot;&gt;&lt;x&gt;">'],
        ['<a class="a {% include "cls.html" %} b">', { kind: "&amp;" }, '<a class="a btn &amp;amp; b">'],
        ["<a class={% include 'cls.html' %}>", { kind: "x y" }, '<a class="btn x y">'],
        ['<title>{% include "m.html" %}</title>', { kind: "<" }, "<title>&lt;b&gt;&lt;&lt;/b&gt;</title>"],
        ['<a title="{% filter trim %} a{{ kind }} {% endfilter %}">', { kind: "<" }, '<a title="a&lt;">'],
        [
          '<a title="{% call m() %}x{{ kind }}{% endcall %}">{% macro m() %}[{{ caller() }}]{% endmacro %}'.replace(
            /^(.*)(\{% macro.*)$/,
            "$2$1",
          ),
          { kind: '"' },
          '<a title="[x&quot;]">',
        ],
      ] as Row[]
    ).map(([template, props, expected]) => [template, props, expected, templates] as Row),
  );
});

async function* slowly<Item>(items: readonly Item[]): AsyncGenerator<Item> {
  for (const item of items) {
    await new Promise((resolve) => setImmediate(resolve));
    yield item;
  }
}

describe("async loops", () => {
  const table: ReadonlyArray<[template: string, items: readonly unknown[], expected: string]> = [
    ["{% for async i in s %}<li>{{ i }}</li>{% endfor %}.", ["a", "<"], "<li>a</li><li>&lt;</li>."],
    ["{% for async i in s %}{{ loop.index }}{{ loop.index0 }}{{ loop.first }}{{ loop.previtem }} {% endfor %}", [7, 8], "10true 21false7 "],
    ["{% for async i in s %}{{ i }}{% else %}none{% endfor %}", [], "none"],
    ["{% for async i in s if i > 1 %}{{ i }}{% else %}none{% endfor %}", [1, 2, 3], "23"],
    ["{% for async i in s if i > 9 %}{{ i }}{% else %}none{% endfor %}", [1], "none"],
    [
      "{% for async i in s %}{% if i == 2 %}{% continue %}{% endif %}{% if i == 4 %}{% break %}{% endif %}{{ i }}{% endfor %}",
      [1, 2, 3, 4, 5],
      "13",
    ],
    [
      "{% for async i in s %}{% for j in [1, 2, 3] %}{% if j == 2 %}{% continue %}{% endif %}{{ i }}{{ j }} {% endfor %}{% endfor %}",
      [1, 2],
      "11 13 21 23 ",
    ],
    [
      "{% for async a, b in s %}{{ a }}={{ b }};{% endfor %}",
      [
        ["x", 1],
        ["y", 2],
      ],
      "x=1;y=2;",
    ],
    ["{% for async i in s %}{{ loop.cycle('a', 'b') }}{{ loop.changed(i) }} {% endfor %}", [1, 1, 2], "atrue bfalse atrue "],
  ];
  for (const [template, items, expected] of table) {
    it(`${template.slice(0, 80)} gives ${expected}`, async () => {
      assert.equal(await compileString(template).render({ s: slowly(items) }), expected);
      assert.equal(await compileString(template).render({ s: items }), expected, "from a plain list");
    });
  }
  it("ends the source when the loop is left", async () => {
    let hasEnded = false;
    async function* source(): AsyncGenerator<number> {
      try {
        for (let number = 0; ; number++) yield number;
      } finally {
        hasEnded = true;
      }
    }
    assert.equal(
      await compileString("{% for async i in s %}{{ i }}{% if i == 3 %}{% break %}{% endif %}{% endfor %}").render({ s: source() }),
      "0123",
    );
    assert.ok(hasEnded);
  });
  it("leave a loop around them from their else", async () =>
    assert.equal(
      await compileString(
        "{% for i in [1, 2, 3] %}{% for j in [] %}{% else %}{% if i == 2 %}{% break %}{% endif %}{% endfor %}{{ i }}{% endfor %}",
      ).render(),
      "1",
    ));
  it("shows nothing for null", async () =>
    assert.equal(await compileString("{% for async i in s %}{{ i }}{% endfor %}.").render({ s: null }), "."));
  refuse([
    ["{% for async i in s %}{{ loop.last }}{% endfor %}", "E_VIEW_NAME", /"loop\.last" is not known/, /without async/],
    ["{% for async i in s recursive %}{% endfor %}", "E_VIEW_SYNTAX", /both async and recursive/, /./],
    ["<a title='{% for async i in s %}{% endfor %}'>", "E_VIEW_PLACE", /"for async" stands/, /./],
    ["{% for i in s %}{% else %}{% break %}{% endfor %}", "E_VIEW_SYNTAX", /"break" is outside a loop/, /./],
    [
      "{% for i in s %}{% if await i %}{% break %}{% endif %}{% endfor %}",
      "E_VIEW_SYNTAX",
      /"break" cannot leave the loop from here/,
      /before the loop/,
    ],
    [
      "{% for i in s %}{% for j in i recursive %}{% else %}{% continue %}{% endfor %}{% endfor %}",
      "E_VIEW_SYNTAX",
      /"continue" cannot leave/,
      /own body/,
    ],
    ["{% for i in s %}{% for async j in i %}{% else %}{% break %}{% endfor %}{% endfor %}", "E_VIEW_SYNTAX", /cannot leave/, /./],
    ["{% for i in s %}{% for j in await i %}{% else %}{% break %}{% endfor %}{% endfor %}", "E_VIEW_SYNTAX", /cannot leave/, /./],
    ["{% for i in s %}{% call m() %}{% break %}{% endcall %}{% endfor %}", "E_VIEW_SYNTAX", /"break" is outside a loop/, /./],
  ]);
});

describe("texts to translate", () => {
  const german: NonNullable<RenderContext["translate"]> = (message, values = {}, options = {}) => {
    const known: Record<string, string> = {
      "Hello {name}!": "Hallo {name}!",
      "{n} book": Number(values.n) === 1 ? "{n} Buch" : "{n} Bücher",
      "Read <0>the rules</0> and <1>win</1>": "<1>Gewinne</1> mit den <0>Regeln</0>",
      May: options.context === "month" ? "Mai" : "Darf",
      bad: "<0>x</0></1><b>&amp;",
      "<0>a <1>b</1></0>": "<0>A <1>B</0></1>",
    };
    return (known[message] ?? message).replace(/\{(\w+)\}/g, (_found, name: string) => String(values[name]));
  };
  check([
    ["{% trans %}Hello {{ name }}!{% endtrans %}", { name: "<b>" }, "Hello &lt;b&gt;!"],
    ["{% trans name=who.name %}Hello {{ name }}!{% endtrans %}", { who: { name: "A&B" } }, "Hello A&amp;B!"],
    ["{% trans %}Fish &amp; {chips} \\ 3 < 4{% endtrans %}", {}, "Fish &amp; {chips} \\ 3 &lt; 4"],
    ["{% trans n=l|length %}{{ n }} book{% pluralize %}{{ n }} books{% endtrans %}", { l: [1] }, "1 book"],
    ["{% trans n=l|length %}{{ n }} book{% pluralize n %}{{ n }} books{% endtrans %}", { l: [1, 2] }, "2 books"],
    ["{% trans trimmed %}\n  Hello\n  {{ name }}!  \n{% endtrans %}", { name: "A" }, "Hello A!"],
    [
      '{% trans %}Read <a href="{{ u }}">the rules</a>{% endtrans %}',
      { u: "javascript:x" },
      'Read <a href="about:invalid#blocked">the rules</a>',
    ],
    [
      '{% trans u=base ~ "/r" %}Read <a href="{{ u }}">the rules</a><br>now{% endtrans %}',
      { base: "/a" },
      'Read <a href="/a/r">the rules</a><br>now',
    ],
    ['<a title="{% trans %}Hello <b>{{ name }}</b>!{% endtrans %}">', { name: '"<' }, '<a title="Hello &quot;&lt;!">'],
    ["<title>{% trans %}Hello {{ name }}!{% endtrans %}</title>", { name: "<" }, "<title>Hello &lt;!</title>"],
    ["{{ t('Hello {name}!', {'name': x}) }}", { x: "<" }, "Hello &lt;!"],
    ["{% trans %}Hello {{ name }}!{% endtrans %}", { name: raw("<i>x</i>") }, "Hello <i>x</i>!"],
  ]);
  check(
    [
      ["{% trans %}Hello {{ name }}!{% endtrans %}", { name: "<0>" }, "Hallo &lt;0&gt;!"],
      ["{% trans n=l|length %}{{ n }} book{% pluralize %}{{ n }} books{% endtrans %}", { l: [1, 2, 3] }, "3 Bücher"],
      ['{% trans %}Read <a href="/r">the rules</a> and <b>win</b>{% endtrans %}', {}, '<b>Gewinne</b> mit den <a href="/r">Regeln</a>'],
      ["{% trans context 'month' %}May{% endtrans %} {% trans %}May{% endtrans %}", {}, "Mai Darf"],
      ["{% trans %}bad{% endtrans %}", {}, "&lt;0&gt;x&lt;/0&gt;&lt;/1&gt;&lt;b&gt;&amp;amp;"],
      ["{% trans %}<i>a <b>b</b></i>{% endtrans %}", {}, "<i>A <b>B</b></i>"],
      ["{% trans %}Unknown <b>{{ x }}</b>{% endtrans %}", { x: Promise.resolve("<late>") }, "Unknown <b>&lt;late&gt;</b>"],
    ],
    { translate: german },
  );
  refuse([
    [
      "{% trans %}{{ a.b }}{% endtrans %}",
      "E_VIEW_SYNTAX",
      /1:14: a text to translate holds a value without a name|1:\d+: a text to translate/,
      /trans name=/,
    ],
    ["{% trans %}{% if a %}{% endif %}{% endtrans %}", "E_VIEW_SYNTAX", /"if" is not allowed in a text to translate/, /./],
    ["{% trans %}<b>x{% endtrans %}", "E_VIEW_SYNTAX", /a tag in a text to translate is not closed/, /endtrans/],
    ["{% trans %}x</b>{% endtrans %}", "E_VIEW_SYNTAX", /"<\/b>" closes nothing/, /./],
    ["{% trans %}<!-- x -->y{% endtrans %}", "E_VIEW_SYNTAX", /a text to translate contains a comment/, /./],
    ["{% trans %}a{% pluralize %}b{% endtrans %}", "E_VIEW_SYNTAX", /has no value that decides/, /count=/],
    ["{% trans n=1 %}a{% pluralize m %}b{% endtrans %}", "E_VIEW_SYNTAX", /"m" is not a value of this text/, /./],
    ["{% trans n=1 %}<b>{{ n }}</b>{% pluralize %}<i>{{ n }}</i>{% endtrans %}", "E_VIEW_SYNTAX", /other tags/, /same tags/],
  ]);
});

describe("cached pieces", () => {
  const page = (key: string, body: string): string => `{% cache ${key} %}${body}{% endcache %}`;

  it("renders a fragment once for each key and language", async () => {
    const fragments = new MemoryFragments();
    let calls = 0;
    const props = { f: () => ++calls, id: 1 };
    const view = compileString(page("'a', id ttlSeconds=60", "<p>{{ f() }}</p>"));
    const show = async (more: Props = {}, context: RenderContext = {}): Promise<string> =>
      view.render({ ...props, ...more }, { fragments, ...context });
    assert.equal(await show(), "<p>1</p>");
    assert.equal(await show(), "<p>1</p>");
    assert.equal(await show({ id: 2 }), "<p>2</p>");
    assert.equal(await show({}, { locale: "de" }), "<p>3</p>");
    assert.equal(await show({ id: "1" }), "<p>4</p>", "a string and a number are two keys");
    assert.equal(calls, 4);
  });

  it("joins parts of keys without ambiguity", () => {
    const fragments = new MemoryFragments();
    let calls = 0;
    for (const key of [["a", "bc"], ["ab", "c"], ["abc"], ["a", "b", "c"], [1, "1"], ["1", 1], [null, ""], ["", null], ["s1:a"]] as const)
      render(
        cached(key, {}, () => html`${++calls}`),
        { fragments },
      );
    assert.equal(calls, 9);
    assert.equal(fragments.size, 9);
  });

  it("distinguishes a part of a key from the values that vary adds", () => {
    const fragments = new MemoryFragments();
    const context = { fragments, user: { id: 1 } };
    assert.equal(
      render(
        cached(["user", 1], {}, () => html`key`),
        context,
      ),
      "key",
    );
    assert.equal(
      render(
        cached([], { vary: ["user"] }, () => html`vary`),
        context,
      ),
      "vary",
    );
  });

  it("gives each page its own nonce, in files and in html", async () => {
    const fragments = new MemoryFragments();
    const view = compileString(page("'a'", "<script>1</script><p data-n='{{ nonce }}'>"));
    assert.equal(await view.render({}, { fragments, nonce: "n1" }), '<script nonce="n1">1</script><p data-n="n1">');
    assert.equal(await view.render({}, { fragments, nonce: "n2" }), '<script nonce="n2">1</script><p data-n="n2">');
    assert.equal(await view.render({}, { fragments }), '<script>1</script><p data-n="">');
    const piece = (): Html => cached("k", {}, () => html`<style>a { top: 0 }</style>`);
    assert.equal(await render(piece(), { fragments, nonce: "x1" }), '<style nonce="x1">a { top: 0 }</style>');
    assert.equal(await render(piece(), { fragments, nonce: "x2" }), '<style nonce="x2">a { top: 0 }</style>');
  });

  /** Ways in which code can write the nonce of its page into a piece. */
  const nonceUses: ReadonlyArray<readonly [name: string, piece: (nonce: string) => Html, shown: (nonce: string) => string]> = [
    ["a nonce attribute", (nonce) => html`<script nonce="${nonce}">1</script>`, (nonce) => `<script nonce="${nonce}">1</script>`],
    ["another attribute", (nonce) => html`<p data-n="a${nonce}">x</p>`, (nonce) => `<p data-n="a${nonce}">x</p>`],
    ["text", (nonce) => html`<p>${nonce}</p>`, (nonce) => `<p>${nonce}</p>`],
    ["raw()", (nonce) => raw(`<style nonce="${nonce}"></style>`), (nonce) => `<style nonce="${nonce}"></style>`],
    [
      "a value that comes later",
      (nonce) => html`${Promise.resolve(html`<script nonce="${nonce}"></script>`)}`,
      (nonce) => `<script nonce="${nonce}"></script>`,
    ],
    ["a piece in a piece", (nonce) => cached("in", {}, () => html`<i>${nonce}</i>`), (nonce) => `<i>${nonce}</i>`],
  ];
  const nonces = ["qLs+/8rVbV6Yk4hVYw0YcA==", "a1+/8rVbV6Yk4hVYw0YcZZ=="];
  for (const [name, piece, shown] of nonceUses)
    it(`never keeps the nonce of one page: ${name}`, async () => {
      const fragments = new MemoryFragments();
      for (const nonce of nonces)
        assert.equal(
          await render(
            cached("k", {}, () => piece(nonce)),
            { fragments, nonce },
          ),
          shown(nonce),
        );
    });

  it("refuses a nonce in another form", () => {
    const [nonce] = nonces;
    const piece = cached("k", {}, () => html`<p>${encodeURIComponent(nonce!)}</p>`);
    assert.throws(() => render(piece, { fragments: new MemoryFragments(), nonce }), {
      code: "E_VIEW_CACHE_KEY",
      message: "cached(): a fragment cannot be cached: it has the nonce of the page in another form.",
    });
  });

  it("does not keep or share a piece whose tag is invalidated while it is rendered", async () => {
    const fragments = new MemoryFragments();
    let text = "old";
    const read = async (): Promise<string> => {
      const before = text;
      await new Promise((resolve) => setTimeout(resolve, 5));
      return before;
    };
    const show = async (): Promise<string> =>
      render(
        cached("k", { tags: ["a"] }, () => html`${read()}`),
        { fragments },
      );
    const first = show();
    text = "new";
    fragments.invalidate({ tags: ["a"] });
    assert.deepEqual([await show(), await first, await show()], ["new", "old", "new"]);
  });

  it("does not wait for pieces that need each other", async () => {
    const fragments = new MemoryFragments();
    const later = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));
    const show = async (first: string, second: string): Promise<string> =>
      render(
        cached(first, {}, () => html`${first}${later().then(() => cached(second, {}, () => html`${later().then(() => second)}`))}`),
        { fragments },
      );
    assert.deepEqual(await Promise.all([show("a", "b"), show("b", "a")]), ["ab", "ba"]);
  });

  it("computes once for 50 concurrent misses, also with an asynchronous store", async () => {
    for (const isAsync of [false, true]) {
      const memory = new MemoryFragments();
      const fragments = isAsync
        ? { get: async (key: string) => memory.get(key), set: async (...args: Parameters<MemoryFragments["set"]>) => memory.set(...args) }
        : memory;
      let calls = 0;
      const load = async (): Promise<string> => {
        calls++;
        await new Promise((resolve) => setTimeout(resolve, 5));
        return "<data>";
      };
      const piece = (): Html => cached("k", {}, () => html`<p>${load()}</p>`);
      const all = await Promise.all(Array.from({ length: 50 }, async () => render(html`[${piece()}]`, { fragments })));
      assert.deepEqual(new Set(all), new Set(["[<p>&lt;data&gt;</p>]"]));
      assert.equal(calls, 1);
    }
  });

  it("keeps nothing of a piece that failed", async () => {
    const fragments = new MemoryFragments();
    let calls = 0;
    const piece = (): Html =>
      cached("k", {}, () => html`${Promise.resolve().then(() => (++calls === 1 ? Promise.reject(new Error("down")) : "up"))}`);
    await assert.rejects(async () => render(piece(), { fragments }), /down/);
    assert.equal(await render(piece(), { fragments }), "up");
  });

  it("renders a fragment again when it has expired, and when one of its tags is invalidated", () => {
    let now = 0;
    const fragments = new MemoryFragments({ now: () => now });
    let calls = 0;
    const show = (): unknown =>
      render(
        cached("k", { ttlSeconds: 10, tags: ["posts", "b"] }, () => html`${++calls}`),
        { fragments },
      );
    assert.equal(show(), "1");
    now = 9_999;
    assert.equal(show(), "1");
    now = 10_000;
    assert.equal(show(), "2");
    fragments.invalidate({ tags: ["other"] });
    assert.equal(show(), "2");
    fragments.invalidate({ tags: ["posts"] });
    assert.equal(show(), "3");
  });

  it("drops what was used longest ago when the pieces together are too long", () => {
    const fragments = new MemoryFragments({ charactersMax: 20 });
    for (const key of ["a", "b"]) fragments.set(key, ["x".repeat(9)], {});
    assert.equal(fragments.size, 2, "20 characters with their keys fit");
    fragments.get("a");
    fragments.set("c", ["x".repeat(9)], {});
    assert.deepEqual([fragments.get("a") !== undefined, fragments.get("b"), fragments.get("c") !== undefined], [true, undefined, true]);
    fragments.set("d", ["x".repeat(20)], {});
    assert.equal(fragments.get("d"), undefined, "21 characters never fit");
    assert.equal(fragments.size, 2);
  });

  it("is another piece when the template changes", () => {
    const fragments = new MemoryFragments();
    assert.equal(compileString(page("'a'", "one")).render({}, { fragments }), "one");
    assert.equal(compileString(page("'a'", "two")).render({}, { fragments }), "two");
  });

  const reads: ReadonlyArray<[name: string, body: string]> = [
    ["user", "{{ user.name }}"],
    ["request", "{{ request.url }}"],
    ["csrf", "{{ csrf() }}"],
    ["flash", "{{ flash }}"],
    ["request", "{{ query(page=2) }}"],
  ];
  for (const [name, body] of reads) {
    const context = (id: number): RenderContext => ({
      fragments: undefined,
      user: { id, name: `u${id}` },
      request: { url: `/${id}` },
      csrf: () => raw(`<i>${id}</i>`),
      flash: `f${id}`,
      query: () => `?${id}`,
    });
    it(`refuses ${body} in a piece whose key does not know "${name}", with a store and without`, () => {
      for (const fragments of [undefined, new MemoryFragments()]) {
        assert.throws(() => compileString(page("'a'", body)).render({}, { ...context(1), fragments }), {
          code: "E_VIEW_CACHE_KEY",
          message: new RegExp(`^string\\.html:1:4: a fragment cannot be cached: it reads "${name}"`),
          fix: new RegExp(`vary=\\["${name}"\\]`),
        });
      }
    });
    it(`shows ${body} for each value of "${name}" that vary names`, async () => {
      const fragments = new MemoryFragments();
      const view = compileString(page(`'a' vary=['${name}']`, body));
      const show = async (id: number): Promise<string> => view.render({}, { ...context(id), fragments });
      assert.match(await show(1), /1/);
      assert.match(await show(2), /2/);
      // Messages are for one visitor, once.
      assert.equal(fragments.size, name === "flash" ? 0 : 2);
    });
  }
  it("needs the url of a request that vary names", () => {
    assert.throws(() => compileString(page("'a' vary=['request']", "x")).render({}, { request: { path: "/" } }), {
      code: "E_VIEW_CACHE_KEY",
      message: /the request has no url/,
    });
  });

  refuse([
    ["{% cache x %}{% endcache %}", "E_VIEW_NAME", /"x"/, /./],
    ["{% cache {'a': 1} %}{% endcache %}", "E_VIEW_CACHE_KEY", /part \d+ of its key is/, /an ID/],
    ["{% cache 'a' vary=['cookies'] %}{% endcache %}", "E_VIEW_CACHE_KEY", /vary has "cookies"/, /"user"/],
    ["{% cache 'a' ttl=3 %}{% endcache %}", "E_VIEW_SYNTAX", /cache has no option "ttl"/, /ttlSeconds, tags and vary/],
    ["{% cache 1 %}<b{% endcache %}>", "E_VIEW_BRANCHES", /"cache" begins .* and ends/, /same context/],
    ["<head><noscript>{% cache 1 %}{{ 2 }}{% endcache %}</noscript></head>", "E_VIEW_PLACE", /inside <noscript> in the head/, /./],
    ["<a title='{% cache 1 %}{% endcache %}'>", "E_VIEW_PLACE", /"cache" stands/, /./],
  ]);
  it("refuses a user without an id", () => {
    assert.throws(() => compileString(page("'a' vary=['user']", "x")).render({}, { user: {} }), {
      code: "E_VIEW_CACHE_KEY",
      message: /no id/,
    });
  });
  it("streams around a piece that waits", async () => {
    const piece = cached("k", {}, () => html`<p>${new Promise<string>((resolve) => setTimeout(resolve, 2, "late"))}</p>`);
    assert.equal(await new Response(renderToStream(html`a${piece}b`, { fragments: new MemoryFragments() })).text(), "a<p>late</p>b");
  });
});
