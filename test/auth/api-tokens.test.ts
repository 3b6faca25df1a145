/** API tokens: their form, what the guard lets pass, and what it refuses. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { gable } from "gable";
import type { AccountsOptions } from "gable/auth";
import { accountFields, apiTokenModel, defineAccounts } from "gable/auth";
import { Model } from "gable/data";
import { createTokenText, isTokenText } from "../../src/auth/api-token-text.ts";
import { ApiTokens } from "../../src/auth/api-tokens.ts";
import { describeOnDatabases } from "../data/databases.ts";
import { silentLogger } from "../silent-logger.ts";
import type { TokenSite } from "./token-site.ts";
import { assertRefused, bearer, openTokenSite, password } from "./token-site.ts";

const required = [401, "E_TOKEN_REQUIRED", "Bearer"] as const;
const invalid = [401, "E_TOKEN_INVALID", 'Bearer error="invalid_token"'] as const;
const lacks = (scope: string) => [403, "E_TOKEN_SCOPE", `Bearer error="insufficient_scope", scope="${scope}"`] as const;

/** Another letter or digit in one place. */
function changeAt(token: string, index: number): string {
  return token.slice(0, index) + (token[index] === "x" ? "y" : "x") + token.slice(index + 1);
}

describe("the text of a token", () => {
  it("has a prefix, 256 bits and a checksum, and never repeats", () => {
    const texts = Array.from({ length: 200 }, createTokenText);
    assert.equal(new Set(texts).size, 200);
    for (const text of texts) {
      assert.match(text, /^gable_[0-9A-Za-z]{49}$/);
      assert.equal(isTokenText(text), true, text);
    }
  });

  it("shows a mistake at every place", () => {
    const text = createTokenText();
    for (let index = 0; index < text.length; index++) assert.equal(isTokenText(changeAt(text, index)), false, `at ${index}`);
    for (const wrong of [text.slice(0, -1), `${text}0`, `${text}\n`, ` ${text}`, text.toUpperCase(), ""])
      assert.equal(isTokenText(wrong), false);
  });
});

