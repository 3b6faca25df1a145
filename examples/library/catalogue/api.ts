/** The catalogue as JSON, for programs. Everybody can read it. */
import { group } from "gable";
import { countFreeCopies } from "../loans/lending.ts";
import type { BookPage } from "./queries.ts";
import { getAuthor, getBook, searchBooks } from "./queries.ts";
import { showAuthor, showBook } from "./routes.ts";
import { searchQuery } from "./search-query.ts";

const toJson = ({ slug, title, year, language, description, copies, author, subjects }: BookPage["items"][number]): object => ({
  slug,
  title,
  year,
  language,
  description,
  copies,
  author: { id: author.id, name: author.name },
  subjects: subjects.map(({ name }) => name),
  url: showBook.url({ slug }),
  authorUrl: showAuthor.url({ id: author.id }),
});

// Pages of other sites may read it: it has nothing that belongs to a visitor.
export const api = group("/api", { security: { cors: { origins: ["*"], methods: ["GET"] } } });

api.get("/books", { query: searchQuery }, async ({ query }) => {
  const { items, total, number, pageCount } = await searchBooks(query);
  return { total, page: number, pages: pageCount, items: items.map(toJson) };
});

api.get("/books/:slug(slug)", async ({ params }) => {
  const book = await getBook(params.slug);
  return { ...toJson(book), free: await countFreeCopies(book) };
});

api.get("/authors/:id(int)", async ({ params }) => {
  const { author, books } = await getAuthor(params.id);
  return { id: author.id, name: author.name, born: author.born, died: author.died, books: books.map(toJson) };
});
