/** The pages of accounts: the view of the application for the page or for all pages, else plain markup. */
import type { AnyContext } from "../../handlers/context.ts";
import type { DisplayForm } from "../../handlers/form.ts";
import type { HandlerReply } from "../../replies/handler-reply.ts";
import { page } from "../../replies/replies.ts";
import { html } from "../../views/html.ts";
import { findService } from "../find-service.ts";

/** What a page shows. */
export interface AccountPage {
  /** Name of the view, without `accounts/` and `.html`. */
  readonly name: string;
  readonly title: string;
  /** Sentence before the form. None by default. */
  readonly text?: string;
  /** The form. Without one, `submit` is a button that posts to the same address. */
  readonly form?: DisplayForm;
  /** Text of the button. No button by default. */
  readonly submit?: string;
  /** Buttons that post to another address, by their text. None by default. */
  readonly buttons?: Readonly<Record<string, string>>;
  /** ID of the form, where the buttons send its values. Without one, each button has a separate form. */
  readonly formId?: string;
  /** Pages to go to, by the text of the link. None by default. */
  readonly links?: Readonly<Record<string, string>>;
  readonly status?: number;
}

/** Answers with a page of accounts. */
export function showPage(context: AnyContext, { name, status = 200, ...props }: AccountPage): HandlerReply {
  context.markPersonal();
  const { hasView } = findService(context).parts;
  const view = [`accounts/${name}.html`, "accounts/page.html"].find(hasView);
  // The generated list of views is that of the application, whose types are not known here.
  const render = context.view as (name: string, props: object, options: { status: number }) => HandlerReply;
  return view === undefined ? page(draw(context, props), { status }) : render(view, props, { status });
}

function draw(context: AnyContext, { title, text, form, submit, buttons = {}, formId, links = {} }: Omit<AccountPage, "name" | "status">) {
  const items = Object.entries(links);
  return html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title></head>
<body>
<main>
<h1>${title}</h1>
${context.flash.render()}
${text === undefined ? "" : html`<p>${text}</p>`}
${drawForm(form, submit, formId)}
${Object.entries(buttons).map(([label, path]) => drawButton(label, path, formId))}
${items.length === 0 ? "" : html`<ul>${items.map(([label, path]) => html`<li><a href="${path}">${label}</a></li>`)}</ul>`}
</main>
</body>
</html>`;
}

function drawForm(form: DisplayForm | undefined, submit: string | undefined, id: string | undefined) {
  if (form !== undefined) return form.render({ ...(submit !== undefined && { submit }), ...(id !== undefined && { attributes: { id } }) });
  return submit === undefined ? "" : html`<form method="post"><button type="submit">${submit}</button></form>`;
}

function drawButton(label: string, path: string, form: string | undefined) {
  return form === undefined
    ? html`<form method="post" action="${path}"><button type="submit">${label}</button></form>`
    : html`<p><button type="submit" form="${form}" formnovalidate formaction="${path}">${label}</button></p>`;
}
