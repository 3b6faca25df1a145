/** The catalogue for programs: a table, a feed of new books, a sitemap. */
import { get } from "gable";
import { csv, sitemap } from "gable/views";
import { Author, Book } from "../models.ts";
import { languageNames } from "./languages.ts";
import { listBooks, showAuthor, showBook } from "./routes.ts";

export const exportBooks = get("/books.csv", () =>
  csv(readRows(), { columns: ["title", "author", "year", "language", "subjects", "description"], filename: "books.csv" }),
);

export const feed = get("/books.atom", async ({ absoluteUrl, view }) =>
  view("books.atom", {
    origin: new URL(absoluteUrl("/")).origin,
    books: await Book.where().with({ author: true }).orderBy("-addedAt", "-id").limit(20),
  }),
);

export const pages = get(
  "/sitemap.xml",
  sitemap({
    pages: () => ["/", listBooks.url()],
    books: async () => (await Book.where().pluck("slug")).map((slug) => showBook.url({ slug })),
    authors: async () => (await Author.where().pluck("id")).map((id) => showAuthor.url({ id })),
  }),
);

/** Yields all books while they are sent. Authors and subjects load for a batch at a time. */
async function* readRows() {
  for await (const book of Book.where().orderBy("id").stream()) {
    yield {
      title: book.title,
      author: (await book.author).name,
      year: book.year,
      language: languageNames[book.language],
      subjects: (await book.subjects).map(({ name }) => name).join("; "),
      description: book.description,
    };
  }
}
