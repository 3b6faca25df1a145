/** The process that stands by: what it loads, what replaces it, and that it ends. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import type { DevProject } from "./dev-project.ts";
import { until, withDevProject } from "./dev-project.ts";

const files = {
  "app.ts": `import "./loaded.ts";
import { gable, get } from "gable";
import { settings } from "./settings.ts";
import { version } from "./version.ts";
import { label } from "#label";
import { writeFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
export default gable({
  routes: [
    get("/", () => ({ pid: process.pid, version, label, title: settings.title })),
    get("/slow", async () => {
      writeFileSync("var/slow.txt", "");
      await wait(500);
      return "done";
    }),
  ],
});
`,
  "settings.ts": `import { defineSettings, env } from "gable";
export const settings = defineSettings({ title: env.text("TITLE", { default: "none" }) });
`,
  "package.json": '{ "name": "shop", "type": "module", "imports": { "#label": "./labels/one.ts" } }',
  "labels/one.ts": 'export const label = "one";\n',
  "labels/two.ts": 'export const label = "two";\n',
  // Each process that loads the application leaves a line.
  "loaded.ts": `import { appendFileSync, mkdirSync } from "node:fs";
mkdirSync("var", { recursive: true });
appendFileSync("var/loaded.txt", \`\${process.pid}\\n\`);
`,
  "version.ts": "export const version: number = 0;\n",
};

interface Answer {
  readonly pid: number;
  readonly version: number;
  readonly label: string;
  readonly title: string;
}

async function ask(project: DevProject): Promise<Answer> {
  const { body } = await project.getUntil("/", ({ status }) => status === 200);
  return JSON.parse(body) as Answer; // The page above.
}

/** Waits for a process that stands by, after the first `from` events. Returns its id. */
async function standby(project: DevProject, from = 0): Promise<number> {
  return (await project.event("standby", () => true, from))["pid"] as number;
}

function saveVersion(project: DevProject, version: number): void {
  project.write("version.ts", `export const version: number = ${version};\n`);
}

