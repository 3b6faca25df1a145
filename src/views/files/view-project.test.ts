import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { gable } from "gable";
import { checkViews, formatProblems } from "gable/check";
import { createTestClient } from "gable/testing";
import { ProjectFolder } from "../../../test/views/project-folder.ts";
import { silentLogger } from "../../../test/silent-logger.ts";
import { ViewProject } from "./view-project.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));

const files: Readonly<Record<string, string>> = {
  "models.ts":
    "export interface Post { id: number; title: string; tags: string[]; author: Promise<{ name: string }>; body: string | null }\n",
  "views/filters.ts":
    'export function shout(value: string, options: { times?: number } = {}): string {\n  return value.toUpperCase() + "!".repeat(options.times ?? 1);\n}\n',
  "views/tests.ts": "export function long(value: string): boolean {\n  return value.length > 3;\n}\n",
  "views/globals.ts":
    'import { defineGlobal } from "gable/views";\nexport const site = { name: "Site" };\nexport const path = defineGlobal((context) => String((context.request as { path?: string } | undefined)?.path ?? "none"));\n',
  "views/base.html":
    '{% props title: string, user?: { name: string } %}\n<title>{% block title %}{{ title }}{% endblock %}</title>\n<body class="{% block bodyClass %}plain{% endblock %}">\n{% if user %}<p>Hi {{ user.name }}</p>{% endif %}\n{% block body %}{% endblock %}\n',
  "views/forms.html":
    '{% macro field(name: string, label: string, value = "", errors: string[] = []) %}\n<label>{{ label }}<input name="{{ name }}" value="{{ value }}"></label>{% for error in errors %}<em>{{ error }}</em>{% endfor %}\n{% endmacro %}\n',
  "views/blog/card.html": '{% props post: Post %}\n{% import type { Post } from "../../models.ts" %}\n<b>{{ post.title }}</b>\n',
  "views/blog/show.html": [
    '{% import type { Post } from "../../models.ts" %}',
    '{% props post: Post, title: string = "T", user?: { name: string } %}',
    '{% extends "base.html" %}',
    '{% from "forms.html" import field %}',
    "{% block title %}{{ post.title }} - {{ super() }}{% endblock %}",
    "{% block bodyClass %}wide {{ post.id }}{% endblock %}",
    "{% block body %}",
    '<h1 id="p{{ post.id }}">{{ post.title|shout(times=2) }} {{ site.name }} {{ path }}</h1>',
    "<p>{{ (await post.author).name }}</p>",
    "{% if post.body %}{{ post.body.length }}{% endif %}{% if post.title is long %}long{% endif %}",
    "{% for tag in post.tags %}<i>{{ loop.index }}{{ tag|upper }}</i>{% else %}none{% endfor %}",
    '{% include "./card.html" %}',
    '{{ field("email", label="Mail") }}',
    "{% endblock %}",
    "",
  ].join("\n"),
  "views/feed.xml": "{% props items: string[] %}\n<feed>{% for item in items %}<i>{{ item }}</i>{% endfor %}</feed>\n",
  "views/mail.txt": "{% props name: string %}\nDear {{ name }},\n",
};

let project: ProjectFolder;
let folder = "";
const put = (name: string, text: string): void => project.put(name, text);
const edit = (name: string, from: string, to: string): void => project.edit(name, from, to);

beforeEach(() => {
  project = new ProjectFolder(files);
  folder = project.path;
});
afterEach(() => project.remove());

const post = { id: 1, title: "<Title>", tags: ["a", "b"], author: Promise.resolve({ name: "N<" }), body: "x" };
const shown =
  '<title>&lt;Title&gt; - T</title>\n<body class="wide 1">\n<h1 id="p1">&lt;TITLE&gt;!! Site /post</h1>\n<p>N&lt;</p>\n1long<i>1A</i><i>2B</i><b>&lt;Title&gt;</b><label>Mail<input name="email" value=""></label>\n';

function createApp(mode: "development" | "test" | "production", options: object = {}) {
  const app = gable({ mode, logger: silentLogger, views: { directories: [join(folder, "views")], ...options } });
  // Names are those of files that the tests write: the generated list is not part of this program.
  app.get("/post", ({ view }) => view("blog/show.html", { post }));
  app.get("/feed", ({ view }) => view("feed.xml", { items: ["<"] }));
  app.get("/created", ({ view }) => view("feed.xml", { items: [] }, { status: 201, headers: { "x-a": "b" } }));
  app.get("/nope", ({ view }) => view("blog/shwo.html", {}));
  return app;
}

