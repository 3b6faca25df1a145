/** Ctrl-C and Ctrl-D at each prompt, typed into a real terminal: the command ends with 130, and the project is what it was. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { chmodSync, existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import type { TestProject } from "./project.ts";
import { createTestProject } from "./project.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const source = join(root, "scripts/source.mjs");
const isMissing = !existsSync("/usr/bin/script") && process.env["GABLE_TEST_REQUIRE"] !== "all";

const projects: TestProject[] = [];
after(() => {
  for (const project of projects) project.remove();
});

/** A project whose models have changed since its migration, with accounts. */
function createProject(fields: string): TestProject {
  const project = createTestProject({
    "app.ts": `import { gable, group } from "gable";
import { defineAccounts } from "gable/auth";
import * as models from "./models.ts";
const accounts = defineAccounts({ user: models.User, verifyEmail: "never" });
export default gable({ mode: "development", models, database: "sqlite:app.db", session: { store: "memory" }, accounts, routes: [group("/account", accounts.routes)] });
`,
    "models.ts": `import { Model, field as f } from "gable/data";
import { accountFields } from "gable/auth";
export class Book extends Model("books", { id: f.id(), ${fields} }) {}
export class User extends Model("users", { ...accountFields(), name: f.text({ max: 20 }) }) {}
`,
    "migrations/0001_initial.ts": `import { migration, op } from "gable/migrations";
export default migration({ after: [], schema: "0", ops: [op.createTable("books", { columns: { id: { type: "id" }, title: { type: "text", max: 200 } }, primary: ["id"] })] });
`,
  });
  projects.push(project);
  return project;
}

/** The files of a project with their texts. A database that a command has opened is not one of them. */
function readAll(folder: string): Readonly<Record<string, string>> {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => !/^(?:app\.db|var|\.gable)/.test(name));
  return Object.fromEntries(
    names.map((name) => [name, statSync(join(folder, name)).isFile() ? readFileSync(join(folder, name), "utf8") : "folder"]),
  );
}

/** Types into a program at a terminal: each text after its prompt has appeared, and Ctrl-C after the last one. */
async function interrupt(
  folder: string,
  command: readonly string[],
  prompts: ReadonlyArray<readonly [shown: string, typed: string]>,
): Promise<{ readonly code: number | null; readonly out: string }> {
  const { NODE_TEST_CONTEXT: _runner, ...environment } = process.env;
  const quoted = command.map((word) => `'${word}'`).join(" ");
  const child = spawn("/usr/bin/script", ["-qec", `stty cols 150 rows 40; ${quoted}`, "/dev/null"], {
    cwd: folder,
    env: { ...environment, TERM: "xterm" },
  });
  let [out, seen, index] = ["", 0, 0];
  child.stdout.on("data", (chunk) => {
    out += String(chunk);
    const [shown, typed] = prompts[index] ?? [];
    const at = shown === undefined ? -1 : out.indexOf(shown, seen);
    if (at === -1) return;
    seen = at + shown!.length;
    index++;
    child.stdin.write(typed!);
  });
  // A prompt that never comes ends the program, and then the test with what it has shown.
  const late = setTimeout(() => child.kill("SIGKILL"), 45_000);
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  clearTimeout(late);
  assert.equal(index, prompts.length, `not every prompt was shown: ${out}`);
  return { code, out };
}

const end = "\x03";
/** Stops with another key. */
const withKey = (prompts: ReadonlyArray<readonly [string, string]>, key: string): ReadonlyArray<readonly [string, string]> =>
  prompts.map(([shown, typed]) => [shown, typed === end ? key : typed]);
const gable = [process.execPath, "--import", source, join(root, "bin/gable.mjs")];
const email = ["E-mail address", "ann@example.com\r"] as const;
const rows: ReadonlyArray<
  readonly [name: string, fields: string, words: readonly string[], prompts: ReadonlyArray<readonly [shown: string, typed: string]>]
> = [
  ["a rename", "name: f.text({ max: 200 })", ["db", "make"], [["renamed", end]]],
  ["a value for existing rows", "title: f.text({ max: 200 }), pages: f.int()", ["db", "make"], [["books.pages", end]]],
  ["shorter texts", "title: f.text({ max: 20 })", ["db", "make"], [["books.title", end]]],
  [
    "a second question after an answer",
    "title: f.text({ max: 200 }), pages: f.int(), votes: f.int()",
    ["db", "make"],
    [
      ["books.pages", "1\r"],
      ["books.votes", end],
    ],
  ],
  ["db drop", "title: f.text({ max: 200 })", ["db", "drop"], [["Delete everything", end]]],
  ["db reset", "title: f.text({ max: 200 })", ["db", "reset"], [["Delete everything", end]]],
  [
    "shell in production",
    "title: f.text({ max: 200 })",
    ["shell", "--mode", "production", "--eval", "Book.create({ title: String(1) })"],
    [["Go on?", end]],
  ],
  ["the address of user create", "title: f.text({ max: 200 })", ["user", "create"], [["E-mail address", end]]],
  ["the address of user grant", "title: f.text({ max: 200 })", ["user", "grant", "--staff"], [["E-mail address", end]]],
  ["the address of user password", "title: f.text({ max: 200 })", ["user", "password"], [["E-mail address", end]]],
  ["the field of user create", "title: f.text({ max: 200 })", ["user", "create"], [email, ["Name", end]]],
  ["the password of user create", "title: f.text({ max: 200 })", ["user", "create"], [email, ["Name", "Ann\r"], ["Password", end]]],
];

