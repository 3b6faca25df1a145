/** The library as JSON. */
import type { Route } from "gable";
import { get, group, json, post } from "gable";
import { z } from "zod";
import type { Book, Catalogue } from "./catalogue.ts";
import type { ProposalStore } from "./proposals.ts";
import { proposalSchema } from "./proposals.ts";

/** An empty choice of a filter means all. */
const chosen = z
  .string()
  .max(200)
  .transform((text) => (text.trim() === "" ? undefined : text.trim()))
  .optional();
/** What can be asked of the list, by pages and by programs. */
export const listQuery = z.object({
  q: chosen,
  language: chosen,
  subject: chosen,
  sort: z.enum(["title", "year", "author"]).optional(),
  page: z.coerce.number().int().min(1).max(10_000).optional(),
});

/** What the API needs: the data, and the pages that it links to. */
export interface ApiParts {
  readonly catalogue: Catalogue;
  readonly proposals: ProposalStore;
  readonly showBook: Route<{ slug: string }>;
  readonly showAuthor: Route<{ id: number }>;
  readonly showProposal: Route<{ id: number }>;
}

/** Makes the routes below /api. */
export function createApi({ catalogue, proposals, showBook, showAuthor, showProposal }: ApiParts) {
  const toJson = (book: Book): object => ({
    ...book,
    url: showBook.url({ slug: book.slug }),
    authorUrl: showAuthor.url({ id: book.author.id }),
  });
  return group("/api", [
    get("/books", { query: listQuery }, ({ query }) => {
      const { items, ...rest } = catalogue.search(query);
      return { ...rest, items: items.map(toJson) };
    }),
    get("/books/:slug(slug)", ({ params }) => toJson(catalogue.getBook(params.slug))),
    get("/authors/:id(int)", ({ params }) => {
      const author = catalogue.getAuthor(params.id);
      return { ...author, books: catalogue.booksOf(author).map(toJson) };
    }),
    get("/proposals", () => proposals.all),
    post("/proposals", { json: proposalSchema }, async ({ json: data }) => {
      const proposal = await proposals.add(data);
      return json(proposal, { status: 201, headers: { location: showProposal.url({ id: proposal.id }) } });
    }),
  ]);
}
