/** The requests that development keeps: their timeline, statements, findings and visitor, and who may look at them. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { after, before, describe, it } from "node:test";
import { promisify } from "node:util";
import { forbidden, gable, get, html, post } from "gable";
import type { Application, GableOptions } from "gable";
import { accountFields, defineAccounts, policy } from "gable/auth";
import { belongsTo, field as f, hasMany, Model, transaction } from "gable/data";
import { memorySessions } from "gable/session";
import { silentLogger } from "../silent-logger.ts";
import { readFileSync } from "node:fs";

class Writer extends Model("kept_writers", { id: f.id(), name: f.text({ max: 20 }), articles: () => hasMany(Article) }) {}
class Article extends Model("kept_articles", {
  id: f.id(),
  title: f.text({ max: 20 }),
  status: f.text({ max: 9 }),
  code: f.text({ max: 9, index: true }),
  writer: () => belongsTo(Writer),
}) {}

const source = readFileSync(import.meta.filename, "utf8").split("\n");
const placeOf = (name: string): string => `requests.test.ts:${source.findIndex((line) => line.endsWith(`// ${name}`)) + 1}`;

/** Whether the runtime keeps the caller of code that an `await` starts, as in a lazy query: Node 26 does, Node 24 does not. */
const seesAwaits: boolean = await (async function probe() {
  let stack = "";
  await {
    // oxlint-disable-next-line unicorn/no-thenable -- a lazy query is such an object
    then(resolve: () => void) {
      stack = new Error("where").stack ?? "";
      resolve();
    },
  };
  return stack.includes("probe");
})();

function assertPlace(found: { readonly place?: { readonly shown: string } } | undefined, name: string): void {
  if (seesAwaits || found?.place !== undefined)
    assert.ok(found?.place?.shown.endsWith(placeOf(name)) === true, String(found?.place?.shown));
}

interface Finding {
  readonly id: string;
  readonly fix: string;
  readonly message: string;
  readonly place?: { readonly shown: string };
}
interface Kept {
  readonly url: string;
  readonly route: string;
  readonly statementCount: number;
  readonly steps: ReadonlyArray<{ readonly name: string }>;
  readonly statements: ReadonlyArray<{
    readonly sql: string;
    readonly count: number;
    readonly values: string;
    readonly place?: { readonly shown: string };
  }>;
  readonly findings: readonly Finding[];
  readonly guards: unknown;
  readonly session: unknown;
  readonly flash: readonly string[];
  readonly log: ReadonlyArray<{ readonly message: string }>;
}

function signedIn(): true {
  return true;
}
function owner(): never {
  throw forbidden("Only the owner may do that.");
}

function createApp(more: GableOptions = {}): Application {
  return gable({
    mode: "development",
    logger: silentLogger,
    models: [Writer, Article],
    database: "sqlite::memory:",
    session: {},
    secretKeys,
    ...more,
    routes,
  });
}
const secretKeys = ["kept-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJ"];

const routes = [
  get("/each", async () => {
    const names: string[] = [];
    for (const article of await Article.where().orderBy("id")) {
      const writer = await Writer.get(article.writerId); // each
      names.push(writer.name);
    }
    return html`<!doctype html><title>Articles</title>${names.map((name) => html`<p>${name}</p>`)}`;
  }),
  get("/later", async () => {
    for (const article of await Article.where()) await article.writer; // later
    return "ok";
  }),
  get("/nested", async () => {
    const writer = await Writer.get(1);
    for (const article of await writer.articles) await article.writer; // nested
    return "ok";
  }),
  get("/with", async () => {
    for (const article of await Article.where().with({ writer: true })) await article.writer;
    return "ok";
  }),
  get("/unused", async () => {
    const articles = await Article.where(); // unused
    return articles[0]!.title;
  }),
  get("/used", async () => (await Article.where()).map(({ title }) => title)),
  get("/filter", async () => String(await Article.where({ status: "new" }).count())), // filter
  get("/indexed", async () => String(await Article.where({ code: "a" }).count())),
  get("/writes", async () => {
    await Article.where({ id: 1 }).update({ title: "seen" }); // writes
    return "ok";
  }),
  post("/loose", async () => {
    await Article.where({ id: 1 }).update({ title: "one" });
    await Article.where({ id: 2 }).update({ title: "two" }); // loose
    return "ok";
  }),
  post("/whole", async () => {
    await transaction(async () => {
      await Article.where({ id: 1 }).update({ title: "one" });
      await Article.where({ id: 2 }).update({ title: "two" });
    });
    return "ok";
  }),
  get("/visitor", { guard: [signedIn] }, async ({ session, flash, log }) => {
    session.set("cart" as never, [1, 2] as never);
    flash("info", "Saved.");
    log.info({ size: 2 }, "The cart has changed.");
    return "ok";
  }),
  get("/refused", { guard: [signedIn, owner] }, () => "ok"),
  get("/form", { query: { "~standard": { version: 1, vendor: "test", validate: (value) => ({ value }) } } }, () => "ok"),
];

