/** Finds the place of each hole in the literal text of a template, once per call site. */
import { GableError } from "../errors/gable-error.ts";

/** Kinds of places where a value may stand. */
export const places = { text: 0, attribute: 1, url: 2, boolean: 3 } as const;

/** A compiled template. */
export interface Plan {
  readonly chunks: readonly string[];
  /** Place of each hole. */
  readonly kinds: Uint8Array;
  /** Name of the attribute of each hole; "" in text. */
  readonly names: readonly string[];
}

const urlAttributes = new Set([
  "href",
  "src",
  "action",
  "formaction",
  "cite",
  "poster",
  "background",
  "data",
  "ping",
  "manifest",
  "longdesc",
  "icon",
  "xlink:href",
]);
const booleanAttributes = new Set([
  "disabled",
  "checked",
  "selected",
  "required",
  "readonly",
  "multiple",
  "open",
  "hidden",
  "autofocus",
  "novalidate",
  "async",
  "defer",
  "inert",
]);
/** Attributes whose value is code or decides what other text means. */
const forbiddenAttributes = /^(?:on|hx-on|style$|srcdoc$|srcset$|imagesrcset$|http-equiv$|x-|@|:|v-|ng-)/;
const rawTextElements = new Set(["script", "style", "xmp", "iframe", "noembed", "noframes", "plaintext"]);
const textElements = new Set(["title", "textarea"]);
/** Elements whose URL loads code: a value may not choose it. */
const codeElements = new Set(["script", "link", "base", "object", "embed"]);

type State =
  | "text"
  | "tagOpen"
  | "tagName"
  | "inTag"
  | "attributeName"
  | "afterName"
  | "beforeValue"
  | "double"
  | "single"
  | "unquoted"
  | "comment"
  | "bogus"
  | "rawText"
  | "endTag";

interface Reader {
  state: State;
  element: string;
  attribute: string;
  /** Start of the attribute, with the blank before it, in the current chunk. */
  attributeStart: number;
  /** Static text of the attribute's value so far. */
  value: string;
  /** Holes in the attribute's value so far. */
  holes: number;
}

/** Compiles a template. Throws `E_VIEW_PLACE`. */
export function compilePlan(strings: readonly string[]): Plan {
  const chunks = [...strings];
  const kinds = new Uint8Array(strings.length - 1);
  const names: string[] = [];
  const reader: Reader = { state: "text", element: "", attribute: "", attributeStart: 0, value: "", holes: 0 };
  for (let index = 0; index < strings.length; index++) {
    readChunk(reader, strings[index]!);
    if (index === strings.length - 1) break;
    const kind = placeHole(reader, strings, index);
    kinds[index] = kind;
    names.push(kind === places.text ? "" : reader.attribute);
    if (kind === places.boolean) cutAttribute(chunks, index, reader.attributeStart - (strings[index]!.length - chunks[index]!.length));
    reader.holes++;
  }
  if (reader.state !== "text") throw placeError(strings, strings.length - 1, `it ends ${describePlace(reader)}`);
  return { chunks, kinds, names };
}

