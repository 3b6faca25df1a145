/** The pages of the library. */
import type { FormInput, Html } from "gable";
import { html } from "gable";
import type { Author, Book, BookPage, BookQuery, Catalogue } from "./catalogue.ts";
import { languageNames } from "./catalogue.ts";
import { bookCard, languageChoices, options, pager, showYear } from "./layout.ts";
import type { Proposal } from "./proposals.ts";
import { coverField } from "./proposals.ts";

/** The first page: what is here, and where to begin. */
export function homePage(catalogue: Catalogue, picks: readonly Book[], url: (query: BookQuery) => string): Html {
  return html`<section class="hero">
<h1>${catalogue.books.length} books that belong to everyone</h1>
<p>From the Iliad to the first years of the twentieth century: search by title or author, wander by subject, or propose what is missing.</p>
<p><a class="button" href="/books">Browse the catalogue</a> <a class="button quiet" href="/proposals/new">Propose a book</a></p>
</section>
<section><h2>On the table today</h2><ul class="cards">${picks.map(bookCard)}</ul></section>
<section><h2>By subject</h2><ul class="tags">${catalogue.subjects.slice(0, 24).map(([subject, count]) => html`<li><a href="${url({ subject })}">${subject} <span>${count}</span></a></li>`)}</ul></section>
<section><h2>By language</h2><ul class="tags">${catalogue.languages.map(([language, count]) => html`<li><a href="${url({ language })}">${languageNames[language]} <span>${count}</span></a></li>`)}</ul></section>`;
}

/** The list with its filters. */
export function listPage(catalogue: Catalogue, result: BookPage, query: BookQuery, url: (query: BookQuery) => string): Html {
  const sorts = [
    ["title", "Title"],
    ["author", "Author"],
    ["year", "Year"],
  ] as const;
  return html`<h1>Catalogue</h1>
<form class="filters" action="/books">
<p><label for="words">Words</label><input id="words" name="q" value="${query.q}"></p>
<p><label for="language">Language</label><select id="language" name="language"><option value="">All</option>${options(languageChoices, query.language)}</select></p>
<p><label for="subject">Subject</label><select id="subject" name="subject"><option value="">All</option>${options(
    catalogue.subjects.map(([subject, count]) => [subject, `${subject} (${count})`]),
    query.subject,
  )}</select></p>
<p><label for="sort">Order</label><select id="sort" name="sort">${options(sorts, query.sort ?? "title")}</select></p>
<p><button>Show</button></p>
</form>
<p class="count" role="status">${result.total === 0 ? "Nothing fits. Try fewer words, or another language." : result.total === 1 ? "One book" : `${result.total} books, page ${result.page} of ${result.pages}`}</p>
<ul class="cards">${result.items.map(bookCard)}</ul>
${pager(result, query, url)}`;
}

/** One book. */
export function bookPage(book: Book, others: readonly Book[], url: (query: BookQuery) => string): Html {
  return html`<article class="book">
<p class="crumbs"><a href="/books">Catalogue</a> / <a href="/authors/${book.author.id}">${book.author.name}</a></p>
<h1>${book.title}</h1>
<p class="lead">${book.description}</p>
<dl>
<dt>Author</dt><dd><a href="/authors/${book.author.id}">${book.author.name}</a></dd>
<dt>Published</dt><dd>${showYear(book.year)}</dd>
<dt>Language</dt><dd><a href="${url({ language: book.language })}">${languageNames[book.language]}</a></dd>
<dt>Subjects</dt><dd>${book.subjects.map((subject, index) => [index === 0 ? "" : ", ", html`<a href="${url({ subject })}">${subject}</a>`])}</dd>
</dl>
</article>
${others.length === 0 ? null : html`<section><h2>More by ${book.author.name}</h2><ul class="cards">${others.map(bookCard)}</ul></section>`}`;
}

/** One author. */
export function authorPage(author: Author, books: readonly Book[]): Html {
  return html`<p class="crumbs"><a href="/books">Catalogue</a></p>
<h1>${author.name}</h1>
<p class="lead">${showYear(author.born)} to ${showYear(author.died)}. ${books.length === 1 ? "One book" : `${books.length} books`} in this library.</p>
<ul class="cards">${books.map(bookCard)}</ul>`;
}

/** A form that was not sent yet. */
export const blankForm: Pick<FormInput<unknown>, "values" | "errors" | "errorsOf"> = { values: {}, errors: [], errorsOf: () => [] };

/** The form for a proposal: empty, or with what was typed and what is wrong with it. */
export function proposalPage(form: Pick<FormInput<unknown>, "values" | "errors" | "errorsOf">): Html {
  const value = (name: string): string => String(form.values[name] ?? "");
  const field = (name: string, label: string, control: Html): Html => {
    const errors = form.errorsOf(name);
    return html`<div class="${["field", errors.length > 0 && "wrong"]}"><label for="${name}">${label}</label>${control}${errors.length === 0 ? null : html`<p class="error" id="${name}-error">${errors.join(" ")}</p>`}</div>`;
  };
  const text = (name: string, type: string): Html =>
    html`<input id="${name}" name="${name}" type="${type}" value="${value(name)}" required="${true}" aria-invalid="${String(form.errorsOf(name).length > 0)}" aria-describedby="${`${name}-error`}">`;
  return html`<h1>Propose a book</h1>
<p class="lead">Is something missing? Books whose authors died long ago are welcome here.</p>
${form.errors.length === 0 ? null : html`<div class="summary" role="alert"><h2>Please look at ${form.errors.length === 1 ? "one field" : `${form.errors.length} fields`} again</h2><ul>${form.errors.map((error) => html`<li><a href="#${error.path}">${error.message}</a></li>`)}</ul></div>`}
<form class="propose" method="post" action="/proposals" enctype="multipart/form-data" novalidate>
${field("title", "Title", text("title", "text"))}
${field("author", "Author", text("author", "text"))}
${field("year", "Year of publication", text("year", "number"))}
${field("language", "Language", html`<select id="language" name="language" aria-invalid="${String(form.errorsOf("language").length > 0)}" aria-describedby="language-error"><option value="">Choose</option>${options(languageChoices, value("language"))}</select>`)}
${field("reason", "Why should it be here?", html`<textarea id="reason" name="reason" rows="5" aria-invalid="${String(form.errorsOf("reason").length > 0)}" aria-describedby="reason-error">${value("reason")}</textarea>`)}
${field("cover", "Cover image (PNG, JPEG or WebP, at most 2 MB)", html`<input id="cover" name="cover" type="file" accept="${coverField.accept.join(",")}" aria-describedby="cover-error">`)}
<p><button>Send the proposal</button></p>
</form>`;
}

/** A stored proposal. */
export function proposedPage(proposal: Proposal): Html {
  return html`<p class="crumbs"><a href="/proposals/new">Propose another book</a></p>
<h1>Thank you: ${proposal.title}</h1>
<div class="proposed">
${proposal.cover === null ? null : html`<img class="cover" src="/covers/${proposal.cover}" alt="Cover of ${proposal.title}" width="240">`}
<div>
<p class="lead">${proposal.author}, ${showYear(proposal.year)}, ${languageNames[proposal.language] ?? proposal.language}</p>
<blockquote>${proposal.reason}</blockquote>
<p>Proposal number ${proposal.id}. The librarians read every one of them.</p>
</div>
</div>`;
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
