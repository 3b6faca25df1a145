/** Models for tests: they refer to each other in every way, in one file and across two. */
import { field as f } from "../../src/data/schema/field.ts";
import { Model } from "../../src/data/model.ts";
import { belongsTo, hasMany, hasOne, manyToMany } from "../../src/data/schema/relation.ts";
import { Tag } from "./tag-model.ts";

const timestamps = { created: f.datetime({ auto: "create" }), updated: f.datetime({ auto: "update" }) };

export class Author extends Model(
  "authors",
  {
    id: f.id(),
    name: f.text({ max: 100, label: "Full name", help: "As printed on the cover" }),
    email: f.email({ unique: true, null: true }),
    status: f.choice({ active: "Active", retired: "No longer writing" }, { default: "active" }),
    mentor: () => belongsTo(Author, { null: true, onDelete: "set null" }),
    pupils: () => hasMany(Author, { by: "mentor" }),
    books: () => hasMany(Book),
    profile: () => hasOne(Profile),
    ...timestamps,
  },
  { label: "author", orderBy: "name", search: ["name"] },
) {
  get initials(): string {
    return this.name
      .split(" ")
      .map((word) => word[0])
      .join("");
  }
}

export class Profile extends Model("profiles", {
  id: f.id({ kind: "uuid" }),
  author: () => belongsTo(Author, { unique: true, onDelete: "cascade" }),
  text: f.text({ blank: true }),
}) {}

export class Book extends Model(
  "books",
  {
    id: f.id(),
    title: f.text({ max: 200, validate: (title) => (title.trim() === "" ? "Title is blank" : undefined) }),
    slug: f.slug({ from: "title", unique: true }),
    price: f.decimal({ digits: 8, scale: 2, min: "0" }),
    pages: f.int({ default: 1, min: 1 }),
    meta: f.json<{ lang: string; tags?: string[] }>(),
    secretNote: f.text({ secret: true, null: true }),
    version: f.int({ default: 0, editable: false }),
    author: () => belongsTo(Author, { onDelete: "cascade", help: "Who wrote it" }),
    tags: () => manyToMany(Tag),
    ...timestamps,
  },
  {
    uniques: [{ on: ["author", "title"], message: "This author has this title already" }],
    indexes: [{ on: ["author", "created"] }],
    version: "version",
    validate: (book) => ((book.pages ?? 1) > 5000 ? { pages: "Too long" } : undefined),
  },
) {}

export class Order extends Model("orders", { number: f.int({ primary: true }), lines: () => hasMany(Line) }) {}
export class Line extends Model(
  "lines",
  {
    orderNumber: f.int(),
    line: f.int(),
    order: () => belongsTo(Order, { columns: ["orderNumber"] }),
    parts: () => hasMany(Part),
  },
  { primary: ["orderNumber", "line"] },
) {}
export class Part extends Model("parts", {
  id: f.id(),
  orderNumber: f.int(),
  line: f.int(),
  of: () => belongsTo(Line, { columns: ["orderNumber", "line"] }),
}) {}

export const models = [Author, Profile, Book, Tag, Order, Line, Part];
