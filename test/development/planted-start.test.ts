/** Planted errors in files: modules, options, templates and migrations. Each report has the right line, code and fix in every form. */
import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { gable } from "gable";
import type { Application } from "gable";
import { createDatabase, field as f, Model } from "gable/data";
import { createErrorReport, renderErrorReport } from "gable/development";
import { migrate } from "gable/migrations";
import { silentLogger } from "../silent-logger.ts";

/** Name, files, the failing one with its line, code, and what the fix says. */
type Planted = readonly [name: string, source: string, line: number, code: string, fix: RegExp];

const start: readonly Planted[] = [
  [
    "an unknown option",
    'import { gable } from "gable";\n\nexport default gable({ hosst: ["example.com"] });\n',
    3,
    "E_OPTION_UNKNOWN",
    /Write "host" instead of "hosst"/,
  ],
  ["a wrong option", 'import { gable } from "gable";\nexport default gable({ origin: "example" });\n', 2, "E_OPTION_INVALID", /./],
  [
    "a duplicate route",
    'import { gable, get } from "gable";\nconst routes = [get("/a", () => "1"), get("/a", () => "2")];\n\nexport default gable({ routes });\n',
    4,
    "E_ROUTE_DUPLICATE",
    /./,
  ],
  [
    "a malformed pattern",
    'import { gable, get } from "gable";\nexport default gable({ routes: [get("a", () => "1")] });\n',
    2,
    "E_PATTERN_MALFORMED",
    /./,
  ],
  [
    "an unknown converter",
    'import { gable, get } from "gable";\nexport default gable({ routes: [get("/:id(itn)", () => "1")] });\n',
    2,
    "E_CONVERTER_UNKNOWN",
    /int/,
  ],
  [
    "an unsafe policy",
    'import { gable } from "gable";\nconst csp = { scriptSrc: ["\'unsafe-inline\'"] };\nexport default gable({ security: { csp } });\n',
    3,
    "E_CSP_UNSAFE",
    /allowUnsafe/,
  ],
  ["no part", 'import { gable } from "gable";\nexport default gable({ parts: [{}] });\n', 2, "E_PART_INVALID", /definePart/],
  [
    "a missing variable",
    'import { defineSettings, env } from "gable";\nexport const settings = defineSettings({ size: env.int("PLANTED_SIZE") });\n',
    2,
    "E_SETTINGS_INVALID",
    /./,
  ],
  [
    "a rejected promise",
    'await Promise.resolve();\n\nawait Promise.reject(new RangeError("too far"));\n',
    3,
    "E_INTERNAL",
    /Correct the code/,
  ],
  ["an undefined value", "const rows: string[][] = [];\nconsole.log(rows[3]![0]);\n", 2, "E_INTERNAL", /The value before "0" is undefined/],
];

const templates: readonly Planted[] = [
  ["an open tag", "<p>\n{% if x %}\n</p>\n", 2, "E_VIEW_SYNTAX", /./],
  ["an unknown filter", "<p>\n\n{{ name|upcase }}</p>\n", 3, "E_VIEW_NAME", /views\/filters\.ts/],
  ["a broken expression", "<p>{{ 1 + }}</p>\n", 1, "E_VIEW_SYNTAX", /./],
  ["JavaScript's operators", "<p>\n{{ a && b }}</p>\n", 2, "E_VIEW_SYNTAX", /and/],
  ["a missing include", '<p>\n{% include "gone.html" %}</p>\n', 2, "E_VIEW_NOT_FOUND", /./],
];

