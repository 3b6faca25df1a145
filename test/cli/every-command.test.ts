/** Every command: help with an example, one JSON object that fits the schema, and exit codes. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { Ajv2020 } from "ajv/dist/2020.js";
import type { TestProject } from "./project.ts";
import { listAllCommands } from "./list-commands.ts";
import { createTestProject } from "./project.ts";

const project: TestProject = createTestProject({
  ".env": "GABLE_MODE=development\n",
  "app.ts": `import { gable, get } from "gable";
import { accountFields, accountTokenModel, defineAccounts } from "gable/auth";
import { field as f, Model } from "gable/data";
import { sessionModel } from "gable/session";
import { task, taskModel } from "gable/tasks";
class User extends Model("users", accountFields()) {}
class Book extends Model("books", { id: f.id(), title: f.text({ max: 50 }) }) {}
const models = { User, Book, AccountToken: accountTokenModel(), Session: sessionModel(), TaskRow: taskModel() };
const accounts = defineAccounts({ user: User, verifyEmail: "never" });
export default gable({ models, database: "sqlite:var/app.db", session: {}, secretKeys: ["u5Zk2Qm8Xr1Wd7Tn4Yb9Gc3Hf6Js0Lp-aVeKoRiPtMxQ"],
  accounts, tasks: [task("note", {}, () => undefined)], routes: [get("/", () => "home")], health: false });
`,
  "settings.ts":
    'import { defineSettings, env } from "gable";\nexport const settings = defineSettings({ size: env.int("SIZE", { default: 1 }) });\n',
  "a.test.ts": 'import { test } from "node:test";\ntest("works", () => undefined);\n',
  "seeds/010-books.ts": "export default async () => undefined;\n",
});
after(() => project.remove());

/** A run of each command that ends, in an order in which each finds what it needs, with its exit code. */
const runs: ReadonlyArray<readonly [words: string, code: number]> = [
  ["db create", 0],
  ["db make first", 0],
  ["db make --check", 0],
  ["db status", 0],
  ["db sql", 0],
  ["db check", 0],
  ["db lint", 0],
  ["db migrate --check", 1],
  ["db migrate", 0],
  ["db seed", 0],
  ["db size", 0],
  ["db dump", 0],
  ["db load var/nothing", 2],
  ["db backup", 0],
  ["db pull books", 0],
  ["db squash nothing", 2],
  ["user create --email ann@example.com --no-input", 2],
  ["user password --email ann@example.com --no-input", 1],
  ["user grant --email ann@example.com --staff", 1],
  ["user token --email ann@example.com --name x --no-input", 2],
  ["sessions clear", 0],
  ["tasks list", 0],
  ["tasks stats", 0],
  ["tasks schedule", 0],
  ["tasks retry none", 2],
  ["tasks cancel none", 2],
  ["tasks discard none", 2],
  ["worker --once", 0],
  ["build", 0],
  ["test", 0],
  ["check --no-types", 0],
  ["routes", 0],
  ["models", 0],
  ["shell --eval 1", 0],
  ["make test front", 0],
  ["settings", 0],
  ["env check", 0],
  ["env example", 0],
  ["key generate", 0],
  ["deploy make --target systemd --dry-run", 0],
  ["doctor --port 65000", 0],
  ["errors E_HOSTS_MISSING", 0],
  ["docs session", 0],
  ["last-error", 0],
  ["about", 0],
  ["reload", 1],
  ["start --workers many", 2],
  ["dev --mode production", 2],
  ["db shell --database none", 2],
  ["db rollback --allow-data-loss", 0],
  ["db reset", 2],
  ["db drop", 2],
];

/** Runs of processes whose application, seeds or commands print something. */
const printing: ReadonlyArray<readonly [words: string, printed: readonly string[]]> = [
  ["routes", ["application"]],
  ["db seed", ["application", "seed"]],
  ["db nothing", ["commands"]],
  ["greet", ["application", "commands", "greeting"]],
];

