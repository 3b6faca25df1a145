/** Implements the `xml` tag: elements balance in each template, values are escaped, entities and DTDs are never written. */
import { GableError } from "../../errors/gable-error.ts";
import { findCallerPlace, toPlaceText } from "../../errors/source-place.ts";
import { describeValue } from "../../errors/option-errors.ts";
import { escapeCdata, escapeXml, escapeXmlAttribute } from "../escape/xml.ts";
import { assertTemplate, isXml, Xml } from "../values.ts";

/** Values that are allowed in an `xml` template. */
export type XmlHole = string | number | bigint | boolean | null | undefined | Xml | readonly XmlHole[];

/** The context of a hole in XML. */
export type XmlPlace = "text" | "attribute" | "cdata";

const declaration = '<?xml version="1.0" encoding="utf-8"?>\n';
const plans = new WeakMap<TemplateStringsArray, readonly XmlPlace[]>();

/**
 * Creates XML. You can put values in text and in quoted attributes, but not in names, comments and processing
 * instructions.
 * Throws `E_VIEW_PLACE`, and `E_VIEW_UNCLOSED` for elements that do not balance.
 * @example
 * xml`<entry><title>${title}</title></entry>`;
 */
export function xml(strings: TemplateStringsArray, ...values: readonly XmlHole[]): Xml {
  let places = plans.get(strings);
  if (places === undefined) {
    const texts = assertTemplate("xml", strings);
    places = planXml(texts, toPlaceText(findCallerPlace(xml)));
    plans.set(strings, places);
  }
  let text = strings[0]!;
  values.forEach((value, index) => (text += writeXml(value, places[index]!) + strings[index + 1]!));
  return new Xml(text);
}

/** Finds the contexts of holes. Throws for static text that is not valid XML. */
function planXml(texts: readonly string[], where: string): XmlPlace[] {
  const reader = new XmlReader(where);
  const places: XmlPlace[] = [];
  texts.forEach((text, index) => {
    reader.text(text);
    if (index < texts.length - 1) places.push(reader.hole());
  });
  reader.end();
  return places;
}

/** Writes a value for its context. */
export function writeXml(value: unknown, place: XmlPlace): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "object") {
    if (Array.isArray(value)) return value.map((item) => writeXml(item, place)).join("");
    if (!isXml(value) || place !== "text") throw new GableError("E_VIEW_VALUE", `A hole of XML got ${describeValue(value)}.`);
    return stripDeclaration(String(value));
  }
  if (typeof value === "function" || typeof value === "symbol")
    throw new GableError("E_VIEW_VALUE", `A hole of XML got ${describeValue(value)}.`);
  if (place === "cdata") return escapeCdata(String(value));
  return place === "attribute" ? escapeXmlAttribute(String(value)) : escapeXml(String(value));
}

function stripDeclaration(text: string): string {
  return text.startsWith("<?xml ") ? text.slice(text.indexOf("?>") + 2).trimStart() : text;
}

/** Returns a whole document, starting with its XML declaration. */
export function toXmlDocument(text: string): string {
  return /^\s*<\?xml\s/.test(text) ? text.trimStart() : declaration + text;
}

type XmlMode = "text" | "tag" | "value" | "comment" | "cdata" | "instruction";

/** Reads static XML and tracks the open elements. */
export class XmlReader {
  readonly #where: string;
  readonly #open: string[] = [];
  #mode: XmlMode = "text";
  #quote = "";
  /** The tag so far. */
  #tag = "";

  constructor(where: string) {
    this.#where = where;
  }

  /** Reads static text. */
  text(text: string): void {
    let index = 0;
    while (index < text.length) index = this.#step(text, index);
  }

  /** Returns the context of a hole. Throws `E_VIEW_PLACE`. */
  hole(): XmlPlace {
    if (this.#mode === "text") return "text";
    if (this.#mode === "value") return "attribute";
    if (this.#mode === "cdata") return "cdata";
    const what = {
      tag: "inside a tag, outside the quotes of an attribute",
      comment: "inside a comment",
      instruction: "inside a processing instruction",
    }[this.#mode];
    throw new GableError("E_VIEW_PLACE", `${this.#where}: a value is not allowed ${what} of XML.`);
  }

  /** The state to which a branch of a template file must return. */
  get state(): string {
    return JSON.stringify([this.#mode, this.#quote, this.#tag, this.#open]);
  }

  set state(state: string) {
    // What the getter returned.
    const [mode, quote, tag, open] = JSON.parse(state) as [XmlMode, string, string, string[]];
    this.#mode = mode;
    this.#quote = quote;
    this.#tag = tag;
    this.#open.splice(0, Infinity, ...open);
  }

  /** Ends the document. Throws `E_VIEW_UNCLOSED`. */
  end(): void {
    const last = this.#open.at(-1);
    if (last !== undefined) throw new GableError("E_VIEW_UNCLOSED", `${this.#where}: the element <${last}> is not closed.`);
    if (this.#mode !== "text") throw new GableError("E_VIEW_UNCLOSED", `${this.#where}: the template ends inside a tag or a comment.`);
  }

  #step(text: string, index: number): number {
    switch (this.#mode) {
      case "text":
        return this.#readText(text, index);
      case "value":
        return this.#skipTo(text, index, this.#quote, "tag");
      case "comment":
        return this.#skipTo(text, index, "-->", "text");
      case "cdata":
        return this.#skipTo(text, index, "]]>", "text");
      case "instruction":
        return this.#skipTo(text, index, "?>", "text");
      default:
        return this.#readTag(text, index);
    }
  }

  #skipTo(text: string, index: number, end: string, mode: "tag" | "text"): number {
    const found = text.indexOf(end, index);
    if (found === -1) return text.length;
    this.#mode = mode;
    return found + end.length;
  }

  #readText(text: string, index: number): number {
    const open = text.indexOf("<", index);
    if (open === -1) return text.length;
    for (const [start, mode] of [
      ["<!--", "comment"],
      ["<![CDATA[", "cdata"],
      ["<?", "instruction"],
    ] as const) {
      if (!text.startsWith(start, open)) continue;
      this.#mode = mode;
      return open + start.length;
    }
    if (text.startsWith("<!", open)) {
      throw new GableError("E_VIEW_PLACE", `${this.#where}: the XML contains a document type declaration.`, {
        fix: "Remove it: entities and DTDs are never written.",
      });
    }
    this.#mode = "tag";
    this.#tag = "";
    return open + 1;
  }

  #readTag(text: string, index: number): number {
    const character = text[index]!;
    if (character === '"' || character === "'") {
      this.#quote = character;
      this.#mode = "value";
    } else if (character === ">") this.#endTag();
    else this.#tag += character;
    return index + 1;
  }

  #endTag(): void {
    const tag = this.#tag;
    this.#mode = "text";
    this.#tag = "";
    this.#quote = "";
    const name = /^\/?([^\s/=]+)/.exec(tag)?.[1] ?? "";
    if (tag.startsWith("/")) {
      const open = this.#open.pop();
      if (open === name) return;
      const what = open === undefined ? "which is not open" : `but <${open}> is open`;
      throw new GableError("E_VIEW_UNCLOSED", `${this.#where}: </${name}> closes an element ${what}.`);
    }
    if (!tag.trimEnd().endsWith("/")) this.#open.push(name);
  }
}
