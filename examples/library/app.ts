/** The library: routes, and the application that they make. */
import { fileURLToPath } from "node:url";
import type { Application, GableOptions } from "gable";
import { file, gable, get, notFound, post, redirect } from "gable";
import { createApi, listQuery } from "./api.ts";
import type { BookQuery } from "./catalogue.ts";
import { readCatalogue } from "./catalogue.ts";
import { createExports } from "./exports.ts";
import { errorPage, formState, homePage, pageLinks } from "./pages.ts";
import { ProposalStore, coverField, proposalSchema } from "./proposals.ts";

/** Where the library keeps what visitors send. */
export interface LibraryOptions extends GableOptions {
  /** Folder for proposals and covers. */
  dataFolder: string;
}

/** Makes the application. */
export async function createLibrary({ dataFolder, ...options }: LibraryOptions): Promise<Application> {
  const catalogue = await readCatalogue();
  const proposals = await ProposalStore.open(dataFolder);
  const listUrl = (query: BookQuery): string => list.url({}, query);

  const home = get("/", { cache: { etag: true } }, ({ view }) => {
    const day = Math.floor(Date.now() / 86_400_000);
    const books = Array.from({ length: 6 }, (_, index) => catalogue.books[(day * 7 + index * 41) % catalogue.books.length]!);
    return view("page.html", { title: "", content: homePage(catalogue, view("books/cards.html", { books }), listUrl) });
  });

  const list = get("/books", { query: listQuery, cache: { etag: true } }, ({ query, view }) => {
    const result = catalogue.search(query);
    return view("books/list.html", { catalogue, result, filter: query, links: pageLinks(result, query, listUrl), query: query.q ?? "" });
  });

  const showBook = get("/books/:slug(slug)", { cache: { etag: true } }, ({ params, view }) => {
    const book = catalogue.getBook(params.slug);
    return view("books/show.html", { book, others: catalogue.booksOf(book.author).filter((other) => other !== book) });
  });

  // The card of one book, as lists show it: for pages of others that embed it.
  const showCard = get("/books/:slug(slug)/card", { cache: { etag: true } }, ({ params, view }) =>
    view("books/cards.html#card", { book: catalogue.getBook(params.slug) }),
  );

  const showAuthor = get("/authors/:id(int)", ({ params, view }) => {
    const author = catalogue.getAuthor(params.id);
    return view("authors/show.html", { author, books: catalogue.booksOf(author) });
  });

  const newProposal = get("/proposals/new", ({ view }) => view("proposals/new.html", { form: formState() }));

  const createProposal = post("/proposals", { form: proposalSchema, files: { cover: coverField } }, async ({ form, view }) => {
    if (!form.valid) return view("proposals/new.html", { form: formState(form) }, { status: form.status });
    const proposal = await proposals.add(form.data, form.files.get("cover"));
    return redirect(showProposal.url({ id: proposal.id }));
  });

  const showProposal = get("/proposals/:id(int)", ({ params, view }) => {
    const proposal = proposals.find(params.id);
    if (proposal === undefined) throw notFound("There is no such proposal.");
    return view("proposals/show.html", { proposal });
  });

  const cover = get("/covers/:name", ({ params }) =>
    file(params.name, { root: proposals.coverFolder, headers: [["cache-control", "public, max-age=86400"]] }),
  );

  const lists = createExports({ catalogue, proposals, list, showBook, showAuthor });
  const api = createApi({ catalogue, proposals, showBook, showAuthor, showProposal });

  const app: Application = gable({
    static: { directory: fileURLToPath(new URL("./static", import.meta.url)) },
    views: { directories: [fileURLToPath(new URL("./views", import.meta.url))], untyped: "error" },
    routes: [home, list, lists, showBook, showCard, showAuthor, newProposal, createProposal, showProposal, cover, api],
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
