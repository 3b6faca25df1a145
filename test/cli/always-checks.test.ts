/** The checks that need no flag: what fails each of them, and what passes. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import type { GableOptions } from "gable";
import { gable, get, group, post } from "gable";
import { accountFields, accountTokenModel, defineAccounts } from "gable/auth";
import { belongsTo, field as f, hasMany, Model } from "gable/data";
import { alwaysChecks } from "../../src/cli/checks/always-list.ts";
import type { MachineFacts } from "../../src/cli/checks/check.ts";
import { runChecks } from "../../src/cli/checks/check.ts";
import { optionErrorIds, viewIds } from "../../src/cli/checks/ids.ts";
import { migrationIds } from "../../src/cli/checks/migrations.ts";
import { judgeNodeVersion } from "../../src/cli/checks/node-version.ts";
import type { CheckRow } from "./check-rows.ts";
import { testRows } from "./check-rows.ts";

const folder = mkdtempSync(join(tmpdir(), "gable-always-"));
mkdirSync(join(folder, "static"));
writeFileSync(join(folder, "file"), "");
after(() => rmSync(folder, { recursive: true }));

class Author extends Model("authors", { id: f.id(), books: () => hasMany(Book) }) {}
class Book extends Model("books", { id: f.id(), author: () => belongsTo(Author, { index: false }) }) {}
class Shelf extends Model("shelves", { id: f.id(), works: () => hasMany(Work) }) {}
class Work extends Model("works", { id: f.id(), shelf: () => belongsTo(Shelf) }) {}
class Maker extends Model("makers", { id: f.id(), parts: () => hasMany(Piece) }) {}
class Piece extends Model(
  "pieces",
  { id: f.id(), maker: () => belongsTo(Maker, { index: false }), year: f.int() },
  { indexes: [{ on: ["maker", "year"] }] },
) {}
class Lone extends Model("lones", { id: f.id(), author: () => belongsTo(Shelf, { index: false }) }) {}
class NoWay extends Model("no_ways", { id: f.id(), works: () => hasMany(Lonely) }) {}
class Lonely extends Model("lonelies", { id: f.id() }) {}
class Second extends Model("lonelies", { id: f.id() }) {}
const Reserved = Model("reserved", { id: f.id(), save: f.int() } as never);
const Wrong = Model("wrong", { id: f.id(), name: f.text({ max: 3, default: "long" }) });
class User extends Model("users", accountFields()) {}

const accounts = (verifyEmail: "before" | "never"): GableOptions => ({
  session: { store: "cookie" },
  secretKeys: ["q3J8v0LwZr1Xc9TfYb2NmKd7HsPgAeUiOt5Wx4Vy6Qa"],
  models: [User, accountTokenModel()],
  accounts: defineAccounts({ user: User, registration: "open", verifyEmail }),
});
const routes = (...patterns: readonly string[]): GableOptions => ({ routes: patterns.map((pattern) => get(pattern, () => "")) });
const models = (...list: readonly object[]): GableOptions => ({ models: list });
const postgres = { default: { url: "postgres://a:b@db.example/shop" } };

const rows: () => readonly CheckRow[] = () => [
  [
    "peers.missing",
    [
      { models: [Lonely], databases: postgres },
      { models: [Lonely], database: "mariadb://db.example/shop" },
      { mail: "smtp://mail.example" },
      { mail: { transport: "file:var/mail" } },
      { traces: true },
    ],
    /needs the package (?:pg|mysql2|nodemailer|@opentelemetry\/api), which is not installed\.$/,
    [{ models: [Lonely], database: "sqlite:a.db" }, { mail: "outbox:" }, { mail: "memory:" }, {}],
  ],
  [
    "mail.transport-missing",
    [accounts("before"), { mail: { from: "shop@shop.example" } }],
    /^Accounts send links by mail|^Production needs a mail transport/,
    [accounts("never"), { mail: {}, mode: "development" }, { mail: "outbox:" }],
  ],
  [
    "static.missing",
    [{ static: "none" }, { static: { directory: "file" } }],
    /^The folder of static files "(?:none|file)" does not exist\.$/,
    [{ static: "static" }, { static: { directory: "static" } }, {}],
  ],
  [
    "routes.unreachable",
    [
      routes("/archive/:id(int)", "/archive/:year([1-9]\\d{3})"),
      routes("/:a([^]+)", "/:b(slug)"),
      routes("/en", "/de", "/:language(en|de)"),
      { routes: [group("/blog", [get("/:a(path)", () => "")]), get("/blog/*rest", () => "")] },
    ],
    /^GET \S+ answers no request: GET \S+ comes first\.$/,
    [
      routes("/archive/:id(int)", "/archive/:year(\\d{4})"),
      routes("/en", "/:language(en|de)"),
      routes("/:id(int)", "/:name", "/a", "/c/:d?", "/files/*path", "/:slug-:id(int)", "/:id.json"),
      { routes: [get("/:a", () => ""), post("/:b", () => "")] },
      // No sample fits, or only a few: nothing is said.
      routes("/:a", "/:b(q{7})"),
      routes("/:a(en|de|fr)", "/:b([a-z]{2})"),
    ],
  ],
  ["models.inverse", [models(NoWay, Lonely)], /^NoWay\.works: .*\(E_RELATION_REVERSE\)\.$/, [models(Author, Book)]],
  ["models.reserved", [models(Reserved)], /\.save: .*\(E_FIELD_RESERVED\)\.$/, [models(Author, Book)]],
  ["models.names", [models(Lonely, Second)], /^Second: the table "lonelies" is that of Lonely/, [models(Lonely)]],
  ["models.definition", [models(Wrong)], /\.name: .*\(E_[A-Z_]+\)\.$/, [models(NoWay, Lonely), models(Author, Book)]],
  [
    "models.unindexed",
    [models(Author, Book), { models: [Author, Book], databases: postgres }],
    /^Book\.author has no index, but Author\.books searches by it/,
    [models(Shelf, Work), models(Maker, Piece), models(Shelf, Work, Lone), { models: [Author, Book], database: "mysql://db.example/shop" }],
  ],
];

function findingsOf(options: GableOptions, machine: Partial<MachineFacts> = {}): ReturnType<typeof runChecks> {
  const app = gable({ mode: "production", health: false, ...options });
  return runChecks(alwaysChecks, {
    facts: app.describe(),
    folder,
    readFile: () => undefined,
    findRoute: (...path) => app.findRoute(...path),
    machine: { nodeVersion: "26.10.0", now: new Date("2026-12-01"), isInstalled: () => false, ...machine },
  });
}

describe("checks that need no flag", () => {
  testRows(rows, findingsOf);

  it("find no problem with packages that are installed", () => {
    assert.deepEqual(findingsOf({ mail: "smtp://mail.example", traces: true }, { isInstalled: () => true }), []);
  });

  it("name the place of a route that answers nothing", () => {
    const [problem] = findingsOf(routes("/:a([^]+)", "/:b(slug)"));
    assert.match(problem!.where ?? "", /always-checks\.test\.ts:\d+$/);
  });

  it("have a row in this table each", () => {
    const ids = alwaysChecks.map(({ id }) => id).filter((id) => id !== "node.version");
    assert.deepEqual(
      ids,
      rows().map(([id]) => id),
    );
  });

  it("have a row in the guide each, with their level, and so have the others", () => {
    const guide = readFileSync(new URL("../../docs/guides/checks.md", import.meta.url), "utf8");
    const listed = new Set(
      [...guide.matchAll(/^\| (`[^|]+) \|/gm)].flatMap(([, cell]) => [...cell!.matchAll(/`([^`]+)`/g)].map(([, id]) => id!)),
    );
    const known = [...alwaysChecks.map(({ id }) => id), ...Object.values(optionErrorIds), ...migrationIds, ...viewIds];
    assert.deepEqual(
      known.filter((id) => !listed.has(id)),
      [],
    );
  });
});

describe("judgeNodeVersion()", () => {
  const cases: ReadonlyArray<readonly [version: string, day: string, level: string | undefined, message: RegExp]> = [
    ["20.20.0", "2026-12-01", "error", /needs Node 22\.18 or later; this is 20\.20\.0\.$/],
    ["22.17.9", "2026-12-01", "error", /needs Node 22\.18/],
    ["22.18.0", "2026-12-01", "warning", /^Node 22\.18\.0 lacks the security fixes of 22\.23\.0\.$/],
    ["22.23.0", "2027-04-30", undefined, /^$/],
    ["22.99.0", "2027-05-01", "warning", /^Node 22 has had no security fixes since 2027-04-30; this is 22\.99\.0\.$/],
    ["23.11.1", "2026-12-01", "warning", /no security fixes since 2025-06-01/],
    ["24.16.9", "2026-12-01", "warning", /lacks the security fixes of 24\.17\.0/],
    ["24.17.0", "2026-12-01", undefined, /^$/],
    ["26.3.0", "2026-12-01", "warning", /lacks the security fixes of 26\.3\.1/],
    ["26.3.1", "2026-12-01", undefined, /^$/],
    ["27.0.0", "2030-01-01", undefined, /^$/],
  ];
  for (const [version, day, level, message] of cases)
    it(`says ${level ?? "nothing"} about ${version} on ${day}`, () => {
      const found = judgeNodeVersion(version, new Date(day));
      assert.equal(found?.level, level);
      assert.match(found?.message ?? "", message);
      const reported = findingsOf({}, { nodeVersion: version, now: new Date(day) }).map((problem) => [problem.id, problem.level]);
      assert.deepEqual(reported, level === undefined ? [] : [["node.version", level]]);
    });
});
