/** The books of the library, from a text file of facts. */
import { readFile } from "node:fs/promises";
import { transaction } from "gable/data";
import { fold } from "./catalogue.ts";
import { Author, Book, Subject } from "./models.ts";

/** A book as the file has it. */
interface BookFacts {
  readonly author: string;
  readonly title: string;
  readonly year: number;
  readonly language: string;
  readonly subjects: readonly string[];
  readonly description: string;
}

/** An author as the file has them. */
interface AuthorFacts {
  readonly name: string;
  readonly born: number;
  readonly died: number;
}

/** Fills an empty catalogue; one that has books is left as it is. */
export async function seedCatalogue(): Promise<void> {
  const { authors, books } = await readFacts();
  await transaction(async () => {
    if (await Book.exists()) return;
    const made = await Author.createMany(authors);
    const authorIds = new Map(made.map(({ name, id }) => [name, id]));
    const names = [...new Set(books.flatMap(({ subjects }) => subjects))];
    const subjects = new Map((await Subject.createMany(names.map((name) => ({ name })))).map((subject) => [subject.name, subject]));
    const slugs = new Set<string>();
    for (const facts of books) {
      const { author, subjects: about, ...values } = facts;
      const slug = slugs.has(toSlug(facts.title)) ? `${toSlug(facts.title)}-${toSlug(author)}` : toSlug(facts.title);
      slugs.add(slug);
      const book = await Book.create({
        ...values,
        slug,
        sortTitle: fold(facts.title),
        words: fold(`${facts.title} ${author} ${facts.description}`),
        author: authorIds.get(author)!,
      });
      await book.subjects.add(about.map((name) => subjects.get(name)!));
    }
  });
}

/** A text for addresses: lower-case letters, digits and hyphens. */
function toSlug(text: string): string {
  return fold(text)
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
}

/** Reads the file. `@name|born|died` starts an author, `title|year|language|subjects|description` is a book. */
async function readFacts(): Promise<{ authors: AuthorFacts[]; books: BookFacts[] }> {
  const text = await readFile(new URL("./data/catalogue.txt", import.meta.url), "utf8");
  const authors: AuthorFacts[] = [];
  const books: BookFacts[] = [];
  for (const line of text.split("\n").filter(Boolean)) {
    const fields = line.split("|");
    if (line.startsWith("@")) {
      authors.push({ name: fields[0]!.slice(1), born: Number(fields[1]), died: Number(fields[2]) });
      continue;
    }
    const [title, year, language, subjects, description] = fields as [string, string, string, string, string];
    books.push({ author: authors.at(-1)!.name, title, year: Number(year), language, subjects: subjects.split(","), description });
  }
  return { authors, books };
}
