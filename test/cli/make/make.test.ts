/** `gable make`: what each kind writes, prints and refuses, and that its code compiles and passes its tests. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { declarationPaths } from "../../declarations.ts";
import { createFullProject } from "../full-project.ts";
import type { TestProject } from "../project.ts";
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

const projects: TestProject[] = [];
after(() => projects.forEach((project) => project.remove()));

/** A project without accounts, whose types come from the declarations of the sources. It is removed after the tests. */
async function createTypedProject(): Promise<TestProject> {
  const project = await createFullProject({ accounts: false });
  const config = JSON.parse(readFileSync(join(project.folder, "tsconfig.json"), "utf8")) as { compilerOptions: object }; // The template's own.
  const compilerOptions = { ...config.compilerOptions, exactOptionalPropertyTypes: true, paths: declarationPaths() };
  project.write({ "tsconfig.json": JSON.stringify({ ...config, compilerOptions }) });
  projects.push(project);
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
  const files = ["accounts/accounts.ts", "settings.ts", "app.ts", "pages/routes.ts"].flatMap((file) => [file, `src/${file}`]);
  for (const asked of data.add.filter(({ file }) => files.includes(file)))
    project.write({ [asked.file]: addLine(read(project, asked.file), asked) });
  return data;
}

describe("gable make, all kinds in one project", () => {
  let project: TestProject;
  before(async () => void (project = await createTypedProject()));
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
  let project: TestProject;
  before(async () => void (project = await createTypedProject()));
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
    ["seed notes", ["seeds/020-notes.ts", "tests/notes-seed.test.ts"]],
    ["seed demo Post Note", ["seeds/030-demo.ts", "tests/demo-seed.test.ts"]],
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
    assert.match(await runGable(project, "db", "seed"), /Ran 3 seeds/);
    assert.match(await runGable(project, "db", "seed"), /Ran 3 seeds/);
    await runNode(project, join(root, "node_modules/oxlint/bin/oxlint"), "--deny-warnings", "accounts", "posts", "notes", "seeds", "tests");
  });
});

