/** Browsers that stay signed in: the cookie, its token, and what voids it. Time travels; nothing waits. */
import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { describe, it } from "node:test";
import { gable, get, group, post, stream } from "gable";
import { accountFields, accountTokenModel, defineAccounts, manageAccounts, rememberTokenModel, signIn, signOut } from "gable/auth";
import { Model } from "gable/data";
import { memoryMail } from "gable/mail";
import { memorySessions, sessionModel } from "gable/session";
import type { TestClient, TestReply } from "gable/testing";
import { createTestClient } from "gable/testing";
import { RememberTokens } from "../../src/auth/remember/remember-tokens.ts";
import { describeOnDatabases } from "../data/databases.ts";
import { silentLogger } from "../silent-logger.ts";

const password = "correct-horse-41";
const email = "ann@example.com";
const start = Date.UTC(2026, 4, 1, 12);
const day = 86_400;
type Store = "memory" | "database" | "cookie";

/** A site at a fixed time with the accounts of Ann and Bob. `origin` decides on https. */
async function open(
  test: TestContext,
  { store = "memory", origin = "https://shelf.example", remembers = true }: { store?: Store; origin?: string; remembers?: boolean } = {},
) {
  test.mock.timers.enable({ apis: ["Date"], now: start });
  const User = class User extends Model("users", { ...accountFields() }) {};
  const RememberToken = rememberTokenModel();
  const accounts = defineAccounts({ user: User, verifyEmail: "never", ...(remembers && { remember: {} }) });
  const { signedIn, maybeSignedIn, sudo } = accounts.guards;
  const logged: string[] = [];
  const note = (fields: object, message?: string): void => void logged.push(`${JSON.stringify(fields)} ${message ?? ""}`);
  const app = gable({
    mode: "test",
    logger: { ...silentLogger, warn: note as never, error: note as never, info: note as never, debug: note as never },
    database: "sqlite::memory:",
    models: [User, sessionModel(), accountTokenModel(), RememberToken],
    session: { store: store === "memory" ? memorySessions() : store },
    accounts,
    origin,
    hosts: ["shelf.example", "localhost"],
    mail: { transport: memoryMail(), from: "shelf@shelf.example" },
    routes: [
      group("/account", accounts.routes),
      get("/me", { guard: maybeSignedIn }, ({ user }) => ({ email: user?.email ?? null })),
      get("/in", { guard: signedIn }, ({ user }) => ({ email: user.email })),
      get("/secret", { guard: sudo() }, () => ({ isOpen: true })),
      get("/broken", { guard: maybeSignedIn }, () => Promise.reject(new Error("broken"))),
      get("/late", async (context) => {
        await context.session.find("cart");
        return stream(
          (async function* () {
            yield "user: ";
            yield String(await context.user);
          })(),
        );
      }),
      post("/leave", (context) => {
        signOut(context);
        return {};
      }),
      post("/become-bob", async (context) => {
        await signIn(context, (await User.where({ email: "bob@example.com" }).first())! as never);
        return {};
      }),
    ],
  });
  await app.start();
  test.after(async () => {
    test.mock.timers.reset();
    await app.close();
  });
  await app.database().createTables();
  const manager = manageAccounts(app);
  const ann = await manager.create({ email, password });
  const bob = await manager.create({ email: "bob@example.com", password });
  const visit = (): TestClient => createTestClient(app, { errors: "page", headers: { accept: "text/html" } });
  return {
    app,
    manager,
    User,
    RememberToken,
    ann,
    bob,
    logged,
    visit,
    run: <Result>(work: () => Promise<Result>) => app.database().run(work),
    count: () => app.database().run(() => RememberToken.where({ userId: String(ann.id) }).count()),
    at: (seconds: number) => test.mock.timers.setTime(start + seconds * 1000),
    signIn: async (form: Readonly<Record<string, string>> = { remember: "true" }) => {
      const client = visit();
      const reply = await client.post("/account/login", { form: { email, password, ...form } });
      assert.equal(reply.status, 303, reply.body);
      return client;
    },
  };
}
type Site = Awaited<ReturnType<typeof open>>;

const cookieNamed = ({ cookies }: TestClient, end: string): string | undefined =>
  [...cookies].find(([name]) => name.endsWith(end))?.join("=");

