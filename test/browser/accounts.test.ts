/** The pages of two-factor sign-in and remember-me in a real browser: used as a visitor would, and looked at by axe. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { expectAccessible } from "gable/testing";
import type { Browser, BrowserContext, Page } from "playwright-core";
import type { RunningApp } from "gable";
import { gable, get, group } from "gable";
import { accountFields, defineAccounts, manageAccounts, rememberTokenModel, twoFactorModels } from "gable/auth";
import { Model } from "gable/data";
import { sessionModel } from "gable/session";
import { toCode } from "../../src/auth/two-factor/totp.ts";
import { silentLogger } from "../silent-logger.ts";
import { launchBrowser, skipWithoutBrowser } from "./launch.ts";

const email = "ann@example.com";
const password = "correct-horse-41";

describe("two-factor sign-in in a browser", { skip: skipWithoutBrowser }, () => {
  class User extends Model("users", { ...accountFields() }) {}
  const accounts = defineAccounts({ user: User, verifyEmail: "never", remember: {}, twoFactor: { issuer: "Shelf" } });
  const app = gable({
    mode: "test",
    logger: silentLogger,
    database: "sqlite::memory:",
    models: [User, sessionModel(), rememberTokenModel(), ...Object.values(twoFactorModels())],
    session: { store: "database" },
    accounts,
    routes: [
      group("/account", accounts.routes),
      get("/", { guard: accounts.guards.maybeSignedIn }, ({ user }) => user?.email ?? "nobody"),
      get("/strong", { guard: accounts.guards.secondFactor }, () => "open"),
    ],
  });
  let browser: Browser;
  let running: RunningApp;

  before(async () => {
    await app.start();
    await app.database().createTables();
    await manageAccounts(app).create({ email, password });
    running = await app.listen({ port: 0, quiet: true, signals: false });
    browser = await launchBrowser();
  });
  after(async () => {
    await browser?.close();
    await running?.stop({ graceMs: 0 });
    await app.close();
  });

  async function assertAccessible(page: Page, heading: string): Promise<void> {
    assert.equal(await page.locator("h1").textContent(), heading);
    await expectAccessible(page);
  }

  async function logIn(context: BrowserContext): Promise<Page> {
    const page = await context.newPage();
    await page.goto("/account/login");
    await assertAccessible(page, "Sign in");
    await page.getByLabel("E-mail address").fill(email);
    await page.getByLabel("Password").fill(password);
    await page.getByLabel("Keep me signed in").check();
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.waitForLoadState();
    return page;
  }

  const sendCode = async (page: Page, code: string, button: string): Promise<void> => {
    await page.getByLabel("Code").fill(code);
    await page.getByRole("button", { name: button }).click();
    await page.waitForLoadState();
  };

  it("has pages without a fault that axe finds, and signs in with both steps", async () => {
    const context = await browser.newContext({ baseURL: running.url });
    const owner = await logIn(context);
    await owner.goto("/account/two-factor");
    await assertAccessible(owner, "Two-factor sign-in");
    const secret = /((?:[A-Z2-7]{4} ?){8})$/.exec((await owner.locator("main > p").textContent()) ?? "")![1]!.replaceAll(" ", "");
    await sendCode(owner, "0", "Turn it on");
    await assertAccessible(owner, "Two-factor sign-in");
    await sendCode(owner, toCode(secret, Math.floor(Date.now() / 30_000)), "Turn it on");
    await assertAccessible(owner, "Your recovery codes");
    const [recovery] = /[0-9a-z]{4}(?:-[0-9a-z]{4}){3}/.exec((await owner.locator("main > p").textContent()) ?? "")!;
    for (const [path, heading] of [
      ["/account/two-factor", "Two-factor sign-in"],
      ["/account/two-factor/codes", "Make new recovery codes"],
      ["/account/two-factor/off", "Turn two-factor sign-in off"],
      ["/account/sessions", "Your devices"],
      ["/account/confirm", "Confirm your password"],
      ["/account/confirm/code", "Type your code"],
    ] as const) {
      await owner.goto(path);
      await assertAccessible(owner, heading);
    }
    await context.close();

    const next = await browser.newContext({ baseURL: running.url });
    const page = await logIn(next);
    assert.match(page.url(), /\/account\/login\/code\?/);
    await assertAccessible(page, "Type your code");
    await sendCode(page, "0", "Continue");
    await assertAccessible(page, "Type your code");
    await sendCode(page, recovery, "Continue");
    assert.equal(await page.locator("body").textContent(), email);

    // The browser closes: its session is over, and several tabs are restored together.
    await next.clearCookies({ name: /session$/ });
    const tabs = await Promise.all([1, 2, 3].map(() => next.newPage()));
    await Promise.all(tabs.map((tab) => tab.goto("/")));
    for (const tab of tabs) assert.equal(await tab.locator("body").textContent(), email);
    await page.goto("/strong");
    await assertAccessible(page, "Type your code");
    await next.close();
  });
});
