/** Tests rare contexts: values in branches, in several pieces of text, or in unusual states of the reader. */
import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { gable } from "gable";
import { compileString } from "gable/testing";
import { attributes, css, html, raw, render, toHtml, toJson, trustedUrl, url } from "gable/views";
import type { Hole, Html } from "gable/views";

after(() => gable({ mode: "test", views: "views" }));

/** Checks one row: the output, or the code of an error. */
async function check(make: () => unknown, expected: string): Promise<void> {
  const run = async (): Promise<string> => {
    const made = make();
    return typeof made === "string" || made instanceof Promise ? String(await made) : await render(made as Html);
  };
  if (/^E_[A-Z_]+$/.test(expected)) await assert.rejects(run, { code: expected });
  else assert.equal(await run(), expected);
}

describe("rare contexts of html", () => {
  const rows: ReadonlyArray<[markup: () => unknown, expected: string]> = [
    [() => html`<img srcset="a ${"x"}">`, '<img srcset="about:invalid#blocked">'],
    [() => html`<iframe srcdoc="a${"x"}"></iframe>`, "E_VIEW_PLACE"],
    [() => html`<script nonce="a${"x"}"></script>`, "E_VIEW_PLACE"],
    [() => html`<plaintext><p>${"x"}`, "E_VIEW_PLACE"],
    [() => html`<plaintext><p>`, "E_VIEW_UNCLOSED"],
    [() => html`<a href="&#58;${"x"}">`, "E_VIEW_PLACE"],
    [() => html`<a href="java&#0;script&#x110000;/${"x"}">`, '<a href="java&#0;script&#x110000;/x">'],
    [() => html`<a href="&#x6a;avascript&#58;${"x"}">`, "E_VIEW_PLACE"],
    [() => html`<script>"<![CDATA["; x = ${toJson(1)};</script>`, "E_VIEW_PLACE"],
    [() => html`<a href="${Promise.resolve("javascript:1")}">`, '<a href="about:invalid#blocked">'],
    [() => html`<a href="${Promise.resolve("java")}${"script:1"}">`, '<a href="about:invalid#blocked">'],
    [() => html`<a href="${trustedUrl`/x`}" title="${url`/a b`}" data-c="${css`a: b`}">`, '<a href="/x" title="/a b" data-c="a: b">'],
    [() => html`<a href="${null}" ping="${false}">`, "<a>"],
    [() => html`<link rel="stylesheet" href="${null}">`, '<link rel="stylesheet">'],
    [() => html`<p title="a ${true} b">`, '<p title="a  b">'],
    [() => html`<p title="${["a", ["b", true, null], 0]}">`, '<p title="a b 0">'],
    [() => html`<p title="${{ [toHtml]: () => html`<b>"x"</b>` }}">`, '<p title="&quot;x&quot;">'],
    [() => html`<p ${[attributes({ id: "a" }), null, [attributes({ title: "b" })]]}>`, '<p id="a" title="b">'],
    [() => html`<p ${attributes({ style: "color: red; x; : y" })}>`, '<p style="color: red">'],
    [() => html`<iframe ${attributes({ src: "javascript:1" })}></iframe>`, '<iframe src="about:invalid#blocked"></iframe>'],
    [() => html`<p title="${(() => 1) as never as Hole}">`, "E_VIEW_VALUE"],
    [() => html`${(() => 1) as never as Hole}`, "E_VIEW_VALUE"],
    [() => html`<p>${attributes({ a: 1 })}</p>`, "E_VIEW_VALUE"],
    [() => html`<p title="${{} as never}">`, "E_VIEW_VALUE"],
    [() => html`<style>a { width: ${url`/x`} }</style>`, "<style>a { width: blocked }</style>"],
    [() => html`<p data-x="${toJson({ a: '"' })}">`, '<p data-x="{&quot;a&quot;:&quot;\\&quot;&quot;}">'],
  ];
  for (const [make, expected] of rows) it(`${String(make).slice(6, 90)} gives ${expected}`, () => check(make, expected));

  it("name the position of a bigint in JSON, and of other values that are not JSON", () => {
    const deep = (depth: number): unknown => (depth === 0 ? 1n : [deep(depth - 1)]);
    const show = (value: unknown): unknown => render(html`<script>x = ${toJson(value)};</script>`);
    assert.throws(() => show({ a: [1, { b: 2n }] }), { code: "E_VIEW_VALUE", message: /value\.a\[1\]\.b is a bigint/ });
    assert.throws(() => show(deep(100)), { message: /\]\[0\] is a bigint/ });
    assert.throws(() => show(deep(102)), { message: /BigInt/ });
    const circle: { self?: unknown } = {};
    circle.self = circle;
    assert.throws(() => show(circle), { code: "E_VIEW_VALUE", message: /circular/i });
  });

  it("accept whole event handlers if the application allows them", async () => {
    const allowed = { options: { inlineHandlers: true } };
    const page = html`<a onclick="${raw('x("y")')}">`;
    assert.equal(await render(page, allowed), '<a onclick="x(&quot;y&quot;)">');
    assert.throws(() => render(page), {
      code: "E_VIEW_PLACE",
      message: /places\.test\.ts:\d+: a value is not allowed in "onclick" of <a>/,
    });
    assert.throws(() => render(html`<a onclick="${"x()"}">`, allowed), { code: "E_VIEW_VALUE" });
    await check(() => html`<a onclick="x(${raw("1")})">`, "E_VIEW_PLACE");
  });

  it("accept markup of a second copy of the package", async () => {
    const foreign = { [Symbol.for("gable.html")]: true, toString: () => "<b>x</b>" };
    assert.equal(
      await render(html`<p title="${foreign as never}">${foreign as never}${[foreign as never]}</p>`),
      '<p title="x"><b>x</b><b>x</b></p>',
    );
  });
});