describe("the guard token()", () => {
  for (const accept of [undefined, "*/*", "text/html", "application/json"])
    for (const [path, isProblem] of [
      ["/read", true],
      ["/both", true],
      ["/early", true],
      ["/signed-in-first", accept === "application/json"],
    ] as const)
      it(`answers ${path} with ${isProblem ? "problem+json" : "a page"}, accept ${accept}`, async (test) => {
        const site = await openTokenSite(test);
        const reply = await site.app.request(path, {
          method: path === "/both" || path === "/signed-in-first" ? "POST" : "GET",
          ...(accept && { headers: { accept } }),
        });
        assert.equal(reply.status, 401);
        assert.equal(reply.headers.get("content-type"), isProblem ? "application/problem+json" : "text/html; charset=utf-8");
      });

  for (const [scopes, method, path, expected] of [
    [["posts:read"], "GET", "/read", 200],
    [["posts:write"], "GET", "/read", lacks("posts:read")],
    [["posts:write"], "POST", "/write", 200],
    [["posts:read"], "POST", "/write", lacks("posts:write")],
    [["posts:read", "posts:write"], "POST", "/both", 200],
    [["posts:read"], "POST", "/both", lacks("posts:write")],
    [["posts:write"], "POST", "/both", lacks("posts:read")],
    [["posts:write"], "POST", "/then-signed-in", 200],
    [["posts:read"], "GET", "/early", 200],
    [undefined, "GET", "/read", required],
    [undefined, "POST", "/write", required],
    [undefined, "POST", "/both", required],
    [["posts:write"], "POST", "/signed-in-first", [401, "E_LOGIN_REQUIRED", null]],
    [["posts:write"], "POST", "/page", [401, "E_LOGIN_REQUIRED", null]],
  ] as const) {
    it(`answers ${method} ${path} with ${scopes?.join(" ") ?? "no token"}: ${String(expected)}`, async (test) => {
      const site = await openTokenSite(test);
      const reply = await site.send(method, path, scopes === undefined ? {} : bearer(await site.createToken(scopes)));
      if (typeof expected !== "number") return assertRefused(reply, expected);
      assert.deepEqual([reply.status, await reply.json()], [expected, { email: "ann@example.com" }]);
      assert.equal(reply.headers.has("set-cookie"), false);
    });
  }

  it("takes no token where a route does not ask for one", async (test) => {
    const site = await openTokenSite(test);
    assert.deepEqual(await (await site.send("GET", "/maybe", bearer(await site.createToken()))).json(), { email: null });
  });

  const row = { userId: "" };
  const spoilt: ReadonlyArray<readonly [what: string, spoil: (token: string, site: TokenSite) => Promise<string> | string]> = [
    ["a truncated one", (token) => token.slice(0, -1)],
    ["one with a wrong checksum", (token) => changeAt(token, token.length - 1)],
    ["one with another letter", (token) => changeAt(token, 10)],
    ["one with another prefix", (token) => token.replace("gable_", "gobbl_")],
    ["one in capitals", (token) => token.toUpperCase()],
    ["one of 10 kB", (token) => token + "a".repeat(10_000)],
    ["one that nobody has issued", () => createTokenText()],
    ["a quote", () => "'"],
    ["two tokens", (token) => `${token},${token}`],
    [
      "one that expired a second ago",
      async (token, { run, ApiToken }) => {
        await run(() => ApiToken.where(row).update({ expiresAt: new Date(Date.now() - 1_000) }));
        return token;
      },
    ],
    [
      "a revoked one",
      async (token, { accounts, ann }) => {
        const [listed] = await accounts.listTokens(ann);
        assert.equal(await accounts.revokeToken(ann, listed!.id), true);
        return token;
      },
    ],
    [
      "one of an inactive user",
      async (token, { accounts, ann }) => {
        await accounts.grant(ann, { active: false });
        return token;
      },
    ],
    [
      "one of a deleted user",
      async (token, { run, User, ann }) => {
        await run(() => User.where({ id: ann.id }).delete());
        return token;
      },
    ],
  ];
  for (const [what, spoil] of spoilt) {
    it(`refuses ${what}, as every wrong token`, async (test) => {
      const site = await openTokenSite(test);
      row.userId = String(site.ann.id);
      const token = await site.createToken();
      assert.equal((await site.send("GET", "/read", bearer(token))).status, 200);
      await assertRefused(await site.send("GET", "/read", bearer(await spoil(token, site))), invalid);
    });
  }

  for (const [field, expected] of [
    ["Bearer", invalid],
    ["Bearer ", invalid],
    ["Basic TOKEN", invalid],
    ["TOKEN", invalid],
    ["Bearer TOKEN TOKEN", invalid],
    ["bearer TOKEN", 200],
    ["BEARER  TOKEN", 200],
  ] as const) {
    it(`answers Authorization: ${field} with ${String(expected)}`, async (test) => {
      const site = await openTokenSite(test);
      const reply = await site.send("GET", "/read", { authorization: field.replaceAll("TOKEN", await site.createToken()) });
      if (typeof expected === "number") assert.equal(reply.status, expected);
      else await assertRefused(reply, expected);
    });
  }

  it("lets no cache share the reply", async (test) => {
    const site = await openTokenSite(test);
    for (const headers of [bearer(await site.createToken()), {}]) {
      const reply = await site.send("GET", "/read", headers);
      assert.equal(reply.headers.get("cache-control"), "no-store");
    }
  });

  it("makes an inactive user's token work again when the account does", async (test) => {
    const site = await openTokenSite(test);
    const token = await site.createToken();
    await site.accounts.grant(site.ann, { active: false });
    assert.equal((await site.send("GET", "/read", bearer(token))).status, 401);
    await site.accounts.grant(site.ann, { active: true });
    assert.equal((await site.send("GET", "/read", bearer(token))).status, 200);
  });

  it("keeps tokens when the password changes and sessions end", async (test) => {
    const site = await openTokenSite(test);
    const token = await site.createToken();
    await site.accounts.setPassword(site.ann, "another-horse-42");
    assert.equal((await site.send("GET", "/read", bearer(token))).status, 200);
  });

  it("lets the token decide, not the session of another user", async (test) => {
    const site = await openTokenSite(test);
    const client = site.visit();
    await client.signIn(site.bob);
    const headers = bearer(await site.createToken());
    for (const path of ["/read", "/early"])
      assert.deepEqual((await client.get(path, { headers })).json(), { email: "ann@example.com" }, path);
    assert.deepEqual((await client.get("/maybe", { headers })).json(), { email: "bob@example.com" });
    assert.equal((await client.get("/read")).status, 401);
  });
});

