/** Pages written in code, and what the template files get beside the data. */
import type { Html, SchemaFormState } from "gable";
import { GableError, html } from "gable";
import type { BookPage, BookQuery, Count } from "./catalogue.ts";
import { languageNames } from "./languages.ts";

/** What the first page tells. */
export interface HomeFacts {
  readonly bookCount: number;
  readonly subjects: readonly Count[];
  readonly languages: readonly Count[];
  readonly cards: Html;
}

/** The first page: what is here, and where to begin. */
export function homePage({ bookCount, subjects, languages, cards }: HomeFacts, url: (query: BookQuery) => string): Html {
  return html`<section class="hero">
<h1>${bookCount} books that belong to everyone</h1>
<p>From the Iliad to the first years of the twentieth century: search by title or author, wander by subject, or propose what is missing.</p>
<p><a class="button" href="/books">Browse the catalogue</a> <a class="button quiet" href="/proposals/new">Propose a book</a></p>
</section>
<section><h2>On the table today</h2>${cards}</section>
<section><h2>By subject</h2><ul class="tags">${subjects.slice(0, 24).map(({ name, count }) => html`<li><a href="${url({ subject: name })}">${name} <span>${count}</span></a></li>`)}</ul></section>
<section><h2>By language</h2><ul class="tags">${languages.map(({ name, count }) => html`<li><a href="${url({ language: name })}">${languageNames[name]} <span>${count}</span></a></li>`)}</ul></section>`;
}

/** A link to a page of a list. */
export interface PageLink {
  readonly text: string;
  readonly url: string;
  readonly isCurrent: boolean;
}

/** Links to the pages of a list; without a script, and with every page in reach. */
export function pageLinks(result: BookPage, query: BookQuery, url: (query: BookQuery) => string): PageLink[] {
  if (result.pageCount === 1) return [];
  const link = (page: number, text: string): PageLink => ({ text, url: url({ ...query, page }), isCurrent: page === result.number });
  const numbers = Array.from({ length: result.pageCount }, (_, index) => link(index + 1, String(index + 1)));
  return [
    ...(result.number > 1 ? [link(result.number - 1, "Previous")] : []),
    ...numbers,
    ...(result.number < result.pageCount ? [link(result.number + 1, "Next")] : []),
  ];
}

/** What was typed into a form, and what is wrong with it. */
export interface FormState {
  readonly errors: ReadonlyArray<{ readonly path: string; readonly message: string }>;
  readonly errorsOf: (name: string) => readonly string[];
  readonly valueOf: (name: string) => string;
}

/** The state of a form that was sent; without one, that of a form that was not. */
export function formState(form?: Pick<SchemaFormState, "value" | "errors">): FormState {
  return {
    errors: form?.errors().map(({ field, message }) => ({ path: field ?? "", message })) ?? [],
    errorsOf: (name) => form?.errors(name).map(({ message }) => message) ?? [],
    valueOf: (name) => form?.value(name) ?? "",
  };
}

/** Something went wrong, or is not there. */
export function errorPage(status: number, requestId: string): Html {
  const words: Readonly<Record<number, readonly [string, string]>> = {
    404: ["This page is not on our shelves", "The address may be misspelt, or the book was never here."],
    405: ["This page does not take that", "Go back and use the buttons of the page."],
    500: ["A shelf fell over", "We have been told, and pick the books up."],
  };
  const [title, line] = words[status] ?? ["That did not work", "Please check what was sent, and try again."];
  return html`<section class="hero"><p class="status">${status}</p><h1>${title}</h1><p>${line}</p><p><a class="button" href="/books">To the catalogue</a></p><p class="count">Request ${requestId}</p></section>`;
}

/** What a model has refused, for the form that it came from; undefined for other errors. */
export function errorsState(error: unknown): FormState | undefined {
  if (!(error instanceof GableError) || error.code !== "E_VALIDATION") return undefined;
  const { errors } = error.details as { errors: Readonly<Record<string, readonly string[]>> };
  return {
    errors: Object.entries(errors).flatMap(([path, messages]) => messages.map((message) => ({ path, message }))),
    errorsOf: (name) => errors[name] ?? [],
    valueOf: () => "",
  };
}
