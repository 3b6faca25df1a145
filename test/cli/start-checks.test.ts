/** Checks of an application, silenced checks, and checks before `gable start`, `test` and `dev`. */
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { promisify } from "node:util";
import { defineCheck, definePart, gable } from "gable";
import { until, withDevProject } from "./dev/dev-project.ts";
import type { TestProject } from "./project.ts";
import { createTestProject } from "./project.ts";

const projects: TestProject[] = [];
after(() => {
  for (const project of projects) project.remove();
});

function createProject(files: Readonly<Record<string, string>>): TestProject {
  const project = createTestProject(files);
  projects.push(project);
  return project;
}

/** The module of an application with one check that always finds something. */
function appWith(level: string, options = "", more = ""): string {
  return `import { defineCheck, definePart, gable, get } from "gable";
const prices = defineCheck({ id: "shop.prices", level: "${level}", run: () => [{ message: "No prices.", fix: "Copy them.", where: "prices.csv" }] });
${more}
export default gable({ health: false, checks: { add: [prices], ${options} }, routes: [get("/", () => "home")] });
`;
}

describe("defineCheck()", () => {
  const good = { id: "shop.prices", level: "error", run: () => [] } as const;
  const wrong: ReadonlyArray<readonly [what: string, make: () => unknown, code: string, message: RegExp]> = [
    [
      "an id of one word",
      () => defineCheck({ ...good, id: "prices" }),
      "E_OPTION_INVALID",
      /option "id" is "prices"; it must be two words with a dot between them/,
    ],
    ["an unknown option", () => defineCheck({ ...good, levle: 1 } as never), "E_OPTION_UNKNOWN", /has no option "levle"/],
    ["an unknown level", () => defineCheck({ ...good, level: "fatal" as never }), "E_OPTION_INVALID", /option "level"/],
    ["no level", () => defineCheck({ id: "a.b", run: () => [] } as never), "E_OPTION_INVALID", /option "level" is undefined/],
    [
      "no function",
      () => defineCheck({ id: "a.b", level: "error" } as never),
      "E_OPTION_INVALID",
      /option "run" is undefined; it must be a function/,
    ],
    ["no check", () => gable({ checks: { add: [null as never] } }), "E_OPTION_INVALID", /must be a list of what defineCheck\(\) returns/],
    ["no list", () => gable({ checks: { add: good as never } }), "E_OPTION_INVALID", /option "add"/],
    [
      "an empty reason",
      () => gable({ checks: { silence: { "a.b": " " } } }),
      "E_OPTION_INVALID",
      /option "a\.b" is " "; it must be the reason/,
    ],
    ["a wrong option", () => gable({ checks: { silense: {} } as never }), "E_OPTION_UNKNOWN", /gable\(\) checks has no option "silense"/],
    [
      "a check of a part",
      () => gable({ parts: [definePart({ name: "shop", checks: [{ ...good, id: "x" }], start: () => ({}) })] }),
      "E_OPTION_INVALID",
      /The part "shop": option "id" is "x"/,
    ],
  ];
  for (const [what, make, code, message] of wrong) it(`refuses ${what}`, () => assert.throws(make, { code, message }));

  it("gives an application the checks of its parts, then its own", () => {
    const base = definePart({ name: "base", checks: [{ ...good, id: "base.a" }], start: () => ({}) });
    const top = definePart({ name: "top", needs: [base], checks: [{ ...good, id: "top.a" }], start: () => ({}) });
    const { checks } = gable({ parts: [top], checks: { add: [good] } }).describe();
    assert.deepEqual(
      checks.map(({ id }) => id),
      ["base.a", "top.a", "shop.prices"],
    );
  });
});

