/** Rows for tests. */
import { defineFactory } from "gable/testing";
import { Author, Book, Reader } from "../models.ts";

export const authorFactory = defineFactory(Author, { name: (number) => `Author ${number}`, born: 1800, died: 1870 });
export const bookFactory = defineFactory(Book, {
  title: (number) => `Book ${number}`,
  slug: (number) => `book-${number}`,
  language: "en",
  year: 1850,
  copies: 2,
});
export const readerFactory = defineFactory(Reader, {
  email: (number) => `reader${number}@example.com`,
  name: (number) => `Reader ${number}`,
  active: true,
});