function placeHole(reader: Reader, strings: readonly string[], index: number): number {
  if (reader.state === "text") return places.text;
  if (reader.state === "rawText" && textElements.has(reader.element)) return places.text;
  const isQuoted = reader.state === "double" || reader.state === "single";
  if (!isQuoted || forbiddenAttributes.test(reader.attribute)) throw placeError(strings, index, `a hole stands ${describePlace(reader)}`);
  const isWhole = reader.value === "" && reader.holes === 0;
  const closing = reader.state === "double" ? '"' : "'";
  if (booleanAttributes.has(reader.attribute) && isWhole && strings[index + 1]!.startsWith(closing)) return places.boolean;
  if (!urlAttributes.has(reader.attribute) && !/url|src|uri/.test(reader.attribute)) return places.attribute;
  // A hole behind `/`, `?` or `#` cannot change scheme or host; at the start the value is filtered.
  const isBehindStart = /^(?:[a-z][a-z0-9+.-]*:\/\/[^/?#]+|)[/?#][^/\\]/i.test(`${reader.value}x`) && reader.value !== "/";
  if (codeElements.has(reader.element) && !isBehindStart)
    throw placeError(strings, index, `a hole chooses what ${describePlace(reader)} loads`);
  if (isBehindStart) return places.attribute;
  if (!isWhole || /^[^"'/?#]*:/.test(strings[index + 1]!))
    throw placeError(strings, index, `a hole can change the scheme ${describePlace(reader)}`);
  return places.url;
}

/** Cuts `name="` before and `"` after a hole, so that a boolean attribute can disappear. */
function cutAttribute(chunks: string[], index: number, start: number): void {
  chunks[index] = chunks[index]!.slice(0, start).replace(/\s$/, "");
  chunks[index + 1] = chunks[index + 1]!.slice(1);
}

function placeError(strings: readonly string[], index: number, what: string): GableError {
  const near = (strings[index] ?? "").slice(-60).trim();
  return new GableError("E_VIEW_PLACE", `html template: ${what}, after "${near}".`);
}

function describePlace(reader: Reader): string {
  const { state, element, attribute } = reader;
  if (state === "comment" || state === "bogus") return "inside a comment or doctype";
  if (state === "rawText") return `inside <${element}>`;
  if (state === "double" || state === "single") return `inside the attribute "${attribute}" of <${element}>`;
  if (state === "beforeValue" || state === "unquoted") return `inside the unquoted attribute "${attribute}" of <${element}>`;
  return state === "text" ? "in text" : `inside the tag <${element}>`;
}

function readChunk(reader: Reader, chunk: string): void {
  reader.attributeStart = 0;
  for (let index = 0; index < chunk.length; index++) index = readCharacter(reader, chunk, index);
}

/** Reads one character; gives the index of the last one that was consumed. */
function readCharacter(reader: Reader, chunk: string, index: number): number {
  const character = chunk[index]!;
  switch (reader.state) {
    case "text":
      return readText(reader, chunk, index);
    case "tagOpen":
    case "tagName":
    case "endTag":
      readTagName(reader, character);
      return index;
    case "inTag":
    case "afterName":
      readInTag(reader, character, index);
      return index;
    case "attributeName":
      readAttributeName(reader, character);
      return index;
    case "comment":
      if (chunk.startsWith("-->", index)) {
        reader.state = "text";
        return index + 2;
      }
      return index;
    case "bogus":
      if (character === ">") reader.state = "text";
      return index;
    case "rawText":
      return readRawText(reader, chunk, index);
    default:
      readValue(reader, character);
      return index;
  }
}

function readText(reader: Reader, chunk: string, index: number): number {
  if (chunk[index] !== "<") return index;
  if (chunk.startsWith("<!--", index)) {
    reader.state = "comment";
    return index + 3;
  }
  const next = chunk[index + 1];
  if (next === undefined) {
    reader.state = "tagOpen";
    reader.element = "";
  } else if (next === "!" || next === "?") reader.state = "bogus";
  else if (next === "/") {
    reader.state = "endTag";
    reader.element = "";
    return index + 1;
  } else if (/[a-z]/i.test(next)) {
    reader.state = "tagName";
    reader.element = "";
  }
  return index;
}

function isBlank(character: string): boolean {
  return character === " " || character === "\n" || character === "\t" || character === "\f" || character === "\r";
}

function readTagName(reader: Reader, character: string): void {
  if (character === ">") endTag(reader);
  else if (isBlank(character) || character === "/") {
    if (reader.state !== "endTag") reader.state = "inTag";
  } else reader.element += character.toLowerCase();
}

function endTag(reader: Reader): void {
  const isStart = reader.state !== "endTag";
  reader.state = isStart && (rawTextElements.has(reader.element) || textElements.has(reader.element)) ? "rawText" : "text";
}

function readInTag(reader: Reader, character: string, index: number): void {
  if (character === ">") return endTag(reader);
  if (character === "=" && reader.state === "afterName") {
    reader.state = "beforeValue";
    return;
  }
  if (isBlank(character) || character === "/") return;
  reader.state = "attributeName";
  reader.attribute = character.toLowerCase();
  reader.attributeStart = index;
}

function readAttributeName(reader: Reader, character: string): void {
  if (character === "=") reader.state = "beforeValue";
  else if (character === ">") endTag(reader);
  else if (isBlank(character)) reader.state = "afterName";
  else if (character === "/") reader.state = "inTag";
  else reader.attribute += character.toLowerCase();
}

function readValue(reader: Reader, character: string): void {
  switch (reader.state) {
    case "beforeValue":
      if (isBlank(character)) return;
      if (character === ">") return endTag(reader);
      reader.state = character === '"' ? "double" : character === "'" ? "single" : "unquoted";
      reader.value = "";
      reader.holes = 0;
      return;
    case "unquoted":
      if (character === ">") endTag(reader);
      else if (isBlank(character)) reader.state = "inTag";
      return;
    default:
      if (character === (reader.state === "double" ? '"' : "'")) reader.state = "inTag";
      else reader.value += character;
  }
}

/** Raw text ends at the end tag of its own element alone. */
function readRawText(reader: Reader, chunk: string, index: number): number {
  if (chunk[index] !== "<" || chunk[index + 1] !== "/") return index;
  const name = chunk.slice(index + 2, index + 2 + reader.element.length).toLowerCase();
  const after = chunk[index + 2 + reader.element.length] ?? "";
  if (name !== reader.element || !/[\s/>]/.test(after)) return index;
  reader.state = "endTag";
  return index + 1 + reader.element.length;
}