describe("requests in development", () => {
  let app: Application;
  before(async () => {
    app = createApp();
    await app.start();
    for (const name of ["Ann", "Bob"]) await Writer.create({ name });
    for (let number = 0; number < 100; number++)
      await Article.create({ title: `${number}`, status: "new", code: "a", writer: await Writer.get((number % 2) + 1) });
  });
  after(() => app.close());

  async function ask(path: string, init: RequestInit = {}): Promise<Kept> {
    const reply = await app.request(path, init);
    await reply.text();
    return (await (await app.request(`/_gable/requests/${reply.headers.get("x-request-id")}`)).json()) as Kept;
  }
  const find = ({ findings }: Kept, id: string): Finding | undefined => findings.find((finding) => finding.id === id);

  it("have a timeline and Server-Timing", async () => {
    const reply = await app.request("/form");
    assert.match(
      reply.headers.get("server-timing")!,
      /^routing;dur=[\d.]+, parsing;dur=[\d.]+, handler;dur=[\d.]+, gable;desc="[\w.-]+", total;dur=[\d.]+$/,
    );
    const kept = await ask("/each");
    assert.deepEqual(
      kept.steps.map(({ name }) => name),
      ["routing", "handler", "queries", "render", "write"],
    );
    assert.equal(kept.route, 'GET "/each"');
  });

  it("name the line of a loop that loads rows one by one, and the option that loads them together", async () => {
    const kept = await ask("/each");
    const finding = find(kept, "W_QUERY_REPEATED");
    assert.equal(finding?.message, "100 queries differ only in their values.");
    assert.equal(finding.fix, "Add with({ writer: true }) to the query of Article, and use row.writer in the loop.");
    assertPlace(finding, "each");
    assert.equal(kept.statementCount, 101);
    const group = kept.statements.find(({ count }) => count === 100);
    assertPlace(group, "each");
    assert.equal(group?.values, "[1]");
  });

  it("name relations that a further query loads, with the nested option", async () => {
    const later = find(await ask("/later"), "W_RELATION_LATER");
    assert.equal(later?.message, "Article.writer is loaded by a further query for 100 rows, when the code first touches it.");
    assert.match(later.fix, /^Add with\(\{ writer: true \}\) to the query/);
    assertPlace(later, "later");
    const nested = (await ask("/nested")).findings.filter(({ id }) => id === "W_RELATION_LATER");
    assert.deepEqual(
      nested.map(({ fix }) => /with\((.*?)\) to/.exec(fix)?.[1]),
      ["{ articles: true }", "{ articles: { with: { writer: true } } }"],
    );
    assert.deepEqual((await ask("/with")).findings, []);
  });

  it("name relations that are loaded for each row", async () => {
    const alone = gable({
      mode: "development",
      logger: silentLogger,
      models: [Writer, Article],
      database: { url: "sqlite::memory:", fetchMode: "one" },
      routes: [
        get("/", async () => {
          for (const article of await Article.where()) await article.writer; // alone
          return "ok";
        }),
      ],
    });
    await alone.start();
    await alone.database().run(async () => {
      for (let number = 0; number < 5; number++)
        await Article.create({ title: "t", status: "s", code: "c", writer: await Writer.create({ name: "n" }) });
    });
    const id = (await alone.request("/")).headers.get("x-request-id");
    const kept = (await (await alone.request(`/_gable/requests/${id}`)).json()) as Kept;
    const finding = find(kept, "W_RELATION_EACH");
    assert.equal(finding?.message, "Article.writer is loaded one by one: 5 queries.");
    assert.equal(finding.fix, "Add with({ writer: true }) to the query.");
    assertPlace(finding, "alone");
    await alone.close();
  });

  it("name rows that nobody uses, filters without an index, changes by GET, and changes without a transaction", async () => {
    const cases: ReadonlyArray<readonly [path: string, id: string, message: RegExp, place: string]> = [
      ["/unused", "W_ROWS_UNUSED", /reads 100 rows of Article, and the code uses about 1 of them/, "unused"],
      ["/filter", "W_INDEX_MISSING", /filters Article by status/, "filter"],
      ["/writes", "W_GET_WRITES", /This GET request changes the database/, "writes"],
      ["/loose", "W_TRANSACTION_MISSING", /neither is in a transaction/, "loose"],
    ];
    for (const [path, id, message, place] of cases) {
      const kept = await ask(path, path === "/loose" ? { method: "POST" } : {});
      assert.deepEqual(
        kept.findings.map((finding) => finding.id),
        [id],
        path,
      );
      assert.match(kept.findings[0]!.message, message);
      assertPlace(kept.findings[0]!, place);
    }
    for (const path of ["/used", "/indexed"]) assert.deepEqual((await ask(path)).findings, [], path);
    assert.deepEqual((await ask("/whole", { method: "POST" })).findings, []);
  });

  it("have the decisions of guards with their reason, the session, flash messages and log lines", async () => {
    const kept = await ask("/visitor");
    assert.deepEqual(kept.guards, [{ name: "signedIn", verdict: "passed" }]);
    assert.deepEqual(kept.session, [
      ["(user id)", "null"],
      ["cart", "[1,2]"],
    ]);
    assert.match(kept.flash.join(" "), /Saved\./);
    assert.deepEqual(
      kept.log.map(({ message }) => message),
      ["The cart has changed."],
    );
    assert.deepEqual((await ask("/refused")).guards, [
      { name: "signedIn", verdict: "passed" },
      { name: "owner", verdict: "refused: E_FORBIDDEN, Only the owner may do that." },
    ]);
    assert.deepEqual((await ask("/with")).session, []);
  });

  it("explain a statement by POST, and take no statement from the client", async () => {
    const id = (await app.request("/filter")).headers.get("x-request-id");
    const path = `/_gable/requests/${id}/explain/0`;
    const headers = { origin: "http://localhost" };
    const plan = (await (await app.request(path, { method: "POST", headers })).json()) as { readonly plan: string };
    assert.match(plan.plan, /SCAN kept_articles/);
    const page = await app.request(path, { method: "POST", headers: { ...headers, accept: "text/html" } });
    assert.match(await page.text(), /<h2>Plan<\/h2>[^]*SCAN kept_articles/);
    assert.equal((await app.request(path)).status, 405);
    assert.equal((await app.request(path, { method: "POST" })).status, 403);
    const missing = await app.request(`/_gable/requests/${id}/explain/7`, { method: "POST", headers: { origin: "http://localhost" } });
    assert.equal(missing.status, 404);
  });

  it("are the last 200", async () => {
    const first = (await app.request("/form")).headers.get("x-request-id");
    for (let number = 0; number < 199; number++) await app.request("/form");
    assert.equal((await app.request(`/_gable/requests/${first}`)).status, 200);
    await app.request("/form");
    assert.equal((await app.request(`/_gable/requests/${first}`)).status, 404);
    const { requests } = (await (await app.request("/_gable/requests")).json()) as { readonly requests: readonly unknown[] };
    assert.equal(requests.length, 200);
  });

  it("are for pages of the application", async () => {
    for (const headers of [{ host: "evil.test" }, { origin: "https://evil.test" }, { "sec-fetch-site": "cross-site" }] as const)
      for (const path of ["/_gable/requests", "/_gable/requests/x", "/_gable/client/toolbar.js", "/_gable/migrate"])
        assert.equal(
          (await app.request(path, { headers: headers as Record<string, string> })).status,
          403,
          `${path} ${JSON.stringify(headers)}`,
        );
  });
});