/** A browser that has closed: the cookie of the session is deleted, and the one that remembers is sent. */
function reopen(site: Site, client: TestClient): TestClient {
  return withCookie(site, cookieNamed(client, "remember"));
}

function withCookie({ app }: Site, cookie: string | undefined): TestClient {
  assert.ok(cookie !== undefined, "The browser is not remembered.");
  const [name, value] = cookie.split("=") as [string, string];
  const client = createTestClient(app, { errors: "page", headers: { accept: "text/html" } });
  client.setCookie(name, value);
  return client;
}

const me = async (client: TestClient): Promise<string | null> => (await client.get("/me")).json<{ email: string | null }>().email;
const setCookies = ({ headers }: TestReply): string[] => headers.getSetCookie().filter((line) => line.includes("remember="));

describe("the login form", () => {
  it("asks whether the browser is to be remembered, with the option only", async (test) => {
    assert.match((await (await open(test)).visit().get("/account/login")).body, /type="checkbox" name="remember"[^]*Keep me signed in/);
  });

  it("asks nothing without the option, and ignores the answer", async (test) => {
    const site = await open(test, { remembers: false });
    assert.doesNotMatch((await site.visit().get("/account/login")).body, /remember/);
    assert.equal(cookieNamed(await site.signIn(), "remember"), undefined);
  });

  it("remembers nobody who did not ask", async (test) => {
    const site = await open(test);
    assert.equal(cookieNamed(await site.signIn({}), "remember"), undefined);
    assert.equal(await site.count(), 0);
  });
});

describe("a cookie of another form", () => {
  for (const value of ["", "x", "a.b", `${"a".repeat(22)}.`, "%00"])
    it(`leaves no trace when the visitor signs out: ${JSON.stringify(value)}`, async (test) => {
      const site = await open(test);
      const client = await site.signIn();
      const [name] = cookieNamed(client, "remember")!.split("=") as [string];
      client.setCookie(name, value);
      assert.equal((await client.post("/leave")).status, 200);
      assert.deepEqual([await site.count(), site.logged.filter((line) => line.includes("rror"))], [1, []]);
    });
});

describe("the cookie", () => {
  for (const [origin, name, attributes] of [
    ["http://localhost", "remember", "Path=/; Max-Age=5184000; HttpOnly; SameSite=Lax"],
    ["https://shelf.example", "__Host-remember", "Path=/; Max-Age=5184000; HttpOnly; Secure; SameSite=Lax"],
  ] as const) {
    it(`is ${name} at ${origin}, for 60 days`, async (test) => {
      const site = await open(test, { origin });
      const reply = await site.visit().post("/account/login", { form: { email, password, remember: "true" } });
      const lines = setCookies(reply);
      assert.equal(lines.length, 1);
      const [pair, ...rest] = lines[0]!.split("; ");
      assert.match(pair!, new RegExp(`^${name}=[0-9a-f]{32}\\.[\\w-]{43}$`));
      assert.deepEqual(rest.toSorted(), attributes.split("; ").toSorted());
    });
  }

  it("is stored as a digest only", async (test) => {
    const site = await open(test);
    const [, secret] = cookieNamed(await site.signIn(), "remember")!.split(".");
    const rows = await site.run(async () => site.RememberToken.all());
    assert.equal(JSON.stringify(rows.map((row) => Object.entries(row))).includes(secret!), false);
  });
});

