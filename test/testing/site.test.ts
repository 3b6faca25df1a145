/** The testing tools together, on one site: the same tests in memory and over a socket. */
import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import type { Context } from "gable";
import { gable, get, group, page, post, raw, redirect } from "gable";
import { accountFields, accountTokenModel, defineAccounts } from "gable/auth";
import { field as f, Model, transaction } from "gable/data";
import { field, form } from "gable/forms";
import { sendMail } from "gable/mail";
import { sessionModel } from "gable/session";
import { task } from "gable/tasks";
import { countQueries, createTestClient, defineFactory, outbox, queries, tasks, testDatabase } from "gable/testing";
import { html } from "gable/views";
import { silentLogger } from "../silent-logger.ts";

class User extends Model("users", { ...accountFields(), name: f.text({ max: 100 }) }) {}
class Post extends Model("posts", { id: f.id(), title: f.text({ max: 100 }) }) {}
const accounts = defineAccounts({ user: User, registration: "closed" });
const userFactory = defineFactory(User, { email: (number) => `user${number}@example.com`, active: true });

const postForm = form({ title: field.text({ max: 100 }) });
const resize = task("resize-photo", { input: { photoId: field.int() } }, async ({ input }) => {
  if (input.photoId === 13) throw new RangeError("The photo is broken.");
  await Post.create({ title: `Photo ${input.photoId}` });
});

const showPost = get("/posts/:id(int)", async ({ params, flash }) =>
  page(html`${flash.render()}<h1>${(await Post.get(params.id)).title}</h1>`),
);
const app = gable({
  mode: "test",
  logger: silentLogger,
  database: "sqlite:var/never-opened.db",
  models: [User, Post, sessionModel(), accountTokenModel()],
  session: {},
  origin: "https://shelf.example",
  hosts: ["shelf.example"],
  accounts,
  mail: { from: "site@shelf.example" },
  tasks: [resize],
  routes: [
    group("/account", accounts.routes),
    get("/", () =>
      page(
        html`<h1>Posts</h1><ul><li>a</li><li>b</li></ul><a class="more" href="/next">Next</a><a href="/x">Twice</a><a href="/y">Twice</a>`,
      ),
    ),
    get("/next", () => page(html`<p>The next page</p>`)),
    get("/new", { guard: accounts.guards.signedIn }, () => page(postForm.blank().render({ action: "/new" }))),
    post("/new", { guard: accounts.guards.signedIn, form: postForm }, async ({ form: sent, user, flash }) => {
      if (!sent.valid) return page(sent.render({ action: "/new" }), { status: sent.status });
      const created = await transaction(async () => {
        await resize.enqueue({ photoId: 1 });
        return Post.create(sent.data);
      });
      await sendMail({ to: user.email, subject: "Your post is online", text: "Read it." });
      flash("success", "Published.");
      return redirect(showPost.url({ id: created.id }));
    }),
    showPost,
    get("/me", async ({ user }) => ({ name: ((await user) as User | null)?.name ?? null })),
    get("/cart", async ({ session }) => ({ cart: (await session.find("cart")) ?? null })),
    get("/count", async () => ({ users: await User.count(), posts: await Post.count() })),
    get("/later", ({ afterReply }: Context) => {
      afterReply(async () => void (await sendMail({ to: "a@example.com", subject: "Later", text: "x" })));
      return "done";
    }),
    get("/ip", ({ ip, url, headers }) => ({ ip, url: url.href, language: headers.get("accept-language") })),
    get("/broken", () => {
      throw new RangeError("The shelf is empty.");
    }),
    get("/bad", () => page(raw("<p id=a></p><p id=a></p><form><input></form><button></button>", "mistakes"))),
    get("/rollback", () =>
      transaction(async () => {
        await resize.enqueue({ photoId: 2 });
        throw new RangeError("rolled back");
      }),
    ),
    post("/enqueue/:id(int)", async ({ params }) => ({ task: (await resize.enqueue({ photoId: params.id })) !== undefined })),
  ],
});
testDatabase(app);