describe("policies and stored pages in development", () => {
  class Member extends Model("kept_members", { ...accountFields() }) {}
  class Post extends Model("kept_posts", { id: f.id(), title: f.text({ max: 20 }) }) {}
  class Draft extends Model("kept_drafts", { id: f.id() }) {}
  const accounts = defineAccounts({
    user: Member,
    policies: [policy(Post, { view: () => true, change: () => "Only the author may edit.", delete: () => false }), policy(Draft, {})],
  });
  const { can } = accounts.guards;
  const find = ({ params }: { readonly params: Readonly<Record<string, unknown>> }): { id: unknown } => ({ id: params["id"] });
  let app: Application;
  before(async () => {
    app = gable({
      mode: "development",
      logger: silentLogger,
      models: [Member, Post, Draft],
      database: "sqlite::memory:",
      session: { store: memorySessions() },
      cache: true,
      accounts,
      secretKeys,
      routes: [
        get("/posts/:id(int)", { guard: can("view", Post, find) }, () => "seen"),
        get("/list", async (context) => {
          const post = await Post.get(1);
          const seen = [await accounts.can(context, "view", post), await accounts.can(context, "view", post)];
          return [...seen, await accounts.can(context, "change", post), await accounts.can(context, "delete", post)];
        }),
        get("/drafts", async (context) => accounts.can(context, "add", Draft).then(String)),
        get("/front", { cache: { storeSeconds: 60 } }, ({ cookies }) => html`<p>${cookies.get("theme") ?? "light"}</p>`),
        get("/plain", { cache: { storeSeconds: 60 } }, () => html`<p>Hello</p>`),
      ],
    });
    await app.start();
    await Post.create({ title: "one" });
  });
  after(() => app.close());

  async function ask(path: string): Promise<{ readonly kept: Kept & { readonly policies: unknown }; readonly panel: string }> {
    const id = (await app.request(path)).headers.get("x-request-id");
    const kept = (await (await app.request(`/_gable/requests/${id}`)).json()) as Kept & { policies: unknown }; // What the tools print.
    return { kept, panel: await (await app.request(`/_gable/requests/${id}/panel`)).text() };
  }

  it("have each decision with its reason, and equal ones once with their number", async () => {
    assert.deepEqual((await ask("/posts/1")).kept.policies, [{ name: "view Post", verdict: "allowed" }]);
    const { kept, panel } = await ask("/list");
    assert.deepEqual(kept.policies, [
      { name: "view Post", verdict: "allowed (2 times)" },
      { name: "change Post", verdict: "denied: Only the author may edit." },
      { name: "delete Post", verdict: "denied: the rule gave no reason" },
    ]);
    assert.match(panel, /<p class="title">Policies<\/p>[^]*change Post[^]*denied: Only the author may edit\./);
    assert.deepEqual((await ask("/drafts")).kept.policies, [{ name: "add Draft", verdict: 'denied: the policy has no rule "add"' }]);
    assert.deepEqual((await ask("/plain")).kept.policies, []);
  });

  it("say why a page is not stored", async () => {
    const { kept, panel } = await ask("/front");
    const reason = `The reply of GET "/front" is not stored: context.cookies was read.`;
    assert.deepEqual(
      kept.log.map(({ message }) => message),
      [reason],
    );
    assert.ok(panel.includes(reason), panel);
    assert.deepEqual((await ask("/plain")).kept.log, []);
  });
});

