/** What happens in a command of the project outside of its promise, what it returns, and its exit code. */
import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { createTestProject } from "./project.ts";
import { runToEnd } from "./started.ts";

const project = createTestProject({
  "app.ts": 'import { gable, get } from "gable";\nexport default gable({ routes: [get("/", () => "x")] });\n',
});
after(() => project.remove());

interface Row {
  /** The body of `run`. */
  readonly body: string;
  readonly code: number;
  readonly data?: unknown;
  readonly problem?: readonly [id: string, message: RegExp];
  /** What people see on standard error. Default: the id of the problem. */
  readonly shown?: RegExp;
}
const rows: Readonly<Record<string, Row>> = {
  "a rejection that nobody waits for": {
    body: 'void Promise.reject(new Error("rej")); return {};',
    code: 1,
    problem: ["E_INTERNAL", /^rej$/],
    shown: /^E_INTERNAL \(500\) rej$/m,
  },
  "a rejection while it works": {
    body: 'void Promise.reject(new Error("rej")); await new Promise((done) => setTimeout(done, 200)); return {};',
    code: 1,
    problem: ["E_INTERNAL", /^rej$/],
  },
  "a timer that throws after it": {
    body: 'setTimeout(() => { throw new Error("tim"); }, 100); return {};',
    code: 1,
    problem: ["E_INTERNAL", /^tim$/],
    shown: /commands\/it\.ts:2/,
  },
  "a value that is thrown late": { body: 'setTimeout(() => { throw "word"; }, 10); return {};', code: 1, problem: ["E_INTERNAL", /word/] },
  "a promise that never settles": {
    body: "await new Promise(() => undefined);",
    code: 1,
    problem: ["E_COMMAND_PROGRAM", /^gable it waits for something that never comes/],
  },
  "its own exit code": { body: "process.exitCode = 5; return { a: 1 };", code: 5, data: { a: 1 } },
  "a timer that ends": { body: "setTimeout(() => undefined, 100); return { a: 1 };", code: 0, data: { a: 1 } },
  "a bigint": { body: "return 12345678901234567890n;", code: 0, data: "12345678901234567890" },
  "bigints, dates, maps and sets": {
    body: 'return { a: [1n], b: new Date(0), c: new Map([["x", 2n]]), d: new Set([3]), e: undefined };',
    code: 0,
    data: { a: ["1"], b: "1970-01-01T00:00:00.000Z", c: { x: "2" }, d: [3] },
  },
  "a function": { body: "return () => 1;", code: 0, data: null },
  "a cycle": { body: "const it = {}; return { it: Object.assign(it, { it }) };", code: 1, problem: ["command.data", /circular/] },
  "a value whose toJSON() throws": {
    body: 'return { toJSON: () => { throw new Error("no"); } };',
    code: 1,
    problem: ["command.data", /^The command has run, but .*: no$/],
  },
};

describe("a command of the project with", () => {
  for (const [what, { body, code, data = null, problem, shown }] of Object.entries(rows)) {
    const write = (): void =>
      project.write({
        "commands/it.ts": `import { defineCommand } from "gable";\nexport default defineCommand({ name: "it", help: "It.", run: async () => { ${body} } });\n`,
      });
    it(`${what} prints one object with --json`, async () => {
      write();
      const outcome = await runToEnd(project.folder, ["it", "--json"]);
      assert.equal(outcome.code, code, outcome.text);
      const found = JSON.parse(outcome.text) as { ok: boolean; data: unknown; problems: Array<{ id: string; message: string }> };
      assert.equal(found.ok, code === 0);
      assert.deepEqual(found.data, data);
      assert.deepEqual(
        found.problems.map(({ id }) => id),
        problem === undefined ? [] : [problem[0]],
      );
      if (problem !== undefined) assert.match(found.problems[0]!.message, problem[1]);
    });
    // Without --json, nobody needs what it returns.
    if (problem?.[0] !== "command.data")
      it(`${what} ends with its code and the report of Gable`, async () => {
        write();
        const outcome = await runToEnd(project.folder, ["it"]);
        assert.equal(outcome.code, code, outcome.text);
        assert.doesNotMatch(outcome.text, /node:internal|Node\.js v|unsettled top-level await/);
        if (problem === undefined) assert.equal(outcome.text, "");
        else assert.match(outcome.text, shown ?? new RegExp(`^${problem[0]}`, "m"));
      });
  }

  it("an error long after it reports the error", async () => {
    project.write({
      "commands/it.ts":
        'import { defineCommand } from "gable";\nsetInterval(() => undefined, 1_000);\nexport default defineCommand({ name: "it", help: "It.", run: () => void setTimeout(() => { throw new Error("late"); }, 700) });\n',
    });
    const { code, text } = await runToEnd(project.folder, ["it"]);
    assert.equal(code, 1, text);
    assert.match(text, /^E_INTERNAL \(500\) late$/m);
  });
});

for (const words of [["it"], ["it", "--json"]])
  it(`a module in commands/ that waits for ever is reported: ${words.join(" ")}`, async () => {
    project.write({ "commands/it.ts": "await new Promise(() => undefined);\nexport default {};\n" });
    const { code, text } = await runToEnd(project.folder, words);
    assert.equal(code, 1, text);
    assert.match(text, /E_COMMAND_PROGRAM.*A module in commands\/ waits for something that never comes/);
    project.write({
      "commands/it.ts":
        'import { defineCommand } from "gable";\nexport default defineCommand({ name: "it", help: "It.", run: () => 1 });\n',
    });
  });