describe("sudo() after token()", () => {
  it("counts no confirmation of a session, which may be that of another user", async (test) => {
    const site = await openTokenSite(test);
    const client = site.visit();
    await client.signIn(site.bob);
    const token = await site.createToken();
    const headers = { accept: "application/json" };
    for (const each of [client, site.visit()]) {
      const reply = await each.withToken(token).post("/then-sudo", { headers });
      assert.deepEqual([reply.status, reply.json<{ code: string }>().code], [403, "E_CONFIRMATION_REQUIRED"]);
    }
  });
});

describe("client.withToken()", () => {
  it("sends the token with each request, and leaves the first client as it is", async (test) => {
    const site = await openTokenSite(test);
    const client = site.visit();
    const program = client.withToken(await site.createToken(["posts:read"]));
    assert.deepEqual((await program.get("/read")).json(), { email: "ann@example.com" });
    assert.equal((await program.post("/write")).status, 403);
    assert.equal((await client.get("/read")).status, 401);
    for (const wrong of ["", "a b", undefined, "a\n"]) {
      // The token is wrong on purpose.
      assert.throws(() => client.withToken(wrong as string), { code: "E_TEST_SETUP", message: /withToken/ });
    }
  });
});

describe("requests from other sites", () => {
  const foreign = { "sec-fetch-site": "cross-site", origin: "https://evil.example" };
  for (const [what, path, hasToken, extra, status] of [
    ["a token and a cookie", "/write", true, { cookie: "a=b" }, 200],
    ["a token from another site", "/write", true, foreign, 200],
    ["a token and a cookie from another site", "/write", true, { ...foreign, cookie: "a=b" }, 200],
    ["a cookie without a token", "/write", false, { cookie: "a=b" }, 403],
    ["no token from another site", "/write", false, foreign, 403],
    ["a login of the browser", "/write", false, { ...foreign, authorization: "Basic YTpi" }, 403],
    ["a wrong token from another site", "/write", false, { ...foreign, ...bearer("gable_x") }, 401],
    ["a token and a cookie, where a cookie decides", "/page", true, { cookie: "a=b" }, 403],
    ["a token from another site, where a cookie decides", "/page", true, foreign, 403],
    ["a token from another site, where a cookie decides first", "/signed-in-first", true, foreign, 403],
    ["a token from another site, where the token decides first", "/then-signed-in", true, foreign, 200],
    ["a token from another site, at an address without a route", "/nothing", true, foreign, 403],
  ] as const) {
    it(`answer ${status} with ${what}`, async (test) => {
      const site = await openTokenSite(test);
      const headers = { ...(hasToken ? bearer(await site.createToken()) : {}), ...extra };
      assert.equal((await site.send("POST", path, headers)).status, status);
    });
  }
});

describe("wrong tokens", () => {
  it("are counted: 50 are refused, the next one waits, and right ones pass", async (test) => {
    const site = await openTokenSite(test);
    const token = await site.createToken();
    const started = performance.now();
    let refused = 0;
    let reply = await site.send("GET", "/read", bearer("gable_wrong"));
    for (; reply.status === 401 && refused < 200; refused++) reply = await site.send("GET", "/read", bearer("gable_wrong"));
    // One more attempt comes back every 12 seconds.
    const returned = Math.ceil((performance.now() - started) / 12_000);
    assert.ok(refused >= 50 && refused <= 50 + returned, String(refused));
    assert.equal(reply.status, 429);
    assert.ok(Number(reply.headers.get("retry-after")) >= 1);
    assert.equal((await site.send("GET", "/read", bearer(token))).status, 200);
    assert.equal((await site.send("GET", "/read")).status, 401);
  });
});

