/** Hostile texts in every place: parse5 and acorn judge that no value leaves its place. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parse as parseScript } from "acorn";
import fc from "fast-check";
import { parse } from "parse5";
import type { DefaultTreeAdapterTypes } from "parse5";
import { compileString } from "gable/testing";
import { attributes, html, raw, toJson, url } from "gable/views";
import type { Html } from "gable/views";
import { payloads } from "./payloads.ts";

type Node = DefaultTreeAdapterTypes.Node;
type Element = DefaultTreeAdapterTypes.Element;

/** What must hold of a place beyond the structure. */
type Promise_ = "text" | "attribute" | "address" | "media" | "script" | "data" | "none";

const places: Array<[name: string, promise: Promise_, make: (value: string) => Html]> = [
  ["text", "text", (v) => html`<p id="t">${v}</p>`],
  ["text between", "none", (v) => html`<p>a${v}b<i>c</i></p>`],
  ["a list item", "text", (v) => html`<ul><li id="t">${[v]}</li></ul>`],
  ["a nested template", "text", (v) => html`<div><p id="t">${html`${v}`}</p></div>`],
  ["a table cell", "text", (v) => html`<table><tr><td id="t">${v}</td></tr></table>`],
  ["svg text", "text", (v) => html`<svg><text id="t">${v}</text></svg>`],
  ["svg title", "text", (v) => html`<svg><title id="t">${v}</title></svg>`],
  ["mathml", "text", (v) => html`<math><mi id="t">${v}</mi></math>`],
  ["title", "text", (v) => html`<title id="t">${v}</title>`],
  ["textarea", "text", (v) => html`<textarea id="t">${v}</textarea>`],
  ["pre", "text", (v) => html`<pre id="t">${v}</pre>`],
  ["option", "text", (v) => html`<select><option id="t">${v}</option></select>`],
  ["noscript", "none", (v) => html`<body><noscript>${v}</noscript></body>`],
  ["markup in a title", "none", (v) => html`<title>${html`<b>${v}</b>`}</title>`],
  ["a double quoted attribute", "attribute", (v) => html`<p id="t" title="${v}">`],
  ["a single quoted attribute", "attribute", (v) => html`<p id="t" title='${v}'>`],
  ["an unquoted attribute", "attribute", (v) => html`<p id="t" title=${v}>`],
  ["a part of an attribute", "none", (v) => html`<p title="a ${v} b">`],
  ["a data attribute", "attribute", (v) => html`<p id="t" title="${v}" data-x="${v}">`],
  ["a class", "none", (v) => html`<p class="${["a", v]}">`],
  ["an aria label", "none", (v) => html`<p aria-label="${v}">`],
  ["an input value", "none", (v) => html`<input value="${v}">`],
  ["attributes()", "attribute", (v) => html`<p id="t" ${attributes({ title: v })}>`],
  ["markup in an attribute", "none", (v) => html`<p title="${html`<b>${v}</b>`}">`],
  ["JSON in an attribute", "none", (v) => html`<p data-x="${toJson({ v })}">`],
  ["srcdoc", "none", (v) => html`<iframe srcdoc="${v}"></iframe>`],
  ["an address", "address", (v) => html`<a id="t" href="${v}">x</a>`],
  ["an address in parts", "address", (v) => html`<a id="t" href="${v.slice(0, v.length >> 1)}${v.slice(v.length >> 1)}">x</a>`],
  ["an address behind text", "address", (v) => html`<a id="t" href="java${v}">x</a>`],
  ["a path", "address", (v) => html`<a id="t" href="/a/${v}/b">x</a>`],
  ["a query", "address", (v) => html`<a id="t" href="/a?b=${v}#c">x</a>`],
  ["a fragment", "address", (v) => html`<a id="t" href="#${v}">x</a>`],
  ["a safe address", "address", (v) => html`<a id="t" href="${url`/a/${v}?b=${v}`}">x</a>`],
  ["an action", "none", (v) => html`<form action="${v}"></form>`],
  ["an image", "media", (v) => html`<img id="t" src="${v}">`],
  ["a frame", "none", (v) => html`<iframe src="${v}"></iframe>`],
  ["srcset", "none", (v) => html`<img srcset="${v}">`],
  ["a script's address", "none", (v) => html`<script src="/static/${v}.js"></script>`],
  ["a refresh", "none", (v) => html`<meta http-equiv="refresh" content="0; url=${v}">`],
  ["xlink:href", "none", (v) => html`<svg><use xlink:href="${v}"></use></svg>`],
  ["a style attribute", "none", (v) => html`<p style="color: ${v}; width: 1px">`],
  ["a CSS string", "none", (v) => html`<p style="content: '${v}'">`],
  ["a CSS address", "none", (v) => html`<p style='background: url("${v}")'>`],
  ["a style element", "none", (v) => html`<style>a { color: ${v} } b { content: "${v}" }</style>`],
  ["a style element in svg", "none", (v) => html`<svg><style>a { content: "${v}" }</style></svg>`],
  ["a script", "script", (v) => html`<script id="t">const a = ${toJson({ v, list: [v] })}; f(a, ${toJson(v)});</script>`],
  ["a key in a script", "script", (v) => html`<script id="t">const a = ${toJson({ [v]: 1 })};</script>`],
  ["a module", "script", (v) => html`<script id="t" type="module">f(${toJson(v)})</script>`],
  ["a script of data", "data", (v) => html`<script id="t" type="application/json">${toJson(v)}</script>`],
  ["a comment", "none", (v) => html`<p><!-- ${v} --></p>`],
  ["a tag with raw text before", "text", (v) => html`${raw("<!-- x -->")}<p id="t">${v}</p>`],
];