describe("rare contexts of files", () => {
  const props = { y: true, n: false, v: "javascript:1", w: 'a"<', p: "/p" };
  const rows: ReadonlyArray<[template: string, expected: string]> = [
    // Addresses whose parts are in branches.
    ['<a href="{% if y %}{{ v }}{% endif %}">', '<a href="about:invalid#blocked">'],
    ['<a href="{% if y %}/x/{% else %}/y/{% endif %}{{ w }}">', '<a href="/x/a%22%3C">'],
    ['<a href="{% if y %}/x?{% else %}/y/{% endif %}{{ w }}">', "E_VIEW_PLACE"],
    ['<a href="{% if y %}java{% endif %}{{ v }}">', "E_VIEW_PLACE"],
    ['<a href="{% if y %}/a{% else %}/b{% endif %}?q={{ w }}">', '<a href="/a?q=a%22%3C">'],
    ['<a href="{{ p }}{% if y %}/x{{ w }}{% endif %}">', "E_VIEW_PLACE"],
    ['<a href="/{{ p }}{% if y %}/x{{ w }}{% endif %}">', '<a href="//p/xa%22%3C">'],
    ['<a href="/{% for x in [1, 2] %}{{ x }}/{% endfor %}">', '<a href="/1/2/">'],
    ['<script src="{% if y %}/x/{% else %}/y/{% endif %}{{ p }}"></script>', "E_VIEW_PLACE"],
    ['<meta http-equiv="refresh" content="0; url={{ v }}">', '<meta http-equiv="refresh" content="0; url=about:invalid#blocked">'],
    ['<meta http-equiv="refresh" content="{{ 5 }}; url=/x">', '<meta http-equiv="refresh" content="5; url=/x">'],
    ['<meta http-equiv="refresh" content="0; {% if y %}url={{ v }}{% endif %}">', "E_VIEW_PLACE"],
    ['<a href="javascript:x{% if y %}a{% endif %}b">', '<a href="javascript:xab">'],
    ['<a href="javascript:{% if y %}a{{ p }}{% endif %}b">', "E_VIEW_PLACE"],
    ['<a href="{% if y %}/x?{% else %}/y/{% endif %}b">', '<a href="/x?b">'],
    ['<a href="{# #}{% if y %}{# #}/x/{{ w }}{% endif %}">', '<a href="/x/a%22%3C">'],
    ["<p title=>{{ w }}</p>", '<p title=>a"&lt;</p>'],
    // Styles under conditions.
    ['<p style="{% if y %}color: {{ w }}{% else %}top: {{ w }}{% endif %}">', '<p style="color: blocked">'],
    ['<p style="{% if y %}color: {% else %}\'{% endif %}{{ w }}">', "E_VIEW_PLACE"],
    // Scripts and styles in one branch alone, in blocks and in loops.
    ["{% if y %}<script>f(1)</script>{% endif %}", "<script>f(1)</script>"],
    [
      "{% if y %}<script>if (a) { b('c') }</script>{% else %}<style>a { top: 0 }</style>{% endif %}{{ w }}",
      "<script>if (a) { b('c') }</script>a\"&lt;",
    ],
    [
      "{% for x in [1] %}<style>a { color: red }</style><script>x = {{ x|tojson }}</script>{% endfor %}",
      "<style>a { color: red }</style><script>x = 1</script>",
    ],
    ["{% block b %}<script>1</script><title>x</title>{% endblock %}", "<script>1</script><title>x</title>"],
    ["{% cache 1 %}<script><!-- <script></script>--></script>{% endcache %}", "<script><!-- <script></script>--></script>"],
    ["{% if y %}<script>{% endif %}", "E_VIEW_BRANCHES"],
    // Quotes and ends.
    ["<p title='{% if y %}\"{{ w }}\"{% endif %}'>", '<p title="&quot;a&quot;&lt;&quot;">'],
    ["<p></p title='{% if y %}{{ w }}{% endif %}'>", "E_VIEW_PLACE"],
    ["<p></p title='{% for x in [1] %}{% if n %}x{% else %}{{ w }}{% endif %}{% endfor %}'>", "E_VIEW_PLACE"],
    ["<p title=a{% if y %} id=b{% endif %}>", "<p title=a id=b>"],
    // Text in several pieces.
    ["<p tit{# #}le='a{# #}b{{ w }}'>", '<p title="aba&quot;&lt;">'],
    ["<p ti{# #}tle>x</p>", "<p title>x</p>"],
    // An end tag in two pieces is not seen as one: an error, where a browser would end the element.
    ["<tit{# #}le>{{ w }}</ti{# #}tle>", "E_VIEW_UNCLOSED"],
    ["<tit{# #}le>{{ w }}</title>", '<title>a"&lt;</title>'],
    ["<a hr{# #}ef=java{# #}script:{# #}x>", "<a href=javascript:x>"],
    ["<a href='ja{# #}va{{ w }}'>", '<a href="javaa%22%3C">'],
    ["<scr{# #}ipt>x = {{ w|tojson }};</script>", '<script>x = "a\\"\\u003C";</script>'],
  ];
  for (const [template, expected] of rows)
    it(`${template} gives ${expected}`, () => check(() => compileString(template).render(props), expected));

  const blocks: ReadonlyArray<[base: string, child: string, expected: string]> = [
    ['<a {% block b %}id="x"{% endblock %}>', "{% block b %}{{ 1 }}{% endblock %}", "E_VIEW_PLACE"],
    ['<a href="{% block b %}/x{% endblock %}">', "{% block b %}{{ 1 }}{% endblock %}", "E_VIEW_PLACE"],
    ['<a title="{% block b %}x{% endblock %}">', '{% block b %}"{{ w }}{% endblock %}', "E_VIEW_PLACE"],
    ['<a title="{% block b %}x{% endblock %}">', '{% block b %}"{% endblock %}', "E_VIEW_BRANCHES"],
    ["<a title='{% block b %}x{% endblock %}'>", "{% block b %}{{ w }}{% endblock %}", '<a title="a&quot;&lt;">'],
    ["<p>{% block b %}{% endblock %}</p>", "{% block b %}{{ super.super() }}{% endblock %}", "E_VIEW_BLOCK"],
  ];
  for (const [base, child, expected] of blocks)
    it(`${child} in ${base} gives ${expected}`, () =>
      check(() => compileString(`{% extends "base.html" %}${child}`, { templates: { "base.html": base } }).render(props), expected));

  it("write markup and values of other kinds in files that are not HTML", async () => {
    const m = raw("<b>");
    for (const [name, expected] of [
      ["a.xml", "&lt;b&gt;"],
      ["a.json", '"<b>"'],
      ["a.csv", "<b>"],
      ["a.txt", "<b>"],
    ] as const)
      assert.equal(
        await compileString("{{ m }}", { name }).render({ m }),
        (name === "a.xml" ? '<?xml version="1.0" encoding="utf-8"?>\n' : "") + expected,
      );
    assert.equal(await compileString("{{ x|tojson }}", { name: "a.json" }).render({ x: { a: 1 } }), '{"a":1}');
    await check(() => compileString("{% set y = await x %}{{ y }}", { name: "a.txt" }).render({ x: Promise.resolve(1) }), "E_VIEW_CONTEXT");
  });

  it("need the parts of the context that they read", async () => {
    for (const name of ["asset('x')", "csrf()", "nonce", "request", "query()", "route('x')"])
      await check(() => compileString(`{{ ${name} }}`).render(), "E_VIEW_CONTEXT");
    assert.match(String(await compileString("{{ now().getTime() }}").render()), /^[0-9]{13}$/);
    assert.equal(
      await compileString("{{ now().getTime() }}{{ locale }}{{ user }}").render({}, { now: () => new Date(5), locale: "de", user: "u" }),
      "5deu",
    );
    await check(() => compileString("{% extends x %}").render({ x: "none.html" }), "E_VIEW_NOT_FOUND");
  });

  it("name the nearest passed name", () =>
    assert.throws(() => compileString("{{ usr }}").render({ user: 1 }), { code: "E_VIEW_NAME", fix: 'Write "user", or pass "usr".' }));
});