describe("template files of a project", () => {
  it("are rendered with props, blocks, macros, includes, filters, tests and globals of the project", async () => {
    const client = createTestClient(createApp("test"));
    assert.equal((await client.get("/post")).body.replaceAll(/\n\n+/g, "\n").trimEnd(), shown.trimEnd());
    const feed = await client.get("/feed");
    assert.equal(feed.headers.get("content-type"), "application/xml; charset=utf-8");
    assert.equal(feed.body, '<?xml version="1.0" encoding="utf-8"?>\n<feed><i>&lt;</i></feed>');
    const created = await client.get("/created");
    assert.deepEqual([created.status, created.headers.get("x-a")], [201, "b"]);
    await assert.rejects(client.get("/nope"), { code: "E_VIEW_NOT_FOUND", fix: 'Write "blog/show.html".' });
  });

  it("are rendered outside of a request", async () => {
    const app = createApp("test");
    await assert.rejects(async () => app.view("mail.txt", { name: "x" }), { code: "E_VIEW_NOT_FOUND", message: /has not started/ });
    await app.start();
    assert.equal(String(app.view("mail.txt", { name: "<Ada>" })), "Dear <Ada>,");
    assert.throws(() => gable({ mode: "test" }).view("x"), { code: "E_VIEW_NOT_FOUND", message: /not have the option views/ });
  });

  it("become modules whose lines are those of the template, with a source map", () => {
    new ViewProject({ directories: [join(folder, "views")], watches: false }).generate();
    const lines = readFileSync(join(folder, ".gable/views/blog/show.html.ts"), "utf8").split("\n");
    assert.match(lines[0]!, /import type \{ Post \} from "\.\.\/\.\.\/\.\.\/models\.ts";/);
    assert.match(
      lines[1]!,
      /export interface Props \{ post: Post; title\?: string \| undefined; user\?: \{ name: string \} \| null \| undefined \}/,
    );
    assert.match(lines[7]!, /\$filters\.shout\(post\.title, \{ "times": 2 \}\)/);
    assert.match(lines[10]!, /for \(const tag of \$l\d+\)/);
    assert.match(lines.at(-2)!, /^\/\/# sourceMappingURL=data:application\/json;base64,/);
    assert.match(readFileSync(join(folder, ".gable/views.ts"), "utf8"), /"blog\/show\.html": \{ props: P\d; output: Html \};/);
  });

  it("are written only when they differ", () => {
    const project = new ViewProject({ directories: [join(folder, "views")], watches: false });
    project.generate();
    const path = join(folder, ".gable/views/base.html.ts");
    const before = statSync(path).mtimeMs;
    new ViewProject({ directories: [join(folder, "views")], watches: false }).generate();
    assert.equal(statSync(path).mtimeMs, before);
    assert.deepEqual(project.generate(), []);
    edit("views/base.html", "plain", "other");
    assert.deepEqual(
      project
        .generate()
        .map(({ template }) => template.name)
        .sort(),
      ["base.html", "blog/show.html"],
    );
    rmSync(join(folder, "views/mail.txt"));
    project.generate();
    assert.throws(() => statSync(join(folder, ".gable/views/mail.txt.ts")));
  });

  it("are served from what was generated where the sources are not deployed, without making code of strings", () => {
    new ViewProject({ directories: [join(folder, "views")], watches: false }).generate();
    for (const name of ["base.html", "forms.html", "blog/show.html", "blog/card.html", "feed.xml", "mail.txt"])
      rmSync(join(folder, "views", name));
    put(
      "run.ts",
      `import { gable } from "gable";\nconst app = gable({ mode: "production", hosts: ["localhost"], views: { directories: ["${folder}/nowhere"], generated: "${folder}/.gable" } });\napp.get("/", ({ view }) => view("mail.txt", { name: "built" }));\nconsole.log(await (await app.request("/")).text());\n`,
    );
    chmodSync(join(folder, ".gable"), 0o555);
    const run = spawnSync(
      process.execPath,
      ["--disallow-code-generation-from-strings", "--import", join(root, "scripts/source.mjs"), "run.ts"],
      { cwd: folder, encoding: "utf8" },
    );
    chmodSync(join(folder, ".gable"), 0o755);
    assert.equal(run.stdout, "Dear built,\n", run.stderr);
  });

  it("keep compileString out where code of strings is forbidden", () => {
    put(
      "run.ts",
      'import { compileString } from "gable/testing";\ntry { compileString("a"); } catch (error) { console.log((error as { code: string }).code); }\n',
    );
    const run = spawnSync(
      process.execPath,
      ["--disallow-code-generation-from-strings", "--import", join(root, "scripts/source.mjs"), "run.ts"],
      { cwd: folder, encoding: "utf8" },
    );
    assert.equal(run.stdout, "E_VIEW_UNSAFE\n", run.stderr);
  });

  it("name the folder and the file when something is missing or refused", async () => {
    await assert.rejects(gable({ mode: "test", views: join(folder, "none") }).start(), {
      code: "E_VIEW_NOT_FOUND",
      message: /The views folder "\S+none" does not exist/,
    });
    put("views/app.js", "");
    await assert.rejects(createApp("test").start(), { code: "E_VIEW_NOT_FOUND", message: /scripts and styles are not templates/ });
    assert.throws(() => gable({ views: { directories: [] } }), { code: "E_OPTION_INVALID" });
    assert.throws(() => gable({ views: { untyped: "no" as never } }), { code: "E_OPTION_INVALID" });
    assert.throws(() => gable({ views: { attributes: { "data-x": "plain" } } }), { code: "E_OPTION_INVALID" });
    assert.throws(() => gable({ views: { trim: true } as never }), { code: "E_OPTION_UNKNOWN" });
  });

  it("say that they are old when they cannot be written", async () => {
    writeFileSync(join(folder, ".gable"), "a file in the way");
    await assert.rejects(createApp("production").start(), {
      code: "E_VIEW_STALE",
      message: /is older than its view and cannot be written/,
    });
  });

  it("warn of undeclared names, or reject them", async () => {
    put("views/loose.html", "a {{ usr }}");
    const told: string[] = [];
    await gable({
      mode: "test",
      logger: { ...silentLogger, warn: (_facts: unknown, text?: string) => told.push(text ?? "") } as never,
      views: join(folder, "views"),
    }).start();
    assert.match(told.join(), /loose\.html uses undeclared names; add \{% props %\}/);
    rmSync(join(folder, ".gable"), { recursive: true });
    await assert.rejects(createApp("test", { untyped: "error" }).start(), {
      code: "E_VIEW_NAME",
      message: /loose\.html:1:6: "usr" is not declared/,
      fix: "Declare it: {% props usr: Type %}.",
    });
  });
});

describe("a changed template file, in development", () => {
  it("is served on the next request with all that use it, also after an error", async () => {
    const client = createTestClient(createApp("development"));
    assert.match((await client.get("/post")).body, /class="wide 1"/);
    edit("views/base.html", "<body class", "<body id='changed' class");
    assert.match((await client.get("/post")).body, /<body id='changed' class="wide 1"/);
    edit("views/forms.html", "<label>", "<label><!-- x -->");
    assert.match((await client.get("/post")).body, /<label><!-- x -->Mail/);
    edit("views/base.html", "{% endblock %}</title>", "</title>");
    await assert.rejects(client.get("/post"), { code: /^E_VIEW/ });
    await assert.rejects(client.get("/post"), { code: /^E_VIEW/ });
    edit("views/base.html", "</title>", "{% endblock %}</title>");
    assert.match((await client.get("/post")).body, /<body id='changed'/);
  });

  it("with an error fails only what uses it, also when it was broken at the start", async () => {
    put("views/plain.html", "{% props word: string %}<p>{{ word }}</p>");
    edit("views/forms.html", "<label>", "{% if %}<label>");
    const app = createApp("development");
    app.get("/plain", ({ view }) => view("plain.html", { word: "shown" }));
    app.get("/json", () => ({ isFine: true }));
    const client = createTestClient(app);
    await assert.rejects(client.get("/post"), { code: "E_VIEW_SYNTAX" });
    assert.match((await client.get("/plain")).body, /shown/);
    assert.equal((await client.get("/json")).body, '{"isFine":true}');
    edit("views/plain.html", "{{ word }}", "{{ word }");
    await assert.rejects(client.get("/plain"), { code: /^E_VIEW/ });
    await assert.rejects(client.get("/post"), { code: "E_VIEW_SYNTAX" });
    edit("views/forms.html", "{% if %}<label>", "<label>");
    assert.match((await client.get("/post")).body, /<label>/);
    edit("views/plain.html", "{{ word }", "{{ word }}");
    assert.match((await client.get("/plain")).body, /shown/);
  });

  for (const [name, uses] of [
    ["a page", "plain.html"],
    ["a layout", '{% extends "odd.html" %}'],
    ["a partial", '<p>{% include "odd.html" %}</p>'],
    ["a macro", '{% import "odd.html" as odd %}{{ odd.word() }}'],
  ] as const)
    it(`that is not UTF-8 fails only what uses it: ${name}`, async () => {
      const page = name === "a page" ? "odd.html" : "plain.html";
      put("views/odd.html", "<p>fine</p>");
      if (page === "plain.html") put("views/plain.html", uses);
      writeFileSync(join(folder, "views/odd.html"), Buffer.from([0x3c, 0x70, 0x3e, 0xff]));
      const app = createApp("development");
      app.get("/plain", ({ view }) => view(page, {}));
      const client = createTestClient(app);
      await assert.rejects(client.get("/plain"), {
        code: "E_VIEW_SYNTAX",
        message: /odd\.html:1:4: the byte 0xff \(number 4 of the file\)/,
      });
      assert.equal((await client.get("/post")).status, 200);
      await assert.rejects(createApp("production").start(), { code: "E_VIEW_SYNTAX", message: /the byte 0xff/ });
    });

  it("that imports a module with an error fails only what uses it", async () => {
    put("views/plain.html", '{% import { word } from "../broken.ts" %}<p>{{ word }}</p>');
    put("broken.ts", 'throw new Error("not today"); export const word = "never";');
    const app = createApp("development");
    app.get("/plain", ({ view }) => view("plain.html", {}));
    const client = createTestClient(app);
    await assert.rejects(client.get("/plain"), /not today/);
    assert.equal((await client.get("/post")).status, 200);
  });

  it("is imported with its used dependents only; the others are imported when they are shown", async () => {
    put("views/other.html", '{% extends "base.html" %}{% block body %}other{% endblock %}');
    const app = createApp("development");
    app.get("/other", ({ view }) => view("other.html", { title: "O" }));
    put("views/never.html", '{% extends "base.html" %}{% block body %}never{% endblock %}');
    app.get("/never", ({ view }) => view("never.html", { title: "N" }));
    const client = createTestClient(app);
    await client.get("/other");
    await client.get("/post");
    for (const round of [1, 2, 3]) {
      edit("views/base.html", "<body", `<body data-r${round}`);
      assert.match((await client.get("/post")).body, new RegExp(`<body data-r${round}`));
    }
    assert.match((await client.get("/never")).body, /<body data-r3 data-r2[^]*never/);
    assert.match((await client.get("/never")).body, /<body data-r3 data-r2[^]*never/);
    const late = await client.get("/other");
    assert.match(late.body, /<body data-r3 data-r2[^]*other/);
    assert.match((await client.get("/other")).body, /<body data-r3 data-r2[^]*other/);
  });

  it("warns once when 200 changes hold memory", async () => {
    const told: object[] = [];
    const project_ = new ViewProject({ directories: [join(folder, "views")], watches: true, onWarning: (facts) => told.push(facts) });
    await project_.start();
    for (let change = 1; change <= 201; change++) {
      put("views/mail.txt", `${change} {% props name: string %}{{ name }}`.replace(/^(\d+) (.*?%\})/, "$2$1"));
      await project_.refresh();
      if (change === 199) assert.deepEqual(told, []);
      if (change === 200) assert.deepEqual(told, [{ reloads: 200 }]);
    }
    assert.equal(String(project_.render("mail.txt", { name: "x" }, {})), "201x");
    assert.equal(told.length, 1);
  });

  it("shows its own line on the error page, when it is compiled and when it runs", async () => {
    const app = createApp("development");
    const get = async (): Promise<string> => (await app.request("/post", { headers: { accept: "text/html" } })).text();
    edit("views/blog/show.html", "{{ post.title|shout(times=2) }}", "{{ post.titel.length }}");
    const atRun = await get();
    assert.match(atRun, /views\/blog\/show\.html:8/);
    assert.match(atRun, /class="failing"><i>8<\/i>.*post\.titel\.length/);
    edit("views/blog/show.html", "{{ post.titel.length }}", '<a onclick="{{ post.id }}">');
    const atCompile = await get();
    assert.match(atCompile, /E_VIEW_PLACE/);
    assert.match(atCompile, /class="failing"><i>8<\/i>.*onclick/);
  });
});

