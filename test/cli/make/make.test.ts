/** `gable make`: what each kind writes, prints and refuses, and that its code compiles and passes its tests. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { cpSync, existsSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import type { TestProject } from "../project.ts";
import { createTestProject } from "../project.ts";
import type { AskedLine } from "./add-line.ts";
import { addLine } from "./add-line.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const source = join(root, "scripts/source.mjs");

/** What `gable make --json` prints. */
interface MadeData {
  readonly files: readonly string[];
  readonly changed: readonly AskedLine[];
  readonly add: readonly AskedLine[];
  readonly next: readonly string[];
}

/** A project of the template with everything, whose types come from the sources. */
function createFullProject(): TestProject {
  const project = createTestProject({});
  cpSync(join(root, "create-gable/templates/full"), project.folder, { recursive: true });
  symlinkSync(join(root, "node_modules"), join(project.folder, "node_modules"));
  const config = JSON.parse(readFileSync(join(project.folder, "tsconfig.json"), "utf8")) as { compilerOptions: object }; // The template's own.
  const ofSources = { exactOptionalPropertyTypes: true }; // The compiler checks the sources of Gable, too.
  const paths = { gable: [join(root, "src/index.ts")], "gable/*": [join(root, "src/*.ts")] };
  project.write({ "tsconfig.json": JSON.stringify({ ...config, compilerOptions: { ...config.compilerOptions, ...ofSources, paths } }) });
  after(() => project.remove());
  return project;
}

const read = (project: TestProject, file: string): string => readFileSync(join(project.folder, file), "utf8");

/** Runs Node in a separate process, which imports the files as they are now. Returns what it prints. */
async function runNode(project: TestProject, ...words: readonly string[]): Promise<string> {
  const { NODE_TEST_CONTEXT: _runner, ...environment } = process.env;
  const child = spawn(process.execPath, ["--import", source, ...words], { cwd: project.folder, env: environment });
  let out = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (out += chunk.toString()));
  const code = await new Promise((resolve) => child.once("close", resolve));
  assert.equal(code, 0, `${words.join(" ")}\n${out}`);
  return out;
}

/** Runs `gable` in a separate process. */
const runGable = (project: TestProject, ...words: readonly string[]): Promise<string> =>
  runNode(project, join(root, "bin/gable.mjs"), ...words);

/** Makes something in a separate process, and adds the lines that it names. */
async function makeAndAdd(project: TestProject, ...words: readonly string[]): Promise<MadeData> {
  const { data } = JSON.parse(await runGable(project, "make", ...words, "--json")) as { data: MadeData };
  // Lines for routes that a person writes, and for models of other features, stay out.
  const files = ["accounts/accounts.ts", "settings.ts", "app.ts", "pages/routes.ts"];
  for (const asked of data.add.filter(({ file }) => files.includes(file)))
    project.write({ [asked.file]: addLine(read(project, asked.file), asked) });
  return data;
}

describe("gable make, all kinds in one project", () => {
  const project = createFullProject();
  const rows: ReadonlyArray<readonly [words: string, files: readonly string[]]> = [
    ["model User name:text:100:unique", ["users/models.ts", "tests/user-model.test.ts"]],
    [
      "model Post title:text:200 body:text slug:slug:80:unique price:decimal:8:2 state:choice:draft,live isPinned:boolean day:date:null at:time " +
        "seenAt:datetime:null:index votes:int code:uuid rate:float size:bigint site:url:null mail:email author:belongsTo:User parent:belongsTo:Post:null",
      ["posts/models.ts", "tests/post-model.test.ts"],
    ],
    ["form contact email:email message:text name:text:50:null topic:choice:sales,help", ["contact/forms.ts", "tests/contact-form.test.ts"]],
    ["form Post", ["posts/forms.ts", "tests/post-form.test.ts"]],
    ["routes search", ["search/routes.ts", "tests/search-routes.test.ts"]],
    ["view about-us", ["views/about-us.html", "tests/about-us-view.test.ts"]],
    ["task send-digest", ["tasks/send-digest.ts", "tests/send-digest-task.test.ts"]],
    ["mail welcome", ["mail/welcome.ts", "views/mail/welcome.html", "views/mail/welcome.txt", "tests/welcome-mail.test.ts"]],
    ["command greet-all", ["commands/greet-all.ts", "tests/greet-all-command.test.ts"]],
    ["test front", ["tests/front.test.ts"]],
    ["feature blog", ["blog/routes.ts", "views/blog/index.html", "tests/blog.test.ts"]],
  ];
  for (const [words, files] of rows)
    it(`writes ${files[0]}`, async () => {
      const data = await makeAndAdd(project, ...words.split(" "));
      assert.deepEqual(data.files, files);
      for (const file of files) assert.ok(existsSync(join(project.folder, file)), file);
    });

  it("writes code that compiles", async () => {
    await runNode(project, join(root, "node_modules/typescript/bin/tsc"), "-p", ".");
  });

  it("writes tests that pass", async () => {
    const tests = rows.flatMap(([, files]) => files.filter((file) => file.endsWith(".test.ts")));
    await runNode(project, "--test", ...tests);
  });
});

