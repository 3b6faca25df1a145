/** The catalogue for programs: a table, a feed, a sitemap. */
import type { Group } from "gable";
import { get, group } from "gable";
import { csv, sitemap } from "gable/views";
import type { Catalogue } from "./catalogue.ts";
import { languageNames } from "./catalogue.ts";
import type { ProposalStore } from "./proposals.ts";

/** What the lists are made of, and the pages that they name. */
export interface ExportOptions {
  readonly catalogue: Catalogue;
  readonly proposals: ProposalStore;
  readonly list: { url: () => string };
  readonly showBook: { url: (params: { slug: string }) => string };
  readonly showAuthor: { url: (params: { id: number }) => string };
}

/** Makes the routes. */
export function createExports({ catalogue, proposals, list, showBook, showAuthor }: ExportOptions): Group {
  const exportBooks = get("/books.csv", () =>
    csv(
      catalogue.books.map((book) => ({
        ...book,
        author: book.author.name,
        language: languageNames[book.language] ?? book.language,
        subjects: book.subjects.join("; "),
      })),
      { columns: ["title", "author", "year", "language", "subjects", "description"], filename: "books.csv" },
    ),
  );

  const proposalFeed = get("/proposals.atom", ({ absoluteUrl, view }) =>
    view("proposals.atom", { origin: new URL(absoluteUrl("/")).origin, proposals: proposals.latest(20) }),
  );

  const pages = get(
    "/sitemap.xml",
    sitemap({
      pages: () => ["/", list.url()],
      books: () => catalogue.books.map(({ slug }) => showBook.url({ slug })),
      authors: () => [...catalogue.authors.keys()].map((id) => showAuthor.url({ id })),
    }),
  );

  return group("", [exportBooks, proposalFeed, pages]);
}
