/** Splits HTML into tags and text, as browsers do: nothing is refused. */
import { decodeEntities } from "./entities.ts";

/** A piece of a page. */
export type HtmlToken =
  | { readonly kind: "text"; readonly text: string }
  | {
      readonly kind: "start";
      readonly name: string;
      readonly attributes: Map<string, string>;
      readonly isSelfClosing: boolean;
    }
  | { readonly kind: "end"; readonly name: string };

/** Elements whose content is text without tags. */
const rawElements = new Set(["script", "style", "xmp", "iframe", "noembed", "noframes"]);
/** Elements whose content is text with character references. */
const textElements = new Set(["textarea", "title"]);

/** Reads the pieces of a page, one by one. */
export class HtmlTokenizer {
  readonly #html: string;
  #at = 0;

  constructor(html: string) {
    this.#html = html.replaceAll("\r\n", "\n").replaceAll("\r", "\n");
  }

  /** Returns the next piece; undefined at the end. In SVG and MathML, `<![CDATA[` begins text. */
  next(isForeign: boolean): HtmlToken | undefined {
    while (this.#at < this.#html.length) {
      const token = this.#html[this.#at] === "<" ? this.#readMarkup(isForeign) : this.#readText();
      if (token !== undefined) return token;
    }
    return undefined;
  }

  /** Returns the content of an element that holds text only, and skips to its end tag; undefined for other elements. */
  readContent(name: string): string | undefined {
    const hasEntities = textElements.has(name);
    if (!hasEntities && !rawElements.has(name)) return undefined;
    const end = new RegExp(`</${name}(?=[\\s/>])`, "gi");
    end.lastIndex = this.#at;
    const found = end.exec(this.#html)?.index ?? this.#html.length;
    const text = this.#html.slice(this.#at, found).replaceAll("\0", "\ufffd");
    this.#at = found;
    return hasEntities ? decodeEntities(text, false) : text;
  }

  /** Skips the line break that may follow `<pre>` and `<textarea>`: it is not part of their text. */
  skipLineBreak(): void {
    if (this.#html[this.#at] === "\n") this.#at++;
  }

  #readText(): HtmlToken {
    const next = this.#html.indexOf("<", this.#at);
    const end = next === -1 ? this.#html.length : next;
    const text = decodeEntities(this.#html.slice(this.#at, end).replaceAll("\0", ""), false);
    this.#at = end;
    return { kind: "text", text };
  }

  #readMarkup(isForeign: boolean): HtmlToken | undefined {
    const html = this.#html;
    const next = html[this.#at + 1] ?? "";
    if (/[A-Za-z]/.test(next)) return this.#readStartTag();
    if (next === "/" && /[A-Za-z]/.test(html[this.#at + 2] ?? "")) return this.#readEndTag();
    if (html.startsWith("<!--", this.#at)) return this.#skipComment();
    if (isForeign && html.startsWith("<![CDATA[", this.#at)) return this.#readCharacterData();
    // A "</" at the very end is text.
    if (next === "!" || next === "?" || (next === "/" && html[this.#at + 2] !== undefined)) return this.#skipPast(">", this.#at + 2);
    this.#at++;
    return { kind: "text", text: "<" };
  }

  #skipComment(): undefined {
    const rest = this.#html.slice(this.#at + 4, this.#at + 6);
    if (rest.startsWith(">")) this.#at += 5;
    else if (rest === "->") this.#at += 6;
    else {
      const end = /--!?>/g;
      end.lastIndex = this.#at + 4;
      const found = end.exec(this.#html);
      this.#at = found === null ? this.#html.length : end.lastIndex;
    }
  }

  #readCharacterData(): HtmlToken {
    const start = this.#at + 9;
    this.#skipPast("]]>", start);
    const end = this.#html.startsWith("]]>", this.#at - 3) ? this.#at - 3 : this.#at;
    return { kind: "text", text: this.#html.slice(start, Math.max(start, end)) };
  }

  #skipPast(mark: string, from: number): undefined {
    const found = this.#html.indexOf(mark, from);
    this.#at = found === -1 ? this.#html.length : found + mark.length;
  }

  #readEndTag(): HtmlToken | undefined {
    this.#at += 2;
    const name = this.#readName();
    return this.#readAttributes() === undefined ? undefined : { kind: "end", name };
  }

  #readStartTag(): HtmlToken | undefined {
    this.#at += 1;
    const name = this.#readName();
    const attributes = this.#readAttributes();
    if (attributes === undefined) return undefined;
    return { kind: "start", name, attributes, isSelfClosing: this.#html.startsWith("/>", this.#at - 2) && !this.#endedInValue };
  }

  #readName(): string {
    return this.#take(/[^\s/>]+/y)
      .toLowerCase()
      .replaceAll("\0", "\ufffd");
  }

  /** Whether the last "/" before ">" belongs to a value without quotes. */
  #endedInValue = false;

  /** Reads attributes up to the end of the tag; undefined when the page ends before, which drops the tag. */
  #readAttributes(): Map<string, string> | undefined {
    const attributes = new Map<string, string>();
    this.#endedInValue = false;
    while (true) {
      this.#take(/[\s/]+/y);
      if (this.#at >= this.#html.length) return undefined;
      if (this.#html[this.#at] === ">") {
        this.#at++;
        return attributes;
      }
      this.#endedInValue = false;
      const name = this.#take(/=?[^\s/>=]*/y).toLowerCase();
      this.#take(/\s+/y);
      const value = this.#html[this.#at] === "=" ? this.#readValue() : "";
      if (value === undefined) return undefined;
      if (!attributes.has(name)) attributes.set(name.replaceAll("\0", "\ufffd"), value);
    }
  }

  #readValue(): string | undefined {
    this.#at++;
    this.#take(/\s+/y);
    const quote = this.#html[this.#at];
    let text: string;
    if (quote === '"' || quote === "'") {
      const end = this.#html.indexOf(quote, this.#at + 1);
      if (end === -1) {
        this.#at = this.#html.length;
        return undefined;
      }
      text = this.#html.slice(this.#at + 1, end);
      this.#at = end + 1;
    } else {
      text = this.#take(/[^\s>]*/y);
      this.#endedInValue = text.endsWith("/");
    }
    return decodeEntities(text.replaceAll("\0", "\ufffd"), true);
  }

  #take(expression: RegExp): string {
    expression.lastIndex = this.#at;
    const text = expression.exec(this.#html)?.[0] ?? "";
    this.#at += text.length;
    return text;
  }
}
