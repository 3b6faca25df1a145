/** The library: routes, and the application that they make. */
import { fileURLToPath } from "node:url";
import type { Application, GableOptions } from "gable";
import { file, gable, get, notFound, page, post, redirect, stream } from "gable";
import { createApi, listQuery } from "./api.ts";
import type { Book, BookQuery } from "./catalogue.ts";
import { languageNames, readCatalogue } from "./catalogue.ts";
import { layout } from "./layout.ts";
import { authorPage, blankForm, bookPage, errorPage, homePage, listPage, proposalPage, proposedPage } from "./pages.ts";
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
  const links = { asset: (name: string) => app.assetUrl(name) };
  const show = (title: string, content: ReturnType<typeof homePage>, query?: string) => layout(links, title, content, query);
  const listUrl = (query: BookQuery): string => list.url({}, query);

  const home = get("/", { cache: { etag: true } }, () => {
    const day = Math.floor(Date.now() / 86_400_000);
    const picks = Array.from({ length: 6 }, (_, index) => catalogue.books[(day * 7 + index * 41) % catalogue.books.length]!);
    return show("", homePage(catalogue, picks, listUrl));
  });

  const list = get("/books", { query: listQuery, cache: { etag: true } }, ({ query }) =>
    show("Catalogue", listPage(catalogue, catalogue.search(query), query, listUrl), query.q),
  );

  const exportBooks = get("/books.csv", () => stream(toCsv(catalogue.books), { type: "text/csv; charset=utf-8", name: "books.csv" }));

  const showBook = get("/books/:slug(slug)", { cache: { etag: true } }, ({ params }) => {
    const book = catalogue.getBook(params.slug);
    return show(
      book.title,
      bookPage(
        book,
        catalogue.booksOf(book.author).filter((other) => other !== book),
        listUrl,
      ),
    );
  });

  const showAuthor = get("/authors/:id(int)", ({ params }) => {
    const author = catalogue.getAuthor(params.id);
    return show(author.name, authorPage(author, catalogue.booksOf(author)));
  });

  const newProposal = get("/proposals/new", () => show("Propose a book", proposalPage(blankForm)));

  const createProposal = post("/proposals", { form: proposalSchema, files: { cover: coverField } }, async ({ form }) => {
    if (!form.valid) return page(show("Propose a book", proposalPage(form)), { status: form.status });
    const proposal = await proposals.add(form.data, form.files.get("cover"));
    return redirect(showProposal.url({ id: proposal.id }));
  });

  const showProposal = get("/proposals/:id(int)", ({ params }) => {
    const proposal = proposals.find(params.id);
    if (proposal === undefined) throw notFound("There is no such proposal.");
    return show(proposal.title, proposedPage(proposal));
  });

  const cover = get("/covers/:name", ({ params }) =>
    file(params.name, { root: proposals.coverFolder, headers: [["cache-control", "public, max-age=86400"]] }),
  );

  const api = createApi({ catalogue, proposals, showBook, showAuthor, showProposal });

  const app: Application = gable({
    static: { directory: fileURLToPath(new URL("./static", import.meta.url)) },
    routes: [home, list, exportBooks, showBook, showAuthor, newProposal, createProposal, showProposal, cover, api],
    onError: ({ status, context }) => {
      const wantsPage = context.headers.get("accept")?.includes("text/html") === true;
      // In development the framework's own page says more.
      return wantsPage && app.mode !== "development" ? show(String(status), errorPage(status, context.requestId)) : undefined;
    },
    ...options,
  });
  return app;
}

/** Lines of CSV (RFC 4180); a text that a spreadsheet would run as a formula gets an apostrophe. */
async function* toCsv(books: readonly Book[]): AsyncGenerator<string> {
  yield "title,author,year,language,subjects,description\r\n";
  for (const book of books) {
    const cells = [
      book.title,
      book.author.name,
      book.year,
      languageNames[book.language] ?? book.language,
      book.subjects.join("; "),
      book.description,
    ];
    yield `${cells.map(toCell).join(",")}\r\n`;
  }
}

function toCell(value: string | number): string {
  const text = typeof value === "string" && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
