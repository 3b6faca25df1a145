/** Runs the main example of each guide about routes, input, replies, errors, middleware, static files and settings. */
import assert from "node:assert/strict";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { after, before, describe, it } from "node:test";
import { pathToFileURL } from "node:url";
import type { Application } from "gable";
import type { TestClient } from "gable/testing";
import { createTestClient } from "gable/testing";
import { runCli } from "../../src/cli/main.ts";
import type { Terminal } from "../../src/cli/terminal.ts";

const guides = new URL("../../docs/guides/", import.meta.url);
const folder = new URL("../.guides/core/", import.meta.url).pathname;
const readGuide = (name: string): Promise<string> => readFile(new URL(`${name}.md`, guides), "utf8");

/** Writes a named block of a guide to a file, and imports it. */
async function load(guide: string, file: string): Promise<Record<string, unknown>> {
  const block = new RegExp(`\`\`\`ts\\n// ${file.replace(".", "\\.")}\\n([^]*?)\`\`\``).exec(await readGuide(guide));
  assert.ok(block !== null, `${guide}.md has no block ${file}`);
  const path = `${folder}${guide}-${file}`;
  await writeFile(path, block[1]!);
  return (await import(pathToFileURL(path).href)) as Record<string, unknown>; // Any module is an object of its exports.
}

/** Runs tests with a client of the application of a guide. */
function withGuide(guide: string, work: (client: () => TestClient) => void): void {
  describe(`docs/guides/${guide}.md`, () => {
    let client: TestClient | undefined;
    before(async () => {
      await mkdir(folder, { recursive: true });
      const { default: app } = await load(guide, "app.ts");
      client = createTestClient(app as Application, { errors: "page" }); // What each guide exports.
    });
    after(() => client?.close());
    work(() => client!);
  });
}

after(() => rm(folder, { recursive: true, force: true }));

withGuide("routes", (client) => {
  it("shows a shop, and converts parameters", async () => {
    assert.match((await client().get("/shops/corner")).body, /<p>Rice<\/p>/);
    assert.deepEqual((await client().get("/shops/corner/items/3")).json(), { shop: "corner", id: 4 });
  });

  it("replies 404, 405 with Allow, 308 for a trailing slash, and 403 of a guard", async () => {
    assert.equal((await client().get("/shops/none")).status, 404);
    const reply = await client().post("/shops/corner");
    assert.equal(reply.status, 405);
    assert.equal(reply.headers.get("allow"), "GET, HEAD, OPTIONS");
    assert.equal((await client().get("/shops/corner/")).headers.get("location"), "/shops/corner");
    assert.equal((await client().post("/admin/close")).status, 403);
    const closed = await client().post("/admin/close", { headers: { authorization: "x" } });
    assert.equal(closed.headers.get("location"), "/shops/corner");
  });
});

withGuide("input", (client) => {
  it("reads and rejects the query", async () => {
    assert.deepEqual((await client().get("/search?q=tea&page=2")).json(), { found: "tea", page: 2 });
    assert.equal((await client().get("/search")).status, 400);
  });

  it("shows an invalid form again, as HTML or as a problem", async () => {
    const form = { email: "x", message: "Hello" };
    assert.equal((await client().post("/contact", { form })).status, 422);
    const problem = await client().post("/contact", { form, headers: { accept: "application/json" } });
    assert.equal(problem.json<{ code: string }>().code, "E_INPUT_INVALID");
    assert.equal((await client().post("/contact", { form: { ...form, email: "a@b.example" } })).body, "Thank you, a@b.example.");
  });

  it("reads and rejects JSON", async () => {
    assert.equal((await client().post("/api/items", { json: { name: "Tea", amount: 1 } })).status, 201);
    const reply = await client().post("/api/items", { json: { name: "Tea", amount: "1" } });
    assert.equal(reply.status, 422);
    const { code, errors } = reply.json<{ code: string; errors: ReadonlyArray<{ path: string }> }>();
    assert.deepEqual([code, errors.map(({ path }) => path)], ["E_INPUT_INVALID", ["amount"]]);
    assert.equal((await client().post("/api/items", { form: { name: "Tea" } })).status, 415);
  });
});

withGuide("replies", (client) => {
  const cases: ReadonlyArray<readonly [path: string, status: number, type: string | null]> = [
    ["/", 200, "text/html; charset=utf-8"],
    ["/user", 200, "application/json"],
    ["/created", 201, "application/json"],
    ["/closed", 410, "text/html; charset=utf-8"],
    ["/robots.txt", 200, "text/plain; charset=utf-8"],
    ["/old", 308, "text/plain; charset=utf-8"],
    ["/lines.txt", 200, "text/plain"],
  ];
  for (const [path, status, type] of cases) {
    it(`replies to ${path} with ${status} and ${type}`, async () => {
      const reply = await client().get(path);
      assert.deepEqual([reply.status, reply.headers.get("content-type")], [status, type]);
    });
  }

  it("streams lines, and writes dates as ISO strings", async () => {
    assert.equal((await client().get("/lines.txt")).body, "1\n2\n3\n");
    assert.deepEqual((await client().get("/user")).json(), { name: "Ada", born: "1815-12-10T00:00:00.000Z" });
  });
});

