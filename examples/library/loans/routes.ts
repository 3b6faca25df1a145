/** Borrow a book, give it back, and the list of a reader's own loans. */
import { group, notFound, redirect } from "gable";
import { getBook } from "../catalogue/queries.ts";
import { showBook } from "../catalogue/routes.ts";
import { Loan } from "../models.ts";
import { accounts, signedIn } from "../readers/accounts.ts";
import { settings } from "../settings.ts";
import { day } from "../views/filters.ts";
import { lend, LoanRefused, takeBack, today } from "./lending.ts";

export const loans = group("", { guard: signedIn });

export const listLoans = loans.get("/loans", async ({ user, view }) => {
  const mine = Loan.where({ reader: user.id }).with({ book: { with: { author: true } } });
  const [atHome, earlier] = await Promise.all([
    mine.where({ returnedAt: null }),
    mine
      .where({ returnedAt: { isNull: false } })
      .orderBy("-returnedAt")
      .limit(20),
  ]);
  return view("loans/list.html", { atHome, earlier, today: today(), loansMax: settings.loansMax });
});

loans.post("/books/:slug(slug)/borrow", async ({ params, user, flash }) => {
  const book = await getBook(params.slug);
  try {
    const { dueOn } = await lend(book.id, user.id);
    flash("success", `${book.title} is yours until ${day(dueOn)}.`);
  } catch (error) {
    if (!(error instanceof LoanRefused)) throw error;
    flash("error", error.message);
  }
  return redirect(showBook.url({ slug: book.slug }));
});

// Who had to sign in after the button, or loads the page again, gets the page of the book.
loans.get("/books/:slug(slug)/borrow", ({ params }) => redirect(showBook.url({ slug: params.slug })));

loans.post("/loans/:id(int)/return", async (context) => {
  const { params, user, flash } = context;
  const loan = await Loan.where({ id: params.id }).with({ book: true }).first();
  // To others, loans of a reader do not exist.
  if (loan === undefined || (loan.readerId !== user.id && !(await accounts.can(context, "loans.change"))))
    throw notFound("This loan does not exist.");
  await takeBack(loan);
  flash("success", `Thank you for ${loan.book.title}.`);
  return redirect(loan.readerId === user.id ? listLoans.url() : showBook.url({ slug: loan.book.slug }));
});

loans.get("/loans/:id(int)/return", () => redirect(listLoans.url()));
