import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { models } from "../../../test/data/library-models.ts";
import { assertModels, checkModels } from "./definitions.ts";
import { field as f } from "./field.ts";
import type { ModelClass } from "./model-class.ts";
import { Model } from "../model.ts";
import { belongsTo, hasMany, hasOne, manyToMany } from "./relation.ts";

class Other extends Model("others", { id: f.id() }) {}
class Pair extends Model("pairs", { a: f.int(), b: f.int() }, { primary: ["a", "b"] }) {}
const id = f.id();
// Definitions that the types reject, but code without types may contain.
const untyped = Model as unknown as (table: string, fields: object, options?: object) => ModelClass & (new () => object);
const make = (fields: object, options?: object, table = "things"): ModelClass =>
  class Thing extends untyped(table, { id, ...fields }, options) {};
const bare = (fields: object, options?: object): ModelClass => class Thing extends untyped("things", fields, options) {};

type Row = [what: string, model: ModelClass | ModelClass[], code: string, message: RegExp, fix: RegExp];

const rows: readonly Row[] = [
  ["a field that is a string", make({ a: "text" }), "E_FIELD_INVALID", /Thing\.a: the field is "text"/, /field\.text\(\)/],
  ["a field that is not a relation", make({ a: () => 5 }), "E_FIELD_INVALID", /Thing\.a: the field is function/, /belongsTo/],
  ["a relation without its arrow", make({ a: belongsTo(Other) }), "E_FIELD_INVALID", /the field is an object/, /arrow/],
  [
    "an arrow that throws",
    make({
      a: () => {
        throw new Error("x");
      },
    }),
    "E_FIELD_INVALID",
    /Thing\.a/,
    /arrow/,
  ],
  ["a name of an instance", make({ save: f.int() }), "E_FIELD_RESERVED", /every row has this name/, /another name/],
  ["the name of a constructor", make({ constructor: f.int() }), "E_FIELD_RESERVED", /every row/, /option column/],
  ["a name with a hyphen", make({ "a-b": f.int() }), "E_FIELD_NAME", /the name cannot be used/, /letters, digits/],
  ["a name that is too long", make({ ["a".repeat(64)]: f.int() }), "E_FIELD_NAME", /cannot be used/, /63/],
  ["a column with a quote", make({ a: f.int({ column: 'a"b' }) }), "E_FIELD_NAME", /the column is named "a"b"/, /letters/],
  [
    "two fields with one column",
    make({ a: f.int(), b: f.int({ column: "A" }) }),
    "E_FIELD_COLUMN_DUPLICATE",
    /the column "A" is that of "a"/,
    /another column/,
  ],
  [
    "a key of a relation as a field, too",
    make({ other: () => belongsTo(Other), otherId: f.int() }),
    "E_FIELD_COLUMN_DUPLICATE",
    /"other_id"/,
    /another/,
  ],
  ["an unknown option", make({ a: f.text({ mx: 5 } as never) }), "E_FIELD_OPTION", /text has no option "mx"/, /^Write "max"\.$/],
  ["an option of another type", make({ a: f.boolean({ max: 5 } as never) }), "E_FIELD_OPTION", /boolean has no option "max"/, /./],
  ["a limit below one", make({ a: f.text({ max: 0 }) }), "E_FIELD_OPTION_VALUE", /max is 0/, /above 0/],
  ["a limit that is a string", make({ a: f.int({ min: "1" } as never) }), "E_FIELD_OPTION_VALUE", /min is "1"/, /type int/],
  ["limits in the wrong order", make({ a: f.int({ min: 5, max: 1 }) }), "E_FIELD_OPTION_VALUE", /min is above max/, /Exchange/],
  ["lengths in the wrong order", make({ a: f.text({ min: 5, max: 1 }) }), "E_FIELD_OPTION_VALUE", /min is above max/, /Exchange/],
  ["too many digits", make({ a: f.decimal({ digits: 39, scale: 2 }) }), "E_FIELD_OPTION_VALUE", /digits is 39/, /1 to 38/],
  [
    "another storage",
    make({ a: f.decimal({ digits: 9, scale: 2, storage: "blob" as "text" }) }),
    "E_FIELD_OPTION_VALUE",
    /storage is "blob"/,
    /Use "text"/,
  ],
  ["more decimals than digits", make({ a: f.decimal({ digits: 2, scale: 3 }) }), "E_FIELD_OPTION_VALUE", /scale 3/, /0 to digits/],
  ["no type of file", make({ a: f.file({ accept: [] }) }), "E_FIELD_OPTION_VALUE", /accept is /, /image\/png/],
  ["a type of file that is none", make({ a: f.file({ accept: ["png"] }) }), "E_FIELD_OPTION_VALUE", /accept is /, /image\/png/],
  ["a file without a size", make({ a: f.file({ bytesMax: 0 }) }), "E_FIELD_OPTION_VALUE", /bytesMax is 0/, /above 0/],
  ["a start of keys that is none", make({ a: f.file({ prefix: "../x" }) }), "E_FIELD_OPTION_VALUE", /prefix is "..\/x"/, /"covers"/],
  ["a default file", make({ a: f.file({ default: "a.png" }) }), "E_FIELD_OPTION_VALUE", /has a default/, /null: true/],
  ["a list of files", make({ a: f.array(f.file()) }), "E_FIELD_INVALID", /a list is of the type file/, /./],
  [
    "a slug of no field",
    make({ name: f.text(), a: f.slug({ from: "nme" }) }),
    "E_FIELD_OPTION_VALUE",
    /from is "nme", but there is no/,
    /"name"/,
  ],
  ["a slug of a list", make({ b: f.array(f.text()), a: f.slug({ from: "b" }) }), "E_FIELD_OPTION_VALUE", /no slug can be made/, /./],
  ["a slug of a relation", make({ b: () => belongsTo(Other), a: f.slug({ from: "b" }) }), "E_FIELD_OPTION_VALUE", /no slug/, /./],
  ["a choice of nothing", make({ a: f.choice({}) }), "E_FIELD_OPTION_VALUE", /no keys/, /at least one/],
  [
    "a wrong auto",
    make({ a: f.datetime({ auto: "always" } as never) }),
    "E_FIELD_OPTION_VALUE",
    /auto is "always"/,
    /"create" or "update"/,
  ],
  ["a wrong default", make({ a: f.text({ max: 2, default: "abc" }) }), "E_FIELD_DEFAULT", /the default is "abc": Use at most 2/, /accepts/],
  ["a default of null", make({ a: f.int({ default: null }) }), "E_FIELD_DEFAULT", /the default is null/, /./],
  ["a pattern of nested repetitions", make({ a: f.text({ pattern: /^(a+)+$/ }) }), "E_FIELD_PATTERN", /may take very long/, /repetitions/],
  ["a pattern of repeated branches", make({ a: f.text({ pattern: /^(a|a)*$/ }) }), "E_FIELD_PATTERN", /long/, /./],
  ["a pattern with a back reference", make({ a: f.text({ pattern: /(a)\1/ }) }), "E_FIELD_PATTERN", /long/, /back references/],
  ["a relation to nothing", make({ a: () => belongsTo(undefined) }), "E_RELATION_TARGET", /leads to undefined/, /model class/],
  ["a relation to what is not opened", make({ a: () => belongsTo(Pair) }), "E_RELATION_TARGET", /Pair is not among/, /Add Pair/],
  ["no way back", make({ all: () => hasMany(Other) }), "E_RELATION_REVERSE", /Other has no relation to Thing/, /belongsTo\(Thing\)/],
  ["a missing way back", make({ one: () => hasOne(Other, { by: "x" }) }), "E_RELATION_REVERSE", /no relation "x" to Thing/, /./],
  [
    "an unknown action",
    make({ a: () => belongsTo(Other, { onDelete: "drop" as never }) }),
    "E_RELATION_OPTION",
    /onDelete is "drop"/,
    /"?restrict/,
  ],
  [
    "an unknown way to follow",
    make({ a: () => belongsTo(Other, { onSoftDelete: "drop" as never }) }),
    "E_RELATION_OPTION",
    /onSoftDelete is "drop"/,
    /"cascade"/,
  ],
  [
    "rows that follow without soft delete",
    make({ a: () => belongsTo(Other, { onSoftDelete: "cascade" }) }),
    "E_RELATION_OPTION",
    /has no soft delete/,
    /softDelete/,
  ],
  [
    "set null on a required relation",
    make({ a: () => belongsTo(Other, { onDelete: "set null" }) }),
    "E_RELATION_OPTION",
    /may not be empty/,
    /null: true/,
  ],
  [
    "a key of several fields",
    [make({ a: () => belongsTo(Pair) }), Pair],
    "E_RELATION_COLUMNS",
    /the key of Pair has 2 fields/,
    /columns: \["a", "b"\]/,
  ],
  [
    "too few columns",
    [make({ x: f.int(), p: () => belongsTo(Pair, { columns: ["x"] }) }), Pair],
    "E_RELATION_COLUMNS",
    /1 columns are named, and the key of Pair has 2/,
    /a, b/,
  ],
  [
    "columns that are none",
    [make({ p: () => belongsTo(Pair, { columns: ["x", "y"] }) }), Pair],
    "E_RELATION_COLUMNS",
    /no column "x"/,
    /./,
  ],
  ["no key", bare({ a: f.int() }), "E_MODEL_PRIMARY", /the model has no key/, /field\.id\(\)/],
  ["two keys", bare({ a: f.id(), b: f.id() }), "E_MODEL_PRIMARY", /2 fields are the key/, /primary/],
  ["a key twice", bare({ a: f.id(), b: f.int() }, { primary: ["a", "b"] }), "E_MODEL_PRIMARY", /given twice/, /./],
  ["an unknown option of a model", make({}, { ordrBy: "id" }), "E_MODEL_OPTION", /no option "ordrBy"/, /^Write "orderBy"\.$/],
  [
    "an unknown name in an option",
    make({ title: f.text() }, { orderBy: "-titel" }),
    "E_FIELD_UNKNOWN",
    /orderBy names "titel"/,
    /^Write "title"\.$/,
  ],
  [
    "a softDelete field that is required",
    make({ d: f.datetime() }, { softDelete: "d" }),
    "E_MODEL_SOFT_DELETE",
    /must be a nullable datetime/,
    /field\.datetime/,
  ],
  [
    "a softDelete field of type text",
    make({ d: f.text({ null: true }) }, { softDelete: "d" }),
    "E_MODEL_SOFT_DELETE",
    /must be a nullable datetime/,
    /field\.datetime/,
  ],
  ["a version of type text", make({ v: f.text() }, { version: "v" }), "E_MODEL_VERSION", /type text/, /field\.int/],
  ["a table with a blank", make({}, {}, "a b"), "E_MODEL_TABLE", /the table is named "a b"/, /underscores/],
  ["two models with one table", [make({}), make({})], "E_MODEL_TABLE_DUPLICATE", /"things" is that of Thing/, /another table/],
];

describe("definitions of models", () => {
  it("are right in the example, in one file and across two", () => {
    assert.deepEqual(checkModels(models), []);
    assert.doesNotThrow(() => assertModels(models));
  });

  for (const [what, given, code, message, fix] of rows) {
    it(`refuse ${what}: ${code}`, () => {
      const mistakes = checkModels([...(Array.isArray(given) ? given : [given]), Other]);
      const found = mistakes.find((mistake) => mistake.code === code);
      assert.ok(found, JSON.stringify(mistakes));
      assert.match(`${found.where}: ${found.message}`, message);
      assert.match(found.fix, fix);
    });
  }

  it("refuse a way back that is not the only one", () => {
    class Person extends Model("persons", { id: f.id(), letters: () => hasMany(Letter) }) {}
    class Letter extends Model("letters", { id: f.id(), from: () => belongsTo(Person), to: () => belongsTo(Person) }) {}
    const [mistake] = checkModels([Person, Letter]);
    assert.equal(mistake?.code, "E_RELATION_REVERSE");
    assert.match(mistake.message, /several relations to Person: from, to/);
    assert.equal(mistake.fix, 'Name one: { by: "from" }.');
  });

  it("refuse one row where there may be several: E_RELATION_REVERSE", () => {
    class Owner extends Model("owners", { id: f.id(), thing: () => hasOne(Owned) }) {}
    class Owned extends Model("owned", { id: f.id(), owner: () => belongsTo(Owner) }) {}
    assert.deepEqual(
      checkModels([Owner, Owned]).map(({ code, where, message }) => [code, where, message]),
      [["E_RELATION_REVERSE", "Owner.thing", "several rows of Owned may belong to one row"]],
    );
    class Unique extends Model("unique", { id: f.id(), owner: () => belongsTo(Whole) }, { uniques: [{ on: ["owner"] }] }) {}
    class Whole extends Model("whole", { id: f.id(), part: () => hasOne(Unique) }) {}
    assert.deepEqual(checkModels([Unique, Whole]), []);
  });

  it("take many to many without a way back", () => {
    class Label extends Model("labels", { id: f.id() }) {}
    class Photo extends Model("photos", { id: f.id(), labels: () => manyToMany(Label) }) {}
    assert.deepEqual(checkModels([Label, Photo]), []);
  });

  it("report all mistakes of all models together", () => {
    assert.throws(
      () => assertModels([make({ save: f.int(), b: "x" }), bare({ c: f.int({ default: "y" as never }) })]),
      (error: { code: string; message: string; details: { mistakes: unknown[] } }) => {
        assert.equal(error.code, "E_MODEL_INVALID");
        assert.equal(error.details.mistakes.length, 5);
        assert.match(
          error.message,
          /have 5 mistakes:\nThing\.save: .*\(E_FIELD_RESERVED\)[^]*Thing\.b: .*\(E_FIELD_INVALID\)[^]*E_FIELD_DEFAULT[^]*E_MODEL_PRIMARY[^]*E_MODEL_TABLE_DUPLICATE/,
        );
        return true;
      },
    );
  });

  it("take patterns of linear time", () => {
    for (const pattern of [/^[a-z]+(?:-[a-z]+)?$/, /^(?:a|b)c*$/, /^[(+)*]{1,3}$/, /^\d{4}-\d{2}$/, /^(?=.*a).*$/])
      assert.deepEqual(checkModels([make({ a: f.text({ pattern }) })]), [], String(pattern));
  });
});