for (const store of ["memory", "database", "cookie"] as const) {
  describe(`a remembered browser, store "${store}"`, () => {
    it("is signed in again, gets a new token, and a session that works without it", async (test) => {
      const site = await open(test, { store });
      const first = await site.signIn();
      const again = reopen(site, first);
      const sent = cookieNamed(again, "remember");
      assert.equal(await me(again), email);
      assert.notEqual(cookieNamed(again, "remember"), sent);
      const session = withCookie(site, cookieNamed(again, "session"));
      assert.equal(await me(session), email);
      assert.equal(await site.count(), 1);
    });

    it("stays signed in for 60 days after each visit, and not for a second more", async (test) => {
      const site = await open(test, { store });
      let client = await site.signIn();
      let now = 0;
      for (const days of [59, 60 - 1 / day]) {
        client = reopen(site, client);
        site.at((now += days * day));
        assert.equal(await me(client), email, `after ${days} days`);
      }
      client = reopen(site, client);
      site.at(now + 60 * day);
      assert.equal(await me(client), null);
      assert.equal(cookieNamed(client, "remember"), undefined);
    });

    it("does not pass sudo before the password is typed", async (test) => {
      const site = await open(test, { store });
      const client = reopen(site, await site.signIn());
      assert.match((await client.get("/secret")).headers.get("location") ?? "", /^\/account\/confirm/);
      assert.equal((await client.get("/secret", { headers: { accept: "application/json" } })).status, 403);
      assert.equal((await client.post("/account/confirm", { form: { current: password } })).status, 303);
      assert.equal((await client.get("/secret")).status, 200);
    });

    it("ends all sessions of its user when an old token is used again", async (test) => {
      const site = await open(test, { store });
      const first = await site.signIn();
      const stolen = cookieNamed(first, "remember")!;
      const owner = reopen(site, first);
      assert.equal(await me(owner), email);
      const other = await site.signIn({});
      const bob = site.visit();
      await bob.post("/account/login", { form: { email: "bob@example.com", password, remember: "true" } });
      site.at(60);
      const early = withCookie(site, stolen);
      assert.equal(await me(early), email, "60 s are within the grace");
      site.at(61);
      const thief = withCookie(site, stolen);
      assert.equal(await me(thief), null);
      assert.equal(cookieNamed(thief, "remember"), undefined);
      for (const each of [first, owner, other, early, reopen(site, owner)]) assert.equal(await me(each), null);
      assert.equal(await me(bob), "bob@example.com");
      assert.equal(await me(reopen(site, bob)), "bob@example.com");
      assert.equal(site.logged.filter((line) => line.includes("An old token")).length, 1);
      for (const line of site.logged) for (const part of stolen.split("=")[1]!.split(".")) assert.equal(line.includes(part), false);
    });
  });
}

describe("tabs that are restored at the same time", () => {
  it("all are signed in, none counts as a theft, and whichever cookie wins works", async (test) => {
    const site = await open(test, { store: "database" });
    const cookie = cookieNamed(await site.signIn(), "remember");
    const tabs = Array.from({ length: 8 }, () => withCookie(site, cookie));
    assert.deepEqual(new Set(await Promise.all(tabs.map(me))), new Set([email]));
    const next = new Set(tabs.map((tab) => cookieNamed(tab, "remember")));
    assert.equal(next.size, 1);
    assert.equal(await site.count(), 1);
    site.at(3 * day);
    for (const tab of tabs) assert.equal(await me(tab), email);
    assert.equal(await me(withCookie(site, [...next][0])), email);
  });

  it("one that comes after the next token was used counts as a theft", async (test) => {
    const site = await open(test);
    const first = await site.signIn();
    const second = reopen(site, first);
    await me(second);
    const third = reopen(site, second);
    await me(third);
    assert.equal(await me(reopen(site, first)), null);
    assert.equal(await me(third), null);
  });

  it("a request that fails leaves the token as it was", async (test) => {
    const site = await open(test);
    const client = reopen(site, await site.signIn());
    const before = cookieNamed(client, "remember");
    const reply = await client.get("/broken");
    assert.deepEqual([reply.status, setCookies(reply)], [500, []]);
    site.at(2 * day);
    assert.equal(cookieNamed(client, "remember"), before);
    assert.equal(await me(client), email);
  });
});