async function untilVersion(project: DevProject, version: number): Promise<Answer> {
  return until("the new version", async () => {
    const answer = await ask(project);
    return answer.version === version ? answer : undefined;
  });
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** What outdates a process that stands by: a change, and what the application says then. */
const outdating: ReadonlyArray<{ what: string; change: (project: DevProject) => void; expected: Partial<Answer>; save?: true }> = [
  { what: "a new .env", change: (project) => project.write(".env", "TITLE=first\n"), expected: { title: "first" } },
  { what: "a changed .env", change: (project) => project.write(".env", "TITLE=second\n"), expected: { title: "second" } },
  { what: "a new .env.local", change: (project) => project.writeByRename(".env.local", "TITLE=third\n"), expected: { title: "third" } },
  {
    what: "imports of package.json",
    change: (project) => project.write("package.json", files["package.json"].replace("one.ts", "two.ts")),
    expected: { label: "two" },
    save: true,
  },
  { what: "installed packages", change: (project) => project.write("node_modules/.package-lock.json", "{}"), expected: {} },
];

describe("the process of gable dev that stands by", () => {
  it("becomes the worker of the next save, and has loaded nothing of the application before", async () => {
    await withDevProject(files, ["--no-types"], async (project) => {
      await ask(project);
      for (let version = 1; version <= 3; version++) {
        const last = (await ask(project)).pid;
        const waiting = await until("a process that stands by", () => {
          const found = project.events.findLast(({ event }) => event === "standby")?.["pid"] as number | undefined;
          return found === last ? undefined : found;
        });
        assert.ok(!project.read("var/loaded.txt").split("\n").includes(String(waiting)), "it has loaded the application too early");
        saveVersion(project, version);
        assert.equal((await untilVersion(project, version)).pid, waiting);
        assert.equal(
          project
            .read("var/loaded.txt")
            .split("\n")
            .filter((line) => line === String(waiting)).length,
          1,
        );
      }
      // It uses a function of Node that is experimental.
      assert.doesNotMatch(project.text, /ExperimentalWarning/);
    });
  });

  it("is replaced when what it started with has changed", async () => {
    await withDevProject(files, ["--no-types"], async (project) => {
      let waiting = await standby(project);
      for (const [index, { what, change, expected, save }] of outdating.entries()) {
        const from = project.events.length;
        change(project);
        if (save === true) {
          // No change of code: another process stands by without a restart.
          const next = await standby(project, from);
          assert.notEqual(next, waiting, what);
          saveVersion(project, index + 1);
          assert.equal((await untilVersion(project, index + 1)).pid, next, what);
        } else {
          await project.event("ready", () => true, from);
          assert.notEqual((await ask(project)).pid, waiting, what);
        }
        const answer = await ask(project);
        for (const [name, value] of Object.entries(expected)) assert.equal(answer[name as keyof Answer], value, what);
        await until(`the end of the outdated process: ${what}`, () => (isAlive(waiting) && waiting !== answer.pid ? undefined : true));
        waiting = await standby(
          project,
          project.events.findLastIndex(({ event }) => event === "ready"),
        );
      }
    });
  });

  it("is replaced when it dies, and a save at the same time is answered", async () => {
    await withDevProject(files, ["--no-types"], async (project) => {
      const first = await standby(project);
      const from = project.events.length;
      process.kill(first, "SIGKILL");
      const second = await standby(project, from);
      assert.notEqual(second, first);
      saveVersion(project, 1);
      process.kill(second, "SIGKILL");
      assert.notEqual((await untilVersion(project, 1)).pid, second);
      assert.deepEqual(
        project.events.filter(({ event }) => event === "failed"),
        [],
      );
    });
  });

  it("serves the save that corrects a mistake", async () => {
    await withDevProject(files, ["--no-types"], async (project) => {
      await standby(project);
      const from = project.events.length;
      project.write("version.ts", "export const version: number = ;\n");
      await project.event("failed", () => true, from);
      const waiting = await standby(project, from);
      saveVersion(project, 1);
      assert.equal((await untilVersion(project, 1)).pid, waiting);
    });
  });

  for (const signal of ["SIGINT", "SIGTERM", "SIGKILL"] as const)
    it(`ends when gable dev gets ${signal}`, async () => {
      await withDevProject(files, ["--no-types"], async (project) => {
        const waiting = await standby(project);
        process.kill(project.pid, signal);
        await until("the end of the process", () => (isAlive(waiting) ? undefined : true));
      });
    });

  it("does not end by a signal that a terminal sends to all", async () => {
    await withDevProject(files, ["--no-types"], async (project) => {
      const waiting = await standby(project);
      for (const signal of ["SIGINT", "SIGHUP", "SIGQUIT"] as const) process.kill(waiting, signal);
      saveVersion(project, 1);
      assert.equal((await untilVersion(project, 1)).pid, waiting);
    });
  });

  it("lets the old process answer what it has begun, also next to a debugger", async () => {
    for (const words of [[], ["--inspect"]])
      await withDevProject(files, ["--no-types", ...words], async (project) => {
        await ask(project);
        const slow = project.get("/slow");
        await until("the slow request", () => (existsSync(join(project.folder, "var/slow.txt")) ? true : undefined));
        saveVersion(project, 1);
        assert.equal((await slow).body, "done");
        await untilVersion(project, 1);
      });
  });

  it("does not exist next to a debugger, which has one port", async () => {
    await withDevProject(files, ["--no-types", "--inspect"], async (project) => {
      await ask(project);
      for (let version = 1; version <= 4; version++) {
        saveVersion(project, version);
        await untilVersion(project, version);
      }
      assert.match(project.text, /Debugger listening on|inspector on/);
      assert.deepEqual(
        project.events.filter(({ event }) => event === "standby"),
        [],
      );
    });
  });
});