const binary = fileURLToPath(new URL("../../bin/gable.mjs", import.meta.url));

const schema = JSON.parse(readFileSync(new URL("../../docs/reference/command-output.schema.json", import.meta.url), "utf8")) as object; // A schema.
const isValid = new Ajv2020({ strict: true, allErrors: true }).compile(schema);

describe("every command", () => {
  let names: readonly string[] = [];
  before(async () => void (names = await listAllCommands(project)));

  it("has help with an example, and the flag --json", async () => {
    assert.ok(names.length >= 50, names.join(", "));
    for (const name of names) {
      const { code, out } = await project.run(...name.split(" "), "--help");
      assert.equal(code, 0, name);
      assert.match(out, new RegExp(`^Usage: gable ${name}\\b`), name);
      assert.match(out, /^ {2}--json /m, name);
      assert.match(out, new RegExp(`\\nExamples:\\n {2}npx gable ${name}\\b`), name);
    }
  });

  it("answers a wrong flag with 2, one object with --json, and the way to the help", async () => {
    for (const name of names) {
      const { code, problems, ok, command } = await project.json(...name.split(" "), "--no-such-flag");
      assert.deepEqual([code, ok, command, problems.map(({ id }) => id)], [2, false, name, ["E_COMMAND_USAGE"]], name);
    }
  });

  it("has a run in this file", () => {
    const covered = new Set(runs.map(([words]) => names.find((name) => words === name || words.startsWith(`${name} `))));
    assert.deepEqual(
      names.filter((name) => !covered.has(name)),
      [],
    );
  });

  it("prints one object that fits the schema, and exits with the code of its outcome", async () => {
    const wrong: string[] = [];
    for (const [words, expected] of runs) {
      const { code, out, error } = await project.run(...words.split(" "), "--json");
      if (code !== expected) wrong.push(`${words} exits with ${code} instead of ${expected}: ${out}`);
      assert.equal(out.trimEnd().split("\n").length, 1, words);
      const printed = JSON.parse(out) as { ok: boolean; command: string; data: unknown };
      assert.ok(isValid(printed), `${words}: ${JSON.stringify(isValid.errors)} ${out}`);
      assert.deepEqual([printed.ok, words.startsWith(printed.command)], [code === 0, true], words);
      // Only commands of a project may return something else.
      assert.equal(typeof printed.data, "object", words);
      for (const line of error.split("\n").filter((each) => each.startsWith('{"event"'))) JSON.parse(line);
    }
    assert.deepEqual(wrong, []);
  });

  it("leaves standard output to the object, whatever other code prints there", async () => {
    const { folder, remove } = createTestProject({
      ".env": "GABLE_MODE=development\n",
      "app.ts": `import { gable, get } from "gable";
import { Model, field as f } from "gable/data";
console.log("application");
class Book extends Model("books", { id: f.id() }) {}
export default gable({ models: { Book }, database: "sqlite::memory:", routes: [get("/", () => "home")] });
`,
      "seeds/010-books.ts": 'export default () => console.log("seed");\n',
      "commands/greet.ts": `import { defineCommand } from "gable";
console.log("commands");
export default defineCommand({ name: "greet", help: "Greets.", run: () => { process.stdout.write("greeting\\n"); return {}; } });
`,
    });
    try {
      for (const [words, printed] of printing) {
        const { stdout, stderr } = spawnSync(process.execPath, [binary, ...words.split(" "), "--json"], { cwd: folder, encoding: "utf8" });
        assert.deepEqual(stdout.trimEnd().split("\n").length, 1, stdout);
        assert.ok(isValid(JSON.parse(stdout)), stdout);
        for (const line of printed) assert.match(stderr, new RegExp(`^${line}$`, "m"), words);
      }
      const shell = spawnSync(process.execPath, [binary, "shell", "--eval", "console.log('said')"], { cwd: folder, encoding: "utf8" });
      assert.match(shell.stdout, /^said$/m);
    } finally {
      remove();
    }
  });
});
