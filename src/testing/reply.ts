/** The replies of a test client. */
import type { IncomingReply } from "./transport.ts";
import { HtmlPage } from "./page/page.ts";
import type { TestForm } from "./page/form.ts";
import type { TestLink } from "./page/page.ts";
import { findHtmlMistakes } from "./page/html-checks.ts";
import { suggest, testError } from "./test-error.ts";
import type { SentRequest } from "./test-request.ts";

/** How long a reply took. */
export interface ReplyTiming {
  /** From the request to the last byte of the reply, in ms. */
  readonly totalMs: number;
  /** Number of statements that the request sent to databases. */
  readonly queryCount: number;
  /** Time that databases took, in ms. */
  readonly queryMs: number;
}

/** A reply, read whole. */
export interface TestReply {
  /** Status. */
  readonly status: number;
  /** Header fields. */
  readonly headers: Headers;
  /** Body as text. */
  readonly body: string;
  /** Body as bytes. */
  readonly bytes: Uint8Array;
  /** Address that was asked for, without the origin. */
  readonly path: string;
  /** How long the reply took. */
  readonly timing: ReplyTiming;
  /** Body as a JSON value. Throws `E_TEST_REPLY` when it is none. */
  json<Value = unknown>(): Value;
  /**
   * Requests the address in the Location header, as a browser does. After 307 and 308, it sends the same method and body again. After 303,
   * it sends a GET; after 301 and 302, it sends a GET if the method was POST. Throws without a Location, and if it names another site.
   */
  follow(): Promise<TestReply>;
  /** Returns the text of the first element that a selector fits, with collapsed white space. Throws `E_TEST_ELEMENT` without one. */
  text(selector: string): string;
  /** Returns the texts of all elements that a selector fits. */
  all(selector: string): readonly string[];
  /** Returns an attribute of the first element that a selector fits; undefined when it has none. Throws `E_TEST_ELEMENT` without an element. */
  attribute(selector: string, name: string): string | undefined;
  /** Finds a link by its text. Throws `E_TEST_ELEMENT` without one, and for links of one text that lead to different places. */
  link(text: string): TestLink<TestReply>;
  /** Finds a form by its id, name, action or method, or by a selector; without an argument the only one. Throws `E_TEST_FORM`. */
  form(which?: string): TestForm<TestReply>;
  /** Returns the values that the handler gave to a view, by the name of the view; by default to the last one. Throws `E_TEST_REPLY`. */
  viewProps(name?: string): Readonly<Record<string, unknown>>;
}

/** A view that a request has rendered. */
export interface RenderedView {
  readonly name: string;
  readonly props: Readonly<Record<string, unknown>>;
}

/** What a reply is made of. */
export interface ReplyParts extends IncomingReply {
  readonly method: string;
  readonly url: URL;
  readonly timing: ReplyTiming;
  readonly views: readonly RenderedView[];
  readonly send: (method: string, url: URL, what: SentRequest) => Promise<TestReply>;
  readonly follow: () => Promise<TestReply>;
}

/** The one implementation of {@link TestReply}. */
export class ClientReply implements TestReply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
  readonly bytes: Uint8Array;
  readonly path: string;
  readonly timing: ReplyTiming;
  readonly #parts: ReplyParts;
  #page: HtmlPage<TestReply> | undefined;

  constructor(parts: ReplyParts) {
    this.#parts = parts;
    this.status = parts.status;
    this.headers = parts.headers;
    this.bytes = parts.bytes;
    this.body = new TextDecoder().decode(parts.bytes);
    this.path = parts.url.pathname + parts.url.search;
    this.timing = parts.timing;
  }

  json<Value>(): Value {
    try {
      // The test says which value it expects.
      return JSON.parse(this.body) as Value;
    } catch (cause) {
      const start = this.body.length > 200 ? `${this.body.slice(0, 200)}...` : this.body;
      const error = testError(
        "E_TEST_REPLY",
        `${this.#label} is not JSON: ${start === "" ? "it is empty" : start}`,
        "Look at reply.status and reply.body.",
      );
      error.cause = cause;
      throw error;
    }
  }

  follow(): Promise<TestReply> {
    return this.#parts.follow();
  }

  text(selector: string): string {
    return this.#html.text(selector);
  }

  all(selector: string): readonly string[] {
    return this.#html.all(selector);
  }

  attribute(selector: string, name: string): string | undefined {
    return this.#html.attribute(selector, name);
  }

  link(text: string): TestLink<TestReply> {
    return this.#html.link(text);
  }

  form(which?: string): TestForm<TestReply> {
    return this.#html.form(which);
  }

  viewProps(name?: string): Readonly<Record<string, unknown>> {
    const { views } = this.#parts;
    const found = name === undefined ? views.at(-1) : views.findLast((view) => view.name === name);
    if (found !== undefined) return found.props;
    if (views.length === 0)
      throw testError("E_TEST_REPLY", `${this.#label} rendered no view.`, "Ask for a page whose handler calls view().");
    throw testError(
      "E_TEST_REPLY",
      `${this.#label} did not render the view "${name}".`,
      suggest(
        name ?? "",
        views.map((view) => view.name),
      ),
    );
  }

  /** Checks a page for mistakes that browsers do not show. Throws `E_TEST_PAGE`. */
  assertMarkup(): void {
    if (!this.#isHtml || this.body === "") return;
    const mistakes = findHtmlMistakes(this.#html.root);
    if (mistakes.length === 0) return;
    throw testError(
      "E_TEST_PAGE",
      `${this.#label} has ${mistakes.length === 1 ? "a mistake" : `${mistakes.length} mistakes`}:\n  ${mistakes.join("\n  ")}\n`,
      'Correct the page, or create the client with { markup: "any" }.',
    );
  }

  get #isHtml(): boolean {
    return /^(?:text\/html|application\/xhtml\+xml)\s*(?:;|$)/i.test(this.headers.get("content-type") ?? "");
  }

  get #html(): HtmlPage<TestReply> {
    if (!this.#isHtml)
      throw testError(
        "E_TEST_REPLY",
        `${this.#label} is not HTML: its status is ${this.status}, its type ${this.headers.get("content-type") ?? "not given"}.`,
        this.headers.has("location") ? "Call follow() first." : "Look at reply.status and reply.body.",
      );
    this.#page ??= new HtmlPage(this.body, { url: this.#parts.url, send: this.#parts.send, label: this.#label });
    return this.#page;
  }

  get #label(): string {
    return `The reply to ${this.#parts.method} ${this.path}`;
  }
}
