/** Replaces the part of a template file that holds an error by something harmless, so that checks find the next error. */
import { Cursor } from "../syntax/cursor.ts";
import type { Token } from "../syntax/cursor.ts";
import type { SourceText } from "../syntax/source-text.ts";
import { parseTemplate } from "../syntax/template-parser.ts";

/** An error of a file, as far as its repair depends on it. */
export interface Fault {
  readonly at: number;
  /** Whether a value or markup is not allowed in its position. */
  readonly isPlace: boolean;
}

/** The text of a file after a repair. It has the same length and the same lines. */
export interface Repair {
  readonly text: string;
  /** The part that may differ: an error in it is a consequence of the repair. */
  readonly from: number;
  readonly to: number;
  readonly isInMacro: boolean;
}

/** A tag as the parser reads it. */
interface Tag {
  readonly start: number;
  readonly end: number;
  readonly isOutput: boolean;
  readonly isInMacro: boolean;
  /** Whether the parser accepts it. */
  readonly isParsed: boolean;
  /** Its tokens. The last one is its end. */
  readonly tokens: readonly Token[];
}

/**
 * Repairs a file at an error. Returns undefined where another text could cause errors: outside of tags, in tags that
 * declare names or have an end tag that may be missing, and in tags that do not end for certain.
 */
export function repairTemplate(source: SourceText, { at, isPlace }: Fault): Repair | undefined {
  const tag = findTag(source, at);
  const part = tag === undefined ? undefined : repairTag(source, tag, { at, isPlace });
  if (tag === undefined || part?.filled === undefined) return undefined;
  const { from, to, filled } = part;
  return { text: source.text.slice(0, from) + filled + source.text.slice(to), from, to, isInMacro: tag.isInMacro };
}

/** A part of a file and what replaces it; undefined without enough room. */
interface Part {
  readonly from: number;
  readonly to: number;
  readonly filled: string | undefined;
}

function repairTag(source: SourceText, tag: Tag, { at, isPlace }: Fault): Part | undefined {
  const { start, end, isOutput, tokens } = tag;
  const { text } = source;
  const name = isOutput ? "" : tokens[0]!.value;
  // `{% partial def row %}` has an end.
  const isVoid = name === "include" || (name === "partial" && tag.isParsed);
  const closed = tokens.at(-1)!.at;
  if (isPlace && !isOutput && !isVoid) return undefined;
  if (isPlace) return { from: start, to: end, filled: text.slice(start, end).replace(/[^\r\n]/g, "0") };
  if (isOutput) {
    const inside = toInside(text, start);
    return { from: inside, to: closed, filled: fill(text.slice(inside, closed), "0") };
  }
  if (isVoid) {
    // In HTML, a value has the same context.
    const from = tokens[0]!.at;
    if (!/\.(?:html|svg)$/.test(source.name)) return { from, to: closed, filled: fill(text.slice(from, closed), "do 0") };
    const inside = fill(text.slice(start + 2, end - 2), "0");
    return { from: start, to: end, filled: inside && `{{${inside}}}` };
  }
  return repairExpression(text, tag, at);
}

/** The value that replaces the expression of a tag, and the last token before the expression. */
const expressions: Readonly<Record<string, readonly [value: string, isLast: (token: Token) => boolean]>> = {
  if: ["0", () => true],
  elif: ["0", () => true],
  do: ["0", () => true],
  cache: ["0", () => true],
  filter: ["e", () => true],
  for: ["0", ({ type, value }) => type === "name" && value === "in"],
  set: ["0", ({ type, value }) => type === "operator" && value === "="],
  component: ["", ({ type }) => type === "string"],
};

/** Replaces the expression of a tag, and keeps what declares names. */
function repairExpression(text: string, { start, isParsed, tokens }: Tag, at: number): Part | undefined {
  const [first] = tokens;
  const name = first!.value;
  const [value, isLast] = Object.hasOwn(expressions, name) ? expressions[name]! : [];
  const from = isLast === undefined ? undefined : tokens.find(isLast)?.end;
  if (value === undefined || from === undefined || at < from) return undefined;
  const to = tokens.at(-1)!.at;
  // `{% set x = %}` may have an end tag, and `{% set x = = 1 %}` another name.
  if (name === "set" && !isParsed && text.slice(from, at).trim() === "") return undefined;
  const filled = fill(text.slice(from, to), value, value === "" ? 0 : 1);
  if (filled !== undefined || from !== first!.end) return { from, to, filled };
  // `{% if %}` has no room after its name, but before it.
  const inside = toInside(text, start);
  return { from: inside, to, filled: fill(text.slice(inside, to), `${name} ${value}`) };
}

/** Returns blanks that contain a value. They have the length and the line ends of a string; undefined without enough room. */
function fill(text: string, value: string, before = 0): string | undefined {
  const blanks = text.replace(/[^\r\n]/g, " ");
  const index = blanks.indexOf(" ".repeat(value.length), before);
  return index === -1 ? undefined : blanks.slice(0, index) + value + blanks.slice(index + value.length);
}

/** Returns where a tag begins after its braces and the mark that trims whitespace. */
function toInside(text: string, start: number): number {
  return start + (/[-+]/.test(text[start + 2] ?? "") ? 3 : 2);
}

const macroTags = /\{%[-+]?\s*(end)?macro\b/y;

/** Finds the tag around an offset. Comments and raw text have no tags for the parser. */
function findTag(source: SourceText, at: number): Tag | undefined {
  const { text } = source;
  let start: number | undefined;
  let isInMacro = false;
  let isParsed = true;
  try {
    parseTemplate(source, { trimBlocks: true, lstripBlocks: true, keepTrailingNewline: true }, (each) => {
      if (each > at) return;
      start = each;
      macroTags.lastIndex = each;
      const macro = macroTags.exec(text);
      if (macro !== null) isInMacro = macro[1] === undefined;
    });
  } catch {
    isParsed = false;
  }
  const tokens = start === undefined ? undefined : readTokens(source, start);
  const end = tokens?.at(-1)!.end;
  if (start === undefined || tokens === undefined || end === undefined || at >= end) return undefined;
  if (!isParsed && !isCertain(text.slice(start + 2, end), tokens)) return undefined;
  return { start, end, isOutput: text.startsWith("{{", start), isInMacro, isParsed, tokens };
}

/** Whether a tag that cannot be parsed ends there: after a stray quote, a string could be the text up to the next quote. */
function isCertain(inside: string, tokens: readonly Token[]): boolean {
  return !/\{[{%#]/.test(inside) && !tokens.some(({ type, value }) => type === "string" && /[<\n]/.test(value));
}

/** Reads all tokens of a tag, as the parser reads the tags that can be repaired: they contain no types. */
function readTokens(source: SourceText, start: number): Token[] | undefined {
  const { text } = source;
  const cursor = new Cursor(source, toInside(text, start), text.startsWith("{{", start) ? "}}" : "%}");
  const tokens: Token[] = [];
  while (tokens.at(-1)?.type !== "end") {
    try {
      tokens.push(cursor.next());
    } catch {
      // Operators of JavaScript have no token.
      if (!["&", "?", "!"].some((character) => cursor.takeCharacter(character))) return undefined;
    }
  }
  return tokens;
}
