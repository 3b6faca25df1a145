/** The books of the library, from a text file of facts. */
import { readFile } from "node:fs/promises";
import { transaction } from "gable/data";
import { Author, Book, Subject } from "../models.ts";
import type { Language } from "./languages.ts";
import { fold } from "./titles.ts";

/** A book as the file has it. */
interface BookFacts {
  readonly author: string;
  readonly title: string;
  readonly year: number;
  readonly language: Language;
  readonly subjects: readonly string[];
  readonly description: string;
}

/** An author as the file has them. */
interface AuthorFacts {
  readonly name: string;
  readonly born: number;
  readonly died: number;
}

/** Fills an empty catalogue. Leaves one that has books as it is. */
export async function seedCatalogue(): Promise<void> {
  await transaction(async () => {
    if (await Book.exists()) return;
    const { authors, books } = await readFacts();
    const authorsByName = new Map((await Author.createMany(authors)).map((author) => [author.name, author]));
    const names = [...new Set(books.flatMap(({ subjects }) => subjects))];
    const subjectsByName = new Map((await Subject.createMany(names.map((name) => ({ name })))).map((subject) => [subject.name, subject]));
    const slugs = new Set<string>();
    for (const [index, { author, subjects, ...facts }] of books.entries()) {
      const slug = slugs.has(toSlug(facts.title)) ? `${toSlug(facts.title)}-${toSlug(author)}` : toSlug(facts.title);
      slugs.add(slug);
      const book = await Book.create({ ...facts, slug, copies: 1 + (index % 3), author: authorsByName.get(author)! });
      await book.subjects.add(subjects.map((name) => subjectsByName.get(name)!));
    }
  });
}

/** Returns a string for URLs: lower-case letters, digits and hyphens. */
function toSlug(text: string): string {
  return fold(text)
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
}

/** Reads the file. `@name|born|died` starts an author, `title|year|language|subjects|description` is a book. */
async function readFacts(): Promise<{ authors: AuthorFacts[]; books: BookFacts[] }> {
  const text = await readFile(new URL("./catalogue.txt", import.meta.url), "utf8");
  const authors: AuthorFacts[] = [];
  const books: BookFacts[] = [];
  for (const line of text.split("\n").filter(Boolean)) {
    const fields = line.split("|");
    if (line.startsWith("@")) {
      authors.push({ name: fields[0]!.slice(1), born: Number(fields[1]), died: Number(fields[2]) });
      continue;
    }
    const [title, year, language, subjects, description] = fields as [string, string, Language, string, string];
    books.push({ author: authors.at(-1)!.name, title, year: Number(year), language, subjects: subjects.split(","), description });
  }
  return { authors, books };
}
