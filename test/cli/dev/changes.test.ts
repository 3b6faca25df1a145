/** What each change does under `gable dev`, in a project with real files. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DevProject, until } from "./dev-project.ts";

const app = `import { gable, get } from "gable";
import { word } from "./word.ts";
export default gable({
  views: "views",
  static: { directory: "static", root: ["favicon.svg"] },
  routes: [
    get("/", (context) => context.view("home.html", { word })),
    get("/plain", (context) => context.view("plain.html", {})),
    get("/json", () => ({ word, port: process.env.SHOP_WORD ?? "" })),
  ],
});
`;
const files = {
  "app.ts": app,
  "word.ts": 'export const word: string = "one";\n',
  "views/home.html":
    '{% props word: string %}<!doctype html><html lang="en"><title>Shop</title><link rel="stylesheet" href="{{ asset("app.css") }}"><h1>{{ word }}</h1></html>',
  "views/plain.html": '<!doctype html><html lang="en"><title>Plain</title><p>plain</p></html>',
  "static/app.css": "h1 { color: red }",
  "static/app.js": "console.log(1);",
  "static/favicon.svg": "<svg/>",
  "notes/terms.md": "one",
};
const word = (text: string): string => `export const word: string = ${JSON.stringify(text)};\n`;

describe("a change under gable dev", () => {
  const project = new DevProject(files);
  before(async () => {
    await project.start("--no-types");
    await project.getUntil("/json", ({ status }) => status === 200);
  });
  after(() => project.end());

  const shows = async (text: string): Promise<void> => {
    // Connections wait for the new worker: nobody gets an error meanwhile, and soon nobody gets the old answer.
    await project.getUntil("/json", ({ status, body }) => {
      assert.equal(status, 200, body);
      return body.includes(`"${text}"`);
    });
  };

  /** Waits for a worker that was started for a file, and perhaps for others that changed at the same time. */
  const ready = (isFile: (name: string) => boolean, from = 0): Promise<object> =>
    project.event("ready", ({ files }) => (files as string[]).some(isFile), from);

  /** Saves a file, and waits for the worker that has read it. */
  const restore = async (name: string, text: string): Promise<void> => {
    const from = project.events.length;
    project.write(name, text);
    await ready((file) => file === name, from);
    await shows("one");
  };

  const saves: ReadonlyArray<readonly [how: string, save: (name: string, text: string) => void]> = [
    ["written in place", (name, text) => project.write(name, text)],
    ["renamed over the file", (name, text) => project.writeByRename(name, text)],
    ["renamed over the file again", (name, text) => project.writeByRename(name, text)],
    [
      "emptied first, then written",
      (name, text) => {
        project.write(name, "");
        project.write(name, text);
      },
    ],
    [
      "deleted, then written",
      (name, text) => {
        project.remove(name);
        project.write(name, text);
      },
    ],
  ];
  for (const [index, [how, save]] of saves.entries())
    it(`of a module is seen when it is ${how}`, async () => {
      save("word.ts", word(`saved ${index}`));
      await shows(`saved ${index}`);
    });

  it("of .env replaces the worker", async () => {
    project.write(".env", "SHOP_WORD=unused\n");
    const from = project.events.length;
    project.write(".env", "SHOP_WORD=changed\n");
    await ready((file) => file === ".env", from);
  });

  it("of a file in a folder that did not exist is seen, and a deleted module is an error until it is back", async () => {
    project.write("later/deep/word.ts", word("from a new folder"));
    project.write("word.ts", 'export { word } from "./later/deep/word.ts";\n');
    await shows("from a new folder");
    project.write("later/deep/word.ts", word("changed there"));
    await shows("changed there");
    project.remove("later");
    const broken = await project.getUntil("/json", ({ status }) => status === 500, { accept: "text/html" });
    assert.match(broken.body, /later\/deep\/word\.ts/);
    project.write("later/deep/word.ts", word("back again"));
    await project.getUntil("/json", ({ body }) => body.includes("back again"));
    await restore("word.ts", word("one"));
  });

  it("of a file behind a link is seen", async () => {
    const other = realpathSync(mkdtempSync(join(tmpdir(), "gable-dev-other-")));
    try {
      writeFileSync(join(other, "word.ts"), word("linked"));
      project.link(join(other, "word.ts"), "linked.ts");
      project.write("word.ts", 'export { word } from "./linked.ts";\n');
      await shows("linked");
      writeFileSync(join(other, "word.ts"), word("changed behind the link"));
      await shows("changed behind the link");
      await restore("word.ts", word("one"));
      project.remove("linked.ts");
    } finally {
      rmSync(other, { recursive: true });
    }
  });

  it("with a syntax error answers every address with the error page, for people and for programs, until it is corrected", async () => {
    const from = project.events.length;
    project.write("word.ts", "export const word: string = ;\n");
    const page = await project.getUntil("/anything", ({ status }) => status === 500, { accept: "text/html" });
    assert.match(page.body, /E_MODULE_SYNTAX/);
    assert.match(page.body, /word\.ts:1/);
    assert.match(page.body, /<script type="module" nonce="[^"]+" src="\/_gable\/client\/page\.js\?generation=[\w-]+failed/);
    const problem = await project.get("/json", { accept: "application/json" });
    assert.deepEqual([problem.status, (JSON.parse(problem.body) as { code: string }).code], [500, "E_MODULE_SYNTAX"]);
    assert.match((await project.get("/", { "user-agent": "curl/8" })).body, /^E_MODULE_SYNTAX[^]*> +1 \| export const word/);
    assert.match(String((await project.event("failed", () => true, from))["message"]), /E_MODULE_SYNTAX/);
    assert.equal((await project.get("/_gable/events", { origin: "http://evil.example" })).status, 403);
    assert.equal((await project.get("/", { host: "evil.example" })).status, 403);
    assert.equal((await project.get("/_gable/client/page.js")).status, 200);
    const open = await project.open();
    assert.match(String(open.events[0]!.data["generation"]), /failed/);
    project.writeByRename("word.ts", word("corrected"));
    await project.getUntil("/json", ({ body }) => body.includes("corrected"));
    open.close();
    await restore("word.ts", word("one"));
  });

  it("with an error at the start shows where it was thrown, and any file may correct it", async () => {
    project.write(
      "app.ts",
      `${app}\nif ((await import("node:fs")).readFileSync("notes/terms.md", "utf8") === "bad") throw new Error("the terms are bad");\n`,
    );
    project.write("notes/terms.md", "bad");
    const page = await project.getUntil("/", ({ status }) => status === 500, { accept: "text/html" });
    assert.match(page.body, /the terms are bad/);
    assert.match(page.body, /app\.ts:13/);
    project.write("notes/terms.md", "good");
    await project.getUntil("/json", ({ status }) => status === 200);
    await restore("app.ts", app);
  });

  it("of a view is compiled without another worker, and pages get an event", async () => {
    const open = await project.open();
    const [hello] = open.events;
    const from = project.events.length;
    project.writeByRename("views/home.html", files["views/home.html"].replace("<h1>", "<h1 id=changed>"));
    await until("the event views", () => open.events.find(({ name }) => name === "views"));
    assert.match((await project.get("/", { accept: "text/html" })).body, /<h1 id=changed>/);
    assert.ok(!project.events.slice(from).some(({ event }) => event === "ready"));
    open.close();
    const again = await project.open();
    assert.equal(again.events[0]!.data["generation"], hello!.data["generation"]);
    again.close();
  });

  it("of a view with an error fails only pages that use it", async () => {
    project.write("views/home.html", "{% if %}");
    const page = await project.getUntil("/", ({ status }) => status === 500, { accept: "text/html" });
    assert.match(page.body, /views\/home\.html:1/);
    assert.equal((await project.get("/json")).status, 200);
    assert.equal((await project.get("/plain")).status, 200);
    project.write("views/home.html", files["views/home.html"]);
    await project.getUntil("/", ({ status }) => status === 200);
  });

  it("of a stylesheet or an image sends its address with the new fingerprint, and restarts nothing", async () => {
    const open = await project.open();
    const from = project.events.length;
    project.writeByRename("static/app.css", "h1 { color: blue }");
    const swapped = await until("the event files", () => open.events.find(({ name }) => name === "files"));
    const [file] = swapped.data["files"] as Array<{ path: string; hash: string }>;
    assert.equal(file!.path, "/static/app.css");
    assert.match(file!.hash, /^[0-9a-f]{12}$/);
    project.write("static/favicon.svg", "<svg><g/></svg>");
    const icon = await until("the event of the icon", () =>
      open.events
        .filter(({ name }) => name === "files")
        .map(({ data }) => (data["files"] as Array<{ path: string }>).map(({ path }) => path))
        .find((paths) => paths.includes("/favicon.svg")),
    );
    assert.deepEqual(icon, ["/static/favicon.svg", "/favicon.svg"]);
    assert.ok(!open.events.some(({ name }) => name === "reload"));
    assert.ok(!project.events.slice(from).some(({ event }) => event === "ready"));
    open.close();
  });

  it("of a script for browsers loads pages again", async () => {
    const open = await project.open();
    project.write("static/app.js", "console.log(2);");
    await until("the event reload", () => open.events.find(({ name }) => name === "reload"));
    open.close();
  });

  it("of package.json or a lock file names the command, until packages are installed", async () => {
    const open = await project.open();
    project.write("package.json", '{ "name": "shop", "type": "module", "scripts": { "a": "b" } }');
    project.write("package.json", '{ "name": "shop", "type": "module", "dependencies": { "left": "1.0.0" } }');
    const notice = await project.event("notice", (event) => (event["notice"] as { id: string }).id === "packages");
    assert.equal((notice["notice"] as { command: string }).command, "npm install");
    const told = await until("the notice in the page", () =>
      open.events.find(({ name, data }) => name === "notices" && (data["notices"] as object[]).length > 0),
    );
    assert.match(JSON.stringify(told.data), /npm install/);
    open.close();
    project.write("node_modules/.package-lock.json", "{}");
    await project.event("fixed", ({ id }) => id === "packages");
    await ready((file) => file.startsWith("node_modules"));
  });

  it("of a test, of a type declaration and of files of editors does nothing", async () => {
    const from = project.events.length;
    for (const name of ["app.test.ts", "tests/other.ts", "types.d.ts", ".word.ts.swp", "word.ts~", "var/app.db", "README.md"])
      project.write(name, "x");
    project.write("static/app.css", "h1 { color: green }");
    const open = await project.open();
    await until("a later change", () => {
      project.write("static/app.css", `h1 { width: ${Math.random()}px }`);
      return open.events.find(({ name }) => name === "files");
    });
    assert.deepEqual(
      project.events.slice(from).filter(({ event }) => event === "ready"),
      [],
    );
    open.close();
  });
});