describe("gable make accounts, policy and seed", () => {
  const project = createFullProject();
  const tests: string[] = [];
  const rows: ReadonlyArray<readonly [words: string, files: readonly string[]]> = [
    [
      "accounts",
      [
        "accounts/models.ts",
        "accounts/accounts.ts",
        "accounts/routes.ts",
        "views/accounts/home.html",
        "views/accounts/page.html",
        "tests/accounts.test.ts",
      ],
    ],
    [
      "model Post title:text:200 body:text slug:slug:80 price:decimal:8:2 state:choice:draft,live isPinned:boolean day:date at:time seenAt:datetime " +
        "until:datetime:null votes:int code:uuid rate:float size:bigint site:url mail:email author:belongsTo:User parent:belongsTo:Post:null",
      ["posts/models.ts", "tests/post-model.test.ts"],
    ],
    ["policy Post", ["posts/policies.ts", "tests/post-policy.test.ts"]],
    ["seed notes", ["seeds/010-notes.ts", "tests/notes-seed.test.ts"]],
    ["seed demo Post Note", ["seeds/020-demo.ts", "tests/demo-seed.test.ts"]],
  ];
  for (const [words, files] of rows)
    it(`writes ${files[0]}`, async () => {
      assert.deepEqual((await makeAndAdd(project, ...words.split(" "))).files, files);
      tests.push(...files.filter((file) => file.endsWith(".test.ts")));
    });

  it("writes a policy for the staff where no relation leads to a user", async () => {
    await runGable(project, "make", "policy", "Note");
    assert.match(read(project, "notes/policies.ts"), /user\?\.isStaff === true \|\| "Only the staff may change this note\."/);
    assert.match(read(project, "posts/policies.ts"), /record\.authorId === user\.id\) \|\| "Only its author may delete this post\."/);
    tests.push("tests/note-policy.test.ts");
  });

  it("writes code that compiles, and tests that pass", async () => {
    await runGable(project, "build");
    await runNode(project, join(root, "node_modules/typescript/bin/tsc"), "-p", ".");
    await runNode(project, "--test", "tests/notes.test.ts", ...tests);
  });

  it("writes what `gable check`, migrations, `db seed` and the linter accept", async () => {
    project.write({ ".env": "DATABASE_URL=sqlite:var/app.db\n" });
    await runGable(project, "db", "create");
    await runGable(project, "db", "make", "accounts");
    await runGable(project, "db", "migrate");
    await runGable(project, "check", "--no-types");
    assert.match(await runGable(project, "db", "seed"), /Ran 2 seeds/);
    assert.match(await runGable(project, "db", "seed"), /Ran 2 seeds/);
    await runNode(project, join(root, "node_modules/oxlint/bin/oxlint"), "--deny-warnings", "accounts", "posts", "notes", "seeds", "tests");
  });
});

