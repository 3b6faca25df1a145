/** Plays the tutorial as printed: from an empty folder, with the packed package, in a browser. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Browser } from "playwright-core";
import { launchBrowser, skipWithoutBrowser } from "../browser/launch.ts";
import { runOrThrow } from "./packed-package.ts";
import { PackedProject } from "./packed-project.ts";
import { readTutorial, type TutorialStep } from "./tutorial-pages.ts";
import { Visitor } from "./visitor.ts";

describe("the tutorial", { skip: skipWithoutBrowser }, () => {
  let project: PackedProject;
  let browser: Browser;
  let visitor: Visitor;

  before(async () => {
    project = await PackedProject.open();
    browser = await launchBrowser();
    visitor = new Visitor(await browser.newPage(), `http://localhost:${project.port}`);
  });
  after(async () => {
    await browser?.close();
    await project?.close();
  });

  async function play(step: TutorialStep): Promise<void> {
    if (step.kind === "commands") for (const line of step.lines) await project.type(line);
    else if (step.kind === "file") await project.save(step.name, step.text);
    else if (step.kind === "variables") await saveVariables(step.text);
    else {
      await project.untilSettled();
      for (const line of step.lines) await visitor.act(line);
    }
  }

  /** Writes variables by hand; a value in parentheses keeps the one that the file has. */
  async function saveVariables(text: string): Promise<void> {
    const old = await project.read(".env.production");
    const kept = text.replace(/^(\w+)=\(.*\)$/gm, (_, name: string) => [...old.matchAll(new RegExp(`^${name}=.*$`, "gm"))].at(-1)![0]);
    await project.save(".env.production", `${kept}\n`);
  }

  it("can be played as printed, chapter by chapter", async (context) => {
    const chapters = await readTutorial();
    assert.ok(chapters.length >= 8, `${chapters.length} chapters`);
    for (const { title, steps } of chapters)
      await context.test(title, async () => {
        for (const step of steps) await play(step);
      });
  });

  it("leads to a project that passes its checks and tests, and is ready for production", async () => {
    for (const words of [["check"], ["test"], ["db", "make", "--check"]])
      await runOrThrow(process.execPath, [project.pathOf("node_modules/gable/bin/gable.mjs"), ...words], project.pathOf(""));
    await visitor.act("open /books");
    await visitor.act("see Middlemarch");
  });
});
