/** The free copies of a book while its page is open. */
import type { ServerEvent } from "gable";
import { get } from "gable";
import { getBook } from "../catalogue/queries.ts";
import { Book } from "../models.ts";
import { readChanges } from "./changes.ts";
import { countFreeCopies } from "./lending.ts";

export const watchCopies = get("/books/:slug(slug)/copies", async ({ params, reply, signal }) => {
  const { id } = await getBook(params.slug);
  return reply.events(readCopies(id, signal));
});

/** Yields the copies now and after each change; ends when the book is deleted. They are counted here, so that the last event is right. */
async function* readCopies(bookId: number, signal: AbortSignal): AsyncGenerator<ServerEvent> {
  // It listens before it counts: no change is lost in between.
  const changes = readChanges(bookId, signal);
  const first = await countCopies(bookId);
  if (first !== undefined) yield first;
  for await (const _ of changes) {
    const next = await countCopies(bookId);
    if (next === undefined) return;
    yield next;
  }
}

async function countCopies(bookId: number): Promise<ServerEvent | undefined> {
  const book = await Book.find(bookId);
  return book && { event: "copies", data: { free: await countFreeCopies(book), copies: book.copies } };
}