describe("manageAccounts() and tokens", () => {
  it("creates, lists and revokes", async (test) => {
    const site = await openTokenSite(test);
    const before = Date.now();
    const { token, ...made } = await site.accounts.createToken(site.ann, { name: " Backup ", scopes: ["posts:read", "posts:read"] });
    assert.deepEqual([made.name, made.scopes, made.usedAt, made.hint], ["Backup", ["posts:read"], null, token.slice(0, 10)]);
    const days = (made.expiresAt.getTime() - made.createdAt.getTime()) / 86_400_000;
    assert.equal(days, 90);
    assert.ok(made.createdAt.getTime() >= before);
    assert.deepEqual(await site.accounts.listTokens(site.ann), [made]);
    assert.deepEqual(await site.accounts.listTokens(site.bob), []);
    assert.equal(await site.accounts.revokeToken(site.bob, made.id), false);
    assert.equal(await site.accounts.revokeToken(site.ann, made.id), true);
    assert.equal(await site.accounts.revokeToken(site.ann, made.id), false);
  });

  for (const [wrong, message] of [
    [{ name: "" }, /name/],
    [{ name: " " }, /name/],
    [{ name: "a".repeat(101) }, /name/],
    [{ scopes: [] }, /scopes/],
    [{ scopes: ["posts:delete"] }, /posts:read, posts:write/],
    [{ scopes: "posts:read" }, /scopes/],
    [{ days: 0 }, /1 to 366/],
    [{ days: 367 }, /1 to 366/],
    [{ days: 1.5 }, /1 to 366/],
  ] as const) {
    it(`refuses ${JSON.stringify(wrong).slice(0, 60)}`, async (test) => {
      const site = await openTokenSite(test);
      // The values are wrong on purpose.
      const values = { name: "Program", scopes: ["posts:read"], ...wrong } as never;
      await assert.rejects(site.accounts.createToken(site.ann, values), { code: "E_OPTION_INVALID", message });
    });
  }

  it("takes values at their limits", async (test) => {
    const site = await openTokenSite(test, { days: 366 });
    const long = await site.accounts.createToken(site.ann, { name: "a".repeat(100), scopes: ["posts:read"] });
    assert.equal(long.expiresAt.getTime() - long.createdAt.getTime(), 366 * 86_400_000);
    assert.ok(await site.accounts.createToken(site.ann, { name: "a", scopes: ["posts:write"], days: 1 }));
  });

  it("stores no token", async (test) => {
    const site = await openTokenSite(test);
    const token = await site.createToken();
    const rows = await site.run(async () => site.ApiToken.all());
    for (const row of rows) for (const value of Object.values(row)) assert.ok(!String(value).includes(token.slice(10)));
    assert.equal(password.length > 0 && rows.length, 1);
  });
});

