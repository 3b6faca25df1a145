/** The pages of API tokens: list, create with one look at the token, revoke. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { TestClient, TestReply } from "gable/testing";
import { databaseKinds } from "../data/databases.ts";
import type { TokenSite } from "./token-site.ts";
import { bearer, openTokenSite, password } from "./token-site.ts";

const tokenForm = { name: "Import", scopes: ["posts:write"] };

async function signIn(site: TokenSite, email = "ann@example.com"): Promise<TestClient> {
  const client = site.visit();
  assert.equal((await client.post("/account/login", { form: { email, password } })).status, 303);
  return client;
}

function findToken({ body }: TestReply): string | undefined {
  return /gable_[0-9A-Za-z]{49}/.exec(body)?.[0];
}

/** Status of each route for nobody, the owner, another user, and a program with a token of the owner. */
const table: ReadonlyArray<readonly [method: "get" | "post", path: string, nobody: number, owner: number, other: number, program: number]> =
  [
    ["get", "/account/tokens", 303, 200, 200, 303],
    ["post", "/account/tokens", 401, 422, 422, 401],
    ["get", "/account/tokens/1", 303, 200, 404, 303],
    ["post", "/account/tokens/1", 401, 303, 404, 401],
    ["get", "/account/tokens/99", 303, 404, 404, 303],
    ["post", "/account/tokens/99", 401, 404, 404, 401],
  ];

describe("the routes of tokens", () => {
  for (const [role, column] of [
    ["nobody", 2],
    ["the owner", 3],
    ["another user", 4],
    ["a program with a token", 5],
  ] as const) {
    it(`answer ${role} by the table`, async (test) => {
      for (const row of table) {
        const [method, path] = row;
        const site = await openTokenSite(test);
        const token = await site.createToken();
        const client =
          role === "the owner"
            ? await signIn(site)
            : role === "another user"
              ? await signIn(site, "bob@example.com")
              : role === "nobody"
                ? site.visit()
                : site.visit().withToken(token);
        const reply = await client[method](path, method === "post" ? { form: { name: "" } } : {});
        assert.equal(reply.status, row[column], `${method} ${path}`);
        const isRevoked = method === "post" && path.endsWith("/1") && role === "the owner";
        assert.equal((await site.send("GET", "/read", bearer(token))).status, isRevoked ? 401 : 200, `${method} ${path}`);
      }
    });
  }

  it("are in the table, and need the option tokens", async (test) => {
    const { app } = await openTokenSite(test);
    const known = new Set(table.map(([method, path]) => `${method.toUpperCase()} ${path.replace(/\/1$/, "/:id(int)")}`));
    const found = app.routes.flatMap(({ method, binding }) =>
      binding?.pattern.startsWith("/account/tokens") === true ? [`${method} ${binding.pattern}`] : [],
    );
    assert.equal(found.length, 4);
    for (const each of found) assert.ok(known.has(each), each);
  });
});