describe("a planted error of a file", () => {
  let folder = "";
  let count = 0;
  const { stackTraceLimit } = Error;
  before(async () => {
    // As `gable dev` starts its worker: options are checked deep inside gable().
    Error.stackTraceLimit = 50;
    folder = await mkdtemp(join(tmpdir(), "gable-planted-"));
  });
  after(() => {
    Error.stackTraceLimit = stackTraceLimit;
    return rm(folder, { recursive: true, force: true });
  });

  const write = async (name: string, source: string): Promise<string> => {
    const file = join(folder, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, source);
    return file;
  };

  function assertReport(error: unknown, [, source, line, code, fix]: Planted, file: string, root = folder): void {
    const report = createErrorReport(error, { folder: root, views: [join(root, "views")] });
    assert.equal(report.code, code, report.message);
    assert.match(report.fix, fix);
    assert.equal(report.failing?.place?.shown, `${file}:${line}`);
    assert.equal(report.failing?.source.find(({ isFailing }) => isFailing)?.text, source.split("\n")[line - 1]);
    for (const format of ["html", "text", "problem"] as const) {
      const text = renderErrorReport(report, format);
      for (const part of [code, `${file}:${line}`]) assert.ok(text.includes(part), `${part} in ${format}`);
    }
  }

  for (const planted of start)
    it(`is reported at the start: ${planted[0]}`, async () => {
      const name = `start-${++count}.ts`;
      const file = await write(name, planted[1]);
      const error = await import(file).then(
        () => assert.fail("it starts"),
        (thrown: unknown) => thrown,
      );
      assertReport(error, planted, name);
    });

  for (const planted of templates)
    it(`is reported in a template: ${planted[0]}`, async () => {
      const root = `app-${++count}`;
      await write(`${root}/views/page.html`, planted[1]);
      const app = gable({ mode: "production", logger: silentLogger, views: { directories: [join(folder, root, "views")] } });
      const error = await app.start().then(
        () => assert.fail("it starts"),
        (thrown: unknown) => thrown,
      );
      assertReport(error, planted, "views/page.html", join(folder, root));
    });

  it("is reported in a migration that throws, and in one with a syntax error", async () => {
    const database = await createDatabase({ url: "sqlite::memory:", models: [] });
    for (const [source, line, code] of [
      ['\n\nthrow new Error("in a migration");\n', 3, "E_MIGRATION_INVALID"],
      ["export default {\n  oops oops\n};\n", 2, "E_MIGRATION_INVALID"],
    ] as const) {
      const root = `migrations-${++count}`;
      await write(`${root}/0001_first.ts`, source);
      const error = await migrate({ database, folder: join(folder, root) }).then(
        () => assert.fail("it runs"),
        (thrown: unknown) => thrown,
      );
      assertReport(error, ["", source, line, code, /./], `0001_first.ts`, join(folder, root));
    }
    await database.close();
  });
});

class Later extends Model("planted_later", { id: f.id() }) {}

describe("pending migrations", () => {
  it("have a button that runs them by POST, under the rule of cross-site requests", async () => {
    const folder = await mkdtemp(join(tmpdir(), "gable-pending-"));
    const before = process.cwd();
    process.chdir(folder);
    let app: Application | undefined;
    try {
      await mkdir("migrations");
      const { makeMigration } = await import("gable/migrations");
      await makeMigration({ models: [Later], folder: "migrations", name: "first" });
      const { get } = await import("gable");
      const routes = [get("/", async () => String(await Later.count()))];
      app = gable({ mode: "development", logger: silentLogger, models: [Later], database: "sqlite:app.db", routes });
      const headers = { accept: "text/html" };
      const page = await (await app.request("/", { headers })).text();
      assert.match(page, /E_MIGRATION_PENDING/);
      assert.match(page, /<form method="post" action="\/_gable\/migrate"><button[^>]*>Run the migrations<\/button><\/form>/);
      assert.equal((await app.request("/_gable/migrate", { method: "POST" })).status, 403);
      assert.equal((await app.request("/_gable/migrate", { method: "POST", headers: { origin: "https://evil.test" } })).status, 403);
      assert.equal((await app.request("/_gable/migrate")).status, 405);
      const own = { origin: "http://localhost", referer: "http://localhost/?a=1" };
      const done = await app.request("/_gable/migrate", { method: "POST", headers: own });
      assert.deepEqual([done.status, done.headers.get("location")], [303, "/?a=1"]);
      assert.equal(await (await app.request("/", { headers })).text(), "0");
    } finally {
      await app?.close();
      process.chdir(before);
      await rm(folder, { recursive: true, force: true });
    }
  });
});
