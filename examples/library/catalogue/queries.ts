/** What pages and programs ask the catalogue. Each question is a fixed number of statements, however many books it is about. */
import { notFound } from "gable";
import { cache } from "gable/cache";
import { and } from "gable/data";
import { Author, Book, Subject } from "../models.ts";
import type { Language } from "./languages.ts";
import type { SearchQuery } from "./search-query.ts";
import { fold } from "./titles.ts";

/** A book as lists show it. */
export interface ListedBook extends Pick<Book, "slug" | "title" | "year" | "language" | "description" | "cover"> {
  readonly author: Pick<Author, "id" | "name">;
}

/** A book with all that its page shows. */
export type ShownBook = Awaited<ReturnType<typeof getBook>>;

/** One page of books. */
export type BookPage = Awaited<ReturnType<typeof searchBooks>>;

/** A value with the number of its books. */
export interface Count<Name extends string = string> {
  readonly name: Name;
  readonly count: number;
}

const pageSize = 24;

/** What is cached of the catalogue. Changes of the staff drop it. */
export const catalogueTag = "catalogue";
const cached = { ttlSeconds: 3_600, staleSeconds: 60, tags: [catalogueTag] };

/** Returns the book with a slug; without one the answer is 404. */
export async function getBook(slug: string) {
  const book = await Book.where({ slug })
    .with({ author: true, subjects: { orderBy: "name" } })
    .first();
  if (book === undefined) throw notFound("There is no such book.");
  return book;
}

/** Returns the author with an id, and their books, the oldest first; without one the answer is 404. */
export async function getAuthor(id: number) {
  const author = await Author.find(id);
  if (author === undefined) throw notFound("There is no such author.");
  return { author, books: await booksOf(author) };
}

/** Returns the books of an author, the oldest first. */
export async function booksOf(author: { readonly id: number }) {
  return Book.where({ author: author.id })
    .with({ author: true, subjects: { orderBy: "name" } })
    .orderBy("year", "sortTitle");
}

/** Returns six books, others each day. */
export async function findBooksOfTheDay() {
  const day = Math.floor(Date.now() / 86_400_000);
  const ids = await cache.remember("book-ids", cached, () => Book.where().orderBy("id").pluck("id"));
  if (ids.length === 0) return [];
  const chosen = Array.from({ length: 6 }, (_, index) => ids[(day * 7 + index * 41) % ids.length]!);
  return Book.where({ id: { in: chosen } }).with({ author: true });
}

/** Returns the number of books. */
export async function countBooks(): Promise<number> {
  return cache.remember("books", cached, () => Book.count());
}

/** Returns languages with the number of their books, the most frequent first. */
export async function countLanguages(): Promise<Array<Count<Language>>> {
  return cache.remember("languages", cached, async () => {
    const counts = await Book.where()
      .groupBy((book) => [book.language])
      .values((book) => ({ name: book.language, count: book.count() }));
    return sortCounts(counts);
  });
}

/** Returns subjects with the number of their books, the most frequent first. */
export async function countSubjects(): Promise<Count[]> {
  return cache.remember("subjects", cached, async () => {
    const subjects = await Subject.where().annotate((subject) => ({ count: subject.books.count() }));
    return sortCounts(subjects.map(({ name, count }) => ({ name, count })).filter(({ count }) => count > 0));
  });
}

/** Drops what is cached of the catalogue: call it after a change of books. */
export async function refreshCatalogue(): Promise<void> {
  await cache.invalidate({ tags: [catalogueTag] });
}

function sortCounts<Name extends string>(counts: ReadonlyArray<Count<Name>>): Array<Count<Name>> {
  return counts.toSorted((first, second) => second.count - first.count || first.name.localeCompare(second.name));
}

/** Returns one page of the books that match; every word must be in the title, the author or the description. */
export async function searchBooks(query: SearchQuery) {
  const words = fold(query.q ?? "")
    .split(/\s+/)
    .filter(Boolean);
  let books = Book.where({ [and]: words.map((word) => ({ words: { contains: word } })) });
  if (query.language !== undefined) books = books.where({ language: query.language });
  if (query.subject !== undefined) books = books.where({ subjects: { some: { name: query.subject } } });
  if (query.sort === "year") books = books.orderBy("year", "sortTitle");
  else if (query.sort === "author") books = books.orderBy((book) => book.author.name.asc(), "year");
  else books = books.orderBy("sortTitle", "id");
  const { page: wanted = 1 } = query;
  // A page after the last one is the last one.
  const last = wanted === 1 ? 1 : Math.max(1, Math.ceil((await books.count()) / pageSize));
  return books.with({ author: true, subjects: { orderBy: "name" } }).numberedPage({ number: Math.min(wanted, last), size: pageSize });
}
