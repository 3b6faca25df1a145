/** Plays the tutorial as printed: from an empty folder, with the packed package, in a browser. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { Browser, Locator, Page } from "playwright-core";
import { launchBrowser, skipWithoutBrowser } from "../browser/launch.ts";
import { PackedPackage, root, run, runOrThrow } from "./packed-package.ts";
import { readTutorial, type TutorialStep } from "./tutorial-pages.ts";

/** How long a page may take to show what is expected: the development server restarts in between. */
const patienceMs = 60_000;
/** When the server has printed nothing for so long, it has followed all changes. */
const quietMs = 2_000;

describe("the tutorial", { skip: skipWithoutBrowser }, () => {
  let packed: PackedPackage;
  let browser: Browser;
  let page: Page;
  let project = "";
  let port = 0;
  const servers: ChildProcess[] = [];
  /** When a file was saved, a command ended or the server last printed something. */
  let changedAt = 0;
  /** What the reader has typed into the form of the page, by label. */
  const typed = new Map<string, string>();

  before(async () => {
    packed = await PackedPackage.open();
    browser = await launchBrowser();
    page = await browser.newPage();
    port = await findFreePort();
  });
  after(async () => {
    await stopServers();
    await browser?.close();
    await packed?.close();
  });

  async function play(step: TutorialStep): Promise<void> {
    if (step.kind === "commands") for (const line of step.lines) await type(line);
    else if (step.kind === "file") await save(step.name, step.text);
    else if (step.kind === "variables") await saveVariables(step.text);
    else {
      await untilSettled();
      for (const line of step.lines) await act(line);
    }
    if (step.kind !== "browser") changedAt = Date.now();
  }

  /** Waits until the server has followed all changes: a page that reloads in the middle would lose what the reader types. */
  async function untilSettled(): Promise<void> {
    while (Date.now() - changedAt < quietMs) await new Promise((resolve) => setTimeout(resolve, 100));
  }

  /** Types a command. */
  async function type(line: string): Promise<void> {
    if (line.startsWith("npm create gable@latest ")) return create(line);
    if (line.startsWith("cd ")) return;
    const environment = {
      GABLE_MODE: undefined,
      PATH: `${dirname(process.execPath)}:${process.env["PATH"]}`,
      npm_config_update_notifier: "false",
    };
    if (line === "npm run dev" || line.includes("gable start")) {
      await stopServers();
      servers.push(await serve(`${line}${line.startsWith("npm") ? " --" : ""} --port ${port}`, environment));
      return;
    }
    const { status, output } = await run("sh", ["-c", line], project, environment);
    assert.equal(status, 0, `${line}\n${output}`);
  }

  /** `npm create` downloads a package; the test runs the one of the repository, and installs the packed package. */
  async function create(line: string): Promise<void> {
    const [name = "", ...flags] = line.replace("npm create gable@latest ", "").replace(" -- ", " ").split(" ");
    const workspace = join(root, "create-gable");
    await runOrThrow(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", join(workspace, "tsconfig.build.json")], root);
    const words = [join(workspace, "bin/create-gable.mjs"), name, ...flags, "--no-git", "--no-install"];
    await runOrThrow(process.execPath, words, packed.folder);
    project = join(packed.folder, name);
    await runOrThrow("npm", ["install", "--ignore-scripts", "--prefer-offline", packed.tarball], project);
  }

  async function serve(command: string, environment: NodeJS.ProcessEnv): Promise<ChildProcess> {
    const { NODE_OPTIONS: _, NODE_TEST_CONTEXT: __, GABLE_MODE: ___, ...inherited } = process.env;
    // A process group, so that npm and what it started stop together.
    const child = spawn("sh", ["-c", command], { cwd: project, env: { ...inherited, ...environment }, detached: true });
    let output = "";
    const serving = new Promise<void>((resolve, reject) => {
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding("utf8").on("data", (text: string) => {
          output += text;
          changedAt = Date.now();
          if (/https?:\/\/\S+:\d+/.test(output)) resolve();
        });
      child.once("exit", () => reject(new Error(`${command}\n${output}`)));
    });
    await serving;
    return child;
  }

  async function stopServers(): Promise<void> {
    for (const child of servers.splice(0)) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      process.kill(-child.pid!, "SIGTERM");
      await once(child, "exit");
    }
  }

  /** Saves a file as an editor does. */
  async function save(name: string, text: string): Promise<void> {
    await mkdir(dirname(join(project, name)), { recursive: true });
    await writeFile(join(project, name), text);
  }

  /** Writes variables by hand; a value in parentheses keeps the one that the file has. */
  async function saveVariables(text: string): Promise<void> {
    const path = join(project, ".env.production");
    const old = await readFile(path, "utf8");
    const kept = text.replace(/^(\w+)=\(.*\)$/gm, (_, name: string) => [...old.matchAll(new RegExp(`^${name}=.*$`, "gm"))].at(-1)![0]);
    await writeFile(path, kept);
    await appendFile(path, "\n");
  }

  /** Acts in the browser. The page is asked again until it shows what is expected, since the server may be restarting. */
  async function act(line: string): Promise<void> {
    const [word = "", ...rest] = line.split(" ");
    const text = rest.join(" ");
    if (word === "open" || word === "click") typed.clear();
    if (word === "open") await open(text);
    else if (word === "click") await (await find(page.getByRole("link", { name: text, exact: true }))).click();
    else if (word === "press") await press(text);
    else if (word === "fill") {
      const [label = "", value = ""] = text.split(" = ");
      typed.set(label, value);
      await (await find(page.getByLabel(label, { exact: true }))).fill(value);
    } else if (word === "without-browser-checks")
      await page
        .locator("form")
        .last()
        .evaluate((form) => form.setAttribute("novalidate", ""));
    else if (word === "not") assert.ok(!(await page.locator("main").innerText()).includes(text), `The page shows "${text}".`);
    else if (word === "see") await see(text);
    else assert.fail(`The tutorial has an unknown action: ${line}`);
  }

  async function open(path: string): Promise<void> {
    const until = Date.now() + patienceMs;
    for (;;) {
      try {
        await page.goto(`http://localhost:${port}${path}`);
        return;
      } catch (error) {
        if (Date.now() > until) throw error;
        await new Promise((resolve) => setTimeout(resolve, 250));
      }
    }
  }

  async function press(name: string): Promise<void> {
    const button = await find(page.getByRole("button", { name, exact: true }));
    // A reader notices when a page has lost what they typed.
    for (const [label, value] of typed) {
      const field = page.getByLabel(label, { exact: true }).first();
      if ((await field.inputValue()) !== value) await field.fill(value);
    }
    typed.clear();
    await button.click();
  }

  /** Finds a control; a page from before the last change is asked again. */
  async function find(locator: Locator): Promise<Locator> {
    const until = Date.now() + patienceMs;
    while ((await locator.count()) === 0) {
      assert.ok(Date.now() < until, `${page.url()} has no ${String(locator)}. It shows:\n${await page.locator("body").innerText()}`);
      await new Promise((resolve) => setTimeout(resolve, 250));
      await page.reload().catch(() => undefined);
    }
    return locator.first();
  }

  async function see(text: string): Promise<void> {
    const until = Date.now() + patienceMs;
    for (;;) {
      const shown = await page.locator("body").innerText();
      if (shown.includes(text)) return;
      assert.ok(Date.now() < until, `${page.url()} does not show "${text}". It shows:\n${shown.slice(0, 2_000)}`);
      await new Promise((resolve) => setTimeout(resolve, 250));
      await page.reload().catch(() => undefined);
    }
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
      await runOrThrow(process.execPath, [join(project, "node_modules/gable/bin/gable.mjs"), ...words], project);
    await act("open /books");
    await act("see Middlemarch");
  });
});

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number }; // A listening server has an address.
  server.close();
  return port;
}
