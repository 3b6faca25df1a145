/** Misspelt commands and flags: each gets the one that was meant, and exit code 2. */
import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { createTestProject } from "./project.ts";

const project = createTestProject({ "app.ts": 'import { gable } from "gable";\nexport default gable({ routes: [] });\n' });
after(() => project.remove());

/** The words that somebody types, and what was meant. */
const misspelt: ReadonlyArray<readonly [typed: string, meant: string]> = [
  ["abuot", "about"],
  ["biuld", "build"],
  ["buld", "build"],
  ["chekc", "check"],
  ["chck", "check"],
  ["dve", "dev"],
  ["docz", "docs"],
  ["docter", "doctor"],
  ["erors", "errors"],
  ["lasterror", "last-error"],
  ["last-eror", "last-error"],
  ["model", "models"],
  ["modles", "models"],
  ["route", "routes"],
  ["ruotes", "routes"],
  ["setings", "settings"],
  ["shel", "shell"],
  ["strat", "start"],
  ["relaod", "reload"],
  ["tset", "test"],
  ["wroker", "worker"],
  ["workers", "worker"],
  ["sesions clear", "sessions"],
  ["sessions claer", "clear"],
  ["env chek", "check"],
  ["env exmaple", "example"],
  ["key genrate", "generate"],
  ["task list", "tasks"],
  ["tasks lst", "list"],
  ["tasks rety", "retry"],
  ["tasks cancle", "cancel"],
  ["tasks shedule", "schedule"],
  ["user craete", "create"],
  ["user pasword", "password"],
  ["users grant", "user"],
  ["db mkae", "make"],
  ["db migarte", "migrate"],
  ["db rolback", "rollback"],
  ["db creat", "create"],
  ["db dorp", "drop"],
  ["db rest", "reset"],
  ["db sed", "seed"],
  ["db bakcup", "backup"],
  ["db make --chek", "--check"],
  ["db make --emtpy", "--empty"],
  ["db make --not-renam x", "--not-rename"],
  ["routes --jason", "--json"],
  ["routes --quite", "--quiet"],
  ["routes --mod test", "--mode"],
  ["about --ap app.ts", "--app"],
];

describe("misspelt commands and flags", () => {
  it("has 50 different cases", () => assert.equal(new Set(misspelt.map(([typed]) => typed)).size, 50));
  for (const [typed, meant] of misspelt)
    it(`suggests ${meant} for \`gable ${typed}\``, async () => {
      const { code, error } = await project.run(...typed.split(" "));
      assert.equal(/\(Did you mean (.+)\?\)/.exec(error)?.[1], meant, error);
      assert.equal(code, 2);
    });
});

const site = createTestProject({
  "app.ts": `import { gable, get } from "gable";
import { task } from "gable/tasks";
import { memoryTasks } from "gable/tasks";
import * as models from "./models.ts";
const sendDigest = task("send-digest", { input: {} }, () => {});
const resizePhoto = task("resize-photo", { input: {} }, () => {});
const show = get("/posts/:id(int)", { name: "posts.show" }, () => "post");
const list = get("/posts", { name: "posts.list" }, () => "posts");
export default gable({ mode: "test", models, database: "sqlite::memory:", tasks: { tasks: [sendDigest, resizePhoto], queue: memoryTasks() }, routes: [show, list] });
`,
  "models.ts": `import { Model, field as f } from "gable/data";
export class Author extends Model("authors", { id: f.id() }) {}
export class BlogPost extends Model("blog_posts", { id: f.id() }) {}
`,
  "migrations/20261120_1012_initial.ts": `import { migration } from "gable/migrations";
export default migration({ after: [], schema: "0", ops: [] });
`,
});
after(() => site.remove());

/** Names of routes, kinds, tasks, models, codes, topics, and what the message says to write. */
const misspeltNames: ReadonlyArray<readonly [typed: string, meant: RegExp]> = [
  ["routes posts.shwo", /Write "posts\.show"/],
  ["routes post.list", /Write "posts\.list"/],
  ["make modle Post", /gable make model Post/],
  ["make fom contact", /gable make form contact/],
  ["make rotes search", /gable make routes search/],
  ["make veiw home", /gable make view home/],
  ["make resorce Post", /gable make resource Post/],
  ["make feture blog", /gable make feature blog/],
  ["make taks digest", /gable make task digest/],
  ["make mial hello", /gable make mail hello/],
  ["make comand greet", /gable make command greet/],
  ["make tset front", /gable make test front/],
  ["make sede posts", /gable make seed posts/],
  ["make polcy Post", /gable make policy Post/],
  ["make acounts", /gable make accounts/],
  ["make form Athor", /Write Author,/],
  ["make resource BlogPsot", /Write BlogPost,/],
  ["make model Note title:txt", /Write title:text\./],
  ["make model Note author:belongsTo:Auther", /belongsTo:Author/],
  ["models Authr", /Write "Author"/],
  ["models BlogPots", /Write "BlogPost"/],
  ["tasks list --name send-digets", /Write "send-digest"/],
  ["tasks list --name resize-foto", /Write "resize-photo"/],
  ["tasks list --state faild", /Did you mean failed\?/],
  ["tasks list --state canceled", /Did you mean cancelled\?/],
  ["db migrate --phase befor", /Did you mean before\?/],
  ["db sql 20261120_1012_inital", /Write "20261120_1012_initial"/],
  ["db squash 20261120_1012_initail", /Write "20261120_1012_initial"/],
  ["db lint 20261120_1021_initial", /Write "20261120_1012_initial"/],
  ["db pull --database defualt", /Write "default"/],
  ["check --fail-level warnign", /Did you mean warning\?/],
  ["models --graph mermiad", /Did you mean mermaid\?/],
  ["deploy make --target dokcer", /Did you mean docker\?/],
  ["deploy make --target sytemd", /Did you mean systemd\?/],
  ["deploy mkae", /Did you mean make\?/],
  ["about --mode prodution", /Write "production"/],
  ["about --mode develoment", /Write "development"/],
  ["errors E_HOSTS_MISING", /gable errors E_HOSTS_MISSING/],
  ["errors E_ROUTE_DUPLICAT", /gable errors E_ROUTE_DUPLICATE/],
];

/** Topics that no page has: a search that finds nothing is not wrong usage. */
const misspeltTopics: ReadonlyArray<readonly [typed: string, meant: RegExp]> = [
  ["docs sesions", /npx gable docs sessions\n/],
  ["docs migratoins", /npx gable docs migrations\n/],
  ["docs permisions", /npx gable docs permissions\n/],
];

describe("misspelt names", () => {
  for (const [rows, exit] of [
    [misspeltNames, 2],
    [misspeltTopics, 1],
  ] as const)
    for (const [typed, meant] of rows)
      it(`suggests the right one for \`gable ${typed}\``, async () => {
        const { code, error } = await site.run(...typed.split(" "));
        assert.match(error, meant);
        assert.equal(code, exit, error);
      });

  it("suggests the nearest name or path where --grep finds no route", async () => {
    assert.equal((await site.run("routes", "--grep", "posts.shwo")).out, "No route matches. (Did you mean posts.show?)\n");
  });

  it("lists one route by its name", async () => {
    const { code, out } = await site.run("routes", "posts.list");
    assert.equal(code, 0);
    assert.match(out, /\/posts +posts\.list/);
    assert.doesNotMatch(out, /posts\.show/);
  });
});