describe("production", () => {
  it("has no address below /_gable/, no Server-Timing and no script", async () => {
    const app = gable({ mode: "production", logger: silentLogger, routes: [get("/form", () => "ok")] });
    for (const path of ["/_gable/requests", "/_gable/client/toolbar.js", "/_gable/migrate"])
      assert.equal((await app.request(path)).status, 404);
    const reply = await app.request("/form");
    assert.equal(reply.headers.get("server-timing"), null);
    await app.close();
  });

  it("loads no module of the tools", async () => {
    const script = `
      import { registerHooks } from "node:module";
      const loaded = [];
      registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) });
      const { gable, get } = await import("gable");
      const app = gable({ mode: process.argv[1], routes: [get("/", () => "<p>x"), get("/boom", () => { throw new Error("x"); })], logger: { debug() {}, info() {}, warn() {}, error() {}, child() { return this; } } });
      await app.request("/");
      await app.request("/boom");
      console.log(JSON.stringify(loaded.filter((url) => /src\\/(?:diagnostics\\/(?!part|development\\/part)|app\\/development)/.test(url)).length));
      await app.close();`;
    const hook = new URL("../../scripts/source.mjs", import.meta.url).href;
    const count = async (mode: string): Promise<number> => {
      const { stdout } = await promisify(execFile)(process.execPath, ["--import", hook, "--input-type=module", "--eval", script, mode]);
      return Number(stdout);
    };
    assert.equal(await count("production"), 0);
    assert.ok((await count("development")) > 10);
  });
});
