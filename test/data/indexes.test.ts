/** Indexes of models: what each database has of them. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { belongsTo, createDatabase, field as f, Model, sql } from "../../src/data.ts";
import { findMariadbMistakes } from "../../src/data/sql/mariadb/tables.ts";
import { databaseKinds, describeOnDatabases } from "./databases.ts";
import { refusedWith } from "./refused-with.ts";

class Shelf extends Model(
  "shelves",
  {
    id: f.id(),
    label: f.text({ max: 50 }),
    place: f.int(),
    notes: f.json<object | null>({ null: true }),
  },
  {
    indexes: [
      { on: ["label", "place"], desc: ["place"] },
      { on: ["place"], unique: true },
      { on: (shelf) => shelf.label.lower() },
      { on: (shelf) => shelf.label.length() },
      { on: ["notes"], using: "gin" },
      { on: ["label"], include: ["place"] },
    ],
  },
) {}

describeOnDatabases("indexes of models", [Shelf], (open) => {
  it("are created with the options that the database supports", async () => {
    const { kind, database } = open();
    const parts = sql`SELECT concat(index_name, ' ', column_name, ' ', collation, ' ', non_unique) AS text FROM information_schema.statistics WHERE table_schema = database() AND table_name = 'shelves' ORDER BY index_name, seq_in_index`;
    const likeMariadb = [
      "PRIMARY id A 0",
      "shelves_label_index label A 1",
      "shelves_label_place_index label A 1",
      "shelves_label_place_index place D 1",
      "shelves_place_index place A 0",
    ];
    const made = {
      SQLite: sql`SELECT sql AS text FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'shelves' ORDER BY name`,
      PostgreSQL: sql`SELECT indexdef AS text FROM pg_indexes WHERE tablename = 'shelves' ORDER BY indexname`,
      MariaDB: parts,
      MySQL: parts,
    }[kind];
    const texts = (await database.query<{ text: string }>(made)).map(({ text }) => text);
    assert.deepEqual(
      texts,
      {
        SQLite: [
          'CREATE INDEX "shelves_expression_2_index" ON "shelves" ((length("label")))',
          'CREATE INDEX "shelves_label_index" ON "shelves" ("label")',
          'CREATE INDEX "shelves_label_place_index" ON "shelves" ("label", "place" DESC)',
          'CREATE UNIQUE INDEX "shelves_place_index" ON "shelves" ("place")',
        ],
        PostgreSQL: [
          "CREATE INDEX shelves_expression_2_index ON public.shelves USING btree (length((label)::text))",
          "CREATE INDEX shelves_expression_index ON public.shelves USING btree (lower((label)::text))",
          "CREATE INDEX shelves_label_index ON public.shelves USING btree (label) INCLUDE (place)",
          "CREATE INDEX shelves_label_place_index ON public.shelves USING btree (label, place DESC)",
          "CREATE INDEX shelves_notes_index ON public.shelves USING gin (notes)",
          "CREATE UNIQUE INDEX shelves_pkey ON public.shelves USING btree (id)",
          "CREATE UNIQUE INDEX shelves_place_index ON public.shelves USING btree (place)",
        ],
        MariaDB: likeMariadb,
        MySQL: likeMariadb,
      }[kind],
    );
  });

  it("enforce unique values, and name the field in errors", async () => {
    await Shelf.create({ label: "a", place: 1 });
    await assert.rejects(Shelf.create({ label: "b", place: 1 }), refusedWith({ place: ["This is taken."] }));
  });
});

for (const kind of databaseKinds.filter(({ name }) => ["MariaDB", "MySQL"].includes(name)))
  describe(`conditions that ${kind.name} cannot hold`, { skip: kind.skip }, () => {
    it("are rejected when the database opens", async () => {
      class Owner extends Model("owners", { id: f.id() }) {}
      class Keyed extends Model("keyed", { id: f.id() }, { checks: { early: (row) => row.id.lt(10) } }) {}
      class Owned extends Model(
        "owned",
        { id: f.id(), ownerKey: f.int(), owner: () => belongsTo(Owner, { columns: ["ownerKey"], onDelete: "cascade" }) },
        { checks: { owned: (row) => row.ownerKey.gt(0) } },
      ) {}
      const { url, remove } = await kind.place();
      try {
        for (const [model, name] of [
          [Keyed, 'Keyed: checks.early speaks of "id"'],
          [Owned, 'Owned: checks.owned speaks of "owner_key"'],
        ] as const)
          await assert.rejects(createDatabase({ url, models: [Owner, model] }), {
            code: "E_MODEL_CONDITION",
            message: `${name}, whose values ${kind.name} itself makes or changes.`,
          });
      } finally {
        await remove();
      }
    });
  });

describe("indexes that a database does not support", () => {
  it("are rejected if they are unique", async () => {
    class Wrong extends Model(
      "wrongs",
      { id: f.id(), a: f.int({ null: true }) },
      { indexes: [{ on: ["a"], unique: true, where: (row) => row.a.gt(1) }] },
    ) {}
    await assert.rejects(createDatabase({ url: "sqlite::memory:", models: [Wrong] }), {
      code: "E_MODEL_INVALID",
      message: /an index is unique among some rows/,
    });
    class Folded extends Model(
      "folded",
      { id: f.id(), a: f.text({ max: 9 }) },
      { indexes: [{ on: (row) => row.a.lower(), unique: true }] },
    ) {}
    await assert.rejects(createDatabase({ url: "sqlite::memory:", models: [Folded] }), {
      code: "E_MODEL_CONDITION",
      message: "Folded: folded_expression_index folds case, which no table of SQLite can.",
    });
    class Checked extends Model("checked", { id: f.id(), a: f.text({ max: 9 }) }, { checks: { low: (row) => row.a.ieq("x") } }) {}
    await assert.rejects(createDatabase({ url: "sqlite::memory:", models: [Checked] }), {
      code: "E_MODEL_CONDITION",
      message: /folds case/,
    });
    assert.match(findMariadbMistakes(Folded.$meta)[0]!.message, /MariaDB has no index of an expression/);
  });
});
