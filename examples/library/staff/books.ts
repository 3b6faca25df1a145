/** The staff adds, changes and deletes books. */
import { get, group, post, redirect } from "gable";
import { transaction } from "gable/data";
import { getBook, refreshCatalogue } from "../catalogue/queries.ts";
import { listBooks, showBook } from "../catalogue/routes.ts";
import { announceCopies } from "../loans/changes.ts";
import { Loan } from "../models.ts";
import { can } from "../readers/accounts.ts";
import { bookForm } from "./forms.ts";

const newBook = get("/new", { guard: can("books.add") }, ({ view }) => view("staff/book.html", { form: bookForm.blank(), book: null }));

const createBook = post("/new", { guard: can("books.add"), form: bookForm }, async ({ form, view, flash }) => {
  const book = form.valid && (await form.save());
  if (!book) return view("staff/book.html", { form, book: null }, { status: form.status });
  await refreshCatalogue();
  flash("success", `${book.title} is in the catalogue.`);
  return redirect(showBook.url({ slug: book.slug }));
});

const editBook = get("/:slug(slug)", { guard: can("books.change") }, async ({ params, view }) => {
  const book = await getBook(params.slug);
  return view("staff/book.html", { form: await bookForm.from(book), book });
});

const updateBook = post("/:slug(slug)", { guard: can("books.change"), form: bookForm }, async ({ params, form, view, flash }) => {
  const book = await getBook(params.slug);
  const saved = form.valid && (await form.saveTo(book));
  if (!saved) return view("staff/book.html", { form, book }, { status: form.status });
  await refreshCatalogue();
  await announceCopies(book.id);
  flash("success", `${book.title} is saved.`);
  return redirect(showBook.url({ slug: book.slug }));
});

const askDelete = get("/:slug(slug)/delete", { guard: can("books.delete") }, async ({ params, view }) => {
  const book = await getBook(params.slug);
  return view("staff/delete-book.html", { book, loans: await Loan.where({ book: book.id }).count() });
});

const deleteBook = post("/:slug(slug)/delete", { guard: can("books.delete") }, async ({ params, view, flash }) => {
  const book = await getBook(params.slug);
  const loans = await Loan.where({ book: book.id }).count();
  // The history of loans belongs to readers: such a book stays.
  if (loans > 0) return view("staff/delete-book.html", { book, loans }, { status: 409 });
  // The cover is deleted after the commit.
  await transaction(() => book.delete());
  await refreshCatalogue();
  await announceCopies(book.id);
  flash("success", `${book.title} is deleted.`);
  return redirect(listBooks.url());
});

export const bookRoutes = group("/books", [newBook, createBook, editBook, updateBook, askDelete, deleteBook]);
