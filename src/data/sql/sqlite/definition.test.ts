import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { listChecks, normalizeDefinition, splitDefinition } from "./definition.ts";

describe("splitDefinition()", () => {
  const cases: ReadonlyArray<readonly [sql: string, objects: ReadonlyArray<readonly [object: string, definition: string]>]> = [
    ['CREATE TABLE "a" ("id" INTEGER PRIMARY KEY)', [["column id", "INTEGER PRIMARY KEY"]]],
    [
      "CREATE TABLE a (id int) STRICT, WITHOUT ROWID",
      [
        ["column id", "INT"],
        ["options", "STRICT , WITHOUT ROWID"],
      ],
    ],
    [
      "CREATE TABLE a (x decimal(4, 2), y int)",
      [
        ["column x", "DECIMAL ( 4 , 2 )"],
        ["column y", "INT"],
      ],
    ],
    [
      'CREATE TABLE a (x int, /* , y int */ "z""w" int, -- )\n PRIMARY KEY (x), UNIQUE (x))',
      [
        ["column x", "INT"],
        ['column z"w', "INT"],
        ["primary", "PRIMARY KEY ( X )"],
        ["unique", "UNIQUE ( X )"],
      ],
    ],
    [
      "CREATE TABLE a (x int CONSTRAINT most CHECK ((x < 3)), CONSTRAINT least CHECK (x > 0))",
      [
        ["column x", "INT"],
        ["constraint most", "CHECK ( X < 3 )"],
        ["constraint least", "CHECK ( X > 0 )"],
      ],
    ],
    [
      "CREATE TABLE a (x text DEFAULT ')', y text DEFAULT '(')",
      [
        ["column x", "TEXT DEFAULT ')'"],
        ["column y", "TEXT DEFAULT '('"],
      ],
    ],
  ];
  for (const [sql, objects] of cases) it(`reads ${sql}`, () => assert.deepEqual(splitDefinition(sql), objects));
});

describe("listChecks()", () => {
  for (const [sql, checks] of [
    ["CREATE TABLE a (x int CHECK (x >= 3))", [["", "x >= 3"]]],
    ["CREATE TABLE a (x int, CONSTRAINT Most CHECK (x IN (1, 2) AND lower(x) <> 'A'))", [["Most", "x IN (1, 2) AND lower(x) <> 'A'"]]],
    [
      "CREATE TABLE a (x int DEFAULT (1), CHECK (x > 1), CHECK ((x) < 9))",
      [
        ["", "x > 1"],
        ["", "(x) < 9"],
      ],
    ],
    ["CREATE TABLE a (x int)", []],
  ] as const)
    it(`finds those of ${sql}`, () =>
      assert.deepEqual(
        listChecks(sql).map(({ name, text }) => [name, text]),
        checks,
      ));
});

describe("normalizeDefinition()", () => {
  for (const [sql, normalized] of [
    ['CREATE INDEX "i" ON "a" ("x", "y")', 'CREATE INDEX "i" ON "a" ("x", "y")'],
    ['CREATE  UNIQUE INDEX "i"\n ON "a" (((lower(x)))) WHERE ((x > 1))', 'CREATE UNIQUE INDEX "i" ON "a" ((lower(x))) WHERE x > 1'],
    ['CREATE INDEX "i" ON "a" ((x) + (y)) WHERE (x) > (y)', 'CREATE INDEX "i" ON "a" ((x) + (y)) WHERE (x) > (y)'],
    ["CREATE TRIGGER t AFTER INSERT  ON a BEGIN SELECT 1; END", "CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; END"],
  ] as const)
    it(`writes ${sql}`, () => assert.equal(normalizeDefinition(sql), normalized));
});
