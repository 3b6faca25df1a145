/** The catalogue for programs: a table, a feed, a sitemap. */
import type { Group } from "gable";
import { get, group } from "gable";
import { csv, sitemap } from "gable/views";
import { languageNames } from "./languages.ts";
import { Author, Book, Proposal } from "./models.ts";

/** The pages that the lists name. */
export interface ExportOptions {
  readonly list: { url: () => string };
  readonly showBook: { url: (params: { slug: string }) => string };
  readonly showAuthor: { url: (params: { id: number }) => string };
}

/** Makes the routes. */
export function createExports({ list, showBook, showAuthor }: ExportOptions): Group {
  const exportBooks = get("/books.csv", () =>
    csv(readRows(), { columns: ["title", "author", "year", "language", "subjects", "description"], filename: "books.csv" }),
  );

  const proposalFeed = get("/proposals.atom", async ({ absoluteUrl, view }) =>
    view("proposals.atom", { origin: new URL(absoluteUrl("/")).origin, proposals: await Proposal.where().limit(20) }),
  );

  const pages = get(
    "/sitemap.xml",
    sitemap({
      pages: () => ["/", list.url()],
      books: async () => (await Book.where().pluck("slug")).map((slug) => showBook.url({ slug })),
      authors: async () => (await Author.where().pluck("id")).map((id) => showAuthor.url({ id })),
    }),
  );

  return group("", [exportBooks, proposalFeed, pages]);
}

/** All books, read while they are sent. Authors and subjects load for a batch at once. */
async function* readRows() {
  for await (const book of Book.where().orderBy("id").stream()) {
    yield {
      title: book.title,
      author: (await book.author).name,
      year: book.year,
      language: languageNames[book.language] ?? book.language,
      subjects: (await book.subjects).map(({ name }) => name).join("; "),
      description: book.description,
    };
  }
}