describe("gable make resource", () => {
  const project = createFullProject();
  const tests = ["tests/article-pages.test.ts", "tests/author-pages.test.ts"];

  it("follows make model, db make and db migrate", async () => {
    await makeAndAdd(project, "model", "Author", "name:text:3");
    await makeAndAdd(
      project,
      "model",
      ..."Article title:text:200 body:text slug:slug:80:unique price:decimal:8:2 state:choice:draft,live isPinned:boolean day:date at:time".split(
        " ",
      ),
      ..."seenAt:datetime until:datetime:null votes:int code:uuid rate:float size:bigint site:url:null mail:email author:belongsTo:Author".split(
        " ",
      ),
    );
    await runGable(project, "db", "make", "articles");
    await runGable(project, "db", "migrate");
    const { files } = await makeAndAdd(project, "resource", "Article");
    assert.deepEqual(files, [
      "articles/forms.ts",
      "articles/routes.ts",
      "views/articles/list.html",
      "views/articles/show.html",
      "views/articles/form.html",
      "views/articles/delete.html",
      tests[0],
    ]);
    await makeAndAdd(project, "resource", "Author");
  });

  it("writes tests that pass", async () => {
    await runNode(project, "--test", ...tests);
  });

  it("writes code that compiles, the template files included", async () => {
    await runGable(project, "build");
    await runNode(project, join(root, "node_modules/typescript/bin/tsc"), "-p", ".");
  });
});

describe("gable make", () => {
  const project = createFullProject();
  const model = `import { field as f, Model } from "gable/data";

/** Blog entry. */
export class BlogEntry extends Model("blog_entries", {
  id: f.id(),
  title: f.text({ max: 200 }),
}) {}
`;

  it("prints what it would write with --dry-run, and writes nothing", async () => {
    const before = read(project, "models.ts");
    const { code, out } = await project.run("make", "model", "BlogEntry", "title:text:200", "--dry-run");
    assert.equal(code, 0);
    assert.match(
      out,
      /^Would write blog-entries\/models\.ts\nWould write tests\/blog-entry-model\.test\.ts\nWould change models\.ts\n {2}\+ export/,
    );
    assert.equal(existsSync(join(project.folder, "blog-entries")), false);
    assert.equal(read(project, "models.ts"), before);
  });

  it("writes a model, exports it from models.ts, and says what to run", async () => {
    const before = read(project, "models.ts");
    const line = 'export { BlogEntry } from "./blog-entries/models.ts";';
    assert.deepEqual(await project.run("make", "model", "BlogEntry", "title:text:200"), {
      code: 0,
      out: `Wrote blog-entries/models.ts\nWrote tests/blog-entry-model.test.ts\nChanged models.ts\n  + ${line}\nThen run: npx gable db make blog_entries\nThen run: npx gable db migrate\n`,
      error: "",
    });
    assert.equal(read(project, "blog-entries/models.ts"), model);
    assert.equal(read(project, "models.ts"), `${before}${line}\n`);
  });

  it("overwrites with --force, and adds the line to models.ts once", async () => {
    const before = read(project, "models.ts");
    project.write({ "blog-entries/models.ts": "" });
    assert.equal((await project.run("make", "model", "BlogEntry", "title:text:200", "--force")).code, 0);
    assert.equal(read(project, "blog-entries/models.ts"), model);
    assert.equal(read(project, "models.ts"), before);
  });

  it("writes no test with --no-test, and prints JSON", async () => {
    const { code, data, ok } = await project.json("make", "routes", "search", "--no-test");
    assert.deepEqual([code, ok], [0, true]);
    assert.deepEqual(data, {
      kind: "routes",
      name: "search",
      files: ["search/routes.ts"],
      changed: [],
      add: [
        { file: "app.ts", line: 'import * as search from "./search/routes.ts";' },
        { file: "app.ts", line: "routes: [search], // an option of gable(): add it to the list" },
      ],
      next: ["routes"],
      isDry: false,
    });
  });
});

