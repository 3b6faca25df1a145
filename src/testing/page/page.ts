/** The page of a reply: its texts, attributes, links and forms. */
import type { HtmlElement } from "../html/nodes.ts";
import { elementsOf, textOf } from "../html/nodes.ts";
import { readHtml } from "../html/read-html.ts";
import { select } from "../html/select.ts";
import { suggest, testError } from "../test-error.ts";
import type { FormPlace, SendFromPage, TestForm } from "./form.ts";
import { createForm, describeForm } from "./form.ts";

/** A link of a page. */
export interface TestLink<Reply> {
  /** Its text. */
  readonly text: string;
  /** Its address, resolved against that of the page. */
  readonly url: URL;
  /** Follows it with a GET. Throws `E_TEST_REPLY` when it leads to another site. */
  follow(): Promise<Reply>;
}

/** A page, read when something is asked of it. */
export class HtmlPage<Reply> {
  readonly root: HtmlElement;
  readonly #place: FormPlace<Reply>;
  readonly #label: string;

  /** @param label Names the reply, for messages. */
  constructor(html: string, { url, send, label }: { readonly url: URL; readonly send: SendFromPage<Reply>; readonly label: string }) {
    this.root = readHtml(html);
    this.#label = label;
    const href = select(this.root, "base[href]")[0]?.attributes.get("href") ?? "";
    this.#place = { root: this.root, url, base: URL.canParse(href, url) ? new URL(href, url) : url, send };
  }

  text(selector: string): string {
    return textOf(this.#first(selector));
  }

  all(selector: string): readonly string[] {
    return select(this.root, selector).map(textOf);
  }

  attribute(selector: string, name: string): string | undefined {
    return this.#first(selector).attributes.get(name.toLowerCase());
  }

  link(text: string): TestLink<Reply> {
    const links = select(this.root, "a[href], area[href]");
    const found = links.filter((link) => nameOf(link) === text);
    const targets = new Map(found.map((link) => [link.attributes.get("href") ?? "", link]));
    if (found.length === 0) throw testError("E_TEST_ELEMENT", `${this.#label} has no link "${text}".`, suggest(text, links.map(nameOf)));
    if (targets.size > 1)
      throw testError(
        "E_TEST_ELEMENT",
        `${this.#label} has links "${text}" to ${[...targets.keys()].join(" and ")}.`,
        "Give each of them its own text, or an aria-label.",
      );
    return this.#createLink([...targets.keys()][0]!, text);
  }

  form(which?: string): TestForm<Reply> {
    const forms = [...elementsOf(this.root)].filter(({ name }) => name === "form");
    const found = which === undefined ? forms : findForms(forms, which, this.#place, this.root);
    if (found.length === 1) return createForm(found[0]!, this.#place);
    const names = forms.map((form) => describeForm(form, this.#place)).join(", ");
    const wanted = which === undefined ? "one form" : `one form "${which}"`;
    if (forms.length === 0) throw testError("E_TEST_FORM", `${this.#label} has no form.`, "Ask for the page that has it.");
    throw testError(
      "E_TEST_FORM",
      `${this.#label} has ${found.length === 0 ? "not" : "more than"} ${wanted}. It has: ${names}.`,
      "Pass the id, the name, the action or the method of one form, or a selector.",
    );
  }

  #createLink(href: string, text: string): TestLink<Reply> {
    const { base, send } = this.#place;
    if (!URL.canParse(href, base))
      throw testError("E_TEST_ELEMENT", `The link "${text}" leads to "${href}", which is not an address.`, "Write a path.");
    const url = new URL(href, base);
    return { text, url, follow: () => send("GET", url, {}) };
  }

  #first(selector: string): HtmlElement {
    const [found] = select(this.root, selector);
    if (found !== undefined) return found;
    const start = textOf(this.root).slice(0, 200);
    throw testError("E_TEST_ELEMENT", `${this.#label} has no element "${selector}".`, `The page says: ${start === "" ? "nothing" : start}`);
  }
}

/** What a link is called: its label for screen readers, its text, or the text of its picture. */
function nameOf(link: HtmlElement): string {
  const label = link.attributes.get("aria-label") ?? textOf(link);
  if (label !== "") return label;
  return link.attributes.get("alt") ?? select(link, "img[alt]")[0]?.attributes.get("alt") ?? "";
}

/** Finds forms by id, then by name, by action, by method, and by a selector: the first way that finds any counts. */
function findForms(forms: readonly HtmlElement[], which: string, place: FormPlace<unknown>, root: HtmlElement): readonly HtmlElement[] {
  const isPath = which.startsWith("/");
  const ways: ReadonlyArray<() => readonly HtmlElement[]> = [
    () => forms.filter(({ attributes }) => attributes.get("id") === which),
    () => forms.filter(({ attributes }) => attributes.get("name") === which),
    () =>
      isPath
        ? forms.filter((form) => [createForm(form, place).action].some((action) => action === which || action.split("?")[0] === which))
        : [],
    () => forms.filter((form) => createForm(form, place).method === which.toUpperCase()),
    () => (isPath || /^\w+$/.test(which) ? [] : select(root, which).filter(({ name }) => name === "form")),
  ];
  for (const way of ways) {
    const found = way();
    if (found.length > 0) return found;
  }
  return [];
}