/** The same places in template files, some of them behind control tags. */
const filePlaces: Array<[name: string, promise: Promise_, template: string]> = [
  ["text", "text", '<p id="t">{{ v }}</p>'],
  ["text through a macro", "text", '{% macro m(x) %}<p id="t">{{ x }}</p>{% endmacro %}{{ m(v) }}'],
  ["text through set", "text", '{% set x %}{{ v }}{% endset %}<p id="t">{{ x }}</p>'],
  ["text under a condition", "text", '<p id="t">{% if v is defined %}{{ v }}{% else %}x{% endif %}</p>'],
  ["text in a loop", "text", '<p id="t">{% for x in [v] %}{{ x }}{% endfor %}</p>'],
  ["title", "text", '<title id="t">{{ v }}</title>'],
  ["textarea", "text", '<textarea id="t">{{ v }}</textarea>'],
  ["an attribute", "attribute", '<p id="t" title="{{ v }}">'],
  ["an attribute in single quotes", "attribute", "<p id=\"t\" title='{{ v }}'>"],
  ["an attribute without quotes", "attribute", '<p id="t" title={{ v }}>'],
  ["an attribute under a condition", "attribute", '<p id="t"{% if true %} title="{{ v }}"{% endif %}>'],
  ["a part of an attribute", "none", '<p title="a {% if true %}{{ v }}{% endif %} b">'],
  ["xmlattr", "attribute", '<p id="t" {{ {"title": v}|xmlattr }}>'],
  ["an address", "address", '<a id="t" href="{{ v }}">x</a>'],
  ["an address under a condition", "address", '<a id="t" href="{% if true %}{{ v }}{% endif %}">x</a>'],
  ["a path behind a condition", "address", '<a id="t" href="{% if true %}/a{% else %}/b{% endif %}/{{ v }}">x</a>'],
  ["two parts of an address", "address", '<a id="t" href="{{ v[:3] }}{{ v[3:] }}">x</a>'],
  ["a query", "address", '<a id="t" href="/a?b={{ v }}">x</a>'],
  ["an image", "media", '<img id="t" src="{{ v }}">'],
  ["srcset", "none", '<img srcset="{{ v }}">'],
  ["a style", "none", '<p style="color: {{ v }}">'],
  ["a style element", "none", '<style>a { content: "{{ v }}"; color: {{ v }} }</style>'],
  ["a script", "script", '<script id="t">const a = {{ v|tojson }}; f({{ [v]|tojson }});</script>'],
  ["a script with a loop", "none", "<script>f([{% for x in [v] %}{{ x|tojson }},{% endfor %}]);</script>"],
  ["a script of data", "data", '<script id="t" type="application/json">{{ v|tojson }}</script>'],
  ["a comment", "none", "<!-- {{ v }} -->"],
  ["a filtered text", "none", "<p>{{ v|upper|lower }}</p>"],
];

/** Elements, names of attributes and comments, without texts. */
function toShape(node: Node): string {
  if (node.nodeName === "#text") return "";
  if (node.nodeName === "#comment") return "<!---->";
  if (!("childNodes" in node)) return node.nodeName;
  const names = "attrs" in node ? node.attrs.map(({ name, prefix }) => `${prefix ?? ""}:${name}`).join(" ") : "";
  return `(${node.nodeName} ${names}${node.childNodes.map(toShape).join("")})`;
}

function findMarked(node: Node): Element | undefined {
  if ("attrs" in node && node.attrs.some(({ name, value }) => name === "id" && value === "t")) return node;
  if (!("childNodes" in node)) return undefined;
  for (const child of node.childNodes) {
    const found = findMarked(child);
    if (found !== undefined) return found;
  }
  return undefined;
}

function textOf(node: Node): string {
  if (node.nodeName === "#text" && "value" in node) return node.value;
  return "childNodes" in node ? node.childNodes.map(textOf).join("") : "";
}

function attributeOf({ attrs }: Element, wanted: string): string {
  return attrs.find(({ name }) => name === wanted)?.value ?? "";
}