for (const transport of ["memory", "socket"] as const)
  describe(`a test client, ${transport}`, () => {
    const open = createTestClient(app, { transport });
    after(() => open.close());

    it("publishes a post as a signed-in reader", async () => {
      const ann = await userFactory.create({ name: "Ann" });
      await open.signIn(ann);
      assert.deepEqual((await open.get("/me")).json(), { name: "Ann" });
      const reply = await (await open.get("/new")).form("post").fill({ title: "Hello" }).submit();
      assert.equal(reply.status, 303);
      assert.deepEqual(await open.flash(), [{ level: "success", text: "Published." }]);
      const shown = await reply.follow();
      assert.equal(shown.text("h1"), "Hello");
      assert.equal(shown.text(".message-success"), "Published.");
      assert.deepEqual(await open.flash(), []);
      assert.equal(outbox().length, 1);
      assert.equal(outbox()[0]?.subject, "Your post is online");
      assert.equal(outbox()[0]?.to[0]?.address, ann.email);
      assert.deepEqual(tasks.enqueued("resize-photo"), [{ photoId: 1 }]);
      assert.equal(await Post.count(), 1);
      assert.equal(await tasks.runAll(), 1);
      assert.deepEqual(await Post.where().pluck("title"), ["Hello", "Photo 1"]);
      assert.deepEqual(
        tasks.list().map(({ name, state }) => [name, state]),
        [["resize-photo", "done"]],
      );
      await open.signOut();
      assert.deepEqual((await open.get("/me")).json(), { name: null });
    });

    it("leaves nothing of one test to the next", async () => {
      assert.deepEqual((await open.get("/count")).json(), { users: 0, posts: 0 });
      assert.deepEqual([outbox(), tasks.list()], [[], []]);
    });

    it("keeps the visitors of two clients apart", async () => {
      const [ann, bob] = await userFactory.createMany(2);
      const other = createTestClient(app);
      await open.signIn(ann!);
      await other.signIn(bob!);
      assert.deepEqual((await open.get("/me")).json(), { name: ann!.name });
      assert.deepEqual((await other.get("/me")).json(), { name: bob!.name });
      assert.equal(await open.session.findUserId(), String(ann!.id));
      await open.signOut();
      assert.equal(await open.session.findUserId(), null);
      assert.deepEqual((await other.get("/me")).json(), { name: bob!.name });
    });

    it("reads and writes the session", async () => {
      assert.equal(await open.session.find("cart"), undefined);
      await open.session.set("cart", [1, 2]);
      assert.deepEqual((await open.get("/cart")).json(), { cart: [1, 2] });
      assert.deepEqual(await open.session.find("cart"), [1, 2]);
      await open.session.delete("cart");
      assert.deepEqual((await open.get("/cart")).json(), { cart: null });
    });

    it("reads texts, attributes and links", async () => {
      const shown = await open.get("/");
      assert.equal(shown.text("h1"), "Posts");
      assert.deepEqual(shown.all("ul > li"), ["a", "b"]);
      assert.deepEqual(shown.all("table"), []);
      assert.equal(shown.attribute("a.more", "href"), "/next");
      assert.equal(shown.attribute("h1", "title"), undefined);
      assert.equal((await shown.link("Next").follow()).text("p"), "The next page");
      assert.throws(() => shown.text("h2"), {
        code: "E_TEST_ELEMENT",
        message: 'The reply to GET / has no element "h2".',
        fix: /The page says: Posts a b Next/,
      });
      assert.throws(() => shown.link("Nxt"), { code: "E_TEST_ELEMENT", fix: 'Write "Next".' });
      assert.throws(() => shown.link("Twice"), { code: "E_TEST_ELEMENT", message: /to \/x and \/y/ });
      const facts = await open.get("/cart");
      assert.throws(() => facts.text("h1"), {
        code: "E_TEST_REPLY",
        message: /is not HTML: its status is 200, its type application\/json/,
      });
      assert.throws(() => shown.json(), { code: "E_TEST_REPLY", message: /^The reply to GET \/ is not JSON: / });
      assert.throws(() => shown.viewProps(), { code: "E_TEST_REPLY", message: /rendered no view/ });
    });

    it("counts the statements of requests", async () => {
      assert.equal(await countQueries(() => open.get("/count")), 2);
      assert.deepEqual(
        (await queries(() => open.get("/count"))).map(({ sql }) => /FROM "?(\w+)/.exec(sql)?.[1]),
        ["users", "posts"],
      );
      const { timing } = await open.get("/count");
      assert.equal(timing.queryCount, 2);
      assert.ok(timing.queryMs >= 0 && timing.totalMs >= 0);
    });

    it("waits for the work that requests leave behind", async () => {
      await open.get("/later");
      assert.equal(outbox()[0]?.subject, "Later");
    });

    it("sends the address of the site, and its own header fields", async () => {
      assert.deepEqual((await open.get("/ip?a=1")).json(), { ip: "127.0.0.1", url: "https://shelf.example/ip?a=1", language: null });
      const german = open.withHeaders({ "accept-language": "de" });
      assert.equal((await german.get("/ip")).json<{ language: string }>().language, "de");
      await german.session.set("cart", 1);
      assert.equal(await open.session.find("cart"), 1);
    });

    it("throws what a handler throws", async () => {
      await assert.rejects(open.get("/broken"), { name: "RangeError", message: "The shelf is empty." });
      const pages = createTestClient(app, { transport, errors: "page" });
      assert.equal((await pages.get("/broken")).status, 500);
      await pages.close();
    });

    it("refuses pages with mistakes", async () => {
      await assert.rejects(open.get("/bad"), {
        code: "E_TEST_PAGE",
        message:
          'The reply to GET /bad has 4 mistakes:\n  The id "a" is used twice: <p id="a"> and <p id="a">.\n  The field <input> has no label.\n' +
          "  The field <input> has no name: a browser does not send it.\n  The button <button> has no label.\n",
      });
      const any = createTestClient(app, { markup: "any" });
      assert.equal((await any.get("/bad")).status, 200);
    });

    it("records no task of a transaction that is rolled back", async () => {
      await assert.rejects(open.get("/rollback"), /rolled back/);
      assert.deepEqual(tasks.enqueued("resize-photo"), []);
    });

    it("throws what a task throws, or keeps it in the queue", async () => {
      await open.post("/enqueue/13");
      await assert.rejects(tasks.runAll(), { name: "RangeError", message: "The photo is broken." });
      await open.post("/enqueue/13");
      assert.equal(await tasks.runAll({ errors: "keep" }), 1);
      assert.deepEqual(
        tasks.list().map(({ state, attempts, error }) => [state, attempts, error]),
        [
          ["queued", 1, "The photo is broken."],
          ["queued", 1, "The photo is broken."],
        ],
      );
      assert.throws(() => tasks.enqueued("resize-foto"), { code: "E_TEST_SETUP", fix: 'Write "resize-photo".' });
    });

    it("signs nobody in who cannot sign in", async () => {
      const ann = await userFactory.create({ active: false });
      await assert.rejects(open.signIn(ann), { code: "E_TEST_SETUP", message: /not active/ });
      await assert.rejects(open.signIn({ id: undefined }), { code: "E_TEST_SETUP", message: /a user with an id/ });
    });
  });

describe("a test client", () => {
  it("signs users of an application without accounts in", async () => {
    const own = gable({ mode: "test", session: {}, routes: [get("/", async ({ session }) => ({ id: await session.findUserId() }))] });
    const client = createTestClient(own);
    await client.signIn({ id: "u-1" });
    assert.deepEqual((await client.get("/")).json(), { id: "u-1" });
    await client.close();
  });

  it("explains what an application lacks", async () => {
    const bare = gable({ mode: "test" });
    const client = createTestClient(bare);
    await assert.rejects(client.signIn({ id: 1 }), { code: "E_TEST_SETUP", fix: "Enable them: gable({ session: {} })." });
    await assert.rejects(client.signOut(), { code: "E_TEST_SETUP" });
    await assert.rejects(client.session.find("a"), { code: "E_CONTEXT_UNAVAILABLE" });
    assert.throws(() => createTestClient(bare, { transprot: "socket" } as object), { code: "E_TEST_SETUP", fix: 'Write "transport".' });
    await client.close();
  });

  it("finds the mail of the only application that has some", async () => {
    const second = gable({ mode: "test", mail: "memory:" });
    const client = createTestClient(second);
    assert.throws(() => outbox(), {
      code: "E_TEST_SETUP",
      message: "outbox(): 2 applications of this test have mail.",
      fix: "Name one of them: outbox(app).",
    });
    assert.deepEqual([outbox(app), outbox(second)], [[], []]);
    await client.close();
    assert.deepEqual(outbox(), []);
  });
});
