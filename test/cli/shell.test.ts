/** `gable shell`: what refuses or asks before writes, work as a user, and the prompt at a real terminal. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import type { TestProject } from "./project.ts";
import { createTestProject } from "./project.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const isMissing = !existsSync("/usr/bin/script") && process.env["GABLE_TEST_REQUIRE"] !== "all";

const project = createTestProject({
  ".env": "GABLE_MODE=development\n",
  "app.ts": `import { gable, get, group } from "gable";
import { defineAccounts } from "gable/auth";
import * as models from "./models.ts";
import { word } from "./word.ts";
const accounts = defineAccounts({ user: models.User, verifyEmail: "never" });
export default gable({
  models, database: "sqlite:app.db", session: { store: "database" }, accounts, health: false,
  secretKeys: ["u5Zk2Qm8Xr1Wd7Tn4Yb9Gc3Hf6Js0Lp-aVeKoRiPtMxQ"],
  routes: [group("/account", accounts.routes), get("/word", () => word),
    get("/me", { guard: accounts.guards.signedIn }, ({ user }) => user.email)],
});
`,
  "word.ts": 'export const word = "first";\n',
  "plain.ts": 'import { gable } from "gable";\nexport default gable({ health: false });\n',
  "models.ts": `import { Model, field as f } from "gable/data";
import { accountFields } from "gable/auth";
import { sessionModel } from "gable/session";
export class Book extends Model("books", { id: f.id(), title: f.text({ max: 50 }) }) {}
export class User extends Model("users", accountFields()) {}
export const Session = sessionModel();
`,
});
after(() => project.remove());
before(async () => {
  assert.equal((await project.run("db", "make", "first")).code, 0);
  assert.equal((await project.run("db", "migrate")).code, 0);
  const made = await project.answer("a-Long-secret-72!\n", "user", "create", "--email", "ann@example.com", "--no-input");
  assert.equal(made.code, 0, made.error);
});

const count = async (): Promise<string> => (await project.run("shell", "--eval", "Book.count()")).out;
const insert = "app.database().query(sql`INSERT INTO books (title) VALUES ('raw')`)";

describe("gable shell --read-only", () => {
  for (const code of [
    'Book.create({ title: "A" })',
    insert,
    'transaction(() => Book.create({ title: "A" }))',
    "Book.where({ title: 'A' }).delete()",
  ])
    it(`refuses ${code}`, async () => {
      const failed = await project.json("shell", "--read-only", "--eval", code);
      assert.deepEqual([failed.code, failed.problems.map(({ id }) => id)], [1, ["E_TRANSACTION_READ_ONLY"]]);
      assert.match(failed.problems[0]!.fix ?? "", /--read-only of gable shell/);
      assert.equal(await count(), "0\n");
    });

  it("reads, also together with --sandbox and in production without a question", async () => {
    for (const words of [[], ["--sandbox"], ["--mode", "production"]])
      assert.equal((await project.run("shell", "--read-only", ...words, "--eval", "Book.count()")).out, "0\n", words.join(" "));
  });
});

describe("gable shell in production", () => {
  const run = (...words: readonly string[]): ReturnType<TestProject["json"]> => project.json("shell", "--mode", "production", ...words);

  it("reads without a question, and asks before the first write", async () => {
    assert.deepEqual((await run("--eval", "Book.count()")).data, { value: 0 });
    for (const code of ['Book.create({ title: "A" })', insert, "transaction(() => Book.count())"]) {
      const failed = await run("--eval", code);
      assert.deepEqual([failed.code, failed.problems.map(({ id }) => id)], [2, ["E_COMMAND_CONFIRM"]], code);
      assert.match(failed.problems[0]!.message, /^This writes to the production database\. Go on\? Nobody can answer here\.$/);
    }
    assert.equal(await count(), "0\n");
  });

  it("asks nothing with --yes, and nothing with --sandbox", async () => {
    assert.equal((await run("--sandbox", "--eval", 'Book.create({ title: "A" })')).code, 0);
    assert.equal(await count(), "0\n");
    const code = 'Book.create({ title: "A" }).then((book) => book.delete()).then(() => "both")';
    assert.deepEqual((await run("--yes", "--eval", code)).data, { value: "both" });
  });
});

describe("as() and --as of gable shell", () => {
  const evaluate = async (code: string, ...words: readonly string[]): Promise<unknown> => {
    const { data, problems } = await project.json("shell", "--eval", code, ...words);
    return problems[0]?.id ?? (data as { value: unknown }).value; // What the command returns.
  };

  it("makes all requests those of the user, and writes no session", async () => {
    assert.equal(await evaluate("(await request('/me')).status"), 303);
    for (const words of [[], ["--read-only"]])
      assert.equal(await evaluate("(await request('/me')).text()", "--as", "ANN@example.com", ...words), "ann@example.com");
    assert.equal(await evaluate("await as('ann@example.com'); return (await request('/me')).text();"), "ann@example.com");
    assert.equal(await evaluate("await as(await User.get(1)); await as(null); return (await request('/me')).status;"), 303);
    assert.equal(await evaluate("Session.count()"), 0);
  });

  it("runs a function with the context of the user, and goes back", async () => {
    const code =
      "const inner = await as('ann@example.com', async ({ user }) => (await user).email); return [inner, (await request('/me')).status];";
    assert.deepEqual(await evaluate(code), ["ann@example.com", 303]);
    const failing = "await as('ann@example.com', () => { throw new Error('oh'); }).catch(() => 0); return (await request('/me')).status;";
    assert.equal(await evaluate(failing), 303);
  });

  it("explains what it cannot take", async () => {
    assert.equal(await evaluate("1", "--as", "nobody@example.com"), "E_ACCOUNT_UNKNOWN");
    assert.equal(await evaluate("as(7)"), "E_COMMAND_USAGE");
    assert.equal(await evaluate("as('ann@example.com', 7)"), "E_COMMAND_USAGE");
    assert.equal(await evaluate("as('ann@example.com')", "--app", "plain.ts"), "E_COMMAND_USAGE");
    assert.equal(await evaluate("reload()"), "E_COMMAND_USAGE");
  });
});

/** Types lines at the prompt: each after some output has appeared. */
async function type(
  words: readonly string[],
  lines: ReadonlyArray<readonly [shown: string, typed: string, before?: () => void]>,
  colours: Readonly<Record<string, string>> = { FORCE_COLOR: "1" },
): Promise<{ readonly code: number | null; readonly out: string }> {
  const {
    NODE_TEST_CONTEXT: _runner,
    NODE_OPTIONS: _options,
    CI: _ci,
    NO_COLOR: _no,
    NODE_DISABLE_COLORS: _not,
    ...environment
  } = process.env;
  const command = [process.execPath, "--import", join(root, "scripts/source.mjs"), join(root, "bin/gable.mjs"), "shell", ...words];
  const child = spawn("/usr/bin/script", ["-qec", `stty cols 150 rows 40; ${command.map((word) => `'${word}'`).join(" ")}`, "/dev/null"], {
    cwd: project.folder,
    env: { ...environment, TERM: "xterm", FORCE_COLOR: undefined, ...colours, GABLE_MODE: undefined, NODE_REPL_HISTORY: undefined },
  });
  let [out, seen, index] = ["", 0, 0];
  child.stdout.on("data", (chunk) => {
    out += String(chunk);
    for (;;) {
      const [shown, typed, act] = lines[index] ?? [];
      const at = shown === undefined ? -1 : out.indexOf(shown, seen);
      if (at === -1) return;
      seen = at + shown!.length;
      index++;
      act?.();
      child.stdin.write(typed!);
    }
  });
  const late = setTimeout(() => child.kill("SIGKILL"), 100_000);
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  clearTimeout(late);
  assert.equal(index, lines.length, `not every text was shown: ${out}`);
  return { code, out };
}