withGuide("errors", (client) => {
  const json = { headers: { accept: "application/json" } };

  it("shows its own page with the status of the error", async () => {
    const reply = await client().get("/posts/101");
    assert.equal(reply.status, 404);
    assert.equal(reply.body, "<h1>404</h1><p>There is no such post.</p>");
  });

  it("shows codes and details of errors below 500, and hides others", async () => {
    const taken = (await client().get("/taken", json)).json<Record<string, unknown>>();
    assert.deepEqual([taken["status"], taken["code"], taken["version"]], [409, "E_CONFLICT", 3]);
    assert.equal((await client().get("/stock", json)).json<{ code: string }>().code, "E_STOCK_EMPTY");
    const broken = await client().get("/broken", json);
    assert.equal(broken.status, 500);
    assert.doesNotMatch(broken.body, /123456/);
  });
});

withGuide("middleware-and-guards", (client) => {
  it("redirects, forbids or lets a request through, with the added property", async () => {
    assert.equal((await client().get("/team")).headers.get("location"), "/login");
    const guest = { headers: { authorization: "guest" } };
    const shown = await client().get("/team", guest);
    assert.equal(shown.body, "Blue");
    assert.match(shown.headers.get("server-timing") ?? "", /^app;dur=/);
    const refused = await client().get("/team/edit", guest);
    assert.equal(refused.status, 403);
    assert.match(refused.headers.get("server-timing") ?? "", /^app;dur=/);
  });
});

describe("docs/guides/configuration.md", () => {
  it("reads the settings of the example, with the default of production missing", async () => {
    await mkdir(folder, { recursive: true });
    process.env["ORIGIN"] = "https://example.com";
    process.env["NEWSLETTER_SIZE"] = "7";
    const { settings } = (await load("configuration", "settings.ts")) as { settings: Record<string, unknown> }; // As in the guide.
    delete process.env["ORIGIN"];
    delete process.env["NEWSLETTER_SIZE"];
    assert.deepEqual([settings["origin"], settings["newsletterSize"], settings["mailPassword"]], ["https://example.com", 7, undefined]);
  });
});

describe("docs/guides/command-line.md", () => {
  const read = async (...words: string[]): Promise<string> => {
    let text = "";
    const terminal: Terminal = {
      writeOut: (more) => void (text += more),
      keepOutput: () => undefined,
      writeError: (more) => void (text += more),
      isTerminal: false,
      isOutputTerminal: false,
      canAsk: false,
      ask: () => Promise.resolve(undefined),
      columns: 80,
      environment: {},
      folder,
      signal: new AbortController().signal,
      readInput: async () => "",
      guard: ({ run }) => run(),
    };
    assert.equal(await runCli(words, terminal), 0);
    return text;
  };

  it("prints the help as it is", async () => {
    const printed = /```text\n([^]*?)```/.exec(await readGuide("command-line"))?.[1];
    assert.equal(printed?.trim(), (await read("--help")).trim());
  });

  const listCommands = async (...group: string[]): Promise<string[]> => {
    const help = await read(...group, "--help");
    return [...help.slice(help.indexOf("Commands:")).matchAll(/^ {2}([a-z][a-z-]*)/gm)].map(([, name]) => name!);
  };

  it("lists every command with each of its flags", async () => {
    const guide = await readGuide("command-line");
    const groups = ["db", "deploy", "env", "key", "sessions", "tasks", "user"];
    const top = (await listCommands()).filter((name) => !groups.includes(name));
    const nested = await Promise.all(groups.map(async (group) => (await listCommands(group)).map((name) => `${group} ${name}`)));
    const tables = guide.slice(guide.indexOf("\n## Commands\n"), guide.indexOf("\n## Make "));
    const rows = [...tables.matchAll(/^\| `((?:[a-z-]+)(?: [a-z]+)?)(?: [[<][\w.]+[\]>])*` \| [^|]* \| ([^|]*)\|$/gm)];
    assert.deepEqual(rows.map(([, command]) => command).sort(), [...top, ...nested.flat()].sort());
    for (const [, command, cell] of rows) {
      const help = await read(...command!.split(" "), "--help");
      const own = help.slice(0, help.indexOf("Common options:"));
      const flags = [...own.matchAll(/^ {2}(?:-\w, )?(--[a-z-]+)/gm)].map(([, flag]) => flag!).filter((flag) => flag !== "--help");
      assert.deepEqual([...cell!.matchAll(/--[a-z-]+/g)].map(([flag]) => flag).sort(), flags.sort(), `gable ${command}`);
    }
  });
});
