/** Everything that the library stores: one class for each table. */
import { accountFields, accountTokenModel, apiTokenModel, permissionModels, rememberTokenModel, twoFactorModels } from "gable/auth";
import { belongsTo, field as f, hasMany, manyToMany, Model, onCommit } from "gable/data";
import { rateModel } from "gable/security";
import { sessionModel } from "gable/session";
import { storage } from "gable/storage";
import { taskModel } from "gable/tasks";
import { coverOptions, coversPrefix } from "./catalogue/covers.ts";
import { languageNames } from "./catalogue/languages.ts";
import { fold, toSortTitle } from "./catalogue/titles.ts";

const year = () =>
  f.int({
    label: "Year of publication",
    help: "Years BC with a minus sign.",
    min: -3_000,
    validate: (value) => (value > new Date().getUTCFullYear() ? "This year has not come yet." : undefined),
  });

/** Somebody with a library card. Members of the staff are readers, too. */
export class Reader extends Model("readers", {
  ...accountFields(),
  name: f.text({ max: 100, label: "Your name" }),
  loans: () => hasMany(Loan),
  proposals: () => hasMany(Proposal),
}) {
  /** Whether the desk opens for this reader. The guards of `readers/accounts.ts` ask once for each request. */
  opensDesk = false;
}

/** A person who wrote books. */
export class Author extends Model(
  "authors",
  {
    id: f.id(),
    name: f.text({ max: 100, unique: true }),
    born: f.int({ null: true, help: "Year; negative before our era." }),
    died: f.int({ null: true }),
    books: () => hasMany(Book, { orderBy: "year" }),
  },
  { checks: { lived: (author) => author.born.lt(author.died) }, orderBy: "name" },
) {}

/** A book of the catalogue. */
export class Book extends Model(
  "books",
  {
    id: f.id(),
    slug: f.slug({
      from: "title",
      max: 120,
      unique: true,
      label: "Address",
      help: "The last part of the address. Leave it blank to make it from the title.",
    }),
    title: f.text({ max: 200 }),
    year: year(),
    language: f.choice(languageNames),
    description: f.text({ max: 500, widget: "textarea", help: "One or two sentences for readers." }),
    copies: f.int({ min: 1, max: 99, default: 1, help: "How many the library owns." }),
    cover: f.file({ ...coverOptions, prefix: coversPrefix }),
    addedAt: f.datetime({ auto: "create" }),
    sortTitle: f.text({ max: 200, blank: true, default: "", index: true, editable: false }),
    words: f.text({ blank: true, default: "", editable: false }),
    author: () => belongsTo(Author),
    subjects: () => manyToMany(Subject),
    loans: () => hasMany(Loan),
  },
  { orderBy: ["sortTitle", "id"], indexes: [{ on: ["year"] }, { on: ["language"] }] },
) {
  /** Keeps what lists sort by and searches look into. */
  async beforeSave(): Promise<void> {
    const { name } = await this.author;
    this.sortTitle = toSortTitle(this.title, this.language);
    this.words = fold(`${this.title} ${name} ${this.description}`);
  }

  /** The cover is deleted with its book. */
  afterDelete(): void {
    const { cover } = this;
    if (cover !== null) onCommit(() => storage.delete(cover));
  }
}

/** What a book is about. */
export class Subject extends Model(
  "subjects",
  { id: f.id(), name: f.text({ max: 50, unique: true }), books: () => manyToMany(Book) },
  { orderBy: "name" },
) {}

/** A copy of a book that a reader has taken home. */
export class Loan extends Model(
  "loans",
  {
    id: f.id(),
    lentAt: f.datetime({ auto: "create" }),
    dueOn: f.date({ index: true }),
    returnedAt: f.datetime({ null: true, index: true }),
    remindedAt: f.datetime({ null: true }),
    book: () => belongsTo(Book, { onDelete: "restrict" }),
    reader: () => belongsTo(Reader, { onDelete: "restrict" }),
  },
  {
    // The database itself holds that nobody has two copies of a book.
    uniques: [{ on: ["book", "reader"], where: (loan) => loan.returnedAt.isNull(), message: "You have this book at home." }],
    orderBy: ["dueOn", "id"],
  },
) {}

/** A book that a reader misses. The staff accepts it or declines it. */
export class Proposal extends Model(
  "proposals",
  {
    id: f.id(),
    title: f.text({ max: 200 }),
    author: f.text({ max: 100 }),
    year: year(),
    language: f.choice(languageNames),
    reason: f.text({ min: 10, max: 2_000, label: "Why should it be here?", widget: "textarea" }),
    cover: f.file({ ...coverOptions, prefix: "proposals" }),
    status: f.choice({ open: "Waiting", accepted: "Accepted", declined: "Declined" }, { default: "open", index: true }),
    answer: f.text({ max: 500, null: true, widget: "textarea", help: "The reader sees it." }),
    createdAt: f.datetime({ auto: "create" }),
    reader: () => belongsTo(Reader, { onDelete: "cascade" }),
    book: () => belongsTo(Book, { null: true, onDelete: "set null" }),
  },
  { orderBy: "-id" },
) {}

/** Groups of readers, and what they may do: the staff is a group. */
export const { Group, GroupMember, UserPermission, GroupPermission } = permissionModels(Reader);

/** Sessions are rows, so that the server can end them. */
export const Session = sessionModel();

/** Links in mails that confirm addresses and reset passwords. */
export const AccountToken = accountTokenModel();

/** What programs send to act for a reader. */
export const ApiToken = apiTokenModel();

/** Browsers that stay signed in. */
export const RememberToken = rememberTokenModel();

/** Authenticator apps of readers, and their recovery codes. */
export const { TwoFactor, RecoveryCode } = twoFactorModels();

/** What limits of attempts count, for all processes. */
export const Rate = rateModel();

/** Background work that waits or has run. */
export const TaskRow = taskModel();
