/** Types of models: what must compile, and what must not. Checked by tsc, never run. */
import { now, sql } from "../../src/data/tree/functions.ts";
import { field as f } from "../../src/data/schema/field.ts";
import { Model } from "../../src/data/model.ts";
import { View } from "../../src/data/view.ts";
import { belongsTo } from "../../src/data/schema/relation.ts";
import { Author, Book, Part, Profile } from "./library-models.ts";
import type { InputOfSchema, OutputOfSchema } from "../../src/handlers/standard-schema.ts";
import { post } from "../../src/index.ts";
import { Tag } from "./tag-model.ts";

type Equal<First, Second> = (<Type>() => Type extends First ? 1 : 2) extends <Type>() => Type extends Second ? 1 : 2 ? true : false;
const assertType = <_Check extends true>(): void => undefined;

const author = new Author();
assertType<Equal<typeof author.id, number>>();
assertType<Equal<typeof author.name, string>>();
assertType<Equal<typeof author.email, string | null>>();
assertType<Equal<typeof author.status, "active" | "retired">>();
assertType<Equal<typeof author.mentorId, number | null>>();
assertType<Equal<typeof author.created, Date>>();
assertType<Equal<typeof author.initials, string>>();

const book = new Book();
assertType<Equal<typeof book.price, string>>();
assertType<Equal<typeof book.meta, { lang: string; tags?: string[] }>>();
assertType<Equal<typeof book.authorId, number>>();
assertType<Equal<typeof book.secretNote, string | null>>();
assertType<Equal<Profile["id"], string>>();
assertType<Equal<Profile["authorId"], number>>();
assertType<Equal<Part["orderNumber"], number>>();
assertType<Equal<Tag["name"], string>>();
assertType<Equal<(typeof Book)["$table"], "books">>();

// A relation across the key of the other model: a UUID.
class Note extends Model("notes", { id: f.id(), profile: () => belongsTo(Profile, { null: true }) }) {}
assertType<Equal<Note["profileId"], string | null>>();

// @ts-expect-error a field that is not there
void book.titel;
// @ts-expect-error a number is not a title
book.title = 5;
// @ts-expect-error not a key of the choice
author.status = "gone";
// @ts-expect-error a default of the wrong type
f.int({ default: "1" });
// A default of the database replaces a value.
class Ticket extends Model("tickets", { id: f.id(), made: f.datetime({ default: now() }), state: f.text({ default: sql`'open'` }) }) {}
void Ticket.create({});
assertType<Equal<Ticket["made"], Date>>();
// @ts-expect-error decimals need their digits
f.decimal({ scale: 2 });
// @ts-expect-error an option that texts do not have
f.text({ digits: 5 });
// @ts-expect-error the option names no field
class Wrong extends Model("wrong", { id: f.id(), name: f.text() }, { orderBy: "nmae" }) {}
void Wrong;
// @ts-expect-error the option names no field
class Wrong2 extends Model("wrong", { id: f.id(), name: f.text() }, { uniques: [{ on: ["id", "x"] }] }) {}
void Wrong2;

// A view has what reads, and nothing that writes.
class Totals extends View(
  "totals",
  { author: () => belongsTo(Author), books: f.int(), latest: f.datetime({ null: true }) },
  { sql: { others: "SELECT 1" }, primary: ["author"], orderBy: "-books", materialized: true },
) {}
const total = await Totals.get({ books: 5 });
assertType<Equal<(typeof total)["latest"], Date | null>>();
assertType<Equal<(typeof total)["authorId"], number>>();
assertType<Equal<Awaited<(typeof total)["author"]>, Author>>();
void Totals.where((row) => row.books.gt(3)).orderBy("-latest");
void Totals.refresh();
// @ts-expect-error nobody makes its rows
void Totals.create({ author: 1, books: 1 });
// @ts-expect-error nobody writes its rows
void total.save();
// @ts-expect-error the option names no field
class WrongTotals extends View("totals", { id: f.id() }, { sql: "SELECT 1", orderBy: "nmae" }) {}
void WrongTotals;
// @ts-expect-error a kind of database that there is not
class OtherTotals extends View("totals", { id: f.id() }, { sql: { oracle: "SELECT 1" } }) {}
void OtherTotals;

// Schemas have the types of the model for their purpose.
type Json = { lang: string; tags?: string[] };
const newBook = Book.schema({ for: "create" });
type NewBook = { title: string; slug?: string; price: string; pages?: number; meta: Json; authorId: number };
assertType<Equal<OutputOfSchema<typeof newBook>, NewBook>>();
assertType<Equal<InputOfSchema<typeof newBook>, NewBook>>();
const changedBook = Book.schema({ for: "update", omit: ["meta", "slug"] });
assertType<Equal<OutputOfSchema<typeof changedBook>, { title?: string; price?: string; pages?: number; authorId?: number }>>();
const shownAuthor = Author.schema({ for: "read", omit: ["updated", "mentorId"] });
type ShownAuthor = { id: number; name: string; email: string | null; status: "active" | "retired"; created: Date };
assertType<Equal<OutputOfSchema<typeof shownAuthor>, ShownAuthor>>();
assertType<
  Equal<
    InputOfSchema<typeof shownAuthor>,
    Omit<ShownAuthor, "created"> & { created: Date | string } extends infer Each ? { [Name in keyof Each]: Each[Name] } : never
  >
>();
assertType<Equal<"secretNote" & keyof OutputOfSchema<ReturnType<typeof readBook>>, never>>();
const readBook = () => Book.schema({ for: "read" });
const pickedBook = Book.schema({ for: "create", pick: ["secretNote", "version", "title"], omit: ["version"] });
assertType<Equal<OutputOfSchema<typeof pickedBook>, { secretNote?: string | null; title: string }>>();
const newProfile = Profile.schema({ for: "create" });
assertType<Equal<OutputOfSchema<typeof newProfile>, { text: string; authorId: number }>>();
// @ts-expect-error a secret field cannot be read
Book.schema({ for: "read", pick: ["secretNote"] });
// @ts-expect-error no field has this name
Book.schema({ for: "create", pick: ["titel"] });
// @ts-expect-error a relation is not a value: its key is
Book.schema({ for: "create", pick: ["author"] });
post("/books", { form: newBook }, ({ form }) => {
  if (form.valid) assertType<Equal<typeof form.data, NewBook>>();
  return "";
});
post("/books", { json: changedBook }, ({ json }) => {
  assertType<Equal<typeof json, { title?: string; price?: string; pages?: number; authorId?: number }>>();
  return "";
});
