/** The rules of lending. Each change is one transaction. */
import { transaction } from "gable/data";
import { Book, Loan, Reader } from "../models.ts";
import { settings } from "../settings.ts";
import { announceCopies } from "./changes.ts";

/** Why a book was not lent, as a sentence for the reader. */
export class LoanRefused extends Error {}

/**
 * Lends a copy of a book. The row of the book is locked first: of two readers who want the last copy, one waits and is refused.
 * Throws {@link LoanRefused}.
 */
export async function lend(bookId: number, readerId: number): Promise<Loan> {
  return transaction(async () => {
    const book = await Book.where().lock("update").get(bookId);
    const reader = await Reader.where().lock("update").get(readerId);
    const atHome = await Loan.where({ reader: reader.id, returnedAt: null });
    if (atHome.some((loan) => loan.bookId === book.id)) throw new LoanRefused("You have this book at home.");
    if (atHome.length >= settings.loansMax)
      throw new LoanRefused(`You have ${atHome.length} books at home, which is the most. Give one back first.`);
    if ((await countFreeCopies(book)) <= 0) throw new LoanRefused("All copies are lent. Try again later.");
    await announceCopies(book.id);
    return Loan.create({ book: book.id, reader: reader.id, dueOn: addDays(new Date(), settings.loanDays) });
  });
}

/** Takes a book back. A loan that has ended stays as it is. */
export async function takeBack({ id, bookId }: Pick<Loan, "id" | "bookId">): Promise<void> {
  await transaction(async () => {
    const count = await Loan.where({ id, returnedAt: null }).update({ returnedAt: new Date() });
    if (count > 0) await announceCopies(bookId);
  });
}

/** Returns the number of copies that are in the library. */
export async function countFreeCopies({ id, copies }: Pick<Book, "id" | "copies">): Promise<number> {
  return copies - (await Loan.where({ book: id, returnedAt: null }).count());
}

/** Returns the loan of a book that a reader has at home; null without one. */
export async function findOpenLoan(bookId: number, readerId: number | undefined): Promise<Loan | null> {
  if (readerId === undefined) return null;
  return (await Loan.find({ book: bookId, reader: readerId, returnedAt: null })) ?? null;
}

/** Returns the day that is some days later, as `2026-11-20`. */
export function addDays(day: Date, count: number): string {
  return new Date(day.getTime() + count * 86_400_000).toISOString().slice(0, 10);
}

/** Returns the day of today, as `2026-11-20`. */
export const today = (): string => addDays(new Date(), 0);