describe("what voids the token", () => {
  const rows: ReadonlyArray<
    readonly [what: string, own: boolean, others: boolean, act: (site: Site, client: TestClient) => Promise<unknown>]
  > = [
    ["nothing", true, true, () => Promise.resolve()],
    ["logout, for the own browser", false, true, (_site, client) => client.post("/account/logout")],
    ["signOut(), for the own browser", false, true, (_site, client) => client.post("/leave")],
    ["signIn() of another user, for the own browser", false, true, (_site, client) => client.post("/become-bob")],
    [
      "a change of the password",
      false,
      false,
      (_site, client) => client.post("/account/password", { form: { current: password, password: "another-horse-42" } }),
    ],
    ["setPassword()", false, false, ({ manager, ann }) => manager.setPassword(ann, "another-horse-42")],
    [
      "a change of the address",
      false,
      false,
      async ({ app, ann }) => {
        const { accountsPart } = await import("../../src/auth/part.ts");
        return app.part(accountsPart).setEmail(ann, "anna@example.com");
      },
    ],
    [
      "the end of all other sessions, except for the own browser",
      true,
      false,
      (_site, client) => client.post("/account/sessions", { form: { end: "others" } }),
    ],
    [
      "sessionsValidFrom",
      false,
      false,
      ({ run, User, ann }) => run(() => User.where({ id: ann.id }).update({ sessionsValidFrom: new Date(Date.now() + 1) })),
    ],
  ];
  for (const store of ["database", "cookie"] as const)
    for (const [what, own, others, act] of rows) {
      it(`${what}, store "${store}"`, async (test) => {
        const site = await open(test, { store });
        const client = await site.signIn();
        const other = await site.signIn();
        const before = cookieNamed(client, "remember");
        const reply = await act(site, client);
        if (typeof reply === "object" && reply !== null && "status" in reply) assert.ok(Number(reply.status) < 400, String(reply.status));
        site.at(10);
        assert.equal((await me(withCookie(site, before))) !== null, own, "the own browser");
        assert.equal((await me(reopen(site, other))) !== null, others, "the other browser");
      });
    }

  it("the end of one session, for its browser", async (test) => {
    const site = await open(test, { store: "database" });
    const client = await site.signIn();
    const other = await site.signIn();
    const third = await site.signIn();
    const page = await client.get("/account/sessions");
    const key = /name="end"[^>]*value="([0-9a-f]{64})"/.exec(page.body)?.[1];
    assert.equal((await client.post("/account/sessions", { form: { end: key! } })).status, 303);
    const left = [await me(reopen(site, other)), await me(reopen(site, third))];
    assert.deepEqual(left.toSorted(), [email, null].toSorted());
  });

  it("a page that asks for the user while it is sent begins no session", async (test) => {
    const site = await open(test);
    const client = reopen(site, await site.signIn());
    const reply = await client.get("/late");
    assert.deepEqual([reply.body, setCookies(reply)], ["user: null", []]);
    assert.equal(await me(client), email);
  });

  it("a user who is not active is not signed in, until the account is active again", async (test) => {
    const site = await open(test);
    const client = reopen(site, await site.signIn());
    await site.manager.grant(site.ann, { active: false });
    assert.equal(await me(client), null);
    await site.manager.grant(site.ann, { active: true });
    assert.equal(await me(client), email);
  });
});

describe("the page of sessions", () => {
  it("counts remembered browsers without a session, and ends them with all others", async (test) => {
    const site = await open(test, { store: "database" });
    const away = await site.signIn();
    site.at(20 * day);
    const client = await site.signIn();
    assert.match((await client.get("/account/sessions")).body, /Browsers that stay signed in and are not in use now: 1\./);
    assert.equal((await client.post("/account/sessions", { form: { end: "others" } })).status, 303);
    assert.match((await client.get("/account/sessions")).body, /No other device is signed in\.<\/p>/);
    assert.equal(await me(reopen(site, away)), null);
    assert.equal(await me(reopen(site, client)), email);
  });
});

describe("a wrong cookie", () => {
  for (const [what, spoil] of [
    ["a word", () => "remember"],
    ["another selector", (text: string) => (text.startsWith("0") ? "1" : "0") + text.slice(1)],
    ["upper case", (text: string) => text.toUpperCase()],
    ["a token that is too long", (text: string) => `${text}A`],
    ["10 kB", () => "a".repeat(3_000)],
  ] as const) {
    it(`of ${what} signs nobody in, and is removed`, async (test) => {
      const site = await open(test);
      const owner = await site.signIn();
      const [, value] = cookieNamed(owner, "remember")!.split("=") as [string, string];
      const client = withCookie(site, `__Host-remember=${spoil(value)}`);
      const reply = await client.get("/me");
      assert.deepEqual(reply.json(), { email: null });
      assert.equal(reply.headers.get("cache-control"), "no-store");
      assert.match(setCookies(reply)[0] ?? "", /^__Host-remember=; .*Max-Age=0/);
      assert.equal(await me(owner), email);
      assert.equal(await me(reopen(site, owner)), email);
    });
  }
});