describe("gable check with checks of the application", () => {
  it("runs them, those of parts, and with --deploy those for a deployment", async () => {
    const more = `const part = definePart({ name: "p", start: () => ({}), checks: [
  { id: "p.files", level: "info", run: async ({ readFile, folder, facts }) => [{ message: [typeof readFile("app.ts"), readFile("none"), folder !== "", facts.mode].join(), fix: "Look." }] },
  { id: "p.deploy", level: "warning", deploy: true, run: () => [{ message: "Only there.", fix: "Look." }] },
  { id: "p.broken", level: "warning", run: () => { throw new Error("oh"); } },
] });`;
    const project = createProject({ "app.ts": appWith("error", "", more).replace("gable({ ", "gable({ parts: [part], ") });
    const { code, problems } = await project.json("check", "--no-types");
    assert.equal(code, 1);
    assert.deepEqual(problems, [
      { level: "info", id: "p.files", message: "string,,true,development", fix: "Look." },
      { level: "error", id: "p.broken", message: "The check failed: oh", fix: "Make its run() return a list of { message, fix }." },
      { level: "error", id: "shop.prices", message: "No prices.", fix: "Copy them.", where: "prices.csv" },
    ]);
    const deploy = await project.json("check", "--no-types", "--deploy", "--tag", "p");
    assert.ok(deploy.problems.some(({ id, level }) => id === "p.deploy" && level === "warning"));
    assert.ok(deploy.problems.every(({ id }) => id.startsWith("p.")));
    assert.equal((await project.json("check", "--no-types", "--tag", "q")).code, 2);
  });

  it("does not report what is silenced, and counts it", async () => {
    const project = createProject({ "app.ts": appWith("error", 'silence: { "shop.prices": "they come at noon" }') });
    const { code, data, problems } = await project.json("check", "--no-types");
    assert.deepEqual([code, problems], [0, []]);
    assert.deepEqual((data as { silenced: unknown }).silenced, [{ id: "shop.prices", reason: "they come at noon", count: 1 }]);
    const { out } = await project.run("check", "--no-types");
    assert.match(out, /^No problems found\.\nSilenced: shop\.prices \(1\), because they come at noon\n$/);
  });

  const refused: ReadonlyArray<readonly [what: string, module: string, message: RegExp, fix: RegExp]> = [
    [
      "an unknown id",
      appWith("error", 'silence: { "shop.price": "why" }'),
      /no check has the id "shop\.price"/,
      /^Write "shop\.prices"\.$/,
    ],
    [
      "a mistake that stops the start",
      appWith("error", 'silence: { "routes.duplicate": "why" }'),
      /"routes\.duplicate" cannot be silenced/,
      /^Correct/,
    ],
    [
      "an id of Gable",
      appWith("error").replace("shop.prices", "keys.missing"),
      /the id "keys\.missing" is that of a check that comes with Gable/,
      /another id/,
    ],
  ];
  for (const [what, module, message, fix] of refused)
    it(`refuses ${what}`, async () => {
      const { problems, code } = await createProject({ "app.ts": module }).json("check", "--no-types");
      assert.deepEqual([code, problems.map(({ id }) => id)], [1, ["E_OPTION_INVALID"]]);
      assert.match(problems[0]!.message, message);
      assert.match(problems[0]!.fix ?? "", fix);
    });

  const mistakes: ReadonlyArray<readonly [id: string, options: string]> = [
    ["routes.duplicate", 'routes: [get("/a", () => ""), get("/a", () => "")]'],
    ["routes.regexp-slow", 'routes: [get("/:a(y+y+)", () => "")]'],
    ["settings.unknown", "rotues: []"],
    ["settings.both", 'origin: "https://a.example", settings: defineSettings({ origin: "https://b.example" })'],
  ];
  for (const [id, options] of mistakes)
    it(`reports ${id} for an application that does not start`, async () => {
      const module = `import { defineSettings, gable, get } from "gable";\nexport default gable({ ${options} });\n`;
      const { code, problems } = await createProject({ "app.ts": module }).json("check", "--no-types", "--tag", "models");
      assert.deepEqual([code, problems.map((problem) => problem.id)], [1, [id]]);
      assert.ok(problems[0]!.fix);
    });
});

describe("gable check on migrations", () => {
  it("warns of those that have not run, that lack a change, and that branch", async () => {
    const models = (more: string): string => `import { gable } from "gable";
import { field as f, Model } from "gable/data";
class Book extends Model("books", { id: f.id(), ${more} }) {}
export default gable({ models: [Book], database: "sqlite:shop.db" });
`;
    const ids = async (project: TestProject): Promise<unknown> =>
      (await project.json("check", "--no-types")).problems.map(({ id, level }) => `${level} ${id}`);
    const project = createProject({ ".env": "GABLE_MODE=development\n", "app.ts": models("") });
    assert.equal((await project.run("db", "make", "first")).code, 0);
    // Without a database nobody knows.
    assert.deepEqual(await ids(project), []);
    await project.run("db", "create");
    assert.deepEqual(await ids(project), ["warning migrations.pending"]);
    await project.run("db", "migrate");
    assert.deepEqual(await ids(project), []);
    project.write({ "two.ts": models("title: f.text({ max: 9, null: true })") });
    const { problems } = await project.json("check", "--no-types", "--app", "two.ts");
    assert.deepEqual(
      problems.map(({ id, fix }) => [id, fix]),
      [["migrations.drift", "Run: npx gable db make"]],
    );
    const branch = 'import { migration } from "gable/migrations";\nexport default migration({ after: [], schema: "x", ops: [] });\n';
    project.write({ "migrations/20990101_0000_other.ts": branch });
    assert.ok(((await ids(project)) as string[]).includes("warning migrations.branches"));
  });
});

