/** Files and folders that commands cannot use, outputs that nobody can write to, and secrets in what commands print. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import type { TestProject } from "./project.ts";
import { createTestProject } from "./project.ts";
import { runToEnd } from "./started.ts";

const app = 'import { gable, get } from "gable";\nexport default gable({ routes: [get("/", () => "x")] });\n';
const projects: TestProject[] = [];
after(() => {
  for (const project of projects) project.remove();
});
const create = (files: Readonly<Record<string, string>> = {}): TestProject => {
  const project = createTestProject({ "app.ts": app, ...files });
  projects.push(project);
  mkdirSync(join(project.folder, "things"));
  return project;
};

const rows: ReadonlyArray<readonly [words: string, code: number, id: string, message: RegExp]> = [
  ["shell --file nope.ts", 2, "E_COMMAND_USAGE", /^--file nope\.ts cannot be read: ENOENT/],
  ["shell --file things", 2, "E_COMMAND_USAGE", /^--file things cannot be read: EISDIR/],
  ["routes --app package.json", 3, "E_APP_FILE", /^package\.json is not a module\.$/],
  ["routes --app things", 3, "E_APP_FILE", /^things is a folder\.$/],
  ["routes --app .", 3, "E_APP_FILE", /^\. is a folder\.$/],
  ["routes --app nope.ts", 3, "E_APP_FILE", /none of nope\.ts exists/],
  ["settings --file package.json", 3, "E_APP_FILE", /^package\.json is not a module\.$/],
  ["settings --file things", 3, "E_APP_FILE", /^things is a folder\.$/],
  ["env check --file things", 3, "E_APP_FILE", /^things is a folder\.$/],
  ["env example --file nope.ts", 3, "E_APP_FILE", /^There is no nope\.ts/],
  ["check --app nope.ts", 3, "E_APP_FILE", /none of nope\.ts exists/],
  ["check --app things", 3, "E_APP_FILE", /^things is a folder\.$/],
  ["check --app wrong.ts", 3, "E_SETTINGS_INVALID", /^1 setting cannot be used/],
  ["routes --app wrong.ts", 3, "E_SETTINGS_INVALID", /^1 setting cannot be used/],
];
const wrong = 'import { defineSettings, env } from "gable";\nexport default defineSettings({ size: env.int("NO_SUCH_SIZE") });\n';

describe("a file that a command cannot use", () => {
  const project = create({ "wrong.ts": wrong });
  for (const [words, code, id, message] of rows)
    it(`has a sentence and a fix: gable ${words}`, async () => {
      const outcome = await project.json(...words.split(" "));
      assert.deepEqual([outcome.code, outcome.problems.map((problem) => problem.id)], [code, [id]]);
      assert.match(outcome.problems[0]!.message, message);
      assert.notEqual(outcome.problems[0]!.fix ?? "", "");
      assert.match((await project.run(...words.split(" "))).error, new RegExp(`^${id}: `));
    });

  for (const words of ["routes", "check", "settings", "shell --eval 1"])
    it(`may be a folder .env: gable ${words}`, async () => {
      const other = create();
      mkdirSync(join(other.folder, ".env"));
      const { code, problems } = await other.json(...words.split(" "));
      assert.deepEqual([code, problems[0]!.id], [3, "E_SETTINGS_INVALID"]);
      assert.match(problems[0]!.message, /^\.env cannot be read: EISDIR/);
    });

  it("may be a file commands", async () => {
    const other = create({ commands: "x" });
    assert.equal((await other.run("nope")).code, 2);
  });
});

describe("a file with a byte-order mark", () => {
  for (const name of [".env", ".env.local"])
    it(`gives GABLE_MODE: ${name}`, async () => {
      const project = create({ [name]: "\uFEFFGABLE_MODE=development\n" });
      const { data } = await project.json("settings", "--file", "app.ts");
      assert.equal(data, null);
      const { out } = await project.run("shell", "--eval", "app.mode");
      assert.equal(out, "development\n");
    });

  it("may be package.json", async () => {
    const project = create({ "package.json": '\uFEFF{ "name": "shop", "type": "module", "gable": { "app": "app.ts" } }' });
    assert.match((await project.run("about")).out, /project +shop/);
  });
});

describe("an output that cannot be written", { skip: !existsSync("/dev/full") && "no /dev/full here" }, () => {
  const binary = fileURLToPath(new URL("../../bin/gable.mjs", import.meta.url));
  const hook = fileURLToPath(new URL("../../scripts/source.mjs", import.meta.url));
  const shell = (folder: string, line: string): Promise<{ readonly code: unknown; readonly error: string }> =>
    new Promise((resolve) => {
      const gable = `'${process.execPath}' --import '${hook}' '${binary}'`;
      const env = { ...process.env, NODE_TEST_CONTEXT: undefined };
      execFile("bash", ["-c", line.replace("gable", gable)], { cwd: folder, env }, (failure, _out, error) =>
        resolve({ code: failure?.code ?? 0, error }),
      );
    });
  const command = (body: string): string =>
    `import { defineCommand } from "gable";\nexport default defineCommand({ name: "it", help: "It.", run: async ({ print }) => { ${body} } });\n`;
  const closed = "for (let n = 0; n < 300_000; n++) print(String(n)); return { long: 'x'.repeat(1_000_000) };";

  for (const [line, code, error] of [
    ["gable errors | head -1; exit ${PIPESTATUS[0]}", 0, /^$/],
    ["gable it | head -1; exit ${PIPESTATUS[0]}", 0, /^$/],
    ["gable it --json | head -c 1; exit ${PIPESTATUS[0]}", 0, /^$/],
    ["gable errors >/dev/full", 1, /^Standard output cannot be written: ENOSPC[^\n]*\n$/],
    ["gable it --json >/dev/full", 1, /^Standard output cannot be written: ENOSPC[^\n]*\n$/],
    ["gable --help >/dev/full", 1, /^Standard output cannot be written: ENOSPC[^\n]*\n$/],
    ["gable nope 2>/dev/full", 2, /^$/],
  ] as const)
    it(`needs no stack: ${line}`, async () => {
      const project = create({ "commands/it.ts": command(closed) });
      const outcome = await shell(project.folder, line);
      assert.match(outcome.error, error);
      assert.equal(outcome.code, code, outcome.error);
    });
});

describe("secrets of settings", () => {
  const files = {
    "settings.ts": `import { defineSettings, env } from "gable";
export const settings = defineSettings({ brokers: env.list("BROKERS"), creds: env.json("CREDS") });
`,
    ".env": `BROKERS=amqp://u:hunter2-a@h,amqp://u:hunter2-b@h2\nCREDS={"password":"hunter2-c","a":[{"token":"hunter2-d"}]}\n`,
    "app.ts": app.replace("gable({", "gable({ settings,").replace("\n", '\nimport { settings } from "./settings.ts";\n'),
  };
  for (const words of [["settings"], ["settings", "--json"], ["shell", "--eval", "settings"], ["shell", "--eval", "settings", "--json"]])
    it(`are not in the output: gable ${words.join(" ")}`, async () => {
      const { code, out, error } = await create(files).run(...words);
      assert.equal(code, 0, error);
      assert.doesNotMatch(out + error, /hunter2/);
      assert.match(out, /amqp:\/\/u:\[secret\]@h2/);
    });

  it("are not in the errors of settings", async () => {
    const wrongType =
      'import { defineSettings, env } from "gable";\ndefineSettings({ apiToken: env.text("API_TOKEN", { min: 60, optional: true }) });\n';
    const project = create({ "app.ts": wrongType + app, ".env": "API_TOKEN=RealTokenRealToken99\n" });
    for (const words of [["routes"], ["routes", "--json"], ["check", "--json"]]) {
      const { code, text } = await runToEnd(project.folder, words);
      assert.equal(code, 3, text);
      assert.match(text, /has a value that is not a string of at least 60 characters/);
      assert.doesNotMatch(text, /RealToken/);
    }
  });
});
