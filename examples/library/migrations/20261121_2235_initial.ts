import { migration, op } from "gable/migrations";

export default migration({
  after: [],
  schema: "6434b6552cf3",
  ops: [
    op.createTable("authors", {
      columns: { id: { type: "id" }, name: { type: "text", max: 100 }, born: { type: "int" }, died: { type: "int" } },
      primary: ["id"],
      uniques: { authors_name_unique: { columns: ["name"] } },
      checks: { authors_lived_check: ["lt", "born", "died"] },
    }),
    op.createTable("books", {
      columns: {
        id: { type: "id" },
        slug: { type: "text", max: 120 },
        title: { type: "text", max: 200 },
        year: { type: "int" },
        language: { type: "text", max: 3 },
        description: { type: "text", max: 500 },
        sort_title: { type: "text", max: 200 },
        words: { type: "text" },
        author_id: { type: "id" },
      },
      primary: ["id"],
      uniques: { books_slug_unique: { columns: ["slug"] } },
      indexes: {
        books_year_index: { columns: ["year"] },
        books_language_index: { columns: ["language"] },
        books_sort_title_index: { columns: ["sort_title"] },
        books_author_id_index: { columns: ["author_id"] },
      },
      foreignKeys: { books_author_foreign: { columns: ["author_id"], table: "authors", references: ["id"], onDelete: "restrict" } },
    }),
    op.createTable("loans", {
      columns: {
        id: { type: "id" },
        reader: { type: "text", max: 100 },
        lent_at: { type: "datetime" },
        returned_at: { type: "datetime", null: true },
        book_id: { type: "id" },
      },
      primary: ["id"],
      uniques: { loans_book_id_unique: { columns: ["book_id"], where: ["isNull", "returned_at"] } },
      indexes: { loans_book_id_index: { columns: ["book_id"] } },
      foreignKeys: { loans_book_foreign: { columns: ["book_id"], table: "books", references: ["id"], onDelete: "cascade" } },
    }),
    op.createTable("proposals", {
      columns: {
        id: { type: "id" },
        title: { type: "text", max: 200 },
        author: { type: "text", max: 200 },
        year: { type: "int" },
        language: { type: "text", max: 3 },
        reason: { type: "text", max: 2000 },
        cover: { type: "text", null: true, max: 100 },
        created_at: { type: "datetime" },
      },
      primary: ["id"],
    }),
    op.createTable("subjects", {
      columns: { id: { type: "id" }, name: { type: "text", max: 50 } },
      primary: ["id"],
      uniques: { subjects_name_unique: { columns: ["name"] } },
    }),
    op.createTable("books_subjects", {
      columns: { book_id: { type: "id" }, subject_id: { type: "id" } },
      primary: ["book_id", "subject_id"],
      indexes: { books_subjects_subject_id_index: { columns: ["subject_id"] } },
      foreignKeys: {
        books_subjects_book_id_foreign: { columns: ["book_id"], table: "books", references: ["id"], onDelete: "cascade" },
        books_subjects_subject_id_foreign: { columns: ["subject_id"], table: "subjects", references: ["id"], onDelete: "cascade" },
      },
    }),
  ],
});
