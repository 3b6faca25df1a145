/** What commands say when a module of the project cannot be loaded: the reason, its place and what to do. */
import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import type { TestProject } from "./project.ts";
import { createTestProject } from "./project.ts";

const projects: TestProject[] = [];
after(() => {
  for (const project of projects) project.remove();
});
const create = (files: Readonly<Record<string, string>>): TestProject => {
  const project = createTestProject(files);
  projects.push(project);
  return project;
};

const end = 'export default gable({ routes: [get("/", () => "home")] });\n';
const good = 'import { gable, get } from "gable";\n';

const broken: ReadonlyArray<readonly [what: string, app: string, code: string, fix: RegExp, place: RegExp]> = [
  [
    "a path without its ending",
    `${good}import { word } from "./word";\n${end}`,
    "E_MODULE_MISSING",
    /ending of the file, such as \.ts/,
    /app\.ts:2\n/,
  ],
  ["a file that does not exist", `${good}import "./pages/home.ts";\n${end}`, "E_MODULE_MISSING", /Correct the path/, /app\.ts:2\n/],
  [
    "a package that is not installed",
    `${good}import "left-padding";\n${end}`,
    "E_MODULE_MISSING",
    /npm install left-padding/,
    /app\.ts:2\n/,
  ],
  [
    "a name that nothing exports",
    `import { gable, got as get } from "gable";\n${end}`,
    "E_MODULE_EXPORT",
    /correct the name of the import/,
    /got/,
  ],
  [
    "a default that nothing exports",
    `import gable, { get } from "gable";\n${end}`,
    "E_MODULE_EXPORT",
    /correct the name of the import/,
    /default/,
  ],
  ["a mistake of syntax", `${good}const = 1;\n${end}`, "E_MODULE_SYNTAX", /\w/, /const = 1/],
  ["an error that it throws", `${good}throw new Error("no key");\n${end}`, "E_INTERNAL", /app\.ts|Read|line/, /no key/],
  ["a value that is not an error", `${good}throw "no key";\n${end}`, "E_INTERNAL", /Throw an Error/, /no key/],
];

describe("a command whose application has", () => {
  for (const [what, app, code, fix, place] of broken)
    it(what, async () => {
      const project = create({ "app.ts": app, "word.ts": 'export const word = "one";\n' });
      const { code: status, error } = await project.run("routes");
      assert.equal(status, 1, error);
      assert.match(error, new RegExp(`^${code} `));
      assert.match(error, /^ {2}fix: /m);
      assert.match(error, fix);
      assert.match(error, place);
      const { problems } = await project.json("routes");
      assert.deepEqual(
        problems.map(({ id }) => id),
        [code],
      );
      assert.match(problems[0]!.fix ?? "", fix);
    });
});

it("a command of the project that cannot be loaded has the same report", async () => {
  const project = create({ "app.ts": `${good}${end}`, "commands/count.ts": 'import "./lost.ts";\nexport default {};\n' });
  const { code, error } = await project.run("count");
  assert.equal(code, 1, error);
  assert.match(error, /^E_MODULE_MISSING /);
  assert.match(error, /commands\/count\.ts:1\n/);
  assert.deepEqual(
    (await project.json("count")).problems.map(({ id }) => id),
    ["E_MODULE_MISSING"],
  );
});

describe("a migration that cannot be loaded", () => {
  const migrations: ReadonlyArray<readonly [what: string, source: string, reason: RegExp, fix: RegExp]> = [
    ["imports what does not exist", 'import "./lost.ts";\nexport default {};\n', /Cannot find module .*lost\.ts/, /Correct the file/],
    ["throws", 'throw new Error("no key");\n', /no key/, /Correct the file/],
    [
      "has a misspelt option",
      'import { migration } from "gable/migrations";\nexport default migration({ afterr: [], schema: "", ops: [] } as never);\n',
      /has no option "afterr"/,
      /after/,
    ],
  ];
  for (const [what, source, reason, fix] of migrations)
    it(`says why: it ${what}`, async () => {
      const project = create({
        "app.ts": `import { gable } from "gable";\nimport { field, Model } from "gable/data";\nclass Book extends Model("books", { id: field.id() }) {}\nexport default gable({ models: [Book], database: "sqlite::memory:" });\n`,
        "migrations/0001_first.ts": source,
      });
      const { problems } = await project.json("db", "status");
      assert.deepEqual(
        problems.map(({ id }) => id),
        ["E_MIGRATION_INVALID"],
      );
      assert.match(problems[0]!.message, reason);
      assert.match(problems[0]!.fix ?? "", fix);
    });
});