describe("defineAccounts({ remember })", () => {
  class User extends Model("users", accountFields()) {}
  for (const [remember, code] of [
    [null, "E_OPTION_INVALID"],
    [true, "E_OPTION_INVALID"],
    [{ days: 0 }, "E_OPTION_INVALID"],
    [{ days: 401 }, "E_OPTION_INVALID"],
    [{ days: 1.5 }, "E_OPTION_INVALID"],
    [{ days: "60" }, "E_OPTION_INVALID"],
    [{ day: 60 }, "E_OPTION_UNKNOWN"],
  ] as const) {
    it(`refuses ${JSON.stringify(remember)}`, () => {
      // The option is wrong on purpose.
      assert.throws(() => defineAccounts({ user: User, remember: remember as never }), { code, message: /remember/ });
    });
  }

  it("takes days at their limits", () => {
    for (const days of [1, 400]) assert.ok(defineAccounts({ user: User, remember: { days } }));
  });

  it("does not start without the table", async () => {
    const accounts = defineAccounts({ user: User, verifyEmail: "never", remember: {} });
    const app = gable({ mode: "test", logger: silentLogger, database: "sqlite::memory:", models: [User], accounts, session: {} });
    await assert.rejects(app.start(), { code: "E_ACCOUNTS_SETUP", message: /gable_remember_tokens/ });
    await app.close();
  });
});

const RememberToken = rememberTokenModel();

describeOnDatabases("remembered browsers", [RememberToken], (open) => {
  function openTokens() {
    let now = start;
    const tokens = new RememberTokens(RememberToken, { days: 1 }, () => now);
    const run = <Result>(work: () => Promise<Result>): Promise<Result> => open().database.run(work);
    return {
      tokens,
      run,
      travel: (ms: number) => void (now = start + ms),
      verdict: async (text: string) => {
        const found = await run(() => tokens.find(text));
        return found === undefined ? "unknown" : found.isReused ? "reused" : "right";
      },
      replace: async (text: string) => {
        const found = await run(() => tokens.find(text));
        assert.ok(found?.isReused === false);
        return run(() => tokens.replace(found.browser));
      },
    };
  }

  it("have one next token, whoever asks first and however many ask together", async () => {
    const { tokens, run, verdict, replace } = openTokens();
    const { text } = await run(() => tokens.issue("7", start));
    const found = await run(() => tokens.find(text));
    assert.ok(found?.isReused === false);
    const next = await Promise.all(Array.from({ length: 6 }, () => run(() => tokens.replace(found.browser))));
    assert.equal(new Set(next).size, 1);
    assert.equal(await replace(text), next[0]);
    assert.deepEqual([await verdict(text), await verdict(next[0]!)], ["right", "right"]);
  });

  it("keep the old token for 60 seconds, before and after", async () => {
    const { tokens, run, verdict, replace, travel } = openTokens();
    const { text } = await run(() => tokens.issue("7", start));
    travel(100_000);
    await replace(text);
    for (const [at, expected] of [
      [160_000, "right"],
      [160_001, "reused"],
      [40_000, "right"],
      [39_999, "reused"],
    ] as const) {
      travel(at);
      assert.equal(await verdict(text), expected, `at ${at}`);
    }
  });

  it("expire in the millisecond in which they say, and go with the next one", async () => {
    const { tokens, run, verdict, travel } = openTokens();
    const { text } = await run(() => tokens.issue("7", start));
    travel(86_400_000 - 1);
    assert.equal(await verdict(text), "right");
    travel(86_400_000);
    assert.equal(await verdict(text), "unknown");
    await run(() => tokens.issue("8", start));
    assert.equal(await run(() => RememberToken.where({ userId: "7" }).count()), 0);
  });

  it("are voided for one user, except one", async () => {
    const { tokens, run, verdict } = openTokens();
    const [first, second, other] = [
      await run(() => tokens.issue("7", start)),
      await run(() => tokens.issue("7", start)),
      await run(() => tokens.issue("8", start)),
    ];
    await run(() => tokens.voidOne("8", first.id));
    assert.equal(await verdict(first.text), "right");
    await run(() => tokens.voidAll("7", second.id, start + 5));
    assert.deepEqual([await verdict(first.text), await verdict(second.text), await verdict(other.text)], ["unknown", "right", "right"]);
    assert.deepEqual(await run(() => tokens.list("7", start + 5)), [second.id]);
    assert.deepEqual(await run(() => tokens.list("7", start + 6)), []);
    await run(() => tokens.voidText(other.text));
    assert.equal(await verdict(other.text), "unknown");
  });
});
