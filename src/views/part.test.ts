import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, describe, it } from "node:test";
import { parse } from "parse5";
import { gable, html, raw } from "gable";
import type { GableOptions } from "gable";
import { checkViews, formatProblems } from "gable/check";
import { createTestClient } from "gable/testing";
import { attributes, cached, fragment, MemoryFragments, render, renderFragments, sanitizer, svg, toJson } from "gable/views";
import { ProjectFolder } from "../../test/views/project-folder.ts";
import { silentLogger } from "../../test/silent-logger.ts";

let project: ProjectFolder | undefined;
afterEach(() => {
  project?.remove();
  project = undefined;
});

function createApp(files: Readonly<Record<string, string>>, views: object = {}, more: Partial<GableOptions> = {}) {
  project = new ProjectFolder(files);
  const app = gable({ mode: "test", logger: silentLogger, ...more, views: { directories: [project.views], ...views } });
  app.get("/:name(path)", ({ view, params }) => view(`${params.name}`, { value: "<v>" }));
  return app;
}
const show = async (app: ReturnType<typeof createApp>, name: string): Promise<string> =>
  (await createTestClient(app, { markup: "any" }).get(`/${name}`)).body;

describe("a view in an application without accounts and sessions", () => {
  it("has neither a user nor messages", async () => {
    const app = createApp({ "views/a.html": "{{ user is undefined }} {{ flash is undefined }}" });
    assert.equal(await show(app, "a.html"), "true true");
  });
});

describe("views: { raw }", () => {
  it('takes any text by default, and literals and sanitisers alone with "strict"', async () => {
    const clean = sanitizer((text) => text.replaceAll(/<script>.*?<\/script>/g, ""));
    assert.equal(await render(html`${raw("<b>")}${raw`<hr>`}${clean("<i><script>x</script>")}`), "<b><hr><i>");
    const app = createApp(
      { "views/a.html": "{{ value|safe }}", "views/b.html": "{{ value|upper|urlize }}{% set x %}<b>{% endset %}{{ x }}" },
      { raw: "strict" },
    );
    const strict = { options: { raw: "strict" } } as const;
    for (const page of [html`${raw("<b>", "why")}`, html`<p title="${raw("<b>", "why")}">`, html`<p>${[raw("<b>", "why")]}</p>`])
      assert.throws(() => render(page, strict), {
        code: "E_VIEW_UNSAFE",
        message: /raw\(\) \(reason: why\), and views\.raw is "strict"/,
        fix: /sanitizer/,
      });
    assert.equal(await render(html`${raw`<hr>`}${clean("<i><script>x</script>")}`, strict), "<hr><i>");
    await assert.rejects(show(app, "a.html"), { code: "E_VIEW_UNSAFE" });
    assert.equal(await show(app, "b.html"), "&lt;V&gt;<b>");
    const x = "<b>";
    // A value in a literal: types cannot see that it is one.
    assert.throws(() => (raw as (strings: TemplateStringsArray, ...values: unknown[]) => unknown)`a${x}`, {
      code: "E_VIEW_VALUE",
      fix: /html/,
    });
  });
});