describe("the page of tokens", () => {
  it("shows a new token once, and lists it by its beginning", async (test) => {
    const site = await openTokenSite(test);
    const client = await signIn(site);
    const made = await client.post("/account/tokens", { form: tokenForm });
    assert.equal(made.status, 200, made.body);
    const token = findToken(made);
    assert.ok(token !== undefined);
    assert.equal(made.headers.get("cache-control"), "no-store");
    assert.equal((await site.send("POST", "/write", bearer(token))).status, 200);
    assert.equal((await site.send("GET", "/read", bearer(token))).status, 403);
    const listed = await client.get("/account/tokens");
    assert.equal(findToken(listed), undefined);
    assert.match(listed.body, new RegExp(`Import: ${token.slice(0, 10)}…, posts:write, last used \\d{4}-\\d\\d-\\d\\d, expires`));
    assert.doesNotMatch((await (await signIn(site, "bob@example.com")).get("/account/tokens")).body, /Import/);
  });

  it("leads to a page that revokes", async (test) => {
    const site = await openTokenSite(test);
    const client = await signIn(site);
    const token = findToken(await client.post("/account/tokens", { form: tokenForm }));
    const path = /<a href="([^"]+)">Import:/.exec((await client.get("/account/tokens")).body)?.[1];
    assert.equal(path, "/account/tokens/1");
    const page = await client.get(path);
    assert.match(page.body, /<button type="submit">Revoke this token/);
    assert.equal((await client.post(path)).headers.get("location"), "/account/tokens");
    assert.match((await client.get("/account/tokens")).body, /The token is revoked\./);
    assert.equal((await site.send("POST", "/write", bearer(token!))).status, 401);
  });

  for (const [what, form, message] of [
    ["no name", { ...tokenForm, name: "" }, /name/i],
    ["a name of 101 characters", { ...tokenForm, name: "a".repeat(101) }, /100/],
    ["no scope", { name: "Import" }, /scopes/],
    ["an unknown scope", { ...tokenForm, scopes: ["posts:delete"] }, /scopes/],
    ["a name that is taken", { ...tokenForm, name: "Program" }, /You have a token with this name\./],
  ] as const) {
    it(`makes no token with ${what}`, async (test) => {
      const site = await openTokenSite(test);
      await site.createToken();
      const reply = await (await signIn(site)).post("/account/tokens", { form });
      assert.equal(reply.status, 422);
      assert.match(reply.body, message);
      assert.equal((await site.accounts.listTokens(site.ann)).length, 1);
    });
  }

  for (const character of ["a", "é", "書", "😀"])
    it(`takes a name of 100 characters like ${character}, and refuses 101, as the code does`, async (test) => {
      const site = await openTokenSite(test);
      const client = await signIn(site);
      const send = async (name: string) => (await client.post("/account/tokens", { form: { ...tokenForm, name } })).status;
      assert.deepEqual([await send(character.repeat(100)), await send(character.repeat(101))], [200, 422]);
      const create = (name: string) => site.accounts.createToken(site.ann, { name, scopes: ["posts:read"] });
      assert.equal((await create(` ${character.repeat(100)} `)).name, character.repeat(100));
      await assert.rejects(create(character.repeat(101)), { code: "E_OPTION_INVALID", message: /name/ });
    });

  it("takes the name of an expired token", async (test) => {
    const site = await openTokenSite(test);
    await site.createToken();
    await site.run(() => site.ApiToken.where({ name: "Program" }).update({ expiresAt: new Date(Date.now() - 1) }));
    const client = await signIn(site);
    assert.match((await client.get("/account/tokens")).body, /never used, expired/);
    assert.equal((await client.post("/account/tokens", { form: { ...tokenForm, name: "Program" } })).status, 200);
  });

  it("makes the 100th token, and not one more", async (test) => {
    const site = await openTokenSite(test);
    for (let count = 0; count < 99; count++) await site.createToken();
    const client = await signIn(site);
    assert.equal((await client.post("/account/tokens", { form: tokenForm })).status, 200);
    const refused = await client.post("/account/tokens", { form: { ...tokenForm, name: "Another" } });
    assert.equal(refused.status, 422);
    assert.match(refused.body, /You have 100 tokens\. Revoke those that you do not need\./);
  });

  for (const { name, skip, place } of databaseKinds)
    it(`makes one token for two requests at a time with one name, and at most 100 tokens, on ${name}`, { skip }, async (test) => {
      const { url, remove } = await place();
      test.after(remove);
      const site = await openTokenSite(test, { database: url });
      for (let count = 0; count < 98; count++) await site.createToken();
      const client = await signIn(site);
      const send = (name: string) => client.post("/account/tokens", { form: { ...tokenForm, name } });
      const statuses = await Promise.all(["One", "One ", "Two", "Three"].map(async (name) => (await send(name)).status));
      assert.deepEqual(statuses.sort(), [200, 200, 422, 422]);
      const made = (await site.accounts.listTokens(site.ann)).slice(0, 2).map(({ name }) => name);
      assert.equal(new Set(made).size, 2, String(made));
    });

  it("asks for the password when the sign-in was long ago", async (test) => {
    const site = await openTokenSite(test);
    const client = await signIn(site);
    for (const key of ["gable.signedInAt", "gable.confirmedAt"])
      if ((await client.session.find(key)) !== undefined) await client.session.set(key, Date.now() - 3_600_000);
    assert.match((await client.get("/account/tokens")).headers.get("location") ?? "", /^\/account\/confirm\?next=/);
    const refused = await client.post("/account/tokens", { form: tokenForm });
    assert.equal(refused.status, 403);
    assert.deepEqual(await site.accounts.listTokens(site.ann), []);
  });
});
