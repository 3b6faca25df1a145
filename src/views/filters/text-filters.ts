/** Filters of strings. Markup stays markup; text that is added to it is escaped. */
import { GableError } from "../../errors/gable-error.ts";
import { describeValue } from "../../errors/option-errors.ts";
import { stripTags } from "../escape/attribute.ts";
import { escapeInWalk } from "../rendering/walk-context.ts";
import { encodeUrlPart } from "../escape/url.ts";
import { isPlainObject, toIterable, toText } from "../runtime/semantics.ts";
import { asHtml, Html, isHtml } from "../values.ts";
import { raw } from "../rendering/raw.ts";

/** A string, or markup if the input was markup. */
type TextLike = string | Html;

/** What a string filter returns: a string, or markup if the input is markup. */
type TextOf<Value> = 0 extends 1 & Value
  ? any
  : unknown extends Value
    ? TextLike
    : [Extract<Value, Html>] extends [never]
      ? string
      : [Value] extends [Html]
        ? Html
        : TextLike;

/** Changes a string, and markup like a string. */
function mapText(value: unknown, change: (text: string) => string): any {
  return isHtml(value) ? asHtml(change(String(value))) : change(toText(value));
}

/** Returns a string that is inserted in another one: escaped if that one is markup. */
function fit(value: unknown, target: unknown): string {
  return isHtml(target) && !isHtml(value) ? escapeInWalk(toText(value)) : toText(value);
}

const hasPairs = (text: string): boolean => /[\ud800-\udfff]/.test(text);

/** The characters of a string as Python counts them: one of two surrogates is none. */
type Characters = string | readonly string[];

function charactersOf(text: string): Characters {
  return hasPairs(text) ? [...text] : text;
}

function pieceOf(characters: Characters, start: number, end: number): string {
  const piece = characters.slice(start, end);
  return typeof piece === "string" ? piece : piece.join("");
}

function countOf(text: string): number {
  return charactersOf(text).length;
}

/** Returns the first characters, and never half of one. */
function firstOf(text: string, count: number): string {
  return pieceOf(charactersOf(text), 0, count);
}

function blanksFor(text: string, width: number): string {
  return " ".repeat(Math.max(0, width - countOf(text)));
}

function capitalizeText(text: string): string {
  const first = firstOf(text, 1);
  return first.toUpperCase() + text.slice(first.length).toLowerCase();
}

function centerText(text: string, width: number): string {
  const missing = Math.max(0, width - countOf(text));
  // As in Python: an odd space goes to the left if the width is odd.
  const left = Math.floor(missing / 2) + (missing & width & 1);
  return " ".repeat(left) + text + " ".repeat(missing - left);
}

function indentText(text: string, width: number | string, first: boolean, blank: boolean): string {
  const margin = typeof width === "number" ? " ".repeat(width) : width;
  return text
    .split("\n")
    .map((line, index) => ((index === 0 ? first : blank || line !== "") ? margin + line : line))
    .join("\n");
}

function trimText(text: string, chars: string | undefined): string {
  if (chars === undefined) return text.trim();
  const dropped = new Set(chars);
  const characters = charactersOf(text);
  let [start, end] = [0, characters.length];
  while (start < end && dropped.has(characters[start]!)) start++;
  while (end > start && dropped.has(characters[end - 1]!)) end--;
  return pieceOf(characters, start, end);
}