describe("gable make accounts --routes", () => {
  const options = `remember: {},
  twoFactor: { issuer: "Shelf" },
  tokens: { scopes: ["posts:read"] },
  providers: { example: { issuer: "https://login.example", clientId: "shelf", clientSecret: "secret" } },
  registrationFields: { nickname: f.text({ max: 50, optional: true }) },
  passwordMin: 100,`;
  const models = `import { apiTokenModel, identityModel, rememberTokenModel, twoFactorModels } from "gable/auth";
export const ApiToken = apiTokenModel();
export const Identity = identityModel();
export const RememberToken = rememberTokenModel();
export const { TwoFactor, RecoveryCode } = twoFactorModels();
`;
  const replace = (project: TestProject, file: string, ...pairs: ReadonlyArray<readonly [string, string]>): void =>
    project.write({ [file]: pairs.reduce((text, [before, after]) => text.replace(before, after), read(project, file)) });
  const kinds: ReadonlyArray<readonly [what: string, prepare: (project: TestProject) => void, pages: string]> = [
    [
      "all options",
      (project) => {
        const field = 'import { field as f } from "gable/forms";\nimport { defineAccounts }';
        replace(project, "accounts/accounts.ts", ["import { defineAccounts }", field], ["user: User,", `user: User,\n  ${options}`]);
        replace(
          project,
          "accounts/models.ts",
          ["...accountFields(),", "...accountFields(),\n  nickname: f.text({ max: 50, null: true }),"],
          ["import { Model }", "import { field as f, Model }"],
        );
        project.write({ "models.ts": `${read(project, "models.ts")}${models}` });
      },
      "index forms login register verify reset change confirm sessions tokens two-factor codes",
    ],
    ["few options", () => undefined, "index forms login register verify reset change confirm sessions"],
    [
      "accounts with a user name",
      (project) => {
        replace(project, "accounts/models.ts", ["accountFields()", 'accountFields({ login: "username" })']);
        replace(project, "accounts/routes.ts", ["user.email", "user.username"]);
      },
      "index forms login register verify reset change confirm sessions",
    ],
    [
      "accounts without mail and registration",
      (project) => {
        replace(project, "accounts/accounts.ts", ['registration: "open"', 'registration: "closed"']);
        replace(project, "app.ts", [/^ *mail: .*$/m.exec(read(project, "app.ts"))?.[0] ?? "", ""]);
      },
      "index forms login change confirm sessions",
    ],
  ];
  for (const [what, prepare, pages] of kinds)
    it(`writes pages for ${what} that compile, pass the linter, and pass their test`, async () => {
      const project = await createTypedProject();
      await makeAndAdd(project, "accounts");
      prepare(project);
      const before = read(project, "accounts/routes.ts");
      const { data } = JSON.parse(await runGable(project, "make", "accounts", "--routes", "--json")) as { data: MadeData };
      const written = data.files.filter((file) => file.startsWith("accounts/pages/"));
      assert.deepEqual(
        written,
        pages.split(" ").map((name) => `accounts/pages/${name}.ts`),
      );
      assert.equal(read(project, "accounts/routes.ts"), before);
      assert.deepEqual(data.changed, []);
      for (const asked of data.add) project.write({ [asked.file]: addLine(read(project, asked.file), asked) });
      assert.doesNotMatch(read(project, "accounts/routes.ts"), /accounts\.routes|\baccounts,/);
      await runGable(project, "build");
      const tsc = [join(root, "node_modules/typescript/bin/tsc"), "-p", ".", "--noUnusedLocals", "--noUnusedParameters"];
      await runNode(project, ...tsc, "--exactOptionalPropertyTypes", String(what === "all options"));
      await runNode(project, join(root, "node_modules/oxlint/bin/oxlint"), "--deny-warnings", "accounts", "tests");
      await runNode(project, "--test", "tests/account-pages.test.ts");
    });

  it("shows what it would write, writes no test on demand, and overwrites with --force only", async () => {
    const project = await createTypedProject();
    await makeAndAdd(project, "accounts");
    assert.match(
      await runGable(project, "make", "accounts", "--routes", "--dry-run"),
      /^Would write accounts\/pages\/index\.ts[^]*Add to accounts\/routes\.ts\n {2}import \{ accountRoutes \} from "\.\/pages\/index\.ts";\n[^]*in place of: import \{ accounts, signedIn \}/,
    );
    assert.equal(existsSync(join(project.folder, "accounts/pages")), false);
    await runGable(project, "make", "accounts", "--routes", "--no-test");
    assert.equal(existsSync(join(project.folder, "tests/account-pages.test.ts")), false);
    project.write({ "accounts/pages/login.ts": "" });
    await assert.rejects(runGable(project, "make", "accounts", "--routes"), /exist already\. Nothing was written/);
    assert.equal(read(project, "accounts/pages/login.ts"), "");
    await runGable(project, "make", "accounts", "--routes", "--force");
    assert.match(read(project, "accounts/pages/login.ts"), /actions\.signIn/);
  });
});