describe("gable make refuses", () => {
  const project = createFullProject();
  const long = "a".repeat(41);
  const rows: ReadonlyArray<readonly [words: string, message: RegExp, fix: RegExp]> = [
    ["modle Post", /cannot write a "modle"/, /gable make model Post/],
    ["toString Post", /cannot write a "toString"/, /model, form/],
    ["model posts", /one thing, with a capital letter/, /make model Post$/m],
    ["model Posts", /one thing/, /make model Post$/m],
    ["model blog-post", /letters and digits/, /make model BlogPost$/m],
    ["model ../x", /letters and digits/, /make model X$/m],
    ["model 7up", /letters and digits/, /make model Up$/m],
    ["model Date", /reserved/, /DateEntry/],
    [`model A${long}`, /longer than 40/, /shorter/],
    ["model Post title:txt:200", /"txt" is not a type/, /Write title:text:200\./],
    ["model Post title:zzzzzzzz", /"zzzzzzzz" is not a type/, /Use one of text/],
    ["model Post title", /no type/, /title:text:200/],
    ["model Post title:text:0", /"0" means nothing/, /from 1 to 10000/],
    ["model Post title:text:10001", /"10001" means nothing/, /from 1 to 10000/],
    ["model Post votes:int:5", /"5" means nothing/, /null, unique and index/],
    ["model Post save:text", /"save" is reserved/, /another name/],
    ["model Post Title:text", /"Title" is not the name of a field/, /title:text:200/],
    [`model Post ${long}:text`, /at most 40/, /title:text:200/],
    ["model Post title:text title:int", /"title" is there twice/, /different name/],
    ["model Post author:belongsTo:Note authorId:int", /"authorId" is there twice/, /different name/],
    ["model Post author:belongsTo:Usr", /refers to the model "Usr", which does not exist/, /gable make model Usr/],
    ["model Post note:belongsTo:Not", /refers to the model "Not", which does not exist/, /note:belongsTo:Note/],
    ["model Post note:belongsTo", /must name one model/, /belongsTo:User/],
    ["model Post state:choice", /different choices/, /choice:draft,published/],
    ["model Post state:choice:a,a", /different choices/, /choice:draft,published/],
    ["model Post price:decimal:2:3", /no such digits/, /decimal:10:2/],
    ["model Note text:text", /notes\/models\.ts exists already/, /--force/],
    ["form Pst", /does not export a model "Pst"/, /make model Pst/],
    ["resource Pst", /does not export a model "Pst"/, /make model Pst/],
    ["resource notes", /one thing, with a capital letter/, /make resource Note$/m],
    ["form contact", /has no fields/, /email:email/],
    ["form contact author:belongsTo:Note", /belongs to a model/, /text/],
    ["form ../x a:text", /not a name for a form/, /make form x$/m],
    ["routes delete", /"delete" is reserved/, /delete-page/],
    ["routes ../x", /not a name for a routes/, /make routes x$/m],
    ["routes notes", /notes\/routes\.ts exists already/, /--force/],
    ["routes search title:text", /means nothing here/, /Leave it out/],
    ["command ../x", /not a name for a command/, /make command x$/m],
    ["command routes", /built-in command/, /make command my-routes$/m],
    ["test front --no-test", /nothing to write/, /Leave the flag out/],
    ["model", /needs a name/, /make model Post$/m],
    ["seed", /needs a name/, /make seed example$/m],
    ["seed ../x", /not a name for a seed/, /make seed x$/m],
    ["seed demo", /No model has the name of the seed "demo"/, /make seed demo Post/],
    ["seed demo Nte", /does not export a model "Nte"/, /Write Note/],
    ["policy Pst", /does not export a model "Pst"/, /make model Pst/],
    ["policy Note --mode test", /has no accounts/, /make accounts/],
    ["policy Note title:text", /means nothing here/, /Leave it out/],
    ["accounts mine", /"mine" means nothing here/, /make accounts$/m],
    ["view home", /views\/home\.html exists already/, /--force/],
    ["feature pages", /pages\/routes\.ts exists already/, /--force/],
  ];
  it("gable make command with the name of each built-in command and group", async () => {
    const { out: help } = await project.run("--help");
    const names = [...help.slice(help.indexOf("Commands:")).matchAll(/^ {2}([a-z][a-z-]*)/gm)].map(([, name]) => name!);
    assert.ok(names.includes("db") && names.includes("make"), names.join(" "));
    for (const name of names) {
      const { code, error } = await project.run("make", "command", name);
      assert.equal(code, 2, name);
      assert.match(error, /built-in command|reserved/);
    }
  });

  for (const [words, message, fix] of rows)
    it(`gable make ${words}`, async () => {
      const before = read(project, "models.ts");
      const { code, out, error } = await project.run("make", ...words.split(" "));
      assert.equal(code, 2, error);
      assert.equal(out, "");
      const [said = "", way = ""] = error.split("\n  fix: ");
      assert.match(said, message);
      assert.match(way, fix);
      assert.equal(read(project, "models.ts"), before);
      for (const folder of ["posts", "contact", "search", "x", "../x"]) assert.equal(existsSync(join(project.folder, folder)), false);
    });
});
