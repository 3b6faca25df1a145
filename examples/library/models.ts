/** What the library knows: authors and their books, subjects, loans, and what visitors propose. */
import { belongsTo, field as f, hasMany, manyToMany, Model } from "gable/data";

/** A person who wrote. */
export class Author extends Model(
  "authors",
  {
    id: f.id(),
    name: f.text({ max: 100, unique: true }),
    born: f.int({ help: "Year; negative before our era." }),
    died: f.int(),
    books: () => hasMany(Book, { orderBy: "year" }),
  },
  { checks: { lived: (author) => author.born.lt(author.died) }, orderBy: "name" },
) {}

/** A book of the catalogue. */
export class Book extends Model(
  "books",
  {
    id: f.id(),
    slug: f.slug({ max: 120, unique: true }),
    title: f.text({ max: 200 }),
    year: f.int({ index: true, help: "Year of publication; negative before our era." }),
    language: f.text({ max: 3, index: true, help: "Code of the language." }),
    description: f.text({ max: 500 }),
    sortTitle: f.text({ max: 200, index: true, editable: false, help: "The title without marks, in lower case." }),
    words: f.text({ editable: false, help: "What a search looks into, without marks and in lower case." }),
    author: () => belongsTo(Author),
    subjects: () => manyToMany(Subject),
    loans: () => hasMany(Loan),
  },
  { orderBy: "sortTitle" },
) {}

/** What a book is about. */
export class Subject extends Model(
  "subjects",
  { id: f.id(), name: f.text({ max: 50, unique: true }), books: () => manyToMany(Book) },
  { orderBy: "name" },
) {}

/** A book that a reader has taken home. */
export class Loan extends Model(
  "loans",
  {
    id: f.id(),
    reader: f.text({ max: 100, label: "Your name" }),
    lentAt: f.datetime({ auto: "create" }),
    returnedAt: f.datetime({ null: true, editable: false }),
    book: () => belongsTo(Book, { onDelete: "cascade" }),
  },
  // The database itself holds that nobody takes a book that another reader has.
  { uniques: [{ on: ["book"], where: (loan) => loan.returnedAt.isNull(), message: "This book is lent already." }] },
) {}

/** A book that a visitor misses. */
export class Proposal extends Model(
  "proposals",
  {
    id: f.id(),
    title: f.text({ max: 200 }),
    author: f.text({ max: 200 }),
    year: f.int(),
    language: f.text({ max: 3 }),
    reason: f.text({ max: 2_000 }),
    cover: f.text({ max: 100, null: true, help: "Name of the cover's file." }),
    createdAt: f.datetime({ auto: "create" }),
  },
  { orderBy: "-id" },
) {}
