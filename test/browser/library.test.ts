/** The library in a real browser: used as a visitor would, looked at by axe, at two widths, light and dark. */
import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { after, before, describe, it } from "node:test";
import { parse } from "parse5";
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import type { RunningApp } from "gable";
import { createPasswordHasher, manageAccounts } from "gable/auth";
import { expectAccessible, outbox } from "gable/testing";
import app from "../../examples/library/app.ts";
import { addDays, lend, takeBack } from "../../examples/library/loans/lending.ts";
import { Book, Loan, Proposal, Reader } from "../../examples/library/models.ts";
import { librarians } from "../../examples/library/readers/accounts.ts";
import { settings } from "../../examples/library/settings.ts";
import { prepareDatabase, prepareStaff } from "../../examples/library/setup.ts";
import { assertFits, launchBrowser, skipWithoutBrowser } from "./launch.ts";

const password = "correct-horse-41";
const png = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64");

describe("the library in a browser", { skip: skipWithoutBrowser }, () => {
  let browser: Browser;
  let running: RunningApp;
  const problems: string[] = [];

  before(async () => {
    await app.start();
    await prepareDatabase(app.database());
    await prepareStaff(app);
    await app.database().run(fill);
    running = await app.listen({ port: 0, quiet: true, signals: false });
    browser = await launchBrowser();
  });
  after(async () => {
    await browser?.close();
    await running?.stop({ graceMs: 0 });
    await app.close();
    await rm(settings.mediaFolder, { recursive: true, force: true });
  });

  /** Readers, loans and proposals in every state that a page shows. */
  async function fill(): Promise<void> {
    const account = { password: await createPasswordHasher().hash(password), emailVerifiedAt: new Date() };
    const reader = await Reader.create({ ...account, email: "reader@example.com", name: "A reader" });
    const librarian = await Reader.create({ ...account, email: "staff@example.com", name: "A librarian" });
    await manageAccounts(app).permissions.addToGroup(librarian, librarians.name);
    const [emma, dick, iliad] = await Promise.all(["emma", "moby-dick", "the-iliad"].map((slug) => Book.get({ slug })));
    await Loan.create({ reader: reader.id, book: emma!.id, dueOn: addDays(new Date(), 20) });
    await Loan.create({ reader: reader.id, book: dick!.id, dueOn: addDays(new Date(), -3) });
    await Loan.create({ reader: reader.id, book: iliad!.id, dueOn: addDays(new Date(), -3), returnedAt: new Date() });
    const proposal = { author: "Somebody", year: 1900, language: "en", reason: "It is worth reading again.", reader: reader.id } as const;
    await Proposal.create({ ...proposal, title: "The First" });
    await Proposal.create({ ...proposal, title: "The Second", status: "accepted", book: emma! });
    await Proposal.create({ ...proposal, title: "The Third", status: "declined", answer: "We have it." });
  }

  async function open(options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext({ baseURL: running.url, viewport: { width: 1280, height: 800 }, ...options });
    const page = await context.newPage();
    page.on("pageerror", (error) => problems.push(error.message));
    page.on("console", (message) => {
      if (message.type() === "error" && !/status of (?:4|5)\d\d/.test(message.text())) problems.push(message.text());
    });
    return page;
  }

  async function signIn(page: Page, email: string): Promise<void> {
    await page.goto("/account/login");
    await page.getByLabel("E-mail address").fill(email);
    await page.getByLabel("Password").fill(password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.waitForURL(/\/loans$/);
  }

  async function assertAccessible(page: Page): Promise<void> {
    await expectAccessible(page);
    await assertFits(page);
  }

  /** Reads the page as it was sent: a browser silently repairs markup. */
  async function assertValid(context: BrowserContext, path: string): Promise<void> {
    const text = await (await context.request.get(running.url + path, { headers: { accept: "text/html" } })).text();
    const errors: string[] = [];
    parse(text, { onParseError: ({ code, startLine }) => void errors.push(`${path}:${startLine} ${code}`) });
    assert.deepEqual(errors, []);
  }

  const pages: ReadonlyArray<readonly [email: string | undefined, paths: ReadonlyArray<readonly string[]>]> = [
    [
      undefined,
      [
        ["/", "/books?subject=sea", "/books?q=zzzz", "/books/the-iliad", "/authors/5", "/nothing"],
        ["/account/login", "/account/register", "/account/password/forgot", "/account/password/reset"],
      ],
    ],
    [
      "reader@example.com",
      [
        ["/", "/books/emma", "/loans", "/proposals", "/proposals/new", "/proposals/1", "/proposals/3", "/staff"],
        [
          "/account",
          "/account/password",
          "/account/email",
          "/account/logout",
          "/account/two-factor",
          "/account/sessions",
          "/account/tokens",
          "/account/confirm",
        ],
      ],
    ],
    [
      "staff@example.com",
      [
        ["/books/emma", "/staff", "/staff/books/new", "/staff/books/emma", "/staff/books/emma/delete", "/staff/books/villette/delete"],
        ["/staff/proposals/1/accept", "/staff/proposals/1/decline"],
      ],
    ],
  ];

  // Widths change the layout and schemes the colours: each page is seen in both of each.
  for (const [colorScheme, width] of [
    ["light", 1280],
    ["dark", 390],
  ] as const)
    it(`has no page with a fault that axe finds, ${colorScheme}, at ${width} pixels`, async () => {
      for (const [email, paths] of pages) {
        const page = await open({ colorScheme, viewport: { width, height: 800 } });
        if (email !== undefined) await signIn(page, email);
        for (const path of paths.flat()) {
          await page.goto(path);
          await assertAccessible(page);
        }
        await page.context().close();
      }
    });

  it("sends markup without errors", async () => {
    for (const [email, paths] of pages) {
      const page = await open();
      if (email !== undefined) await signIn(page, email);
      for (const path of paths.flat()) await assertValid(page.context(), path);
      await page.context().close();
    }
  });

  it("finds a book by the search of the first page", async () => {
    const page = await open();
    await page.goto("/");
    await page.getByLabel("Search the catalogue").fill("white whale");
    await page.getByRole("button", { name: "Search" }).click();
    await page.getByRole("heading", { name: "Moby-Dick" }).getByRole("link").click();
    assert.equal(await page.locator("h1").innerText(), "Moby-Dick");
    await page.context().close();
  });

  for (const javaScriptEnabled of [true, false])
    it(`takes a new reader from a wrong form to a new password, ${javaScriptEnabled ? "with" : "without"} JavaScript`, async () => {
      const page = await open({ javaScriptEnabled });
      const email = javaScriptEnabled ? "new@example.com" : "other@example.com";
      await page.goto("/");
      await page.getByRole("link", { name: "Get a library card" }).click();
      await page.getByLabel("E-mail address").fill(email);
      await page.getByLabel("Your name").fill("A <b>new</b> reader");
      await page.getByLabel("Password").fill("12345678");
      await page.getByRole("button", { name: "Create an account" }).click();
      // The password is a common one: the form comes back with everything else.
      assert.match(await page.getByRole("alert").innerText(), /There is 1 problem/);
      assert.equal(await page.getByLabel("E-mail address").inputValue(), email);
      assert.equal(await page.getByLabel("Your name").inputValue(), "A <b>new</b> reader");
      if (javaScriptEnabled) await assertAccessible(page);
      await page.getByLabel("Password").fill("a first long password");
      await page.getByRole("button", { name: "Create an account" }).click();
      await page.goto(await findLink(email, /verify/));
      await page.getByRole("button", { name: "Confirm this address" }).click();
      assert.match(await page.getByRole("status").innerText(), /Your address is confirmed/);

      await page.getByRole("link", { name: "Forgotten your password?" }).click();
      await page.getByLabel("E-mail address").fill(email);
      await page.getByRole("button", { name: "Send the mail" }).click();
      await page.goto(await findLink(email, /reset/));
      await page.getByLabel("New password").fill("a second long password");
      await page.getByRole("button", { name: "Set the password" }).click();
      await page.waitForURL(/\/(?:account\/login|loans)$/);
      if (page.url().endsWith("login")) {
        await page.getByLabel("E-mail address").fill(email);
        await page.getByLabel("Password").fill("a second long password");
        await page.getByRole("button", { name: "Sign in" }).click();
      }
      await page.goto("/books/villette");
      await page.getByRole("button", { name: "Borrow" }).click();
      assert.match(await page.getByRole("status").innerText(), /Villette is yours until/);
      if (javaScriptEnabled) await assertAccessible(page);
      await page.getByRole("button", { name: "Give it back" }).click();
      assert.match(await page.getByRole("status").innerText(), /Thank you for Villette/);
      await page.getByRole("link", { name: "A <b>new</b> reader" }).click();
      await page.getByRole("button", { name: "Sign out" }).click();
      await page.goto("/loans");
      assert.equal(await page.locator("h1").innerText(), "Sign in");
      await page.context().close();
    });

  it("lets a reader borrow with the keyboard only", async () => {
    const page = await open();
    await page.goto("/books/persuasion");
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate("document.activeElement.textContent"), "Skip to content");
    await tabTo(page, "Sign in to borrow");
    await page.keyboard.press("Enter");
    await page.waitForURL(/login/);
    await tabTo(page, "login-email");
    await page.keyboard.type("reader@example.com");
    await page.keyboard.press("Tab");
    await page.keyboard.type(password);
    await page.keyboard.press("Enter");
    await page.waitForURL(({ pathname }) => pathname === "/books/persuasion");
    await tabTo(page, "Borrow");
    await page.keyboard.press("Enter");
    await page.getByRole("status").waitFor();
    assert.match(await page.getByRole("status").innerText(), /Persuasion is yours until/);
    await page.context().close();
  });

  it("shows the free copies of a book while others borrow it", async () => {
    const page = await open();
    const [book, reader] = await app
      .database()
      .run(async () => [await Book.get({ slug: "villette" }), await Reader.get({ email: "reader@example.com" })]);
    await app.database().run(() => Book.where({ id: book.id }).update({ copies: 1 }));
    await page.goto("/books/villette");
    const copies = page.locator("[data-copies]");
    const hint = page.getByText("This has changed.");
    assert.deepEqual([await copies.innerText(), await hint.isVisible()], ["1 of 1 in the library", false]);
    const loan = await app.database().run(() => lend(book.id, reader.id));
    await page.getByText("0 of 1 in the library").waitFor();
    await hint.waitFor();
    await assertAccessible(page);
    await app.database().run(() => takeBack(loan));
    await page.getByText("1 of 1 in the library").waitFor();
    await hint.waitFor({ state: "hidden" });
    await page.context().close();
  });

  it("takes a proposal after it was corrected, keeps what was typed, and reloads to the form", async () => {
    const page = await open();
    await signIn(page, "reader@example.com");
    await page.goto("/proposals/new");
    await page.getByLabel("Title").fill("A <b>bold</b> book");
    await page.getByLabel("Author").fill("Nobody");
    await page.getByLabel("Year").fill("2999");
    await page.getByLabel("Language").selectOption("fr");
    await page.getByLabel("Why should it be here?").fill("Because it was written long ago.");
    await page.getByRole("button", { name: "Send the proposal" }).click();
    assert.match(await page.getByRole("alert").innerText(), /There is 1 problem\s+Year of publication: This year has not come yet\./);
    await assertAccessible(page);
    assert.equal(await page.getByLabel("Title").inputValue(), "A <b>bold</b> book");
    const reloaded = await (await page.context().newPage()).goto(page.url());
    assert.equal(reloaded?.status(), 200);
    await page.getByLabel("Year").fill("1899");
    await page.getByLabel("Cover image").setInputFiles({ name: "cover.png", mimeType: "image/png", buffer: png });
    await page.getByRole("button", { name: "Send the proposal" }).click();
    assert.equal(await page.locator("h1").innerText(), "A <b>bold</b> book");
    // The page may be there before its image: decode() waits for it.
    const width = await page.locator("img.cover").evaluate(async (image: HTMLImageElement) => {
      await image.decode();
      return image.naturalWidth;
    });
    assert.equal(width, 1);
    await assertAccessible(page);
    await page.context().close();
  });

  it("follows its own policy, and throws nothing", () => assert.deepEqual(problems, []));

  /** Presses Tab until an element with this id or this text has the focus. */
  async function tabTo(page: Page, name: string): Promise<void> {
    const isThere = `document.activeElement.id === ${JSON.stringify(name)} || document.activeElement.textContent === ${JSON.stringify(name)}`;
    for (let count = 0; count < 60; count++) {
      if (await page.evaluate(isThere)) return;
      await page.keyboard.press("Tab");
    }
    assert.fail(`Tab never comes to ${name}`);
  }

  /** Returns the path of the newest link of a kind that was mailed to an address. Mails are sent after the reply. */
  async function findLink(email: string, kind: RegExp): Promise<string> {
    for (let tries = 0; tries < 1_000; tries++) {
      const links = outbox(app)
        .filter(({ to }) => JSON.stringify(to).includes(email))
        .flatMap(({ text }) => text.match(/http\S+/) ?? [])
        .filter((link) => kind.test(link));
      if (links.length > 0) return new URL(links.at(-1)!).pathname;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    return assert.fail(`No mail with a link for ${email}`);
  }
});
