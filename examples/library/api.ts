/** The library as JSON. */
import type { Route } from "gable";
import { get, group, json, post } from "gable";
import { z } from "zod";
import type { BookPage } from "./catalogue.ts";
import { getAuthor, getBook, searchBooks } from "./catalogue.ts";
import { Proposal } from "./models.ts";
import { addProposal, proposalSchema } from "./proposals.ts";

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

/** What the API needs: where covers are, and the pages that it links to. */
export interface ApiParts {
  readonly coverFolder: string;
  readonly showBook: Route<{ slug: string }>;
  readonly showAuthor: Route<{ id: number }>;
  readonly showProposal: Route<{ id: number }>;
}

/** Makes the routes below /api. */
export function createApi({ coverFolder, showBook, showAuthor, showProposal }: ApiParts) {
  const toJson = ({ slug, title, year, language, description, author, subjects }: BookPage["items"][number]): object => ({
    slug,
    title,
    year,
    language,
    description,
    author,
    subjects: subjects.map(({ name }) => name),
    url: showBook.url({ slug }),
    authorUrl: showAuthor.url({ id: author.id }),
  });
  return group("/api", [
    get("/books", { query: listQuery }, async ({ query }) => {
      const { items, total, number, pageCount } = await searchBooks(query);
      return { total, page: number, pages: pageCount, items: items.map(toJson) };
    }),
    get("/books/:slug(slug)", async ({ params }) => toJson(await getBook(params.slug))),
    get("/authors/:id(int)", async ({ params }) => {
      const { author, books } = await getAuthor(params.id);
      return { ...author.toJSON(), books: books.map(toJson) };
    }),
    get("/proposals", () => Proposal.where().limit(100)),
    post("/proposals", { json: proposalSchema }, async ({ json: data }) => {
      const proposal = await addProposal(data, coverFolder);
      return json(proposal, { status: 201, headers: { location: showProposal.url({ id: proposal.id }) } });
    }),
  ]);
}
