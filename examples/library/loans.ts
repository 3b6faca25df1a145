/** Loans: a reader takes a book home, and brings it back. */
import type { Group, Route } from "gable";
import { group, notFound, post, redirect } from "gable";
import { describeBook, getBook } from "./catalogue.ts";
import { Loan } from "./models.ts";
import type { FormState } from "./pages.ts";
import { errorsState, formState } from "./pages.ts";

/** Makes the routes. */
export function createLoans(showBook: Route<{ slug: string }>): Group {
  // The field of the form is that of the model: its label, its length, its messages.
  const loanSchema = Loan.schema({ for: "create", pick: ["reader"] });

  const borrow = post("/books/:slug(slug)/loans", { form: loanSchema }, async ({ params, form, view }) => {
    const book = await getBook(params.slug);
    const show = async (state: FormState) => view("books/show.html", { ...(await describeBook(book)), form: state }, { status: 422 });
    if (!form.valid) return show(formState(form));
    try {
      await Loan.create({ reader: String(form.data["reader"]), book: book.id });
    } catch (error) {
      // Somebody was faster: the database tells, whatever was there a moment ago.
      const state = errorsState(error);
      if (state === undefined) throw error;
      return show(state);
    }
    return redirect(showBook.url({ slug: book.slug }));
  });

  const giveBack = post("/loans/:id(int)/return", async ({ params }) => {
    const loan = await Loan.find(params.id);
    if (loan === undefined) throw notFound("There is no such loan.");
    if (loan.returnedAt === null) await loan.set({ returnedAt: new Date() }).save();
    const { slug } = await loan.book;
    return redirect(showBook.url({ slug }));
  });

  return group("", [borrow, giveBack]);
}
