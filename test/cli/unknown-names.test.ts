/** Names of things that do not exist, in the words and flags of every command: exit code 2, before anything is changed. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { listCommands } from "./list-commands.ts";
import { createTestProject } from "./project.ts";

const site = createTestProject({
  ".env": "GABLE_MODE=development\n",
  "app.ts": `import { gable, get } from "gable";
import { task } from "gable/tasks";
import * as models from "./models.ts";
const digest = task("send-digest", { input: {} }, () => {});
export default gable({ models, database: "sqlite:app.db", tasks: [digest], routes: [get("/posts", { name: "posts" }, () => "posts")] });
`,
  "models.ts": `import { Model, field as f } from "gable/data";
import { taskModel } from "gable/tasks";
export class Author extends Model("authors", { id: f.id(), name: f.text({ max: 9 }) }) {}
export const TaskRow = taskModel();
`,
  "seeds/010-authors.ts": "export default async () => undefined;\n",
  "first/authors.jsonl": "",
  "a.test.ts": 'import { test } from "node:test";\ntest("works", () => undefined);\n',
});
after(() => site.remove());

/** Commands with a name that nothing has. */
const unknown: readonly string[] = [
  "db make x --rename authors.a:b",
  "db make x --not-rename bad",
  "db make x --default authors.nope=1",
  "db make x --default authors.name=a",
  "db make x --shorten authors.nope",
  "db make x --recreate nope",
  "db make --check --folder nope",
  "db migrate nope",
  "db migrate nope --plan",
  "db migrate nope --check",
  "db migrate nope --fake",
  "db rollback nope",
  "db rollback nope --plan",
  "db rollback --default authors.nope=1",
  "db sql nope",
  "db lint nope",
  "db squash nope",
  "db squash first..nope",
  "db seed --seeds nope",
  "db reset --seeds nope --yes",
  "db load nope",
  "db pull nope",
  "routes nope",
  "models nope",
  "make nope x",
  "make form Nope",
  "make resource Nope",
  "make policy Nope",
  "make model Note author:belongsTo:Nope",
  "tasks list --name nope",
  "tasks list --state nope",
  "tasks retry nope",
  "tasks cancel nope",
  "tasks discard nope --yes",
  "worker --queues nope",
  "worker --queues default --queues nope --once",
  "shell --file nope.ts",
  "test nope",
  "check --tag nope --no-types",
  "deploy make --target nope",
  "errors E_NOPE",
  "about --mode nope",
];

/** Flags that name a database or a folder that exists; every command that has one is called. */
const named = ["database", "folder"] as const;
/** Commands that create what the flag names. */
const creating: readonly string[] = ["db make --folder"];

describe("names of things that do not exist", () => {
  const calls: string[] = [];
  before(async () => {
    for (const words of [["make", "first"], ["migrate"]]) assert.equal((await site.run("db", ...words)).code, 0);
    const commands: string[][] = [];
    for (const first of await listCommands(site))
      for (const second of ["", ...(await listCommands(site, first))]) commands.push(second === "" ? [first] : [first, second]);
    for (const words of commands) {
      const { out } = await site.run(...words, "--help");
      const required = /^Usage: gable .*<[a-z]+>/.test(out) ? ["first"] : [];
      for (const flag of named)
        if (out.includes(`--${flag} `) && !creating.includes(`${words.join(" ")} --${flag}`))
          calls.push([...words, ...required, `--${flag}`, "nope", "--yes"].join(" "));
    }
  });

  it("are refused in every flag that names a database or a folder", async () => {
    assert.ok(calls.length >= 25, calls.join("\n"));
    for (const words of calls) {
      const { code, error } = await site.run(...words.split(" "));
      assert.equal(code, 2, `${words}: ${error}`);
      assert.match(error, /nope/, words);
    }
  });

  for (const words of unknown)
    it(`are refused in \`gable ${words}\``, async () => {
      const { code, error } = await site.run(...words.split(" "));
      assert.equal(code, 2, error);
      const { ok, problems } = await site.json(...words.split(" "));
      assert.deepEqual([ok, problems.length], [false, 1]);
    });

  after(async () => {
    assert.match((await site.run("db", "status")).out, /first +applied/);
    assert.equal(existsSync(join(site.folder, "nope")), false);
  });
});