/** Questions of each kind, and one after an answer: the ways to stop differ only in the key. */
const withEnd = [
  "a rename",
  "a value for existing rows",
  "shorter texts",
  "db drop",
  "the address of user grant",
  "the password of user create",
];
const keys = [
  ["Ctrl-C", rows, end],
  ["Ctrl-D", rows.filter(([name]) => withEnd.includes(name)), "\x04"],
] as const;

describe("Ctrl-C at a prompt, and Ctrl-D", { skip: isMissing && "no script of util-linux here" }, () => {
  const all = keys.flatMap(([key, some, typed]) => some.map((row) => [key, typed, row] as const));
  for (const [key, typed, [name, fields, words, prompts]] of all)
    it(`ends ${name} with 130, and changes no file: ${key}`, async () => {
      const project = createProject(fields);
      const run = async (...more: string[]): Promise<number> => (await project.run(...more, "--mode", "development")).code;
      // Users are stored: the database needs its tables.
      if (words[0] === "user") assert.deepEqual([await run("db", "make", "users"), await run("db", "migrate")], [0, 0]);
      if (words[1] === "drop") assert.equal(await run("db", "create"), 0);
      const before = readAll(project.folder);
      const hadDatabase = existsSync(join(project.folder, "app.db"));
      const mode = words.includes("--mode") ? [] : ["--mode", "development"];
      const { code, out } = await interrupt(project.folder, [...gable, ...words, ...mode], withKey(prompts, typed));
      assert.equal(code, 130, out);
      assert.match(out, /You cancelled\./);
      assert.deepEqual(readAll(project.folder), before);
      if (hadDatabase) assert.ok(existsSync(join(project.folder, "app.db")));
    });

  const answers = [
    ["Folder of the project", "site\r"],
    ["What does it start with?", "\r"],
    ["Where does it store its rows?", "\r"],
    ["Can people sign up and in?", "\r"],
    ["Start a git repository?", "\r"],
    ["Install the packages now?", "\r"],
  ] as const;
  const main = JSON.stringify(join(root, "create-gable/src/main.ts"));
  const program = `process.exitCode = await (await import(${main})).main(process.argv.slice(1));`;
  const create = [process.execPath, "--input-type=module", "--eval", program, "--"];
  // One that takes a string, one with a choice, and one with yes or no.
  const ofEachKind = [0, 1, 3];
  const ends = [
    ...answers.map(([question], index) => [question, index, end] as const),
    ...ofEachKind.map((index) => [answers[index]![0], index, "\x04"] as const),
  ];
  for (const [question, index, key] of ends)
    it(`ends create-gable with 130 at "${question}", before it has made a folder: ${key === end ? "Ctrl-C" : "Ctrl-D"}`, async () => {
      const project = createTestProject({});
      projects.push(project);
      const { code, out } = await interrupt(
        project.folder,
        [...create, "--package-manager", "npm"],
        [...answers.slice(0, index), [question, key]],
      );
      assert.equal(code, 130, out);
      assert.match(out, /You cancelled\. Nothing was written\./);
      assert.deepEqual(readdirSync(project.folder), ["package.json"]);
    });

  it("makes what the answers say, and ends with 130 when the install is stopped", async () => {
    const project = createTestProject({ "bin/npm": "#!/bin/sh\necho installing\nexec sleep 60\n" });
    projects.push(project);
    chmodSync(join(project.folder, "bin/npm"), 0o755);
    const path = `PATH=${join(project.folder, "bin")}:${process.env["PATH"]}`;
    const { code, out } = await interrupt(
      project.folder,
      ["env", path, ...create, "--no-git", "--package-manager", "npm"],
      [...answers.filter(([question]) => !question.includes("git")), ["installing", end]],
    );
    assert.equal(code, 130, out);
    assert.match(out, /"npm install" was stopped\. Run it by hand in /);
    assert.match(out, /Type next:\s+cd site\s+npm install\s+npm run migrate\s+npm run dev/);
    assert.ok(existsSync(join(project.folder, "site/tests/accounts.test.ts")));
  });
});
