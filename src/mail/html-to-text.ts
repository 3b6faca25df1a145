/** The plain text of an HTML message, for messages whose view has no text file. */
import type { HtmlToken } from "./html-tokens.ts";
import { HtmlTokenizer } from "./html-tokens.ts";

/** Elements with an empty line around them. */
const blocks = new Set("p div h1 h2 h3 h4 h5 h6 ul ol table blockquote section article header footer main hr pre".split(" "));
/** Elements that begin a line. */
const lines = new Set(["br", "tr", "li", "dt", "dd", "option"]);
/** Elements whose blanks and line ends are shown. */
const preformatted = new Set(["pre", "listing"]);
/** Of the elements that hold text only, those that show it. */
const shown = new Set(["textarea", "xmp"]);

/** A link that is open: its address, and where its text starts in the output. */
interface OpenLink {
  readonly address: string;
  readonly start: number;
}

/**
 * Returns the text of an HTML document: paragraphs with an empty line between them, list items with a dash, and
 * links as `text (address)`. Images give their `alt` text. The work grows with the length of the document.
 */
export function htmlToText(html: string): string {
  return new TextWriter(html).write();
}

class TextWriter {
  readonly #tokens: HtmlTokenizer;
  readonly #parts: string[] = [];
  #link: OpenLink | undefined;
  /** How many line ends are due before the next text. */
  #breaks = 0;
  /** How many preformatted elements are open. */
  #preformatted = 0;
  /** How many templates are open: nothing in them is shown. */
  #templates = 0;
  /** Whether the next text follows `<pre>`, whose first line end is none of its text. */
  #isAfterPre = false;

  constructor(html: string) {
    this.#tokens = new HtmlTokenizer(html);
  }

  write(): string {
    for (let token = this.#tokens.next(); token !== undefined; token = this.#tokens.next()) this.#take(token);
    this.#closeLink();
    return this.#parts
      .join("")
      .split("\n")
      .map((line) => line.trimEnd())
      .join("\n")
      .replace(/^\n+/, "")
      .trimEnd();
  }

  #take(token: HtmlToken): void {
    if (token.kind !== "text" && token.name === "template")
      this.#templates = Math.max(0, this.#templates + (token.kind === "start" ? 1 : -1));
    const content = token.kind === "start" ? this.#tokens.readContent(token.name) : undefined;
    if (this.#templates > 0) return;
    if (token.kind === "text") this.#addContent(token.text);
    else if (token.kind === "end") this.#close(token.name);
    else if (content === undefined) this.#open(token.name, token.attributes);
    else if (shown.has(token.name)) this.#addLines(content);
    this.#isAfterPre = token.kind === "start" && preformatted.has(token.name);
  }

  #open(name: string, attributes: ReadonlyMap<string, string>): void {
    if (name === "a") {
      this.#closeLink();
      const address = attributes.get("href");
      // As browsers read addresses: without blanks around them, and without line ends.
      if (address !== undefined) this.#link = { address: address.replaceAll(/[\t\n]/g, "").trim(), start: this.#parts.length };
    } else if (name === "img") this.#addText(attributes.get("alt") ?? "");
    else if (name === "td" || name === "th") this.#addText(" ");
    else this.#break(name);
    if (preformatted.has(name)) this.#preformatted++;
    if (name === "hr") this.#addRule();
    if (name === "li") this.#addText("- ");
  }

  #close(name: string): void {
    if (preformatted.has(name)) this.#preformatted = Math.max(0, this.#preformatted - 1);
    if (name === "a") this.#closeLink();
    else if (blocks.has(name)) this.#break(name);
  }

  #break(name: string): void {
    this.#breaks = Math.max(this.#breaks, blocks.has(name) ? 2 : lines.has(name) ? 1 : 0);
  }

  #addRule(): void {
    this.#addText("---");
    this.#breaks = 2;
  }

  #addContent(text: string): void {
    if (this.#preformatted === 0) this.#addText(text);
    else this.#addLines(this.#isAfterPre ? text.replace(/^\n/, "") : text);
  }

  /** Adds text with its blanks and line ends. */
  #addLines(text: string): void {
    if (text === "") return;
    this.#addBreaks();
    this.#parts.push(text);
  }

  /** Adds text of which each run of blanks is one. */
  #addText(content: string): void {
    const text = content.replaceAll(/\s+/g, " ");
    const isAtStart = this.#breaks > 0 || this.#parts.length === 0 || /\s/.test(this.#parts.at(-1)!.at(-1)!);
    if (text === "" || (text === " " && isAtStart)) return;
    this.#addBreaks();
    this.#parts.push(isAtStart ? text.trimStart() : text);
  }

  #addBreaks(): void {
    if (this.#breaks > 0 && this.#parts.length > 0) this.#parts.push("\n".repeat(this.#breaks));
    this.#breaks = 0;
  }

  /** A link whose text is its address is written once. */
  #closeLink(): void {
    if (this.#link === undefined) return;
    const { address, start } = this.#link;
    this.#link = undefined;
    const text = this.#parts.slice(start).join("").trim();
    if (address === "" || address.startsWith("#") || address === text || address === `mailto:${text}`) return;
    this.#addText(text === "" ? address : ` (${address})`);
  }
}
