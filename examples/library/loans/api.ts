/** Loans as JSON, for programs that a reader has given an API token. Pages of other sites cannot use it. */
import { conflict, group, json, notFound } from "gable";
import { field as f, form } from "gable/forms";
import { showBook } from "../catalogue/routes.ts";
import { Book, Loan } from "../models.ts";
import { accounts } from "../readers/accounts.ts";
import { lend, LoanRefused, takeBack } from "./lending.ts";

const { token } = accounts.guards;

const toJson = (
  { id, lentAt, dueOn, returnedAt }: Pick<Loan, "id" | "lentAt" | "dueOn" | "returnedAt">,
  { slug, title }: Pick<Book, "slug" | "title">,
): object => ({
  id,
  book: { slug, title, url: showBook.url({ slug }) },
  lentAt,
  dueOn,
  returnedAt,
});

/** What a program sends to borrow a book. An unknown book is an error of the field, as any other wrong value. */
const loanForm = form({
  book: f.slug({
    max: 120,
    validate: async (slug) => ((await Book.find({ slug })) === undefined ? "No book has this address." : undefined),
  }),
});

export const loansApi = group("/api/loans");

loansApi.get("", { guard: token("loans:read") }, async ({ user }) => {
  const loans = await Loan.where({ reader: user.id }).with({ book: true }).orderBy("-id").limit(100);
  return { items: loans.map((loan) => toJson(loan, loan.book)) };
});

loansApi.post("", { guard: token("loans:write"), json: loanForm }, async ({ json: sent, user }) => {
  const book = await Book.get({ slug: sent.book });
  try {
    return json(toJson(await lend(book.id, user.id), book), { status: 201 });
  } catch (error) {
    if (error instanceof LoanRefused) throw conflict(error.message);
    throw error;
  }
});

loansApi.post("/:id(int)/return", { guard: token("loans:write") }, async ({ params, user }) => {
  const loan = await Loan.where({ id: params.id, reader: user.id }).with({ book: true }).first();
  // To others, loans of a reader do not exist.
  if (loan === undefined) throw notFound("You have no such loan.");
  await takeBack(loan);
  return toJson(await Loan.get(loan.id), loan.book);
});
