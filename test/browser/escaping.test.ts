/** Hostile texts in XML and CSS: the strict parser and the style engine of Chromium judge what parse5 cannot. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Browser, Page } from "playwright-core";
import { compileString } from "gable/testing";
import { atom, css, html, render, rss, sitemap, text, xml } from "gable/views";
import type { FeedDescription } from "gable/views";
import { payloads } from "../views/payloads.ts";
import { launchBrowser, skipWithoutBrowser } from "./launch.ts";

/** What XML 1.0 cannot hold is dropped; everything else comes back, CR as it was. */
const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu;

describe("hostile texts in Chromium", { skip: skipWithoutBrowser }, () => {
  let browser: Browser;
  let page: Page;
  before(async () => {
    browser = await launchBrowser();
    page = await browser.newPage();
  });
  after(() => browser?.close());

  /** Parses documents strictly; gives the text of `[data-t]`, or of the root, or the fault. */
  function parseAll(documents: readonly string[]): Promise<Array<{ fault: string; texts: string[] }>> {
    return page.evaluate(
      (sources) =>
        sources.map((source) => {
          const document = new DOMParser().parseFromString(source, "application/xml");
          const fault = document.querySelector("parsererror")?.textContent ?? "";
          const texts = [...document.querySelectorAll("t")].map((each) => each.getAttribute("v") ?? each.textContent ?? "");
          return { fault, texts };
        }),
      documents,
    );
  }

  const xmlFile = compileString(
    "<a><t>{{ v }}</t><t v='{{ v }}'/><t><![CDATA[{{ v }}]]></t>{% for x in [v] %}<t>{{ x }}</t>{% endfor %}</a>",
    { name: "a.xml" },
  );
  const fronts: ReadonlyArray<[name: string, make: (value: string) => unknown]> = [
    ["xml``", (v) => xml`<a><t>${v}</t><t v="${v}"/><t><![CDATA[${v}]]></t>${[xml`<t>${v}</t>`]}</a>`],
    ["a file", (v) => xmlFile.render({ v })],
  ];
  for (const [name, make] of fronts) {
    it(`come back from XML of ${name} as they were`, async () => {
      const parsed = await parseAll(payloads.map((payload) => String(make(payload))));
      for (const [index, { fault, texts }] of parsed.entries()) {
        const expected = payloads[index]!.replaceAll(forbidden, "");
        // In CDATA there are no references: a parser reads CR LF and CR as LF (XML 1.0, section 2.11).
        const inCdata = expected.replaceAll(/\r\n?/g, "\n");
        assert.equal(fault, "", JSON.stringify(payloads[index]));
        assert.deepEqual(texts, [expected, expected, inCdata, expected]);
      }
    });
  }

  it("leave feeds and sitemaps well-formed", async () => {
    const documents: string[] = [];
    for (const payload of payloads) {
      const feed: FeedDescription = {
        title: payload,
        url: "https://example.org/",
        feedUrl: "/feed",
        description: payload,
        language: "en",
        author: { name: payload, url: `/a?${payload}` },
        items: [
          {
            url: `/p?q=${payload}`,
            title: payload,
            updated: new Date(0),
            summary: payload,
            html: html`<p>${payload}</p>`,
            author: payload,
            categories: [payload],
          },
        ],
      };
      documents.push(String(atom(feed)), String(rss(feed)));
      const part = await sitemap({ a: [`/x?${payload}`, { url: "/y", alternates: { de: `/z#${payload}` } }] })({
        url: new URL("https://example.org/sitemap.xml"),
        absoluteUrl: (path) => new URL(path, "https://example.org").href,
      });
      let list = "";
      for await (const piece of part) list += piece;
      documents.push(list);
    }
    for (const { fault } of await parseAll(documents)) assert.equal(fault, "");
  });

  /** Names of the declarations in style attributes and style elements, and addresses that they would load. */
  function readStyles(documents: readonly string[]): Promise<Array<{ names: string[]; urls: string[] }>> {
    return page.evaluate((sources) => {
      return sources.map((source) => {
        const document = new DOMParser().parseFromString(source, "text/html");
        const declarations: CSSStyleDeclaration[] = [...document.querySelectorAll<HTMLElement>("[style]")].map((each) => each.style);
        for (const element of document.querySelectorAll("style")) {
          const sheet = new CSSStyleSheet();
          sheet.replaceSync(element.textContent ?? "");
          for (const rule of sheet.cssRules) if (rule instanceof CSSStyleRule) declarations.push(rule.style);
        }
        const names = declarations.flatMap((each) => ["(", ...each]);
        const urls = declarations.flatMap((each) => [...each].flatMap((name) => each.getPropertyValue(name).match(/url\([^)]*\)/g) ?? []));
        return { names, urls };
      });
    }, documents);
  }

  const styleFile = compileString(
    '<p style="--a: {{ v }}; --b: \'{{ v }}\'; --c: 1px"></p><style>a { --a: {{ v }}; --b: "{{ v }}"; --c: 1 } b { --d: 1 }</style>',
  );
  const styles: ReadonlyArray<[name: string, make: (value: string) => unknown]> = [
    ["a style attribute", (v) => render(html`<p style="--a: ${v}; --c: 1px"></p>`)],
    ["a string of a style attribute", (v) => render(html`<p style="--a: '${v}'; --c: 1px"></p>`)],
    ["an address of a style attribute", (v) => render(html`<p style='background-image: url("${v}"); --c: 1px'></p>`)],
    ["css``", (v) => render(html`<p style="${css`--a: ${v}; --c: 1px`}"></p>`)],
    ["a style element", (v) => render(html`<style>a { --a: ${v}; --b: "${v}"; --c: 1 } b { --d: 1 }</style>`)],
    ["a file", (v) => styleFile.render({ v })],
  ];
  for (const [name, make] of styles) {
    it(`bring no declaration and no address into ${name}`, async () => {
      const [expected] = await readStyles([String(make("x1"))]);
      assert.ok(expected!.names.includes("--c"), text`${String(make("x1"))}`);
      const read = await readStyles(payloads.map((payload) => String(make(payload))));
      for (const [index, { names, urls }] of read.entries()) {
        // A custom property without a value is none: an empty text leaves it out.
        const isEmpty = /^\s*(?:!important\s*)?$/i.test(payloads[index]!);
        // Declarations with !important come first in the list.
        if (!isEmpty) assert.deepEqual(names.toSorted(), expected!.names.toSorted(), JSON.stringify(payloads[index]));
        for (const address of urls) {
          const inner = /^url\("?(.*?)"?\)$/s.exec(address)![1]!;
          const { protocol, pathname } = URL.canParse(inner, "https://h/") ? new URL(inner, "https://h/") : new URL("https://h/");
          assert.match(protocol + pathname, /^(?:https?:|mailto:|tel:|blob:|about:|data:image\/(?:png|gif|jpe?g|webp|avif))/);
        }
        if (!name.includes("address")) assert.deepEqual(urls, [], JSON.stringify(payloads[index]));
      }
    });
  }
});
