/** The library: routes, and the application that they make. */
import { fileURLToPath } from "node:url";
import type { Application, GableOptions } from "gable";
import { file, gable, get, notFound, post, redirect } from "gable";
import { createApi, listQuery } from "./api.ts";
import type { BookQuery } from "./catalogue.ts";
import { countLanguages, countSubjects, describeBook, findBooks, getAuthor, getBook, searchBooks } from "./catalogue.ts";
import { createExports } from "./exports.ts";
import { Book, Proposal } from "./models.ts";
import { createLoans } from "./loans.ts";
import { errorPage, formState, homePage, pageLinks } from "./pages.ts";
import { addProposal, coverField, openCovers, proposalSchema } from "./proposals.ts";

/** Where the library keeps what visitors send. Its database must be open. */
export interface LibraryOptions extends GableOptions {
  /** Folder for covers. */
  dataFolder: string;
}

/** Makes the application. */
export async function createLibrary({ dataFolder, ...options }: LibraryOptions): Promise<Application> {
  const coverFolder = await openCovers(dataFolder);
  const listUrl = (query: BookQuery): string => list.url({}, query);

  const home = get("/", { cache: { etag: true } }, async ({ view }) => {
    const day = Math.floor(Date.now() / 86_400_000);
    const ids = await Book.where().orderBy("id").pluck("id");
    const books = await findBooks(Array.from({ length: 6 }, (_, index) => ids[(day * 7 + index * 41) % ids.length]!));
    const [subjects, languages] = await Promise.all([countSubjects(), countLanguages()]);
    const cards = view("books/cards.html", { books });
    return view("page.html", { title: "", content: homePage({ bookCount: ids.length, subjects, languages, cards }, listUrl) });
  });

  const list = get("/books", { query: listQuery, cache: { etag: true } }, async ({ query, view }) => {
    const [result, subjects] = await Promise.all([searchBooks(query), countSubjects()]);
    return view("books/list.html", { subjects, result, filter: query, links: pageLinks(result, query, listUrl), query: query.q ?? "" });
  });

  const showBook = get("/books/:slug(slug)", { cache: { etag: true } }, async ({ params, view }) => {
    return view("books/show.html", { ...(await describeBook(await getBook(params.slug))), form: formState() });
  });

  // The card of one book, as lists show it: for pages of others that embed it.
  const showCard = get("/books/:slug(slug)/card", { cache: { etag: true } }, async ({ params, view }) =>
    view("books/cards.html#card", { book: await getBook(params.slug) }),
  );

  const showAuthor = get("/authors/:id(int)", async ({ params, view }) => view("authors/show.html", await getAuthor(params.id)));

  const newProposal = get("/proposals/new", ({ view }) => view("proposals/new.html", { form: formState() }));

  const createProposal = post("/proposals", { form: proposalSchema, files: { cover: coverField } }, async ({ form, view }) => {
    if (!form.valid) return view("proposals/new.html", { form: formState(form) }, { status: form.status });
    const proposal = await addProposal(form.data, coverFolder, form.files.get("cover"));
    return redirect(showProposal.url({ id: proposal.id }));
  });

  const showProposal = get("/proposals/:id(int)", async ({ params, view }) => {
    const proposal = await Proposal.find(params.id);
    if (proposal === undefined) throw notFound("There is no such proposal.");
    return view("proposals/show.html", { proposal });
  });

  const cover = get("/covers/:name", ({ params }) =>
    file(params.name, { root: coverFolder, headers: [["cache-control", "public, max-age=86400"]] }),
  );

  const lists = createExports({ list, showBook, showAuthor });
  const api = createApi({ coverFolder, showBook, showAuthor, showProposal });
  const loans = createLoans(showBook);

  const app: Application = gable({
    static: { directory: fileURLToPath(new URL("./static", import.meta.url)) },
    views: { directories: [fileURLToPath(new URL("./views", import.meta.url))], untyped: "error" },
    routes: [home, list, lists, showBook, showCard, showAuthor, loans, newProposal, createProposal, showProposal, cover, api],
    onError: ({ status, context }) => {
      const wantsPage = context.headers.get("accept")?.includes("text/html") === true;
      // In development the framework's own page says more.
      if (!wantsPage || app.mode === "development") return undefined;
      return context.view("page.html", { title: String(status), content: errorPage(status, context.requestId) });
    },
    ...options,
  });
  return app;
}
