/** The books of the library, read once from a text file of facts. */
import { readFile } from "node:fs/promises";
import { notFound } from "gable";

/** An author of the catalogue. */
export interface Author {
  readonly id: number;
  readonly name: string;
  /** Year of birth; negative before our era. */
  readonly born: number;
  readonly died: number;
}

/** A book of the catalogue. */
export interface Book {
  readonly slug: string;
  readonly title: string;
  readonly author: Author;
  /** Year of publication; negative before our era. */
  readonly year: number;
  /** Code of the language. */
  readonly language: string;
  readonly subjects: readonly string[];
  readonly description: string;
}

/** What a visitor searches for. */
export interface BookQuery {
  readonly q?: string | undefined;
  readonly language?: string | undefined;
  readonly subject?: string | undefined;
  readonly sort?: "title" | "year" | "author" | undefined;
  readonly page?: number | undefined;
}

/** One page of books. */
export interface BookPage {
  readonly items: readonly Book[];
  readonly total: number;
  readonly page: number;
  readonly pages: number;
}

/** Names of the languages by code. */
export const languageNames: Readonly<Record<string, string>> = {
  da: "Danish",
  de: "German",
  en: "English",
  es: "Spanish",
  fr: "French",
  grc: "Ancient Greek",
  it: "Italian",
  ja: "Japanese",
  la: "Latin",
  no: "Norwegian",
  pt: "Portuguese",
  ru: "Russian",
  sa: "Sanskrit",
  sv: "Swedish",
  zh: "Chinese",
};

/** Languages for a choice, by name. */
export const languageChoices: ReadonlyArray<readonly [string, string]> = Object.entries(languageNames).sort((first, second) =>
  first[1].localeCompare(second[1]),
);

const pageSize = 24;

/** All books and authors. */
export class Catalogue {
  readonly books: readonly Book[];
  readonly authors: ReadonlyMap<number, Author>;
  readonly #bySlug: ReadonlyMap<string, Book>;

  constructor(books: readonly Book[]) {
    this.books = books;
    this.authors = new Map(books.map((book) => [book.author.id, book.author]));
    this.#bySlug = new Map(books.map((book) => [book.slug, book]));
  }

  /** The book with a slug; without one the answer is 404. */
  getBook(slug: string): Book {
    const book = this.#bySlug.get(slug);
    if (book === undefined) throw notFound("There is no such book.");
    return book;
  }

  /** The author with an id; without one the answer is 404. */
  getAuthor(id: number): Author {
    const author = this.authors.get(id);
    if (author === undefined) throw notFound("There is no such author.");
    return author;
  }

  /** Books of an author, the oldest first. */
  booksOf(author: Author): Book[] {
    return this.books.filter((book) => book.author === author).sort((first, second) => first.year - second.year);
  }

  /** Languages with the number of their books, the most frequent first. */
  get languages(): Array<[string, number]> {
    return countBy(this.books.map((book) => book.language));
  }

  /** Subjects with the number of their books, the most frequent first. */
  get subjects(): Array<[string, number]> {
    return countBy(this.books.flatMap((book) => book.subjects));
  }

  /** One page of what fits a query; every word must stand in the title, the author or the description. */
  search(query: BookQuery): BookPage {
    const words = fold(query.q ?? "")
      .split(/\s+/)
      .filter(Boolean);
    const found = this.books.filter((book) => {
      if (query.language !== undefined && book.language !== query.language) return false;
      if (query.subject !== undefined && !book.subjects.includes(query.subject)) return false;
      const text = fold(`${book.title} ${book.author.name} ${book.description}`);
      return words.every((word) => text.includes(word));
    });
    found.sort(orders[query.sort ?? "title"]);
    const pages = Math.max(1, Math.ceil(found.length / pageSize));
    const page = Math.min(query.page ?? 1, pages);
    return { items: found.slice((page - 1) * pageSize, page * pageSize), total: found.length, page, pages };
  }
}

const orders = {
  title: (first: Book, second: Book) => first.title.localeCompare(second.title, "en"),
  year: (first: Book, second: Book) => first.year - second.year || first.title.localeCompare(second.title, "en"),
  author: (first: Book, second: Book) => first.author.name.localeCompare(second.author.name, "en") || first.year - second.year,
};

/** Lower case without marks, so that "bronte" finds "Brontë". */
function fold(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

function countBy(values: readonly string[]): Array<[string, number]> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort((first, second) => second[1] - first[1] || first[0].localeCompare(second[0]));
}

/** A text for addresses: lower-case letters, digits and hyphens. */
function toSlug(text: string): string {
  return fold(text)
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
}

/** Reads the catalogue. `@name|born|died` starts an author, `title|year|language|subjects|description` is a book. */
export async function readCatalogue(): Promise<Catalogue> {
  const text = await readFile(new URL("./data/catalogue.txt", import.meta.url), "utf8");
  const books: Book[] = [];
  const slugs = new Set<string>();
  let author: Author | undefined;
  let authorCount = 0;
  for (const line of text.split("\n").filter(Boolean)) {
    const fields = line.split("|");
    if (line.startsWith("@")) {
      author = { id: ++authorCount, name: fields[0]!.slice(1), born: Number(fields[1]), died: Number(fields[2]) };
      continue;
    }
    const [title, year, language, subjects, description] = fields as [string, string, string, string, string];
    const slug = slugs.has(toSlug(title)) ? `${toSlug(title)}-${toSlug(author!.name)}` : toSlug(title);
    slugs.add(slug);
    books.push({ slug, title, author: author!, year: Number(year), language, subjects: subjects.split(","), description });
  }
  return new Catalogue(books);
}
