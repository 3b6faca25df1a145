/** Shows strings in the language of the reader: `t()` and `{% trans %}`. */
import { escapeText } from "../escape/text.ts";
import { intl } from "./intl.ts";
import type { HtmlWriter, Output } from "./output.ts";
import type { MessageOptions, Translate } from "./translate.ts";
import type { RenderContext } from "./render-context.ts";
import type { Hole } from "../values.ts";
import { writeText } from "./write.ts";
import { writtenHtml } from "./markup.ts";

/** Returns the string of a message as written, for renders without a catalogue. Plural rules are those of the locale. */
function formatMessage(
  locale: string,
  message: string,
  values: Readonly<Record<string, unknown>> = {},
  options: MessageOptions = {},
): string {
  const { plural, count } = options;
  const amount = count === undefined ? undefined : Number(values[count]);
  const isOne = plural === undefined || intl("PluralRules", locale, {}).select(amount ?? 0) === "one";
  return (isOne ? message : plural).replace(/\\([\\{}])|\{([A-Za-z_]\w*)\}/g, (found, escaped?: string, name?: string) => {
    if (escaped !== undefined) return escaped;
    return Object.hasOwn(values, name!) ? String(values[name!] ?? "") : found;
  });
}

/** Returns the function that translates in a context. */
export function translateOf(context: RenderContext): Translate {
  const { translate } = context;
  if (translate !== undefined) return translate.bind(context);
  return (message, values, options) => formatMessage(context.locale ?? "en", message, values, options);
}

/** The opening and the closing tag of a message tag. */
export type Wrapper = readonly [open: HtmlWriter, close: string];

/** Code points that are not characters (Unicode, section 23.7): they mark the positions of values, and no text contains them. */
const [valueStart, valueEnd] = ["\uFDD0", "\uFDD1"];
const tokens = /\uFDD0(\d+)\uFDD1|<(\/?)(\d+)(\/?)>/g;

/** Returns the text of `{% trans %}`: values are escaped like all others, and only the template's own tags are tags. */
export function trans(
  out: Output,
  { message, ...options }: MessageOptions & { readonly message: string },
  values: Readonly<Record<string, Hole>>,
  wrappers: readonly Wrapper[],
): Hole {
  const slots: Hole[] = [];
  const given: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(values)) {
    // The locale formats numbers; other values never pass through the catalogue.
    const isNumber = typeof value === "number" || typeof value === "bigint";
    given[name] = isNumber ? value : `${valueStart}${slots.push(value) - 1}${valueEnd}`;
  }
  const text = translateOf(out.context)(message, given, options);
  const isPlain = wrappers.length === 0 && slots.every((value) => typeof value === "string" || value === null || value === undefined);
  if (isPlain) return text.replace(/\uFDD0(\d+)\uFDD1/g, (_found, index: string) => String(slots[Number(index)] ?? ""));
  return writtenHtml((later, body) => writeMessage(later, body, text, slots, wrappers));
}

function writeMessage(out: Output, body: string, text: string, slots: readonly Hole[], wrappers: readonly Wrapper[]): string {
  const open: number[] = [];
  let from = 0;
  for (const match of text.matchAll(tokens)) {
    const [token, slot, slash, tag, selfClosing] = match;
    if (tag !== undefined && Number(tag) >= wrappers.length) continue;
    body += escapeText(text.slice(from, match.index), out.isSplit);
    from = match.index + token.length;
    if (slot !== undefined) body = writeText(out, body, slots[Number(slot)]);
    else if (slash === "") {
      const [write, close] = wrappers[Number(tag)]!;
      body = write(out, body);
      if (selfClosing === "" && close !== "") open.push(Number(tag));
      else body += close;
    } else if (open.includes(Number(tag))) {
      // A translation that closes its tags in another order closes the inner ones first.
      body += closeFrom(open.lastIndexOf(Number(tag)), open, wrappers);
    }
  }
  return body + escapeText(text.slice(from), out.isSplit) + closeFrom(0, open, wrappers);
}

/** Returns the closing tags of open tags, inner ones first. */
function closeFrom(index: number, open: number[], wrappers: readonly Wrapper[]): string {
  return open
    .splice(index)
    .toReversed()
    .map((tag) => wrappers[tag]![1])
    .join("");
}