describe("the prompt of gable shell", { skip: isMissing && "no script of util-linux here" }, () => {
  it("has a red banner in production, and asks once before writes", async () => {
    const create = 'await Book.create({ title: "typed" }).then(() => Book.count())\r';
    const { code, out } = await type(
      ["--mode", "production"],
      [
        ["production\u001b[39m\u001b[49m> ", create],
        ["Go on?", "n"],
        ["Nothing was written", ""],
        ["production\u001b[39m\u001b[49m> ", create],
        ["Go on?", "y"],
        ["\u001b[33m1\u001b[39m", ""],
        ["production\u001b[39m\u001b[49m> ", create],
        ["\u001b[33m2\u001b[39m", ""],
        ["production\u001b[39m\u001b[49m> ", ".exit\r"],
      ],
    );
    assert.equal(code, 0, out);
    assert.match(
      out,
      /\u001b\[41m\u001b\[97m PRODUCTION: this is the production database\. The first write asks for confirmation\. \u001b\[39m\u001b\[49m/,
    );
    assert.equal((await project.run("shell", "--eval", "Book.where({ title: 'typed' }).delete()")).code, 0);
  });

  for (const colours of [{ NO_COLOR: "1" }, { FORCE_COLOR: "0" }, { NODE_DISABLE_COLORS: "1" }, { CI: "1" }] as ReadonlyArray<
    Record<string, string>
  >)
    it(`has a banner without colours with ${Object.keys(colours).join()}`, async () => {
      const { code, out } = await type(["--mode", "production"], [["production> ", ".exit\r"]], colours);
      assert.equal(code, 0, out);
      assert.match(out, /^ PRODUCTION: this is the production database\./m);
    });

  it("loads the application again with reload(), and keeps plain variables, the user and the history", async () => {
    const { code, out } = await type(
      ["--as", "ann@example.com"],
      [
        ["gable> ", "kept = { list: [1, 2], at: new Date(0) }; lost = () => 1; await (await request('/word')).text()\r"],
        ["'first'", "", () => project.write({ "word.ts": 'export const word = "second";\n' })],
        ["gable> ", "reload()\r"],
        ["Kept: kept. Not kept: lost.", ""],
        ["Working as ann@example.com.", ""],
        [
          "gable> ",
          "await (await request('/word')).text() + kept.list.length + kept.at.getTime() + typeof lost + (await (await request('/me')).text())\r",
        ],
        ["'second20undefinedann@example.com'", ""],
        ["gable> ", ".exit\r"],
      ],
    );
    assert.equal(code, 0, out);
    const history = readFileSync(join(project.folder, "var/shell-history"), "utf8");
    assert.match(history, /kept = \{ list/);
  });
});