describe("the table of gable check", () => {
  const module = appWith("warning", "", "").replace(
    "No prices.",
    `prices.csv: ${"No prices for the things of this shop. ".repeat(3).trim()}`,
  );
  it("shows id, level, where, what and fix at a wide terminal, and lines elsewhere", async () => {
    const project = createProject({ "app.ts": module });
    const at = (columns: number): Promise<{ code: number; out: string; error: string }> =>
      project.at({ isTerminal: true, columns }, "check", "--no-types");
    const wide = await at(100);
    assert.deepEqual([wide.code, wide.error], [0, ""]);
    const [head, first, second] = wide.out.split("\n");
    assert.match(head!, /^ID +LEVEL +WHERE +WHAT +FIX$/);
    assert.match(first!, /^shop\.prices +warning +prices\.csv +No prices for the things of this +Copy them\.$/);
    assert.match(second!, /^ {34}\S/);
    assert.ok(wide.out.split("\n").every((line) => line.length <= 100));
    const narrow = await at(99);
    assert.deepEqual([narrow.out, narrow.error.startsWith("warning: shop.prices: prices.csv: No prices")], ["", true]);
    assert.match((await project.run("check", "--no-types")).error, /^warning: shop\.prices: /);
  });
});

describe("checks before a start", () => {
  const binary = new URL("../../bin/gable.mjs", import.meta.url).pathname;
  const hook = new URL("../../scripts/source.mjs", import.meta.url).href;

  /** Runs `gable start` until it ends, or until it serves. */
  async function start(project: TestProject, ...words: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
    const child = promisify(execFile)(process.execPath, ["--import", hook, binary, "start", "--port", "0", ...words], {
      cwd: project.folder,
      env: { ...process.env, GABLE_MODE: undefined, GABLE_TASKS: undefined },
    });
    child.child.stdout!.on("data", (text) => (String(text).includes("Serving ") ? child.child.kill("SIGTERM") : undefined));
    return child.then(
      (texts) => ({ code: 0, ...texts }),
      (error: unknown) => error as { code: number; stdout: string; stderr: string }, // What execFile() rejects with.
    );
  }
  const counts = process.platform === "win32" ? ["1"] : ["1", "2"];

  for (const workers of counts) {
    it(`stop gable start with 1 for an error: ${workers} workers`, async () => {
      const failed = await start(createProject({ "app.ts": appWith("error") }), "--workers", workers, "--json");
      assert.equal(failed.code, 1, failed.stderr);
      const { problems } = JSON.parse(failed.stdout) as { problems: unknown }; // What the command prints.
      assert.deepEqual(problems, [{ level: "error", id: "shop.prices", message: "No prices.", fix: "Copy them.", where: "prices.csv" }]);
    });

    it(`stop gable start --migrate before a migration runs: ${workers} workers`, async () => {
      const module = appWith("error").replace(
        "gable({ ",
        'gable({ models: [class Book extends Model("books", { id: f.id() }) {}], database: "sqlite:shop.db", ',
      );
      const project = createProject({ "app.ts": `import { field as f, Model } from "gable/data";\n${module}` });
      for (const words of [["make", "first"], ["create"]]) assert.equal((await project.run("db", ...words)).code, 0);
      const failed = await start(project, "--workers", workers, "--migrate");
      assert.equal(failed.code, 1, failed.stdout);
      assert.match(failed.stderr, /shop\.prices: No prices\./);
      assert.equal((await project.json("db", "migrate", "--check")).problems[0]?.id, "migrations.pending");
    });

    it(`print a warning once before gable start serves: ${workers} workers`, async () => {
      const { code, stdout, stderr } = await start(createProject({ "app.ts": appWith("warning") }), "--workers", workers);
      assert.equal(code, 0, stderr);
      assert.match(stdout, /"message":"Serving http/);
      assert.equal(stderr.split("warning: shop.prices: No prices.\n  fix: Copy them.\n").length, 2, stderr);
    });
  }

  it("give running requests the seconds of gable start --graceful-seconds, in one process", async () => {
    const module = `import { gable, get } from "gable";
const slow = get("/slow", () => new Promise(() => setTimeout(() => process.kill(process.pid, "SIGTERM"), 0)));
export default gable({ health: false, routes: [slow] });
`;
    const child = spawn(process.execPath, ["--import", hook, binary, "start", "--port", "0", "--graceful-seconds", "1"], {
      cwd: createProject({ "app.ts": module }).folder,
      env: { ...process.env, GABLE_MODE: undefined, GABLE_TASKS: undefined },
      stdio: ["ignore", "pipe", "inherit"],
    });
    const ended = once(child, "exit");
    const stoppedMs = await new Promise<number>((resolve) => {
      child.stdout.on("data", (text) => {
        const url = /Serving (http\S+)/.exec(String(text))?.[1];
        const startedMs = performance.now();
        // The reply never comes: the server cuts the connection when the time is over.
        if (url !== undefined) void fetch(`${url}/slow`).catch(() => resolve(performance.now() - startedMs));
      });
    });
    await ended;
    assert.ok(stoppedMs >= 900, `after ${stoppedMs} ms`);
    assert.ok(stoppedMs < 25_000, `after ${stoppedMs} ms: the default would be 30 s`);
  });

  it("stop gable start with 3 for a package that is missing", async () => {
    const module = `import { registerHooks } from "node:module";
import { gable } from "gable";
registerHooks({ resolve: (name, context, next) => { if (name === "pg") throw new Error("not there"); return next(name, context); } });
import { Model, field as f } from "gable/data";
class Book extends Model("books", { id: f.id() }) {}
export default gable({ models: [Book], database: "postgres://a:b@127.0.0.1:1/none" });
`;
    const failed = await start(createProject({ "app.ts": module }));
    assert.equal(failed.code, 3, failed.stderr);
    assert.match(
      failed.stderr,
      /^peers\.missing: The database "default" needs the package pg, which is not installed\.\n {2}fix: Run: npm install pg$/m,
    );
  });

  it("stop gable test before any test runs, and print warnings", async () => {
    const files = {
      "a.test.ts":
        'import { test } from "node:test";\nimport { writeFileSync } from "node:fs";\ntest("runs", () => writeFileSync("ran", ""));\n',
    };
    const failing = createProject({ "app.ts": appWith("error"), ...files });
    const { code, problems, data } = await failing.json("test");
    assert.deepEqual([code, problems.map(({ id }) => id), data], [1, ["shop.prices"], { files: [], failed: [] }]);
    const warned = await createProject({ "app.ts": appWith("warning"), ...files }).run("test");
    assert.deepEqual([warned.code, warned.error], [0, "warning: shop.prices: No prices.\n  fix: Copy them.\n"]);
    const json = await createProject({ "app.ts": appWith("warning"), ...files }).run("test", "--json");
    assert.match(json.error, /^\{"event":"check","id":"shop\.prices","level":"warning",/m);
    // The tests of a module that cannot be loaded show where.
    assert.equal((await createProject({ "app.ts": "const = 1;", ...files }).run("test")).code, 0);
  });

  it("show an error in the page of gable dev, and print a warning once for all restarts", async () => {
    await withDevProject({ "app.ts": appWith("error") }, ["--no-types"], async (project) => {
      const { body } = await project.getUntil("/", ({ status }) => status === 500);
      assert.match(body, /E_CHECK_FAILED/);
      assert.match(body, /shop\.prices: No prices\./);
      project.write("app.ts", appWith("warning"));
      await project.getUntil("/", ({ status }) => status === 200);
      project.write("app.ts", appWith("warning").replace('"home"', '"second"'));
      await project.getUntil("/", ({ status, body: text }) => status === 200 && text.includes("second"));
      await until("the warning", () => project.events.find(({ event }) => event === "check"));
      assert.equal(project.events.filter(({ event }) => event === "check").length, 1);
    });
  });
});

describe("gable check on template files", () => {
  it("names controls without a label and static files that do not exist", async () => {
    const { checkViews } = await import("gable/check");
    const page = `<form><input name="q"><INPUT id=a name="a"><label for=a>A</label><input id="b-{{ 1 }}"><label for="b-{{ 1 }}">B</label>
<label>C <select name="c"></select></label><textarea name="d" aria-label="D"></textarea><select name="e"></select>
<input type="hidden" name="f"><input type=submit><input type="{{ "text" }}" name="g"><input {{ "h" }} name="h"><button>Go</button></form>
<!-- <input name="old"> --><img src="{{ asset("a.png") }}" alt=""><img src="{{ asset("sub/b.png") }}" alt="">`;
    const project = createProject({ "views/a.html": page, "views/a.txt": '<input name="text">', "static/a.png": "" });
    mkdirSync(join(project.folder, "static/sub"));
    const found = checkViews({ project: project.folder, directories: ["views"], statics: "static" });
    assert.deepEqual(
      found.filter(({ severity }) => severity === "warning").map(({ code, line, message }) => [code, line, message]),
      [
        ["unlabelled", 1, '<input> "q" has no label'],
        ["unlabelled", 2, '<select> "e" has no label'],
        ["missing-asset", 4, 'the static file "sub/b.png" does not exist'],
      ],
    );
    const other = checkViews({ project: project.folder, directories: ["views"] });
    assert.ok(!other.some(({ code }) => code === "missing-asset"));
  });
});