/** What a parser gives back: line ends in one form, no NUL. */
const seen = (value: string): string => value.replace(/\r\n?/g, "\n").replaceAll("\0", "\ufffd");
/** parse5 reads surrogates without a partner in its own way. */
const isWellFormed = (value: string): boolean => value.isWellFormed();

function schemeOf(value: string): string {
  try {
    return new URL(value, "https://h.test/").protocol;
  } catch {
    return "https:";
  }
}

/** The syntax tree with every value in place of a hole made the same. */
function toSyntax(text: string): string {
  const tree = parseScript(text, { ecmaVersion: "latest", sourceType: "module" }) as unknown;
  return JSON.stringify(tree, (key, value: unknown) => {
    if (key === "start" || key === "end") return undefined;
    if (typeof value !== "object" || value === null || !("type" in value)) return value;
    const isParsed = value.type === "CallExpression" && JSON.stringify(value).includes('"name":"JSON"');
    return value.type === "Literal" || value.type === "ObjectExpression" || value.type === "ArrayExpression" || isParsed ? "value" : value;
  });
}

function judge(promise: Promise_, make: (value: string) => Html, payload: string): void {
  const calm = parse(String(make("x1")));
  const document = parse(String(make(payload)));
  assert.equal(toShape(document), toShape(calm), "structure");
  const marked = findMarked(document);
  if (promise === "text" && isWellFormed(payload)) assert.equal(textOf(marked!), seen(payload), "round trip");
  if (promise === "attribute" && isWellFormed(payload)) assert.equal(attributeOf(marked!, "title"), seen(payload), "round trip");
  if (promise === "address") assert.match(schemeOf(attributeOf(marked!, "href")), /^(?:https?|mailto|tel|about):$/);
  if (promise === "media") assert.match(schemeOf(attributeOf(marked!, "src")), /^(?:https?|mailto|tel|about|blob|data):$/);
  if (promise === "script") assert.equal(toSyntax(textOf(marked!)), toSyntax(textOf(findMarked(calm)!)), "script");
  if (promise === "data") assert.equal(JSON.parse(textOf(marked!)), payload, "data");
}

describe("escaping", () => {
  it("has enough hostile strings", () => assert.ok(payloads.length >= 600, String(payloads.length)));

  for (const [name, promise, make] of places) {
    it(`keeps every hostile string in its context: ${name}`, () => {
      for (const payload of payloads) {
        try {
          judge(promise, make, payload);
        } catch (error) {
          assert.fail(`${JSON.stringify(payload)} in ${name}: ${String(make(payload)).slice(0, 300)}\n${String(error)}`);
        }
      }
    });
  }

  for (const [name, promise, template] of filePlaces) {
    it(`keeps every hostile string in its context in a file: ${name}`, () => {
      const compiled = compileString(template);
      for (const payload of payloads) {
        try {
          judge(promise, (v) => raw(String(compiled.render({ v }))), payload);
        } catch (error) {
          assert.fail(`${JSON.stringify(payload)} in ${name}: ${String(compiled.render({ v: payload })).slice(0, 300)}\n${String(error)}`);
        }
      }
    });
  }

  it("creates only links with known schemes in urlize", () => {
    const compiled = compileString("<p>{{ v|urlize }}</p>");
    for (const payload of payloads) {
      const fragment = parse(String(compiled.render({ v: payload })));
      const visit = (node: Node): void => {
        if ("attrs" in node && node.nodeName === "a") {
          assert.match(schemeOf(attributeOf(node, "href")), /^(?:https?|mailto):$/, payload);
          for (const { name } of node.attrs) assert.ok(["href", "rel"].includes(name), payload);
        }
        if ("childNodes" in node) for (const child of node.childNodes) visit(child);
        if ("attrs" in node) assert.ok(["html", "head", "body", "p", "a"].includes(node.nodeName), `${node.nodeName}: ${payload}`);
      };
      visit(fragment);
    }
  });

  it("keeps generated strings in their contexts", () => {
    const fragment = fc.constantFrom(...payloads);
    const text = fc.oneof(
      fc.string({ unit: "binary", maxLength: 40 }),
      fc.tuple(fragment, fragment).map(([a, b]) => a + b),
      fragment,
    );
    fc.assert(
      fc.property(fc.constantFrom(...places), text, ([, promise, make], payload) => judge(promise, make, payload)),
      { numRuns: 3000 },
    );
  });

  it("writes the same bytes for one text, a list, a template, and parts", () => {
    for (const payload of payloads) {
      const whole = String(html`<p>${payload}</p>`);
      // A pair of surrogates that is cut in two is two lone ones for a parser of URLs, and for text the same characters.
      const middle = payload.length >> 1;
      assert.equal(String(html`<p>${[payload]}</p>`), whole);
      assert.equal(String(html`<p>${html`${payload}`}</p>`), whole);
      assert.equal(String(html`<p>${payload.slice(0, middle)}${payload.slice(middle)}</p>`), whole);
    }
  });
});
