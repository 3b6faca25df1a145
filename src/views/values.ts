/** Defines values that templates treat specially. Each is identified by a symbol, which JSON cannot create. */
import { GableError } from "../errors/gable-error.ts";
import { describeValue } from "../errors/option-errors.ts";
import { encodeUrlPart } from "./escape/url.ts";

declare const brand: unique symbol;

const symbols = {
  html: Symbol.for("gable.html"),
  url: Symbol.for("gable.url"),
  trusted: Symbol.for("gable.trusted"),
  json: Symbol.for("gable.json"),
  attributes: Symbol.for("gable.attributes"),
  css: Symbol.for("gable.css"),
  xml: Symbol.for("gable.xml"),
  text: Symbol.for("gable.text"),
} as const;

/** Method of objects that render themselves as markup: forms, fields, models. */
export const toHtml: unique symbol = Symbol.for("gable.toHtml") as never;

/** Markup that is not rendered yet. Created by {@link html} and {@link raw}. */
export class Html {
  /** @internal Distinguishes it from every other class. */
  declare private readonly [brand]: "html";
  /** @internal The plan of the template; undefined for other markup. Only rendering uses it. */
  readonly plan: object | undefined;
  /** @internal Values of the holes. */
  readonly values: readonly unknown[];
  /** @internal Markup without a template. */
  readonly text: string;

  /** @internal The function that writes the markup; undefined for other markup. Only rendering calls it. */
  readonly writer: object | undefined;

  /** @internal Use {@link html} or {@link raw}. */
  constructor(plan: object | undefined, values: readonly unknown[], text: string, writer?: object) {
    this.plan = plan;
    this.values = values;
    this.text = text;
    this.writer = writer;
  }

  /** Returns the markup, without a request: no nonces. Throws `E_VIEW_CONTEXT` while a promise in it is pending. */
  toString(): string {
    return renderHtml(this);
  }
}

let renderHtml: (html: Html) => string = (html) => html.text;

/** @internal Set by the module that renders: values know nothing of rendering. */
export function setHtmlRenderer(render: (html: Html) => string): void {
  renderHtml = render;
}

const drawings = new WeakSet<Html>();
/** Most programs have none, and each page is asked. */
let hasDrawings = false;

/** Marks markup as a drawing. */
export function noteDrawing(html: Html): void {
  drawings.add(html);
  hasDrawings = true;
}

/** Whether markup is a drawing. */
export function isDrawing(html: Html): boolean {
  return hasDrawings && drawings.has(html);
}

/** Returns the media type of markup as a reply. */
export function contentTypeOfHtml(html: Html): string {
  return isDrawing(html) ? "image/svg+xml" : "text/html; charset=utf-8";
}

/** XML, for example a feed. Created by {@link xml}. */
export class Xml {
  /** @internal Distinguishes it from every other class. */
  declare private readonly [brand]: "xml";
  /** @internal The document or a part of one. */
  readonly source: string;
  /** Media type of the reply. */
  readonly contentType: string;

  /** Time of the last change, if known: a reply carries it, with an ETag. */
  readonly lastModified: Date | undefined;

  /** @internal Use {@link xml}. */
  constructor(source: string, contentType = "application/xml; charset=utf-8", lastModified?: Date) {
    this.source = source;
    this.contentType = contentType;
    this.lastModified = lastModified;
  }

  /** Returns the markup. */
  toString(): string {
    return this.source;
  }
}

/** Text that no browser reads as markup: the output of `.txt`, `.csv` and `.json` templates. */
export class PlainText {
  /** @internal Distinguishes it from every other class. */
  declare private readonly [brand]: "text";
  /** @internal The content. */
  readonly source: string;
  /** Media type of the reply. */
  readonly contentType: string;

  /** Time of the last change, if known: a reply carries it, with an ETag. */
  readonly lastModified: Date | undefined;

  /** @internal Created by views. */
  constructor(source: string, contentType = "text/plain; charset=utf-8", lastModified?: Date) {
    this.source = source;
    this.contentType = contentType;
    this.lastModified = lastModified;
  }

