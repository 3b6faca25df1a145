/** The pages of accounts from template files of the application. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { writeFiles } from "../packed/packed-package.ts";
import { gable, get } from "gable";
import { createTestClient } from "gable/testing";
import { openSite, password, register } from "./site.ts";

const props = `{% import type { DisplayForm } from "gable" %}
{% props title: string, text?: string, form?: DisplayForm, submit?: string, links: Record<string, string> = {} %}
`;

describe("own pages of accounts", () => {
  it("take the view of the page, else accounts/page.html, else plain markup", async (test) => {
    const folder = await mkdtemp(join(tmpdir(), "gable-account-pages-"));
    test.after(() => rm(folder, { recursive: true, force: true }));
    const look = async (files: Record<string, string>): Promise<Record<string, string>> => {
      const views = await mkdtemp(join(folder, "views-"));
      await writeFiles(views, files);
      const client = (await openSite(test, {}, { views: { directories: [views], generated: join(views, ".gable") } })).visit();
      const wrong = await client.post("/account/login", { form: { email: "ann@example.com", password } });
      const [login, forgot] = await Promise.all([client.get("/account/login"), client.get("/account/password/forgot")]);
      return { login: login.body, wrong: `${wrong.status} ${wrong.body}`, forgot: forgot.body };
    };
    const shared = await look({ "accounts/page.html": `${props}<article>{{ title }} {{ form.errors()|length }}</article>` });
    assert.deepEqual(shared, {
      login: "<article>Sign in 0</article>",
      wrong: "422 <article>Sign in 1</article>",
      forgot: "<article>Forgotten your password? 0</article>",
    });
    const both = await look({
      "accounts/page.html": `${props}<article>{{ title }}</article>`,
      "accounts/forgot.html": `${props}<aside>{{ title }}</aside>`,
    });
    assert.deepEqual([both["login"], both["forgot"]], ["<article>Sign in</article>", "<aside>Forgotten your password?</aside>"]);
    const plain = await look({ "home.html": "Home" });
    assert.match(plain["login"]!, /^<!doctype html>[^]*<h1>Sign in<\/h1>/);
  });
});

describe("the page of sessions with own views", () => {
  const shared = "<article>{{ title }}|{{ 'form' if form else submit }}</article>";
  const own = "<aside>{{ text }}</aside>";
  for (const [what, store, files, before, after] of [
    [
      "the shared view",
      "database",
      { "accounts/page.html": shared },
      "<article>Your devices|</article>",
      "<article>Your devices|form</article>",
    ],
    [
      "the shared view, with sessions in cookies",
      "cookie",
      { "accounts/page.html": shared },
      "<article>Your devices|Sign out all other devices</article>",
      "<article>Your devices|Sign out all other devices</article>",
    ],
    [
      "its own view",
      "database",
      { "accounts/page.html": shared, "accounts/sessions.html": own },
      /No other device/,
      /^<aside>This device: Unk/,
    ],
  ] as const) {
    it(`uses ${what}`, async (test) => {
      const views = await mkdtemp(join(tmpdir(), "gable-session-views-"));
      test.after(() => rm(views, { recursive: true, force: true }));
      await writeFiles(views, Object.fromEntries(Object.entries(files).map(([name, text]) => [name, `${props}${text}`])));
      const site = await openSite(test, {}, { store, views: { directories: [views], generated: join(views, ".gable") } });
      const client = await register(site);
      const check = (body: string, expected: string | RegExp): void =>
        typeof expected === "string" ? assert.equal(body, expected) : assert.match(body, expected);
      check((await client.get("/account/sessions")).body, before);
      await site.signIn();
      check((await client.get("/account/sessions")).body, after);
    });
  }
});

describe("the user in template files", () => {
  const open = async (test: Parameters<typeof openSite>[0]) => {
    const views = await mkdtemp(join(tmpdir(), "gable-user-views-"));
    test.after(() => rm(views, { recursive: true, force: true }));
    await writeFiles(views, { "who.html": "{{ user.email if user else 'nobody' }}" });
    return { directories: [views], generated: join(views, ".gable") };
  };

  it("is the user behind a guard, and null for a visitor", async (test) => {
    const site = await openSite(test, {}, { views: await open(test) });
    assert.equal((await site.visit().get("/who")).body, "nobody");
    assert.equal((await (await register(site)).get("/who")).body, "ann@example.com");
  });

  it("is also there after a handler has awaited it", async (test) => {
    const site = await openSite(test, {}, { views: await open(test) });
    assert.equal((await (await register(site)).get("/who/awaited")).body, "ann@example.com");
  });

  it("is an error where nobody has loaded the user, in place of a wrong page", async (test) => {
    const site = await openSite(test, {}, { views: await open(test) });
    await assert.rejects(createTestClient(site.app).get("/who/unloaded"), {
      code: "E_USER_UNLOADED",
      message: "who.html:1: The page shows the user, whom nobody has loaded before the page was drawn.",
    });
  });

  it("is nothing in an application without accounts", async (test) => {
    const app = gable({
      mode: "test",
      views: await open(test),
      routes: [get("/who", ({ view }) => view("who.html" as never, {} as never))],
    });
    assert.equal((await createTestClient(app).get("/who")).body, "nobody");
  });
});

describe("context.user", () => {
  it("is the user after a guard, also when a middleware has read it before", async (test) => {
    const site = await openSite(test);
    assert.deepEqual((await (await register(site)).get("/early")).json(), { email: "ann@example.com" });
  });
});

describe("the form of a new password", () => {
  it("tells the browser how long it must be, and shows all problems together", async (test) => {
    const site = await openSite(test, { passwordMin: 10 });
    const client = site.visit();
    const page = await client.get("/account/register");
    assert.match(page.body, /At least 10 characters\.[^]*<input type="password"[^>]* minlength="10"/);
    const wrong = await client.post("/account/register", { form: { email: "nobody", password: "123456789" } });
    assert.equal(wrong.status, 422);
    assert.match(wrong.body, /There are 2 problems/);
    assert.match(wrong.body, /Use at least 10 characters\. You typed 9\./);
  });
});
