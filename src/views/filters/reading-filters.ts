/** Filters that make values easy to read: times, counts, paragraphs, short texts. Jinja has none of them. */
import { GableError } from "../../errors/gable-error.ts";
import { describeValue } from "../../errors/option-errors.ts";
import { escapeInWalk } from "../rendering/walk-context.ts";
import type { RenderContext } from "../rendering/render-context.ts";
import { toText } from "../runtime/semantics.ts";
import { asHtml, Html, isHtml } from "../values.ts";
import { intl } from "../rendering/intl.ts";

/** Units from the largest, with their length in seconds. */
const units = [
  ["year", 31_557_600],
  ["month", 2_629_800],
  ["week", 604_800],
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
] as const;

function timesince(
  context: RenderContext,
  value: Date | string | number | null | undefined,
  style: "long" | "short" | "narrow" = "long",
): string {
  if (value === null || value === undefined) return "";
  const date = value instanceof Date ? value : new Date(value);
  if (Number.isNaN(date.getTime()))
    throw new GableError("E_VIEW_VALUE", `The filter "timesince" got ${describeValue(value)}, which is not a date.`);
  const seconds = (date.getTime() - (context.now?.() ?? new Date()).getTime()) / 1000;
  const [unit, length] = units.find((each) => Math.abs(seconds) >= each[1]) ?? units[units.length - 1]!;
  return intl("RelativeTimeFormat", context.locale, { numeric: "auto", style }).format(Math.trunc(seconds / length), unit);
}

/** Letters that Unicode does not decompose. */
const plainLetters: Readonly<Record<string, string>> = { ß: "ss", æ: "ae", œ: "oe", ø: "o", đ: "d", ð: "d", þ: "th", ł: "l", ı: "i" };

function slugify(value: unknown, allowUnicode = false): string {
  const text = toText(value).toLowerCase();
  if (allowUnicode)
    return text
      .normalize("NFKC")
      .replace(/[^\p{L}\p{N}\p{M}_]+/gu, "-")
      .replace(/^-|-$/g, "");
  return text
    .normalize("NFKD")
    .replace(/[ßæœøđðþłı]/g, (letter) => plainLetters[letter]!)
    .replace(/\p{M}+/gu, "")
    .replace(/[^a-z0-9_]+/g, "-")
    .replace(/^-|-$/g, "");
}

function toBreaks(markup: string): string {
  return markup.replace(/\r\n|\r|\n/g, "<br>");
}

function toEscaped(value: unknown): string {
  return isHtml(value) ? String(value) : escapeInWalk(toText(value));
}

function linebreaks(value: unknown): Html {
  const paragraphs = toEscaped(value)
    .replace(/\r\n|\r/g, "\n")
    .split(/\n{2,}/)
    .filter((paragraph) => paragraph.trim() !== "");
  return asHtml(paragraphs.map((paragraph) => `<p>${toBreaks(paragraph.trim())}</p>`).join("\n\n"));
}

/** Returns the ending of a word: "s", or one of the two endings given as "y,ies". */
function pluralize(value: unknown, suffix = "s"): string {
  const [first = "", second] = suffix.split(",");
  const [singular, plural] = second === undefined ? ["", first] : [first, second];
  return countOf(value) === 1 ? singular : plural;
}

function countOf(value: unknown): number {
  if (typeof value === "object" && value !== null) {
    if ("length" in value) return Number(value.length);
    if ("size" in value) return Number(value.size);
  }
  return Number(value);
}

function truncatewords(value: unknown, count = 25, end = "..."): string {
  const words = toText(value).trim().split(/\s+/);
  return words.length <= count ? words.join(" ") : words.slice(0, Math.max(0, count)).join(" ") + end;
}

const voidElements = new Set(["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"]);
/** Cuts markup after a number of visible characters and closes the open elements. */
function truncatehtml(value: unknown, length = 255, end = "..."): Html {
  const markup = toEscaped(value);
  const open: string[] = [];
  let left = length;
  let index = 0;
  while (index < markup.length) {
    if (markup[index] === "<" && /[A-Za-z/!?]/.test(markup[index + 1] ?? "")) {
      index = readHidden(markup, index, open);
      continue;
    }
    if (left-- === 0)
      return asHtml(markup.slice(0, index) + escapeInWalk(end) + open.reduceRight((closing, tag) => `${closing}</${tag}>`, ""));
    index = behindCharacter(markup, index);
  }
  return asHtml(markup);
}

