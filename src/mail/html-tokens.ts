/** Splits the HTML of a message into tags and text, as browsers do: nothing is refused. */

/** A piece of a message. Text and values of attributes have no character references any more. */
export type HtmlToken =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "start"; readonly name: string; readonly attributes: ReadonlyMap<string, string> }
  | { readonly kind: "end"; readonly name: string };

/** Elements whose content is text without tags. */
const rawElements = new Set(["script", "style", "title", "textarea", "iframe", "noembed", "noframes", "xmp"]);

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

/** Reads the pieces of a message, one by one. No stretch is read twice, so the work grows with the length. */
export class HtmlTokenizer {
  readonly #html: string;
  #at = 0;

  constructor(html: string) {
    this.#html = html.replaceAll(/\r\n?/g, "\n");
  }

  /** Returns the next piece; undefined at the end. */
  next(): HtmlToken | undefined {
    while (this.#at < this.#html.length) {
      const token = this.#html[this.#at] === "<" ? this.#readMarkup() : this.#readText(this.#at);
      if (token !== undefined) return token;
    }
    return undefined;
  }

  /** Returns the content of an element that holds text only, and moves to its end tag; undefined for other elements. */
  readContent(name: string): string | undefined {
    if (!rawElements.has(name)) return undefined;
    const end = new RegExp(`</${name}(?=[\\s/>])`, "gi");
    end.lastIndex = this.#at;
    const found = end.exec(this.#html)?.index ?? this.#html.length;
    const text = this.#html.slice(this.#at, found);
    this.#at = found;
    return name === "textarea" ? decode(text) : text;
  }

  /** Text goes to the next "<" after a place. */
  #readText(from: number): HtmlToken {
    const next = this.#html.indexOf("<", from);
    const end = next === -1 ? this.#html.length : next;
    const text = decode(this.#html.slice(this.#at, end));
    this.#at = end;
    return { kind: "text", text };
  }

  #readMarkup(): HtmlToken | undefined {
    const [next = "", afterNext = ""] = [this.#html[this.#at + 1], this.#html[this.#at + 2]];
    if (/[a-z]/i.test(next)) return this.#readTag("start", this.#at + 1);
    if (next === "/" && /[a-z]/i.test(afterNext)) return this.#readTag("end", this.#at + 2);
    if (this.#html.startsWith("<!--", this.#at)) return this.#skipComment();
    if (next === "!" || next === "?" || (next === "/" && afterNext !== "")) return this.#skipPast(/>/g, this.#at + 2);
    return this.#readText(this.#at + 1);
  }

  #skipComment(): undefined {
    // `<!-->` and `<!--->` are whole comments.
    const short = /-?>/y;
    short.lastIndex = this.#at + 4;
    if (short.test(this.#html)) this.#at = short.lastIndex;
    else this.#skipPast(/--!?>/g, this.#at + 4);
  }

  #skipPast(mark: RegExp, from: number): undefined {
    mark.lastIndex = from;
    this.#at = mark.test(this.#html) ? mark.lastIndex : this.#html.length;
  }

  /** A tag that does not end is dropped, together with the rest. */
  #readTag(kind: "start" | "end", from: number): HtmlToken | undefined {
    this.#at = from;
    const name = this.#take(/[^\s/>]+/y).toLowerCase();
    const attributes = new Map<string, string>();
    for (;;) {
      this.#take(/[\s/]+/y);
      if (this.#at >= this.#html.length) return undefined;
      if (this.#html[this.#at] === ">") break;
      const attribute = this.#take(/=?[^\s/>=]*/y).toLowerCase();
      this.#take(/\s+/y);
      const value = this.#html[this.#at] === "=" ? this.#readValue() : "";
      // The first of two attributes with the same name counts.
      if (!attributes.has(attribute)) attributes.set(attribute, value);
    }
    this.#at++;
    return kind === "start" ? { kind, name, attributes } : { kind, name };
  }

  #readValue(): string {
    this.#at++;
    this.#take(/\s+/y);
    const quote = this.#html[this.#at];
    if (quote !== '"' && quote !== "'") return decode(this.#take(/[^\s>]*/y));
    const end = this.#html.indexOf(quote, this.#at + 1);
    const text = this.#html.slice(this.#at + 1, end === -1 ? this.#html.length : end);
    this.#at = end === -1 ? this.#html.length : end + 1;
    return decode(text);
  }

  #take(expression: RegExp): string {
    expression.lastIndex = this.#at;
    const text = expression.exec(this.#html)?.[0] ?? "";
    this.#at += text.length;
    return text;
  }
}

function decode(text: string): string {
  return text.replaceAll(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,8}));/gi, (whole, decimal?: string, hex?: string, name?: string) => {
    if (name !== undefined) return Object.hasOwn(named, name) ? named[name]! : whole;
    const code = decimal === undefined ? Number.parseInt(hex!, 16) : Number(decimal);
    return code > 0 && code <= 0x10_ff_ff && (code < 0xd8_00 || code > 0xdf_ff) ? String.fromCodePoint(code) : whole;
  });
}