describe("checkViews()", () => {
  const check = (): string => formatProblems(checkViews({ project: folder, directories: ["views"] }));

  it("finds nothing in a correct project, under the strictest settings", () => assert.equal(check(), ""));

  for (const [name, file, from, to, place, code] of [
    ["a property that is not there", "views/blog/show.html", "post.title|shout", "post.titel|shout", "views/blog/show.html:8:33", "TS2551"],
    ["a prop that a parent needs", "views/blog/show.html", 'title: string = "T", ', "", "views/blog/show.html:3:4", "TS2741"],
    [
      "a null that nobody handled",
      "views/blog/show.html",
      "{% if post.body %}{{ post.body.length }}{% endif %}",
      "{{ post.body.length }}",
      "views/blog/show.html:10:",
      "TS18047|TS2531",
    ],
    [
      "a wrong type for a macro",
      "views/blog/show.html",
      'field("email", label="Mail")',
      "field(1, label=2)",
      "views/blog/show.html:13:",
      "TS2345",
    ],
    [
      "a wrong argument of a project's filter",
      "views/blog/show.html",
      "shout(times=2)",
      'shout(times="x")',
      "views/blog/show.html:8:",
      "TS2322",
    ],
    [
      "an object in a hole",
      "views/blog/show.html",
      "<p>{{ (await post.author).name }}</p>",
      "<p>{{ post }}</p>",
      "views/blog/show.html:9:",
      "TS2345",
    ],
    [
      "a type that does not exist",
      "views/blog/card.html",
      "import type { Post }",
      "import type { Pots }",
      "views/blog/card.html:2:",
      "TS2",
    ],
  ] as Array<[string, string, string, string, string, string]>) {
    it(`shows ${name} at the template's line and column`, () => {
      edit(file, from, to);
      const problems = check();
      assert.match(
        problems,
        new RegExp(
          `^${place.replaceAll("/", "\\/").replaceAll(".", "\\.")}\\d* ?- error (?:${code})|^${place.replaceAll(".", "\\.")}\\d* - error (?:${code})`,
          "m",
        ),
        problems,
      );
      assert.match(problems, /^> {3,4}\d+ \|/m);
    });
  }

  it("shows wrong names of views, and wrong props, at the call", () => {
    put(
      "routes.ts",
      'import { gable } from "gable";\nconst app = gable();\napp.get("/", ({ view }) => view("blog/shwo.html", {}));\napp.get("/b", ({ view }) => view("mail.txt", { nam: "x" }));\napp.get("/c", ({ view }) => view("mail.txt", { name: "x" }));\n',
    );
    const problems = check();
    assert.match(problems, /^routes\.ts:3:\d+ - error TS2/m);
    assert.match(problems, /^routes\.ts:4:\d+ - error TS2/m);
    assert.doesNotMatch(problems, /routes\.ts:5/);
  });

  it("shows what the compiler of views refuses, in the same form", () => {
    edit("views/base.html", "<p>Hi", '<p onclick="{{ user.name }}">Hi');
    put("views/second.html", "{% if %}");
    assert.match(check(), /views\/second\.html:1:7 - error E_VIEW_SYNTAX: expected a value, found the end of the tag/);
    assert.match(
      check(),
      /views\/base\.html:4:\d+ - error E_VIEW_PLACE: a value is not allowed in "onclick" of <p>, which is code\.\n[^]*fix: Put the value in a data-\* attribute/,
    );
  });

  it("forgets templates that were deleted, and reports an error of an imported file once", () => {
    const check = (): string =>
      formatProblems(checkViews({ project: folder, generated: join(folder, ".gable"), directories: [project.views] }));
    put("views/bad.html", "{% props a: string %}\n{{ a.nothing }}{% partialdef p(b: string) %}{{ b.nothing }}{% endpartialdef %}\n");
    assert.match(check(), /bad\.html:2:\d+ - error TS2339/);
    rmSync(join(folder, "views/bad.html"));
    assert.doesNotMatch(check(), /error/);
    put("views/forms.html", "{% macro field(name) %}{{ name }}");
    assert.equal(check().match(/"macro" is not closed/g)?.length, 1, check());
  });
});