describe("gable make resource", () => {
  let project: TestProject;
  before(async () => void (project = await createTypedProject()));
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

describe("gable make, for an application in src/app.ts", () => {
  let project: TestProject;
  before(async () => {
    project = await createTypedProject();
    const moved = ["app.ts", "models.ts", "pages", "notes", "tests"].filter((name) => existsSync(join(project.folder, name)));
    mkdirSync(join(project.folder, "src"));
    for (const name of moved) renameSync(join(project.folder, name), join(project.folder, "src", name));
    for (const [file, text, now] of [
      ["src/app.ts", '"./settings.ts"', '"../settings.ts"'],
      ["seeds/010-first-notes.ts", '"../models.ts"', '"../src/models.ts"'],
      ["src/tests/notes.test.ts", '"../seeds/', '"../../seeds/'],
      ["views/notes/list.html", "../../notes/models.ts", "../../src/notes/models.ts"],
    ] as const)
      project.write({ [file]: read(project, file).replace(text, now) });
  });
  const tests: string[] = [];
  const rows: ReadonlyArray<readonly [words: string, files: readonly string[]]> = [
    [
      "accounts",
      [
        "src/accounts/models.ts",
        "src/accounts/accounts.ts",
        "src/accounts/routes.ts",
        "views/accounts/home.html",
        "views/accounts/page.html",
        "src/tests/accounts.test.ts",
      ],
    ],
    ["model Post title:text:200 author:belongsTo:User", ["src/posts/models.ts", "src/tests/post-model.test.ts"]],
    ["policy Post", ["src/posts/policies.ts", "src/tests/post-policy.test.ts"]],
    ["form Post", ["src/posts/forms.ts", "src/tests/post-form.test.ts"]],
    ["form contact email:email", ["src/contact/forms.ts", "src/tests/contact-form.test.ts"]],
    ["routes search", ["src/search/routes.ts", "src/tests/search-routes.test.ts"]],
    ["view about-us", ["views/about-us.html", "src/tests/about-us-view.test.ts"]],
    ["task send-digest", ["src/tasks/send-digest.ts", "src/tests/send-digest-task.test.ts"]],
    ["mail welcome", ["src/mail/welcome.ts", "views/mail/welcome.html", "views/mail/welcome.txt", "src/tests/welcome-mail.test.ts"]],
    ["command greet-all", ["commands/greet-all.ts", "src/tests/greet-all-command.test.ts"]],
    ["test front", ["src/tests/front.test.ts"]],
    ["feature blog", ["src/blog/routes.ts", "views/blog/index.html", "src/tests/blog.test.ts"]],
    ["seed posts", ["seeds/020-posts.ts", "src/tests/posts-seed.test.ts"]],
    ["model Article title:text:200 author:belongsTo:User", ["src/articles/models.ts", "src/tests/article-model.test.ts"]],
    [
      "resource Article",
      [
        "src/articles/forms.ts",
        "src/articles/routes.ts",
        "views/articles/list.html",
        "views/articles/show.html",
        "views/articles/form.html",
        "views/articles/delete.html",
        "src/tests/article-pages.test.ts",
      ],
    ],
  ];
  for (const [words, files] of rows)
    it(`writes ${files[0]}`, async () => {
      const data = await makeAndAdd(project, ...words.split(" "));
      assert.deepEqual(data.files, files);
      tests.push(...files.filter((file) => file.endsWith(".test.ts")));
      for (const { file } of [...data.changed, ...data.add]) assert.match(file, /^src\/|^settings\.ts$/);
    });

  it("writes code that compiles, and tests that pass", async () => {
    await runGable(project, "db", "make", "all");
    await runGable(project, "build");
    await runNode(project, join(root, "node_modules/typescript/bin/tsc"), "-p", ".");
    await runNode(project, "--test", ...tests);
  });

  it("imports a module of another name", async () => {
    project.write({ "src/site.ts": read(project, "src/app.ts") });
    await runGable(project, "make", "test", "other", "--app", "src/site.ts");
    assert.match(read(project, "src/tests/other.test.ts"), /^import app from "\.\.\/site\.ts";$/m);
  });

  for (const [path, what] of [
    ["src/built.js", /is in src\/built\.js, and the files that this command writes are TypeScript/],
    ["../outside.ts", /is outside of this folder/],
  ] as const)
    it(`refuses ${path}`, async () => {
      project.write({ [path]: "export default {};\n" });
      const { code, error } = await project.run("make", "test", "other", "--app", path);
      rmSync(join(project.folder, path));
      assert.match(error, what);
      assert.equal(code, 2);
    });
});

describe("gable make", () => {
  let project: TestProject;
  before(async () => void (project = await createTypedProject()));
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
  let project: TestProject;
  before(async () => void (project = await createTypedProject()));
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
    [
      "model Post title:text --fields body:text",
      /"title:text" comes after the name, but --fields is also given/,
      /all of them in --fields/,
    ],
    ["model Post --fields ", /--fields has no field/, /title:text:200 body:text/],
    ["routes search --fields title:text", /means nothing here/, /Leave it out/],
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
    ["accounts --routes --mode test", /from accounts\/accounts\.ts, but the application has none there/, /make accounts$/m],
    ["routes search --routes", /--routes means nothing here/, /make accounts --routes/],
    ["view home", /views\/home\.html exists already/, /--force/],
    ["feature pages", /pages\/routes\.ts and tests\/pages\.test\.ts exist already/, /--force/],
  ];
  it("gable make with --fields is the same as with words after the name", async () => {
    const given = ["--dry-run", "--json"];
    const words = await project.run("make", "model", "Lamp", "name:text:50", "color:text:7", ...given);
    const fields = await project.run("make", "model", "Lamp", "--fields", " name:text:50  color:text:7 ", ...given);
    assert.equal(words.code, 0, words.out);
    assert.equal(fields.out, words.out);
    const { code, error } = await project.run("make", "model", "Lamp", "--fields", "name:txt:50");
    assert.equal(code, 2);
    assert.match(error, /"txt" is not a type of a field/);
  });

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