function titleText(text: string): string {
  return text.replace(/[^-\s({[<]+/g, capitalizeText);
}

function truncateText(text: string, length: number, killwords: boolean, end: string, leeway: number): string {
  if (text.length <= length + leeway || countOf(text) <= length + leeway) return text;
  const cut = firstOf(text, Math.max(0, length - countOf(end)));
  if (killwords) return cut + end;
  const blank = cut.lastIndexOf(" ");
  return (blank === -1 ? cut : cut.slice(0, blank)) + end;
}

function replaceText(text: string, old: string, replacement: string, count: number | undefined): string {
  if (count === undefined) return text.replaceAll(old, () => replacement);
  const parts = text.split(old);
  if (old === "" || parts.length - 1 <= count) return text.replaceAll(old, () => replacement);
  return parts.slice(0, count + 1).join(replacement) + old + parts.slice(count + 1).join(old);
}

function wrapText(text: string, width: number, breakLongWords: boolean, wrapstring: string, breakOnHyphens: boolean): string {
  if (!(width >= 1))
    throw new GableError("E_VIEW_VALUE", `wordwrap got ${describeValue(width)} as the width of a line.`, { fix: "Pass 1 or more." });
  return text
    .split(/\r\n|\r|\n/)
    .map((line) => wrapLine(line, width, breakLongWords, breakOnHyphens).join(wrapstring))
    .join(wrapstring);
}

function wrapLine(line: string, width: number, breakLongWords: boolean, breakOnHyphens: boolean): string[] {
  const lines: string[] = [];
  let [current, count] = ["", 0];
  const words = breakOnHyphens ? line.split(/(\s+|(?<=[^\s-]-)(?=[^\s-]))/) : line.split(/(\s+)/);
  for (const word of words) {
    if (word === undefined || word === "") continue;
    const wordCount = countOf(word);
    if (count + wordCount <= width) {
      current += word;
      count += wordCount;
      continue;
    }
    if (current.trimEnd() !== "") lines.push(current.trimEnd());
    [current, count] = ["", 0];
    if (/^\s/.test(word)) continue;
    const pieces = breakLongWords ? cutWord(word, width) : [word];
    current = pieces.pop()!;
    count = countOf(current);
    for (const piece of pieces) lines.push(piece);
  }
  if (current.trimEnd() !== "" || lines.length === 0) lines.push(current.trimEnd());
  return lines;
}

/** Cuts a word into pieces of a width; the last one may be shorter. */
function cutWord(word: string, width: number): string[] {
  const characters = charactersOf(word);
  const pieces: string[] = [];
  for (let start = 0; start < characters.length; start += width) pieces.push(pieceOf(characters, start, start + width));
  return pieces;
}

/** Longer strings get no links. */
const urlizeMax = 102_400;
const linkStart = /^(?:(https?:\/\/|www\.)\S+|(mailto:)?[^\s@]+@[\w.-]+\.[a-z]{2,})$/i;
/** Names that are addresses without a scheme, as in Jinja. */
const domain = /^(?:[\w%-]{2,63}\.)+(?:com|net|int|edu|gov|org|info|mil)(?::\d{1,5})?(?:[/?#]\S*)?$/i;

interface UrlizeOptions {
  readonly limit: number | undefined;
  readonly rel: string;
  readonly target: string | undefined;
  readonly schemes: readonly string[];
}

function urlizeText(text: string, options: UrlizeOptions): string {
  if (text.length > urlizeMax) return escapeInWalk(text);
  return text
    .split(/(\s+)/)
    .map((word) => (/^\s*$/.test(word) ? word : linkWord(word, options)))
    .join("");
}

function linkWord(word: string, { limit, rel, target, schemes }: UrlizeOptions): string {
  // Brackets and punctuation around an address are not part of it.
  const start = /^[([{<"']*/.exec(word)![0];
  const middle = word.slice(start.length, findAddressEnd(word, start.length));
  const end = word.slice(start.length + middle.length);
  const isExtra = schemes.some((scheme) => middle.toLowerCase().startsWith(scheme.toLowerCase()) && middle.length > scheme.length);
  const match = linkStart.exec(middle);
  const isDomain = match === null && !isExtra && domain.test(middle);
  if (match === null && !isExtra && !isDomain) return escapeInWalk(word);
  const address =
    match === null
      ? isDomain
        ? `https://${middle}`
        : middle
      : match[1] !== undefined
        ? match[1].toLowerCase() === "www."
          ? `https://${middle}`
          : middle
        : match[2] === undefined
          ? `mailto:${middle}`
          : middle;
  const shown = limit !== undefined && countOf(middle) > limit ? `${firstOf(middle, limit)}...` : middle;
  const isMail = address.startsWith("mailto:");
  const attributes =
    (isMail || rel === "" ? "" : ` rel="${quote(rel)}"`) + (isMail || target === undefined ? "" : ` target="${quote(target)}"`);
  return `${escapeInWalk(start)}<a href="${quote(address)}"${attributes}>${escapeInWalk(shown)}</a>${escapeInWalk(end)}`;
}

function quote(text: string): string {
  return escapeInWalk(text).replaceAll('"', "&quot;");
}

/** Returns where an address ends: before punctuation, and before brackets that it has not opened. */
function findAddressEnd(word: string, from: number): number {
  let surplus = 0;
  for (let index = from; index < word.length; index++) surplus += word[index] === ")" ? 1 : word[index] === "(" ? -1 : 0;
  let end = word.length;
  for (; end > from; end--) {
    const character = word[end - 1]!;
    if (!")]}>\"'.,;:!?".includes(character)) break;
    if (character === ")") {
      if (surplus <= 0) break;
      surplus--;
    }
  }
  return end;
}

/** Implements Python's printf: `%s %d %i %f %.2f %x %05d %-8s %(name)s %%`. */
function formatText(pattern: string, args: readonly unknown[], named: Readonly<Record<string, unknown>>, isMarkup: boolean): string {
  let next = 0;
  return pattern.replace(
    /%(?:\((\w+)\))?([-+0 #]*)([1-9]\d*)?(?:\.(\d+))?([sdifxXor%])/g,
    (found, name: string | undefined, flags: string, width: string | undefined, precision: string | undefined, kind: string) => {
      if (kind === "%") return "%";
      if (name === undefined && next >= args.length) throw new GableError("E_VIEW_VALUE", `format() has no value for "${found}".`);
      const value = name === undefined ? args[next++] : named[name];
      const text = formatValue(value, kind, precision, flags);
      const fitted = isMarkup && !isHtml(value) ? escapeInWalk(text) : text;
      if (width === undefined) return fitted;
      const blanks = blanksFor(text, Number(width));
      if (flags.includes("-")) return fitted + blanks;
      return flags.includes("0") && kind !== "s"
        ? fitted.replace(
            /^([-+ ]?)(.*)$/s,
            (_all, sign: string, digits: string) => sign + digits.padStart(Number(width) - sign.length, "0"),
          )
        : blanks + fitted;
    },
  );
}

function formatValue(value: unknown, kind: string, precision: string | undefined, flags: string): string {
  if (kind === "s" || kind === "r") return precision === undefined ? toText(value) : firstOf(toText(value), Number(precision));
  const number = Number(value);
  if (Number.isNaN(number)) throw new GableError("E_VIEW_VALUE", `format() got ${describeValue(value)} for a number.`);
  const sign = number < 0 ? "" : flags.includes("+") ? "+" : flags.includes(" ") ? " " : "";
  if (kind === "f") return sign + number.toFixed(precision === undefined ? 6 : Number(precision));
  const whole = Math.trunc(number);
  if (kind === "x" || kind === "X") return sign + (kind === "X" ? whole.toString(16).toUpperCase() : whole.toString(16));
  return sign + (kind === "o" ? whole.toString(8) : String(whole));
}

function encodeQuery(value: unknown): string {
  const pairs = isPlainObject(value) ? Object.entries(value) : value instanceof Map ? [...value] : [...toIterable(value)];
  return pairs
    .map((pair) => {
      if (!Array.isArray(pair)) throw new GableError("E_VIEW_VALUE", "urlencode got a list whose items are not pairs.");
      return pair.map((part) => encodeUrlPart(toText(part))).join("=");
    })
    .join("&");
}

/** The filters by name. */
export const textFilters = {
  capitalize: <Value>(value: Value): TextOf<Value> => mapText(value, capitalizeText),
  center: <Value>(value: Value, width = 80): TextOf<Value> => mapText(value, (text) => centerText(text, width)),
  e: (value: unknown): Html => escape(value),
  escape: (value: unknown): Html => escape(value),
  forceescape: (value: unknown): Html => asHtml(escapeInWalk(toText(value))),
  format: <Value>(value: Value, args: readonly unknown[], named: Readonly<Record<string, unknown>>): TextOf<Value> =>
    mapText(value, (text) => formatText(text, args, named, isHtml(value))),
  indent: <Value>(value: Value, width: number | string = 4, first = false, blank = false): TextOf<Value> =>
    mapText(value, (text) => indentText(text, width, first, blank)),
  lower: <Value>(value: Value): TextOf<Value> => mapText(value, (text) => text.toLowerCase()),
  replace: <Value>(value: Value, old: unknown, replacement: unknown, count?: number): TextOf<Value> =>
    mapText(value, (text) => replaceText(text, toText(old), fit(replacement, value), count)),
  safe: (value: unknown): Html => (isHtml(value) ? value : raw(toText(value), "marked as safe in a template file")),
  string: <Value>(value: Value): TextOf<Value> => mapText(value, (text) => text),
  striptags: (value: unknown): string =>
    decodeBasic(stripTags(removeComments(toText(value)), false))
      .replace(/\s+/g, " ")
      .trim(),
  title: <Value>(value: Value): TextOf<Value> => mapText(value, titleText),
  trim: <Value>(value: Value, chars?: string): TextOf<Value> => mapText(value, (text) => trimText(text, chars)),
  truncate: <Value>(value: Value, length = 255, killwords = false, end = "...", leeway = 5): TextOf<Value> =>
    mapText(value, (text) => truncateText(text, length, killwords, fit(end, value), leeway)),
  upper: <Value>(value: Value): TextOf<Value> => mapText(value, (text) => text.toUpperCase()),
  urlencode: (value: unknown): string =>
    typeof value === "object" && value !== null && !isHtml(value)
      ? encodeQuery(value)
      : encodeUrlPart(toText(value)).replaceAll("%2F", "/"),
  urlize: (value: unknown, limit?: number, nofollow = false, target?: string, rel = "noopener", schemes: readonly string[] = []): Html =>
    asHtml(
      urlizeText(isHtml(value) ? decodeBasic(stripTags(String(value), false)) : toText(value), {
        limit,
        target,
        schemes,
        rel: [...new Set([...rel.split(" "), ...(nofollow ? ["nofollow"] : [])])].filter(Boolean).sort().join(" "),
      }),
    ),
  wordcount: (value: unknown): number => (toText(value).match(/[\p{L}\p{N}_]+/gu) ?? []).length,
  wordwrap: <Value>(value: Value, width = 79, breakLongWords = true, wrapstring = "\n", breakOnHyphens = true): TextOf<Value> =>
    mapText(value, (text) => wrapText(text, width, breakLongWords, fit(wrapstring, value), breakOnHyphens)),
} as const;

function escape(value: unknown): Html {
  return isHtml(value) ? value : asHtml(escapeInWalk(toText(value)));
}

function removeComments(text: string): string {
  let kept = "";
  let from = 0;
  for (let open = text.indexOf("<!--"); open !== -1; open = text.indexOf("<!--", from)) {
    kept += text.slice(from, open);
    const close = text.indexOf("-->", open);
    from = close === -1 ? text.length : close + 3;
  }
  return kept + text.slice(from);
}

function decodeBasic(text: string): string {
  const names: Readonly<Record<string, string>> = { "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'", "&#34;": '"', "&amp;": "&" };
  return text.replace(/&(?:lt|gt|quot|amp|#39|#34);/g, (found) => names[found]!);
}