  /** Returns the content as a string. */
  toString(): string {
    return this.source;
  }
}

/** A URL whose parts were encoded one by one. Created by {@link url}. */
export class SafeUrl {
  /** @internal Distinguishes it from every other class. */
  declare private readonly [brand]: "url";
  readonly #text: string;

  /** @internal Use {@link url}. */
  constructor(text: string) {
    this.#text = text;
  }

  /** Returns the URL. */
  toString(): string {
    return this.#text;
  }
}

/** A URL that may load code. Created by {@link trustedUrl} and by `asset()`. */
export class TrustedUrl {
  /** @internal Distinguishes it from every other class. */
  declare private readonly [brand]: "trusted";
  readonly #text: string;

  /** @internal Use {@link trustedUrl}. */
  constructor(text: string) {
    this.#text = text;
  }

  /** Returns the URL. */
  toString(): string {
    return this.#text;
  }

  /** Returns the URL, for JSON. */
  toJSON(): string {
    return this.#text;
  }
}

/** A value to write as JSON. Created by {@link toJson}. */
export class Json<Value = unknown> {
  /** @internal Distinguishes it from every other class. */
  declare private readonly [brand]: "json";
  /** The value. */
  readonly value: Value;

  /** @internal Spaces per level; one line without. */
  readonly indent: number | undefined;

  /** @internal Use {@link toJson}. */
  constructor(value: Value, indent?: number) {
    this.value = value;
    this.indent = indent;
  }
}

/** Attributes of a tag. Created by {@link attributes}. */
export class Attributes {
  /** @internal Distinguishes it from every other class. */
  declare private readonly [brand]: "attributes";
  /** Values by name. */
  readonly record: Readonly<Record<string, unknown>>;

  /** @internal Use {@link attributes}. */
  constructor(record: Readonly<Record<string, unknown>>) {
    this.record = record;
  }
}

/** CSS whose values were checked. Created by {@link css}. */
export class Css {
  /** @internal Distinguishes it from every other class. */
  declare private readonly [brand]: "css";
  readonly #text: string;
  /** @internal Whether a value in it was blocked. */
  readonly hasBlocked: boolean | undefined;

  /** @internal Use {@link css}. */
  constructor(text: string, hasBlocked = false) {
    this.#text = text;
    this.hasBlocked = hasBlocked;
  }

  /** Returns the declarations. */
  toString(): string {
    return this.#text;
  }
}

/** An object that renders itself as markup. */
export interface Renderable {
  /** Returns the markup. */
  readonly [toHtml]: () => Html;
}

/** A list of values in a template. */
export interface HoleArray extends Iterable<Hole> {}

/** Values allowed in a template: no plain object, no function, no date. */
export type Hole =
  | string
  | number
  | bigint
  | boolean
  | null
  | undefined
  | Html
  | SafeUrl
  | TrustedUrl
  | Json
  | Attributes
  | Css
  | Renderable
  | HoleArray
  | Promise<Hole>
  | AsyncIterable<Hole>;

// Also recognized by a second copy of the package, but never created by JSON.parse.
for (const [symbol, { prototype }] of [
  [symbols.html, Html],
  [symbols.xml, Xml],
  [symbols.text, PlainText],
  [symbols.url, SafeUrl],
  [symbols.trusted, TrustedUrl],
  [symbols.json, Json],
  [symbols.attributes, Attributes],
  [symbols.css, Css],
] as const)
  Object.defineProperty(prototype, symbol, { value: true });

function hasSymbol(value: unknown, symbol: symbol): boolean {
  return typeof value === "object" && value !== null && symbol in value;
}

/** Whether a value is markup. */
export function isHtml(value: unknown): value is Html {
  return value instanceof Html || hasSymbol(value, symbols.html);
}

/** Whether a value is XML. */
export function isXml(value: unknown): value is Xml {
  return value instanceof Xml || hasSymbol(value, symbols.xml);
}

/** Whether a value is the text of a view. */
export function isPlainText(value: unknown): value is PlainText {
  return value instanceof PlainText || hasSymbol(value, symbols.text);
}

