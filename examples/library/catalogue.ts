/** What is asked of the catalogue. Each question is a fixed number of statements, however many books it is about. */
import { notFound } from "gable";
import { and } from "gable/data";
import { Author, Book, Loan, Subject } from "./models.ts";

/** What a visitor searches for. */
export interface BookQuery {
  readonly q?: string | undefined;
  readonly language?: string | undefined;
  readonly subject?: string | undefined;
  readonly sort?: "title" | "year" | "author" | undefined;
  readonly page?: number | undefined;
}

/** A book as lists show it. */
export interface ListedBook extends Pick<Book, "slug" | "title" | "year" | "description"> {
  readonly author: Pick<Author, "id" | "name">;
}

/** A book with all that its page shows. */
export type ShownBook = Awaited<ReturnType<typeof getBook>>;

/** One page of books. */
export type BookPage = Awaited<ReturnType<typeof searchBooks>>;

/** A value with the number of its books. */
export interface Count {
  readonly name: string;
  readonly count: number;
}

const pageSize = 24;

/** Books by their keys, with their authors. */
export async function findBooks(ids: readonly number[]) {
  return Book.where({ id: { in: ids } }).with({ author: true });
}

/** The book with a slug; without one the answer is 404. */
export async function getBook(slug: string) {
  const book = await Book.where({ slug })
    .with({ author: true, subjects: { orderBy: "name" } })
    .first();
  if (book === undefined) throw notFound("There is no such book.");
  return book;
}

/** The author with an id, and the books of theirs, the oldest first; without one the answer is 404. */
export async function getAuthor(id: number) {
  const author = await Author.find(id);
  if (author === undefined) throw notFound("There is no such author.");
  return { author, books: await booksOf(author) };
}

/** Books of an author, the oldest first. */
async function booksOf(author: { readonly id: number }) {
  return Book.where({ author: author.id })
    .with({ author: true, subjects: { orderBy: "name" } })
    .orderBy("year", "sortTitle");
}

/** What the page of a book shows beside it: the other books of its author, and its loan. */
export async function describeBook(book: ShownBook) {
  const [books, loan] = await Promise.all([booksOf(book.author), findOpenLoan(book)]);
  return { book, others: books.filter(({ id }) => id !== book.id), loan };
}

/** The loan of a book that has not come back; null when it is here. */
async function findOpenLoan(book: { readonly id: number }): Promise<Loan | null> {
  return (await Loan.find({ book: book.id, returnedAt: null })) ?? null;
}

/** Languages with the number of their books, the most frequent first. */
export async function countLanguages(): Promise<Count[]> {
  const counts = await Book.where()
    .groupBy((book) => [book.language])
    .values((book) => ({ name: book.language, count: book.count() }));
  return sortCounts(counts);
}

/** Subjects with the number of their books, the most frequent first. */
export async function countSubjects(): Promise<Count[]> {
  const subjects = await Subject.where().annotate((subject) => ({ count: subject.books.count() }));
  return sortCounts(subjects.map(({ name, count }) => ({ name, count })));
}

function sortCounts(counts: readonly Count[]): Count[] {
  return counts.toSorted((first, second) => second.count - first.count || first.name.localeCompare(second.name));
}

/** One page of what fits a query; every word must stand in the title, the author or the description. */
export async function searchBooks(query: BookQuery) {
  const words = fold(query.q ?? "")
    .split(/\s+/)
    .filter(Boolean);
  let books = Book.where({ [and]: words.map((word) => ({ words: { contains: word } })) });
  if (query.language !== undefined) books = books.where({ language: query.language });
  if (query.subject !== undefined) books = books.where({ subjects: { some: { name: query.subject } } });
  if (query.sort === "year") books = books.orderBy("year", "sortTitle");
  else if (query.sort === "author") books = books.orderBy((book) => book.author.name.asc(), "year");
  else books = books.orderBy("sortTitle");
  const { page: wanted = 1 } = query;
  // A page behind the last one is the last one.
  const last = wanted === 1 ? 1 : Math.max(1, Math.ceil((await books.count()) / pageSize));
  return books.with({ author: true, subjects: { orderBy: "name" } }).numberedPage({ number: Math.min(wanted, last), size: pageSize });
}

/** Lower case without marks, so that "bronte" finds "Brontë". */
export function fold(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}
