/** The rows of another model in a form of a model, in Chromium: changed, removed, added and kept after an error, with and without JavaScript. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { DisplayForm, Html } from "gable";
import { gable, get, html, page as reply, post } from "gable";
import { belongsTo, field as c, hasMany, Model } from "gable/data";
import { inlineSet, modelForm } from "gable/forms";
import type { Browser } from "playwright-core";
import { launchBrowser, skipWithoutBrowser } from "../browser/launch.ts";
import { silentLogger } from "../silent-logger.ts";

class Recipe extends Model("recipes", { id: c.id(), title: c.text({ max: 50 }), steps: () => hasMany(Step) }) {}
class Step extends Model("steps", {
  id: c.id(),
  text: c.text({ max: 20 }),
  minutes: c.int({ min: 1 }),
  position: c.int(),
  recipe: () => belongsTo(Recipe),
}) {}

const recipeForm = modelForm(Recipe, {
  fields: ["title"],
  name: "recipe",
  sets: { steps: inlineSet(Step, { fields: ["text", "minutes"], max: 4, blankRows: 0, ordered: "position" }) },
});

describe("an inline set in Chromium", { skip: skipWithoutBrowser }, () => {
  let browser: Browser;
  before(async () => {
    browser = await launchBrowser();
  });
  after(() => browser?.close());

  for (const hasScript of [true, false])
    it(`changes, removes and adds rows, ${hasScript ? "with the script" : "without JavaScript"}`, async (test) => {
      const show = (form: DisplayForm): Html =>
        html`<!doctype html><html lang="en"><title>Recipe</title>${form.render({ action: "/" })}${form.script}</html>`;
      const app = gable({
        mode: "production",
        logger: silentLogger,
        database: "sqlite::memory:",
        models: [Recipe, Step],
        routes: [
          get("/", async () => reply(show(await recipeForm.from(await Recipe.get(1))))),
          post("/", { form: recipeForm }, async ({ form }) => {
            const saved = form.valid && (await form.saveTo(await Recipe.get(1)));
            return saved ? reply(html`<p id="done">Thank you</p>`) : reply(show(form), { status: form.status });
          }),
        ],
      });
      await app.start();
      test.after(() => app.close());
      await app.database().createTables();
      const readSteps = () =>
        app.database().run(async () => await Step.where({}).orderBy("position").select({ id: true, text: true, minutes: true }));
      await app.database().run(async () => {
        const recipe = await Recipe.create({ title: "Bread" });
        for (const [index, text] of ["Mix", "Wait", "Bake"].entries())
          await Step.create({ text, minutes: 10 * (index + 1), position: index + 1, recipe });
      });
      const running = await app.listen({ port: 0, quiet: true, signals: false });
      test.after(() => running.stop({ graceMs: 0 }));
      const context = await browser.newContext({ javaScriptEnabled: hasScript });
      test.after(() => context.close());
      const page = await context.newPage();
      await page.goto(`http://127.0.0.1:${running.port}/`);
      const field = (row: number, name: string): string => `#recipe-steps-${row}-${name}`;
      assert.equal(await page.inputValue(field(2, "text")), "Bake");

      await page.fill(field(1, "minutes"), "45");
      await page.check(field(0, "delete"));
      await page.click("#recipe-steps-add");
      await page.locator(field(3, "text")).waitFor();
      assert.equal(await page.inputValue(field(1, "minutes")), "45");
      assert.equal(await page.isChecked(field(0, "delete")), true);
      // A full set has no button.
      assert.equal(await page.locator("#recipe-steps-add:visible").count(), 0);
      await page.fill(field(3, "minutes"), "5");
      // Between the other two.
      await page.fill(field(3, "position"), "2");
      await page.fill(field(2, "position"), "3");
      await page.fill(field(1, "position"), "1");
      // Without the checks of the browser, the server finds the error.
      await page.locator(field(3, "text")).evaluate((input) => void input.removeAttribute("maxlength"));
      await page.fill(field(3, "text"), "This step is much too long");
      await page.locator("form").evaluate((form) => void form.setAttribute("novalidate", ""));
      await page.click("text=Save");
      await page.locator(".error-summary").waitFor();
      assert.equal((await readSteps()).length, 3);
      assert.equal(await page.isChecked(field(0, "delete")), true);
      await page.fill(field(3, "text"), "Fold");
      await page.click("text=Save");
      await page.locator("#done").waitFor();
      assert.deepEqual(await readSteps(), [
        { id: 2, text: "Wait", minutes: 45 },
        { id: 4, text: "Fold", minutes: 5 },
        { id: 3, text: "Bake", minutes: 30 },
      ]);
    });
});
