import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ChangeEffect, ProjectFacts } from "./changes.ts";
import { addressesOf, findEffect, isIgnored } from "./changes.ts";

const folder = "/shop";
const facts: ProjectFacts = {
  views: ["/shop/views", "/shop/blog/views"],
  statics: { folder: "/shop/static", at: "/files", root: ["favicon.ico"] },
  hosts: [],
  outside: [],
};

describe("findEffect()", () => {
  const rows: ReadonlyArray<readonly [path: string, effect: ChangeEffect]> = [
    ["app.ts", "code"],
    ["blog/routes.ts", "code"],
    ["blog/data.json", "code"],
    ["content/about.md", "code"],
    ["locales/de.json", "code"],
    [".env", "code"],
    [".env.development.local", "code"],
    ["views/globals.ts", "code"],
    ["views/home.html", "view"],
    ["blog/views/mail/post.txt", "view"],
    ["views/schema.json", "view"],
    ["static/app.css", "asset"],
    ["static/img/a.webp", "asset"],
    ["static/app.js", "page"],
    ["static/about.html", "page"],
    ["migrations/20260101_first.ts", "migration"],
    ["migrations/README.md", "none"],
    ["package.json", "packages"],
    ["pnpm-lock.yaml", "packages"],
    ["blog/package.json", "code"],
    ["tsconfig.json", "none"],
    ["app.test.ts", "none"],
    ["types.d.ts", "none"],
    ["README.md", "none"],
    ["Dockerfile", "none"],
  ];
  for (const [path, effect] of rows)
    it(`finds ${effect} for ${path}`, () => assert.equal(findEffect(folder, `${folder}/${path}`, facts), effect));

  it("finds code for a module outside of the project", () => assert.equal(findEffect(folder, "/shared/price.ts", facts), "code"));
});

describe("isIgnored()", () => {
  const ignored = [
    "node_modules",
    ".git",
    ".gable",
    "var",
    "dist",
    "tests",
    "a.ts~",
    ".a.ts.swp",
    "app.db",
    "app.db-wal",
    "4913",
    "#a.ts#",
    "a.ts___jb_tmp___",
  ];
  for (const name of ignored) it(`leaves out ${name}`, () => assert.ok(isIgnored(folder, name, `${folder}/${name}`)));
  for (const name of ["app.ts", ".env", ".env.local", "views", "package.json"])
    it(`watches ${name}`, () => assert.ok(!isIgnored(folder, name, `${folder}/${name}`)));
  it("watches folders named var and dist deeper in the project", () => assert.ok(!isIgnored(folder, "var", "/shop/blog/var")));
});

describe("addressesOf()", () => {
  it("gives the address below the prefix, and that at the root", () => {
    assert.deepEqual(addressesOf("/shop/static/favicon.ico", facts), ["/files/favicon.ico", "/favicon.ico"]);
    assert.deepEqual(addressesOf("/shop/static/a b/ü.css", facts), ["/files/a%20b/%C3%BC.css"]);
  });
});