describe("views: { mustache }", () => {
  const values = ["{{x}}", "{", "a{{{b", "{{", "x{", "{y", '{{"<'];
  it('takes {{ in values apart with "split", also where two values meet', async () => {
    const split = { options: { mustache: "split" } } as const;
    for (const one of values) {
      for (const other of [...values, ""]) {
        const page = await render(
          html`<title>${one}</title><p title="${one}${other}" class="${[one]}" data-x="${raw(`{{${one}`)}">${one}${other}${html`${one}`}</p><textarea>${raw("{{<b>")}${one}</textarea>`,
          split,
        );
        const document = JSON.stringify(parse(page), (key, value: unknown) => (key === "parentNode" ? undefined : value));
        assert.doesNotMatch(document, /\{\{/, page);
      }
    }
    assert.equal(await render(html`<p>${"{{x}}"}</p>`, split), "<p><!-- -->{<!-- -->{x}}</p>");
    assert.equal(await render(html`<p title="${"{{x}}"}">`, split), '<p title="{ {x}}">');
    const app = createApp(
      { "views/a.html": "{% raw %}{{ kept }}{% endraw %}<p title='{{ value }}'>{{ value }}</p>" },
      { mustache: "split" },
    );
    assert.match(await show(app, "a.html"), /^\{\{ kept \}\}<p title="<v>">|^\{\{ kept \}\}<p title="&lt;v>">/);
  });
  it("keeps it by default", async () => {
    assert.equal(await render(html`<p title="${"{{x}}"}">${"{{x}}"}</p>`), '<p title="{{x}}">{{x}}</p>');
  });
});

describe("views: { foldBlanks }", () => {
  const text =
    "<p>\n   <b>a  b</b>   {{ value }} \n\n c</p>\n<pre>\n  x\n  <i>\n  y</i></pre>  <textarea>  z  </textarea>\n  <script>\n  1;\n</script>";
  it("collapses whitespace of static text outside of pre, textarea and raw text", async () => {
    const app = createApp({ "views/a.html": text }, { foldBlanks: true });
    app.get("/", () => html`<p>  a   ${"  b  "}   </p>`);
    const folded =
      "<p>\n<b>a b</b> &lt;v&gt;\nc</p>\n<pre>\n  x\n  <i>\n  y</i></pre> <textarea>  z  </textarea>\n<script>\n  1;\n</script>";
    assert.equal((await show(app, "a.html")).replace(/ nonce="[^"]+"/, ""), folded);
    assert.equal((await createTestClient(app).get("/")).body, "<p> a   b   </p>");
    assert.equal(
      await show(createApp({ "views/a.html": "<pre>{% cache 'k' %}a   b{% endcache %}</pre>" }, { foldBlanks: true }), "a.html"),
      "<pre>a   b</pre>",
    );
  });
  it("keeps them by default", async () => assert.match(await show(createApp({ "views/a.html": text }), "a.html"), /a {2}b/));
});

describe("views: { markIncludes }", () => {
  const files = { "views/a.html": '<p class="{% include "c.html" %}">{% include "c.html" %}</p>', "views/c.html": "x" };
  it("names what an include brings, in development", async () => {
    const marked = await show(createApp(files, { markIncludes: true }, { mode: "development" }), "a.html");
    assert.match(marked, /^<p class="x"><!-- \S*views\/c\.html -->x<!-- \/\S*views\/c\.html --><\/p>$/);
  });
  it("leaves pages unchanged elsewhere", async () =>
    assert.equal(await show(createApp(files, { markIncludes: true }), "a.html"), '<p class="x">x</p>'));
});

describe("views: { packages }", () => {
  const shown = '{% props value: string, extra?: string %}\n<b>{{ value }}{% block more %}{% endblock %}{% include "./part.html" %}</b>';
  function createProject(own: Readonly<Record<string, string>>): ReturnType<typeof createApp> {
    const folder = new ProjectFolder({ ...own, "views/own.html": '{% include "blog/show.html" with value="w" %}' });
    project = folder;
    const put = (name: string, text: string): void => {
      const path = join(folder.path, "packages/node_modules/@acme/blog", name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    };
    put("package.json", '{ "name": "@acme/blog", "gable": { "views": "pages" } }');
    put("pages/blog/show.html", shown);
    put("pages/blog/part.html", "part");
    const directory = join(folder.path, "packages/views");
    mkdirSync(directory);
    const app = gable({
      mode: "production",
      logger: silentLogger,
      views: { directories: [directory, folder.views], packages: ["@acme/blog"] },
    });
    app.get("/:name(path)", ({ view, params }) => view(`${params.name}`, { value: "<v>" }));
    return app;
  }
  const line = (text: string): string => text.replaceAll("\n", "");

  it("searches the views of a package after those of the project", async () => {
    const app = createProject({});
    assert.equal(line(await show(app, "blog/show.html")), "<b>&lt;v&gt;part</b>");
    assert.equal(line(await show(app, "own.html")), "<b>wpart</b>");
  });
  it("lets a file of the project replace one, and extend what it replaces", async () => {
    const app = createProject({
      "views/blog/show.html":
        '{% props value: string, extra?: string %}\n{% extends "~package/blog/show.html" %}{% block more %}!{% endblock %}',
      "views/blog/part.html": "own part",
    });
    assert.equal(line(await show(app, "blog/show.html")), "<b>&lt;v&gt;!own part</b>");
  });
  it("checks that a file accepts the props that the package passes to the replaced file", () => {
    createProject({ "views/blog/show.html": "{% props value: string, mine: number %}\n{{ value }}{{ mine }}" });
    const directories = [join(project!.path, "packages/views"), project!.views];
    const problems = formatProblems(
      checkViews({ project: project!.path, generated: join(project!.path, ".gable"), directories, packages: ["@acme/blog"] }),
    );
    assert.match(problems, /@acme\/blog\/pages\/blog\/show\.html:1:4 - error TS2741: Property 'mine' is missing/);
  });
  it("reports a missing package", () =>
    assert.throws(() => checkViews({ directories: ["examples/library/views"], packages: ["@acme/none"] }), {
      code: "E_VIEW_NOT_FOUND",
      message: /"@acme\/none"/,
    }));
});

describe("views: { fragments }", () => {
  const files = { "views/a.html": "{% cache 'k' %}{{ now().getTime() }}{% endcache %}" };
  const isKept = async (app: ReturnType<typeof createApp>): Promise<boolean> => {
    const first = await show(app, "a.html");
    await new Promise((resolve) => setTimeout(resolve, 3));
    return (await show(app, "a.html")) === first;
  };
  it("caches fragments in memory or in the given store, and none in development", async () => {
    assert.equal(await isKept(createApp(files)), true);
    assert.equal(await isKept(createApp(files, {}, { mode: "development" })), false);
    const fragments = new MemoryFragments();
    assert.equal(await isKept(createApp(files, { fragments }, { mode: "development" })), true);
    assert.equal(fragments.size, 1);
  });
  const scripts: ReadonlyArray<readonly [name: string, more: Partial<GableOptions>, path: string]> = [
    ["{% cache %} without a cache", {}, "/file"],
    ["{% cache %} in the cache", { cache: true }, "/file"],
    ["cached() in the cache", { cache: true }, "/code"],
    ["cached() with the nonce of its page", { cache: true }, "/own"],
    ["a part that comes later", {}, "/later"],
  ];
  for (const [name, more, path] of scripts)
    it(`sends the nonce of a script that is only in ${name}`, async () => {
      project = new ProjectFolder({ "views/a.html": "<p>{% cache 'k' %}<script>1</script>{% endcache %}</p>" });
      const app = gable({ mode: "test", logger: silentLogger, views: project.views, ...more });
      app.get("/file", ({ view }) => view("a.html", {}));
      app.get("/code", () => html`<p>${cached("k", {}, () => html`<script>1</script>`)}</p>`);
      app.get("/own", (context) => html`<p>${cached("k", {}, () => html`<script nonce="${context.nonce}">1</script>`)}</p>`);
      app.get("/later", () => html`<p>${Promise.resolve(html`<script>1</script>`)}</p>`);
      const nonces = new Set<string>();
      for (let round = 0; round < 3; round++) {
        const reply = await app.request(path);
        const nonce = /<script nonce="([^"]+)">/.exec(await reply.text())![1]!;
        assert.ok(reply.headers.get("content-security-policy")!.includes(`'nonce-${nonce}'`));
        nonces.add(nonce);
      }
      assert.equal(nonces.size, 3);
      await app.close();
    });

  it("gives cached fragments the nonce of each reply", async () => {
    const app = gable({ mode: "test", logger: silentLogger });
    app.get("/", ({ nonce }) => html`${nonce === "" ? "" : ""}${cached("k", {}, () => html`<script>1</script>`)}`);
    const client = createTestClient(app);
    const nonces = new Set<string>();
    for (let round = 0; round < 3; round++) {
      const reply = await client.get("/");
      const nonce = /<script nonce="([^"]+)">/.exec(reply.body)![1]!;
      assert.ok(reply.headers.get("content-security-policy")!.includes(nonce));
      nonces.add(nonce);
    }
    assert.equal(nonces.size, 3);
  });
});

describe("query()", () => {
  it("returns the query of the page with changes", async () => {
    project = new ProjectFolder({
      "views/a.html":
        "{{ query() }}|{{ query(page=2) }}|{{ query(a=none, page=1) }}|<a href='{{ query(q='<&') }}'>|{{ query({'a': [1, 2]}) }}",
    });
    const app = gable({ mode: "test", logger: silentLogger, views: project.views });
    app.get("/", ({ view }) => view("a.html", {}));
    const { body } = await createTestClient(app).get("/?a=x%20y&page=9");
    assert.equal(body, '?a=x+y&amp;page=9|?a=x+y&amp;page=2|?page=1|<a href="?a=x+y&amp;page=9&amp;q=%3C%26">|?page=9&amp;a=1&amp;a=2');
  });
});

describe("svg", () => {
  it("is a drawing with the booleans of XML, and its type as a reply", async () => {
    const drawing = svg`<svg xmlns="http://www.w3.org/2000/svg"><circle r="${3}" hidden=${true} autofocus=${false} ${attributes({ hidden: true })}/><a xlink:href="${"javascript:x"}">${"<"}</a></svg>`;
    assert.equal(
      await render(drawing),
      '<svg xmlns="http://www.w3.org/2000/svg"><circle r="3" hidden="" hidden="" /><a xlink:href="about:invalid#blocked">&lt;</a></svg>',
    );
    const app = createApp({
      "views/a.svg": "<?xml version='1.0'?><svg><g hidden='{{ true }}'>{{ value }}</g></svg>",
      "views/b.html": '<p>{% include "a.svg" %}',
    });
    app.get("/drawing", () => drawing);
    const client = createTestClient(app);
    assert.equal((await client.get("/drawing")).headers.get("content-type"), "image/svg+xml");
    const file = await client.get("/a.svg");
    assert.equal(file.headers.get("content-type"), "image/svg+xml");
    assert.equal(file.body, "<?xml version='1.0'?><svg><g hidden=\"\">&lt;v&gt;</g></svg>");
    assert.match((await client.get("/b.html")).headers.get("content-type")!, /^text\/html/);
  });
});

describe("fragment()", () => {
  const page = (title: string): ReturnType<typeof html> =>
    html`<h1>${title}</h1>${[1, 2].map((id) => fragment(`row-${id}`, html`<p>${id} ${Promise.resolve("<late>")}</p><script>const a = ${toJson(id)};</script>`))}`;
  it("is written unchanged in its page, and with a hash of its content on its own", async () => {
    assert.match(String(await render(page("T"), { nonce: "n" })), /^<h1>T<\/h1><p>1 &lt;late&gt;<\/p><script nonce="n">/);
    const alone = await renderFragments(page("T"), ["row-2", "row-1"], { nonce: "n" });
    assert.match(
      alone,
      /^<template data-region="row-2" data-hash="[a-z0-9]{14}"><p>2 &lt;late&gt;<\/p><script>const a = 2;<\/script><\/template><template data-region="row-1"/,
    );
    assert.equal(
      await renderFragments(page("other"), ["row-2", "row-1"], { nonce: "m" }),
      alone,
      "what is around it and the nonce change nothing",
    );
    await assert.rejects(renderFragments(page("T"), ["row-3"]), { code: "E_VIEW_PARTIAL", fix: /fragment\("row-3"/ });
  });
});

describe("options of views", () => {
  for (const [option, value] of [
    ["mustache", "no"],
    ["raw", true],
  ] as const)
    it(`refuses ${option}: ${value}`, () =>
      assert.throws(() => gable({ mode: "test", views: { [option]: value } }), { code: "E_OPTION_INVALID", message: new RegExp(option) }));
});
