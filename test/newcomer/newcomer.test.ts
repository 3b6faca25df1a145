/** The first hour of a newcomer, from an empty folder: accounts and pages from generators, an error, tests, and two workers. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Browser, Page } from "playwright-core";
import { launchBrowser, skipWithoutBrowser } from "../browser/launch.ts";
import type { AskedLine } from "../cli/make/add-line.ts";
import { addLine } from "../cli/make/add-line.ts";
import { fetchOnce, skipSupervisor } from "../faults/supervisor/supervised.ts";
import { PackedProject } from "../packed/packed-project.ts";
import { Visitor } from "../packed/visitor.ts";

const email = "reader@example.com";
const password = "three green umbrellas";

describe("the first hour of a newcomer", { skip: skipWithoutBrowser || skipSupervisor }, () => {
  let project: PackedProject;
  let browser: Browser;
  let page: Page;
  let visitor: Visitor;

  before(async () => {
    project = await PackedProject.open();
    browser = await launchBrowser();
    page = await browser.newPage();
    visitor = new Visitor(page, `http://localhost:${project.port}`);
  });
  after(async () => {
    await browser?.close();
    await project?.close();
  });

  async function act(...lines: readonly string[]): Promise<void> {
    await project.untilSettled();
    for (const line of lines) await visitor.act(line);
  }

  /** Runs `gable make`, and adds the lines that it asks for. */
  async function make(words: string): Promise<void> {
    const { data } = JSON.parse(await project.type(`npx gable make ${words} --json`)) as { data: { readonly add: readonly AskedLine[] } };
    for (const asked of data.add) await project.save(asked.file, addLine(await project.read(asked.file), asked));
  }

  // One test: each step needs those before it.
  it("leads from an empty folder to a site that reloads under load", async (context) => {
    const step = (name: string, work: () => Promise<void>): Promise<void> => context.test(name, work);

    await step("creates a project, and sees its front page", async () => {
      await project.type("npm create gable@latest shop -- --no-accounts");
      await project.save(".env", `${await project.read(".env")}ORIGIN=http://localhost:${project.port}\n`);
      await project.type("npm run dev");
      await act("open /", "see Your site runs");
    });

    await step("generates accounts, and signs up with the link of the mail", async () => {
      await make("accounts");
      await project.type("npx gable db make accounts");
      await project.type("npx gable db migrate");
      await act("open /account/register", `fill E-mail address = ${email}`, `fill Password = ${password}`, "press Create an account");
      await act("see We have sent you a link", "open /_gable/mail", `see ${email}`, "click text");
      const link = /\/account\/verify\/\S+/.exec(await page.locator("body").innerText());
      assert.ok(link !== null, "the mail has a link");
      await act(`open ${link[0]}`, "press Confirm this address", "open /account");
      if (page.url().includes("/login")) await act(`fill E-mail address = ${email}`, `fill Password = ${password}`, "press Sign in");
      await act(`see Signed in with ${email}`);
    });

    await step("generates a model with pages, migrates, and sees a row", async () => {
      await make("model Product name:text:100 price:decimal");
      await make("resource Product");
      await project.type("npx gable db make products");
      await project.type("npx gable db migrate");
      await act("open /products", "see Products", "open /products/new", "fill Name = Umbrella", "fill Price = 12.50", "press Save");
      await act("see Umbrella", "open /products", "see Umbrella");
    });

    await step("breaks a page, reads the error, and repairs it", async () => {
      const routes = await project.read("products/routes.ts");
      const broken = routes.replace("rows: await Product.", "rows: await Produkt.");
      assert.notEqual(broken, routes);
      await project.save("products/routes.ts", broken);
      await act("open /products", "see Produkt is not defined", "see products/routes.ts");
      const view = await project.read("views/products/list.html");
      await project.save("products/routes.ts", routes);
      await project.save("views/products/list.html", view.replace("{% endfor %}", "{% endfro %}"));
      await act("open /products", "see endfro", "see views/products/list.html");
      await project.save("views/products/list.html", view);
      await act("open /products", "see Umbrella");
    });

    await step("passes the tests and the checks of the project", async () => {
      await project.type("npx gable test");
      await project.type("npx gable check");
      await project.type("npx gable db make --check");
    });

    await step("builds, starts with two workers, and reloads without a failed request", async () => {
      await project.stopServer();
      const key = await project.type("npx gable key generate");
      const variables = ["HOSTS=localhost,127.0.0.1", `ORIGIN=http://localhost:${project.port}`, "MAIL_URL=file:var/mail"];
      // As the check of packages says: npm install nodemailer.
      await project.link("nodemailer");
      await project.save(".env.production", `${key.trim()}\n${variables.join("\n")}\n`);
      await project.type("npx gable build --mode production");
      await project.type("npx gable start --mode production --workers 2 --migrate");
      await act("open /products", "see Umbrella");
      const counts = { ok: 0, failed: [] as string[] };
      let isStopped = false;
      const ask = async (): Promise<void> => {
        while (!isStopped) {
          const { status, text } = await fetchOnce(project.port, "/products");
          if (status === 200 && text.includes("Umbrella")) counts.ok++;
          else counts.failed.push(`${status} ${text.slice(0, 200)}`);
        }
      };
      const asking = [ask(), ask(), ask(), ask()];
      const view = await project.read("views/products/list.html");
      await project.save("views/products/list.html", view.replace("<h1>{{ title }}</h1>", "<h1>All {{ title }}</h1>"));
      await project.type("npx gable build --mode production");
      await project.type("npx gable reload");
      isStopped = true;
      await Promise.all(asking);
      assert.deepEqual(counts.failed, []);
      assert.ok(counts.ok > 20, `${counts.ok} requests`);
      await act("open /products", "see All Products");
    });
  });
});