/** Returns the end of one visible character: a character reference counts as one, and so does a surrogate pair. */
function behindCharacter(markup: string, index: number): number {
  if (markup[index] === "&") {
    const reference = /&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{0,31});/y;
    reference.lastIndex = index;
    if (reference.test(markup)) return reference.lastIndex;
  }
  return index + (markup.codePointAt(index)! > 0xffff ? 2 : 1);
}

/** How far back an end tag searches for its start: real markup is not nested deeper. */
const openMax = 512;

/** Returns the end of a comment, a tag, or a whole script or style; the end of the string if it is not closed. */
function readHidden(markup: string, start: number, open: string[]): number {
  const behind = (text: string, from: number): number => {
    const found = markup.indexOf(text, from);
    return found === -1 ? markup.length : found + text.length;
  };
  if (markup.startsWith("<!--", start)) return behind("-->", start + 4);
  let index = start + 1;
  for (let quote = ""; index < markup.length && (quote !== "" || markup[index] !== ">"); index++) {
    const character = markup[index]!;
    if (quote !== "") quote = character === quote ? "" : quote;
    else if (character === '"' || character === "'") quote = character;
  }
  const [, slash, name = ""] = /^<(\/?)([A-Za-z][A-Za-z0-9-]*)/.exec(markup.slice(start, start + 70)) ?? [];
  const tag = name.toLowerCase();
  if (slash === "/") {
    const last = open.slice(-openMax).lastIndexOf(tag);
    if (last !== -1) open.splice(Math.max(0, open.length - openMax) + last);
  } else if (tag === "script" || tag === "style") return behind(">", behind(`</${name}`, index));
  else if (tag !== "" && !voidElements.has(tag) && markup[index - 1] !== "/") open.push(tag);
  return Math.min(index + 1, markup.length);
}

/** Languages that write an ordinal with a period; others show the number. */
const ordinals: Readonly<Record<string, (number: number, rule: string) => string>> = {
  en: (number, rule) => number + ({ one: "st", two: "nd", few: "rd" }[rule] ?? "th"),
  fr: (number) => number + (number === 1 ? "er" : "e"),
  nl: (number) => `${number}e`,
  sv: (number, rule) => `${number}:${rule === "one" ? "a" : "e"}`,
  es: (number) => `${number}.º`,
  it: (number) => `${number}º`,
  pt: (number) => `${number}º`,
  ...Object.fromEntries(
    "cs da de et fi hr hu is lv nb nn no pl sk sl sr tr".split(" ").map((tag) => [tag, (number: number) => `${number}.`]),
  ),
};

function ordinal(context: RenderContext, value: unknown): string {
  if (value === null || value === undefined) return "";
  const number = Number(value);
  const locale = context.locale ?? "en";
  const write = ordinals[locale.split("-")[0]!.toLowerCase()];
  return write === undefined ? String(number) : write(number, intl("PluralRules", locale, { type: "ordinal" }).select(number));
}

/** The filters by name. */
export const readingFilters = {
  compact: (context: RenderContext, value: number | bigint | null | undefined, digits?: number): string =>
    value === null || value === undefined
      ? ""
      : intl("NumberFormat", context.locale, {
          notation: "compact",
          ...(digits !== undefined && { minimumFractionDigits: digits, maximumFractionDigits: digits }),
        }).format(value),
  linebreaks,
  linebreaksbr: (value: unknown): Html => asHtml(toBreaks(toEscaped(value))),
  ordinal,
  pluralize,
  slugify,
  timesince,
  truncatehtml,
  truncatewords,
  yesno: (value: unknown, yes = "yes", no = "no", maybe?: string): string =>
    value === null || value === undefined ? (maybe ?? no) : value !== false && value !== 0 && value !== "" ? yes : no,
} as const;
