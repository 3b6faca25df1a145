/** A form of a page: its fields are filled, and what a browser would send is sent. */
import type { HtmlElement } from "../html/nodes.ts";
import { suggest, testError } from "../test-error.ts";
import type { SentRequest } from "../test-request.ts";
import type { Control, FormEntry } from "./controls.ts";
import { controlsOf, entriesOf } from "./controls.ts";
import type { FieldValue } from "./fill.ts";
import { buttonText, fillField } from "./fill.ts";

/** A form of a page. `Reply` is what sending it gives. */
export interface TestForm<Reply> {
  /** Method in upper case. */
  readonly method: string;
  /** Path that the form is sent to. */
  readonly action: string;
  /** What the form would send now, by name: the file's name for a file, a list for a name that is sent several times. */
  readonly values: Readonly<Record<string, string | readonly string[]>>;
  /**
   * Fills fields by name: strings and numbers for text, `true` or `false` for one checkbox, a list of values for several, a value or
   * a label for selects and radio buttons, `{ name, content }` for files. Returns the form.
   * Throws `E_TEST_FIELD` for an unknown name or choice, and for fields that nobody can change.
   */
  fill(values: Readonly<Record<string, FieldValue>>): TestForm<Reply>;
  /**
   * Presses a button, by its text, name or value; by default the first one, as the Enter key does. `required` and other
   * rules that only browsers check do not stop it. Throws `E_TEST_FORM`.
   */
  submit(button?: string): Promise<Reply>;
}

/** Sends a request of a page. */
export type SendFromPage<Reply> = (method: string, url: URL, what: SentRequest) => Promise<Reply>;

/** Where a form is, and how it is sent. */
export interface FormPlace<Reply> {
  readonly root: HtmlElement;
  /** Address that relative addresses of the page start from. */
  readonly base: URL;
  /** Address of the page. */
  readonly url: URL;
  readonly send: SendFromPage<Reply>;
}

/** Creates the form of an element. */
export function createForm<Reply>(form: HtmlElement, place: FormPlace<Reply>): TestForm<Reply> {
  const controls = controlsOf(place.root, form);
  const where = describeForm(form, place);
  const self: TestForm<Reply> = {
    method: methodOf(form, undefined).toUpperCase(),
    action: toPath(actionOf(form, undefined, place)),
    get values() {
      return groupEntries(entriesOf(controls, undefined));
    },
    fill(values) {
      for (const [name, value] of Object.entries(values)) fillField(controls, name, value, where);
      return self;
    },
    async submit(button) {
      const submitter = findSubmitter(controls, button, where);
      const method = methodOf(form, submitter);
      if (method === "dialog")
        throw testError("E_TEST_FORM", `${where} has the method dialog: it is not sent.`, "Pass another form or button.");
      const target = actionOf(form, submitter, place);
      const entries = entriesOf(controls, submitter);
      if (method === "get") {
        target.search = new URLSearchParams(toPairs(entries)).toString();
        return place.send("GET", target, {});
      }
      return place.send(
        "POST",
        target,
        encode(entries, submitter?.element.attributes.get("formenctype") ?? form.attributes.get("enctype")),
      );
    },
  };
  return self;
}

/** Describes a form for messages: `the form (POST /posts)`. */
export function describeForm(form: HtmlElement, place: Pick<FormPlace<unknown>, "base" | "url">): string {
  const label = form.attributes.get("id") ?? form.attributes.get("name");
  const facts = `${methodOf(form, undefined).toUpperCase()} ${toPath(actionOf(form, undefined, place))}`;
  return label === undefined ? `the form (${facts})` : `the form "${label}" (${facts})`;
}

function methodOf(form: HtmlElement, submitter: Control | undefined): "get" | "post" | "dialog" {
  const method = (submitter?.element.attributes.get("formmethod") ?? form.attributes.get("method") ?? "get").toLowerCase();
  return method === "post" || method === "dialog" ? method : "get";
}

function actionOf(form: HtmlElement, submitter: Control | undefined, { base, url }: Pick<FormPlace<unknown>, "base" | "url">): URL {
  const action = (submitter?.element.attributes.get("formaction") ?? form.attributes.get("action") ?? "").trim();
  if (action === "") return new URL(url);
  const target = URL.canParse(action, base) ? new URL(action, base) : undefined;
  if (target === undefined)
    throw testError("E_TEST_FORM", `The action "${action}" of a form is not an address.`, "Write a path, such as /posts.");
  return target;
}

function findSubmitter(controls: readonly Control[], button: string | undefined, where: string): Control | undefined {
  const buttons = controls.filter(({ kind, type }) => kind === "button" && (type === "submit" || type === "image"));
  const found = button === undefined ? buttons[0] : findButton(buttons, button, where);
  if (found === undefined) {
    const texts = controls.filter(({ kind, type }) => kind === "text" && type !== "textarea");
    if (texts.length === 1) return undefined;
    throw testError(
      "E_TEST_FORM",
      `${where} has no button that sends it.`,
      'Add <button>Save</button>, or a <button form="id"> outside of the form.',
    );
  }
  if (found.isDisabled)
    throw testError("E_TEST_FORM", `The button "${buttonText(found)}" of ${where} is disabled.`, "Press another one: submit(button).");
  return found;
}

function findButton(buttons: readonly Control[], wanted: string, where: string): Control {
  const ways: ReadonlyArray<(control: Control) => string | undefined> = [
    buttonText,
    ({ name }) => name,
    ({ value }) => value,
    ({ element }) => element.attributes.get("id"),
  ];
  for (const way of ways) {
    const found = buttons.filter((control) => way(control) === wanted);
    if (found.length > 1)
      throw testError("E_TEST_FORM", `${where} has ${found.length} buttons "${wanted}".`, "Pass the value of one of them.");
    if (found.length === 1) return found[0]!;
  }
  throw testError("E_TEST_FORM", `${where} has no button "${wanted}".`, suggest(wanted, buttons.map(buttonText)));
}

function encode(entries: readonly FormEntry[], type = ""): SentRequest {
  if (type.toLowerCase() === "multipart/form-data")
    return { parts: entries.map(([name, value]) => [toLines(name), typeof value === "string" ? toLines(value) : value]) };
  if (type.toLowerCase() === "text/plain")
    return {
      body: toPairs(entries)
        .map(([name, value]) => `${name}=${value}\r\n`)
        .join(""),
      headers: { "content-type": "text/plain" },
    };
  return {
    body: new URLSearchParams(toPairs(entries)).toString(),
    headers: { "content-type": "application/x-www-form-urlencoded;charset=UTF-8" },
  };
}

/** Names and values as text: of a file only its name is sent. */
function toPairs(entries: readonly FormEntry[]): Array<[string, string]> {
  return entries.map(([name, value]) => [toLines(name), toLines(typeof value === "string" ? value : value.name)]);
}

/** Line breaks are sent as CRLF. */
function toLines(text: string): string {
  return text.replaceAll(/\r\n?|\n/g, "\r\n");
}

function groupEntries(entries: readonly FormEntry[]): Record<string, string | string[]> {
  const values = new Map<string, string[]>();
  for (const [name, value] of entries) values.set(name, [...(values.get(name) ?? []), typeof value === "string" ? value : value.name]);
  return Object.fromEntries([...values].map(([name, list]) => [name, list.length === 1 ? list[0]! : list]));
}

function toPath({ pathname, search }: URL): string {
  return pathname + search;
}
