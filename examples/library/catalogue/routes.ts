/** Pages of the catalogue: the list, a book, an author. */
import { get, group } from "gable";
import { countFreeCopies, findOpenLoan } from "../loans/lending.ts";
import { accounts, maybeSignedIn } from "../readers/accounts.ts";
import { pageLinks } from "./page-links.ts";
import { booksOf, countSubjects, getAuthor, getBook, searchBooks } from "./queries.ts";
import { searchQuery } from "./search-query.ts";

// The layout shows who is signed in. Visitors without an account share one copy, which browsers may keep and ask about.
export const pages = group("", { guard: maybeSignedIn, cache: { etag: true } });

export const listBooks = pages.get("/books", { query: searchQuery }, async ({ query, view }) => {
  const [result, subjects] = await Promise.all([searchBooks(query), countSubjects()]);
  const links = pageLinks(result, (page) => listBooks.url({}, { ...query, page }));
  return view("books/list.html", { subjects, result, filter: query, links });
});

export const showBook = pages.get("/books/:slug(slug)", async (context) => {
  const { params, user, view } = context;
  const book = await getBook(params.slug);
  const [books, free, loan] = await Promise.all([booksOf(book.author), countFreeCopies(book), findOpenLoan(book.id, user?.id)]);
  const [change, remove] = [await accounts.can(context, "books.change"), await accounts.can(context, "books.delete")];
  return view("books/show.html", { book, others: books.filter(({ id }) => id !== book.id), free, loan, may: { change, remove } });
});

/** The card of one book, as lists show it: for pages of others that embed it. */
export const showCard = get("/books/:slug(slug)/card", { cache: { etag: true } }, async ({ params, view }) =>
  view("books/cards.html#card", { book: await getBook(params.slug) }),
);

export const showAuthor = pages.get("/authors/:id(int)", async ({ params, view }) => view("authors/show.html", await getAuthor(params.id)));
