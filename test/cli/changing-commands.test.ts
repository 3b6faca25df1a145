/** Commands that change something: which of them show it before, which ask, and which show how far they are. */
import assert from "node:assert/strict";
import { globSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { TestProject } from "./project.ts";
import { listAllCommands } from "./list-commands.ts";
import { createTestProject } from "./project.ts";

/** What a command does before it changes something. */
type Care =
  | "reads"
  | "serves"
  /** It asks, and needs `--yes` where nobody can answer. */
  | "asks"
  /** A flag shows what it would do: these words change nothing. */
  | { readonly shows: string }
  /** It does neither, for this reason. */
  | { readonly reason: string };

const named = "It changes one thing that its flags name, and says what it did.";

const commands: Readonly<Record<string, Care>> = {
  about: "reads",
  build: { shows: "build --check" },
  check: "reads",
  "db backup": { shows: "db backup --dry-run" },
  "db check": "reads",
  "db create": { shows: "db create --dry-run" },
  "db drop": "asks",
  "db dump": { shows: "db dump --out var/other --dry-run" },
  "db lint": "reads",
  "db load": { shows: "db load dump --dry-run" },
  "db make": { shows: "db make --empty --dry-run" },
  "db migrate": { shows: "db migrate --dry-run" },
  "db pull": { shows: "db pull books --out other-models.ts --dry-run" },
  "db reset": "asks",
  "db rollback": { shows: "db rollback --dry-run" },
  "db seed": { shows: "db seed --dry-run" },
  "db shell": { reason: "People type what it runs." },
  "db size": "reads",
  "db sql": "reads",
  "db squash": { shows: "db squash MIGRATION --dry-run" },
  "db status": "reads",
  "deploy make": { shows: "deploy make --target systemd --dry-run" },
  dev: "serves",
  docs: "reads",
  doctor: "reads",
  "env check": "reads",
  "env example": { shows: "env example --dry-run" },
  errors: "reads",
  "key generate": "reads",
  "last-error": "reads",
  make: { shows: "make view other --dry-run" },
  models: "reads",
  reload: "serves",
  routes: "reads",
  "sessions clear": { shows: "sessions clear --dry-run" },
  settings: "reads",
  shell: { reason: "People type what it runs; --sandbox rolls back." },
  start: "serves",
  "tasks cancel": { reason: named },
  "tasks discard": "asks",
  "tasks list": "reads",
  "tasks retry": { reason: named },
  "tasks schedule": "reads",
  "tasks stats": "reads",
  test: "reads",
  "user create": { reason: named },
  "user grant": { reason: named },
  "user password": { reason: named },
  "user token": { reason: named },
  worker: "serves",
};

const files = {
  ".env": "GABLE_MODE=development\nSECRET_KEYS=u5Zk2Qm8Xr1Wd7Tn4Yb9Gc3Hf6Js0Lp-aVeKoRiPtMxQ\n",
  "app.ts": `import { gable, get } from "gable";
import { field as f, Model } from "gable/data";
import { task, taskModel } from "gable/tasks";
import { sessionModel } from "gable/session";
class Book extends Model("books", { id: f.id(), title: f.text({ max: 50 }) }) {}
export default gable({ models: { Book, TaskRow: taskModel(), Session: sessionModel() }, session: {}, database: "sqlite:var/app.db", views: "views", static: "static", hosts: ["shop.example"],
  tasks: [task("note", {}, () => undefined)], routes: [get("/", () => "home")] });
`,
  "settings.ts":
    'import { defineSettings, env } from "gable";\nexport const settings = defineSettings({ size: env.int("SIZE", { default: 1 }) });\n',
  "views/pages/home.html": "<h1>Home</h1>\n",
  "static/app.css": `${"body { color: black }\n".repeat(200)}`,
  "seeds/010-books.ts": 'import { writeFileSync } from "node:fs";\nexport default () => writeFileSync("seeded.txt", "");\n',
  "dump/books.jsonl": '{"id":1,"title":"Emma"}\n',
};

describe("commands that change something", () => {
  let project: TestProject;
  let migration = "";
  before(async () => {
    project = createTestProject(files);
    for (const words of [
      ["db", "make", "first"],
      ["db", "migrate"],
    ])
      assert.equal((await project.run(...words)).code, 0, words.join(" "));
    const status = await project.json("db", "status");
    migration = (status.data as { migrations: ReadonlyArray<{ name: string }> }).migrations[0]!.name; // The form of this command.
  });
  after(() => project.remove());

  /** All files with their contents. Reading a database may leave its index of the log. */
  function look(): Readonly<Record<string, string>> {
    const names = globSync("**/*", { cwd: project.folder }).filter(
      (name) => !/-(?:wal|shm)$/.test(name) && statSync(join(project.folder, name)).isFile(),
    );
    return Object.fromEntries(names.sort().map((name) => [name, readFileSync(join(project.folder, name), "latin1")]));
  }

  it("are all in the table of this file", async () => {
    assert.deepEqual(Object.keys(commands), (await listAllCommands(project)).sort());
  });

  it("have --dry-run if and only if the table of this file says so", async () => {
    for (const [name, care] of Object.entries(commands)) {
      const isExpected = typeof care === "object" ? "shows" in care && care.shows.includes("--dry-run") : /^db (?:drop|reset)$/.test(name);
      const { out } = await project.run(...name.split(" "), "--help");
      assert.equal(/^ {2}--dry-run /m.test(out), isExpected, name);
    }
  });

  for (const [name, care] of Object.entries(commands)) {
    if (typeof care !== "object" || !("shows" in care)) continue;
    it(`show what they would do, and change nothing: ${care.shows}`, async () => {
      const seen = look();
      const { code, out, error } = await project.run(...care.shows.replace("MIGRATION", migration).split(" "));
      // A check exits with 1 when something is to be done.
      assert.ok(code === 0 || care.shows.endsWith("--check"), `${code} ${error}`);
      assert.ok(out.length + error.length > 0, name);
      assert.deepEqual(look(), seen);
    });
  }

  for (const [words, isAllowed] of [
    [["tasks", "discard", "none"], false],
    [["db", "reset"], true],
    [["db", "drop"], true],
  ] as const)
    it(`ask, exit with 2 where nobody can answer, and take --yes: ${words.join(" ")}`, async () => {
      assert.equal(commands[words.slice(0, 2).join(" ")], "asks");
      const seen = look();
      const refused = await project.json(...words);
      assert.deepEqual([refused.code, refused.problems.map(({ id }) => id)], [2, ["E_COMMAND_CONFIRM"]]);
      assert.deepEqual(look(), seen);
      if (isAllowed) {
        const dry = await project.run(...words, "--dry-run");
        assert.deepEqual([dry.code, /^Would delete everything in the database ".*app\.db"\.\n$/.test(dry.out)], [0, true], dry.out);
        const production = await project.json(...words, "--yes", "--mode", "production");
        assert.deepEqual([production.code, production.problems.map(({ id }) => id)], [2, ["E_COMMAND_CONFIRM"]]);
        assert.deepEqual(look(), seen);
      }
      const answered = await project.json(...words, "--yes");
      // No task has that id: the question was answered, and then the task is looked for.
      assert.deepEqual([answered.code, answered.problems.map(({ id }) => id)], isAllowed ? [0, []] : [2, ["E_COMMAND_USAGE"]]);
      if (isAllowed) assert.notDeepEqual(look(), seen);
    });

  it("ask in no command that the table does not name", async () => {
    const asking = Object.entries(commands).filter(([, care]) => care === "asks");
    const sources = globSync("src/cli/commands/*.ts").filter((file) => /confirm\(`/.test(readFileSync(file, "utf8")));
    assert.deepEqual([asking.length, sources.map((file) => file.split("/").at(-1)).sort()], [3, ["db-whole.ts", "tasks.ts"]]);
  });
});

describe("commands that take long", () => {
  const project = createTestProject(files);
  after(() => project.remove());

  const rows: ReadonlyArray<readonly [words: string, label: RegExp]> = [
    ["db make first", /^$/],
    ["db migrate", /^Migrations$/],
    ["db seed", /^Seeds$/],
    ["db backup", /^Copying pages$/],
    ["db dump", /./],
    ["db reset --yes", /^Migrations|Seeds$/],
    ["db load var/dump", /./],
    ["db rollback --allow-data-loss", /^Migrations$/],
    ["build", /^Static files$/],
  ];
  it("show how far they are, as JSON lines with --json", async () => {
    for (const [words, label] of rows) {
      const { code, error, out } = await project.run(...words.split(" "), "--json");
      assert.equal(code, 0, `${words}: ${out}`);
      const events = error
        .split("\n")
        .filter((line) => line.startsWith('{"event"'))
        .map((line) => JSON.parse(line) as { event: string; label: string; done: number });
      if (label.source === "^$") assert.deepEqual(events, []);
      else
        assert.ok(
          events.length > 0 && events.every(({ event, label: shown }) => event === "progress" && label.test(shown)),
          `${words}: ${error}`,
        );
    }
  });
});
