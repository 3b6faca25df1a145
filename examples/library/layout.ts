/** The frame of every page, and the parts that pages share. */
import type { Html } from "gable";
import { html } from "gable";
import type { Book, BookPage, BookQuery } from "./catalogue.ts";
import { languageNames } from "./catalogue.ts";

/** Addresses that the frame links to: assets have names that change with their content. */
export interface Links {
  readonly asset: (name: string) => string;
}

/** A whole page. */
export function layout(links: Links, title: string, content: Html, query = ""): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title === "" ? "The Reading Room" : `${title} - The Reading Room`}</title>
<link rel="stylesheet" href="/static/app.css">
<link rel="icon" href="/static/favicon.svg">
</head>
<body>
<a class="skip" href="#content">Skip to content</a>
<header>
<div class="bar">
<a class="brand" href="/"><img src="${links.asset("favicon.svg")}" alt="" width="36" height="36"><span>The Reading Room</span></a>
<form class="search" role="search" action="/books">
<label class="hidden" for="q">Search the catalogue</label>
<input id="q" name="q" type="search" value="${query}" placeholder="Title, author or a word">
<button>Search</button>
</form>
<nav aria-label="Main"><a href="/books">Catalogue</a><a href="/proposals/new">Propose a book</a></nav>
</div>
</header>
<main id="content">${content}</main>
<footer><p>Public-domain books, described for readers. <a href="/books.csv">Download the list (CSV)</a> &middot; <a href="/api/books">JSON</a></p></footer>
</body>
</html>
`;
}

/** A year, with the era where it is needed. */
export function showYear(year: number): string {
  return year < 0 ? `${-year} BC` : year < 1000 ? `AD ${year}` : String(year);
}

/** A book as a card, with a spine whose colour comes from its title. */
export function bookCard(book: Book): Html {
  const tone = [...book.slug].reduce((sum, character) => sum + character.charCodeAt(0), 0) % 8;
  return html`<li class="card">
<a class="spine ${`tone-${tone}`}" href="/books/${book.slug}" tabindex="-1" aria-hidden="true"><span>${book.title}</span></a>
<div>
<h2 class="name"><a href="/books/${book.slug}">${book.title}</a></h2>
<p class="by"><a href="/authors/${book.author.id}">${book.author.name}</a>, ${showYear(book.year)}</p>
<p class="line">${book.description}</p>
</div>
</li>`;
}

/** Links to the pages of a list; without a script, and with every page in reach. */
export function pager(result: BookPage, query: BookQuery, url: (query: BookQuery) => string): Html | null {
  if (result.pages === 1) return null;
  const link = (page: number, text: string | number): Html =>
    page === result.page
      ? html`<li><span aria-current="page">${text}</span></li>`
      : html`<li><a href="${url({ ...query, page })}">${text}</a></li>`;
  const numbers = Array.from({ length: result.pages }, (_, index) => index + 1);
  return html`<nav class="pager" aria-label="Pages"><ol>
${result.page > 1 ? link(result.page - 1, "Previous") : null}
${numbers.map((number) => link(number, number))}
${result.page < result.pages ? link(result.page + 1, "Next") : null}
</ol></nav>`;
}

/** Options of a choice. */
export function options(values: ReadonlyArray<readonly [string, string]>, chosen: string | undefined): Html[] {
  return values.map(([value, label]) => html`<option value="${value}" selected="${value === chosen}">${label}</option>`);
}

/** Languages for a choice, by name. */
export const languageChoices: ReadonlyArray<readonly [string, string]> = Object.entries(languageNames).sort((first, second) =>
  first[1].localeCompare(second[1]),
);