/** Whether a value is a URL with encoded parts. */
export function isSafeUrl(value: unknown): value is SafeUrl {
  return value instanceof SafeUrl || hasSymbol(value, symbols.url);
}

/** Whether a value is a URL that may load code. */
export function isTrustedUrl(value: unknown): value is TrustedUrl {
  return value instanceof TrustedUrl || hasSymbol(value, symbols.trusted);
}

/** Whether a value is to be written as JSON. */
export function isJson(value: unknown): value is Json {
  return value instanceof Json || hasSymbol(value, symbols.json);
}

/** Whether a value is a set of attributes. */
export function isAttributes(value: unknown): value is Attributes {
  return value instanceof Attributes || hasSymbol(value, symbols.attributes);
}

/** Whether a value is checked CSS. */
export function isCss(value: unknown): value is Css {
  return value instanceof Css || hasSymbol(value, symbols.css);
}

/** Returns markup that the framework itself has built from escaped parts. */
export function asHtml(markup: string): Html {
  return new Html(undefined, [], markup);
}

/** Marks a value to be written as JSON: in a script, in a `data-*` attribute, or as text. */
export function toJson<Value>(value: Value): Json<Value> {
  return new Json(value);
}

/**
 * Creates attributes for a tag: `<input ${attributes({ disabled: true, "hx-get": path })}>`. Each value gets the rules
 * of its attribute. A name must match `[A-Za-z_:@.][\w:@.-]*`; otherwise it throws `E_VIEW_VALUE`.
 */
export function attributes(record: Readonly<Record<string, Hole>>): Attributes {
  return new Attributes(record);
}

/** Returns the names of classes whose value is truthy, joined by spaces. */
export function classes(record: Readonly<Record<string, unknown>>): string {
  return Object.keys(record)
    .filter((name) => Boolean(record[name]))
    .join(" ");
}

/** A value inside a URL. */
export type UrlValue = string | number | bigint | boolean | null | undefined | SafeUrl;

/** Returns a URL in which each value is one part: `` url`/u/${name}?q=${query}` ``. */
export function url(strings: TemplateStringsArray, ...values: readonly UrlValue[]): SafeUrl {
  return new SafeUrl(joinUrl(assertTemplate("url", strings), values));
}

/** Returns a URL that may load code; its start must be static: `` trustedUrl`https://cdn.example/${version}/app.js` ``. */
export function trustedUrl(strings: TemplateStringsArray, ...values: readonly UrlValue[]): TrustedUrl {
  const [start = ""] = assertTemplate("trustedUrl", strings);
  const isFixed = values.length === 0 ? /^\/(?!\/)|^https?:\/\/|^[^:]*$/i.test(start) : /^\/(?![/\\])|^https?:\/\/[^/\\?#]+\//i.test(start);
  if (!isFixed) {
    throw new GableError("E_VIEW_URL_TRUST", `trustedUrl\`${start}...\` lets a value choose what is loaded.`, {
      fix: "Begin with a path or with https://host/, then add values.",
    });
  }
  return new TrustedUrl(joinUrl(strings, values));
}

function joinUrl(strings: readonly string[], values: readonly UrlValue[]): string {
  let text = strings[0]!;
  values.forEach((value, index) => {
    // A path part of only dots would go up.
    const part = isSafeUrl(value) ? String(value) : encodeUrlPart(value === null || value === undefined ? "" : String(value));
    text += (/^\.{1,2}$/.test(part) ? part.replaceAll(".", "%2E") : part) + strings[index + 1]!;
  });
  return text;
}

/** @internal Returns whether a function was called as a tag: real templates are frozen. */
export function assertTemplate(tag: string, strings: TemplateStringsArray): readonly string[] {
  if (Array.isArray(strings) && Object.isFrozen(strings) && Object.isFrozen(strings.raw)) return strings;
  throw new GableError("E_VIEW_TAG_CALL", `${tag} was called with ${describeValue(strings)} instead of a template.`, {
    fix: `Write ${tag}\`...\` with backticks.`,
  });
}
