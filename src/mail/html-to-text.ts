/** The plain text of an HTML message, for messages whose view has no text file. */

/** Elements whose content is not shown. */
const hidden = new Set(["head", "style", "script", "template", "title"]);
/** Elements with an empty line around them. */
const blocks = new Set("p div h1 h2 h3 h4 h5 h6 ul ol table blockquote section article header footer main hr".split(" "));
/** Elements that begin a line. */
const lines = new Set(["br", "tr", "li", "dt", "dd"]);
const named: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  nbsp: " ",
  copy: "©",
  euro: "€",
  ndash: "–",
  mdash: "—",
  hellip: "…",
};

/** Longest address of a link and longest text of an image, in characters. */
const attributeLengthMax = 4_096;

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
  readonly #html: string;
  readonly #parts: string[] = [];
  #link: OpenLink | undefined;
  /** How many line ends are due before the next text. */
  #breaks = 0;
  #at = 0;

  constructor(html: string) {
    this.#html = html;
  }

  write(): string {
    while (this.#at < this.#html.length) {
      const tag = this.#find("<");
      this.#addText(this.#html.slice(this.#at, tag));
      this.#at = tag;
      if (tag < this.#html.length) this.#readTag();
    }
    this.#closeLink();
    return this.#parts
      .join("")
      .split("\n")
      .map((line) => line.trim())
      .join("\n")
      .trim();
  }

  /** The next place of a string, or the end. Each caller moves on to what it finds, so no stretch is searched twice. */
  #find(text: string): number {
    const found = this.#html.indexOf(text, this.#at);
    return found === -1 ? this.#html.length : found;
  }

  #readTag(): void {
    if (this.#html.startsWith("<!--", this.#at)) {
      this.#at = this.#find("-->") + 3;
      return;
    }
    const end = this.#find(">");
    const content = this.#html.slice(this.#at + 1, end);
    this.#at = end + 1;
    const [, slash, name] = /^(\/?)([a-z][a-z0-9]*)/i.exec(content) ?? [];
    if (name === undefined) return;
    if (slash === "") this.#open(name.toLowerCase(), content);
    else this.#close(name.toLowerCase());
  }

  #open(name: string, content: string): void {
    if (hidden.has(name)) this.#skip(name);
    else if (name === "a") {
      this.#closeLink();
      const address = attributeOf(content, "href");
      if (address !== undefined) this.#link = { address, start: this.#parts.length };
    } else if (name === "img") this.#addText(attributeOf(content, "alt") ?? "");
    else if (name === "td" || name === "th") this.#addText(" ");
    else this.#break(name);
    if (name === "hr") this.#addRule();
    if (name === "li") this.#addText("- ");
  }

  #close(name: string): void {
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

  /** Moves behind the end tag of an element that is not shown. */
  #skip(name: string): void {
    for (;;) {
      this.#at = this.#find("</");
      if (this.#at >= this.#html.length) return;
      const isEnd = this.#html.slice(this.#at + 2, this.#at + 2 + name.length).toLowerCase() === name;
      this.#at += 2;
      if (!isEnd) continue;
      this.#at = this.#find(">") + 1;
      return;
    }
  }

  #addText(markup: string): void {
    const text = decode(markup.replaceAll(/\s+/g, " "));
    if (text === "" || (text === " " && (this.#breaks > 0 || this.#parts.length === 0))) return;
    if (this.#breaks > 0 && this.#parts.length > 0) this.#parts.push("\n".repeat(this.#breaks));
    const isAfterBlank = this.#breaks > 0 || this.#parts.at(-1)?.endsWith(" ") === true;
    this.#breaks = 0;
    this.#parts.push(isAfterBlank ? text.trimStart() : text);
  }

  /** A link whose text is its address is written once. */
  #closeLink(): void {
    if (this.#link === undefined) return;
    const { address, start } = this.#link;
    this.#link = undefined;
    const text = this.#parts.slice(start).join("").trim();
    const shown = decode(address);
    if (address.startsWith("#") || shown === text || shown === `mailto:${text}`) return;
    this.#addText(text === "" ? address : ` (${address})`);
  }
}

/** An attribute as it is written, with its character references. */
function attributeOf(content: string, name: string): string | undefined {
  const match = new RegExp(
    `\\s${name}=(?:"([^"]{0,${attributeLengthMax}})"|'([^']{0,${attributeLengthMax}})'|([^\\s"'>]{1,${attributeLengthMax}}))`,
    "i",
  ).exec(content);
  return match === null ? undefined : (match[1] ?? match[2] ?? match[3]);
}

function decode(text: string): string {
  return text.replaceAll(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,8}));/gi, (whole, decimal?: string, hex?: string, name?: string) => {
    if (name !== undefined) return Object.hasOwn(named, name) ? named[name]! : whole;
    const code = decimal === undefined ? Number.parseInt(hex!, 16) : Number(decimal);
    return code > 0 && code <= 0x10_ff_ff && (code < 0xd8_00 || code > 0xdf_ff) ? String.fromCodePoint(code) : whole;
  });
}