describe("defineAccounts({ tokens })", () => {
  class User extends Model("users", accountFields()) {}
  for (const [tokens, message, code = "E_OPTION_INVALID"] of [
    [null, /tokens/],
    [{}, /tokens\.scopes/],
    [{ scopes: [] }, /tokens\.scopes/],
    [{ scopes: ["a", "a"] }, /each one once/],
    [{ scopes: ["a b"] }, /letters, digits/],
    [{ scopes: ["ä"] }, /letters, digits/],
    [{ scopes: [`a"b`] }, /letters, digits/],
    [{ scopes: ["a".repeat(61)] }, /up to 60/],
    [{ scopes: Array.from({ length: 51 }, (_, index) => `s${index}`) }, /1 to 50/],
    [{ scopes: ["a"], days: 0 }, /tokens\.days/],
    [{ scopes: ["a"], days: 367 }, /tokens\.days/],
    [{ scopes: ["a"], day: 1 }, /tokens/, "E_OPTION_UNKNOWN"],
  ] as const) {
    it(`refuses ${JSON.stringify(tokens).slice(0, 60)}`, () => {
      // The option is wrong on purpose.
      const options = { user: User, tokens } as unknown as AccountsOptions;
      assert.throws(() => defineAccounts(options), { code, message });
    });
  }

  it("takes scopes at their limits", () => {
    const scopes = Array.from({ length: 50 }, (_, index) => `${"a".repeat(58)}${index + 10}`);
    assert.ok(defineAccounts({ user: User, tokens: { scopes } }));
  });

  it("makes guards for declared scopes only", () => {
    const { guards } = defineAccounts({ user: User, tokens: { scopes: ["posts:read"] } });
    // @ts-expect-error the scope is not declared
    assert.throws(() => guards.token("posts:delete"), { code: "E_OPTION_INVALID", message: /posts:read/ });
    const none = defineAccounts({ user: User });
    // @ts-expect-error no scopes are declared
    assert.throws(() => none.guards.token("posts:read"), { code: "E_ACCOUNTS_SETUP", message: /no API tokens/ });
  });

  it("does not start without the table", async () => {
    const accounts = defineAccounts({ user: User, verifyEmail: "never", tokens: { scopes: ["posts:read"] } });
    const app = gable({ mode: "test", logger: silentLogger, database: "sqlite::memory:", models: [User], accounts, session: {} });
    await assert.rejects(app.start(), { code: "E_ACCOUNTS_SETUP", message: /gable_api_tokens/ });
    await app.close();
  });
});

const ApiToken = apiTokenModel();

describeOnDatabases("tokens", [ApiToken], (open) => {
  const start = Date.UTC(2026, 0, 1);
  const minute = 60_000;

  function openTokens(): {
    tokens: ApiTokens;
    run: <Result>(work: () => Promise<Result>) => Promise<Result>;
    travel: (ms: number) => void;
  } {
    let now = start;
    const tokens = new ApiTokens(ApiToken, { scopes: ["a", "b"], days: 1 }, () => now);
    return { tokens, run: (work) => open().database.run(work), travel: (ms) => void (now = start + ms) };
  }

  it("work until the millisecond in which they expire", async () => {
    const { tokens, run, travel } = openTokens();
    const { token } = await run(() => tokens.create("7", { name: "One", scopes: ["b", "a"] }));
    travel(86_400_000 - 1);
    assert.deepEqual(await run(() => tokens.use(token)), { userId: "7", scopes: ["b", "a"] });
    travel(86_400_000);
    assert.equal(await run(() => tokens.use(token)), undefined);
  });

  it("write their last use at most every five minutes", async () => {
    const { tokens, run, travel } = openTokens();
    const { token } = await run(() => tokens.create("7", { name: "One", scopes: ["a"] }));
    const usedAt = async (): Promise<number | undefined> => (await run(() => tokens.list("7")))[0]!.usedAt?.getTime();
    assert.equal(await usedAt(), undefined);
    for (const [at, expected] of [
      [minute, minute],
      [6 * minute - 1, minute],
      [6 * minute, 6 * minute],
      [7 * minute, 6 * minute],
    ] as const) {
      travel(at);
      assert.ok(await run(() => tokens.use(token)));
      assert.equal(await usedAt(), start + expected, `at ${at}`);
    }
  });

  it("belong to one user, and only that one revokes them", async () => {
    const { tokens, run } = openTokens();
    const first = await run(() => tokens.create("7", { name: "One", scopes: ["a"] }));
    const second = await run(() => tokens.create("7", { name: "Two", scopes: ["a"] }));
    const other = await run(() => tokens.create("8", { name: "One", scopes: ["a"] }));
    assert.deepEqual(
      (await run(() => tokens.list("7"))).map(({ name }) => name),
      ["Two", "One"],
    );
    assert.equal(await run(() => tokens.revoke("8", first.id)), false);
    assert.equal(await run(() => tokens.revoke("7", first.id)), true);
    assert.equal(await run(() => tokens.use(first.token)), undefined);
    for (const { token } of [second, other]) assert.ok(await run(() => tokens.use(token)));
  });
});
