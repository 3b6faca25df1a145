/** Fields whose value is a string: text, e-mail and web addresses, passwords, and strings of a fixed format. */
import type { Parsed } from "../definition.ts";
import type { ScalarType } from "./scalar-type.ts";
import { broken, textOf } from "./scalar-type.ts";

/** Characters that text cannot contain: control characters except tab and line feed, and invisible ones that reverse text. */
const forbidden = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/;

/** Counts characters as people do: code points. */
function countCharacters(text: string): number {
  let count = text.length;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit >= 0xd800 && unit < 0xdc00 && isLowSurrogate(text.charCodeAt(index + 1))) count--;
  }
  return count;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit < 0xe000;
}

/** Checks characters and length; gives undefined when both are right. */
function findTextProblem(text: string, { min, max, lines }: { min?: unknown; max?: unknown; lines?: unknown }): Parsed | undefined {
  if (!text.isWellFormed() || forbidden.test(text) || (lines === undefined && text.includes("\n"))) return broken("characters");
  // A string never has more code points than units, so most strings need no count.
  if (typeof min !== "number" && !(typeof max === "number" && text.length > max)) return undefined;
  const count = countCharacters(text);
  if (typeof min === "number" && count < min) return broken("too_short", { min, count });
  if (typeof max === "number" && count > max) return broken("too_long", { max, count });
  return undefined;
}

function findPatternProblem(text: string, pattern: RegExp | undefined): Parsed | undefined {
  if (pattern === undefined) return undefined;
  pattern.lastIndex = 0;
  return pattern.test(text) ? undefined : broken("pattern");
}

/** Returns a pattern as the attribute `pattern`, which browsers match against the whole value; undefined where it cannot say the same. */
function toPatternAttribute(pattern: RegExp | undefined): string | undefined {
  // The flag g says nothing about the text itself.
  if (pattern === undefined || /[^gu]/.test(pattern.flags)) return undefined;
  try {
    // Browsers compile the attribute with this flag, which knows more reserved characters.
    void new RegExp(pattern.source, "v");
  } catch {
    return undefined;
  }
  const { source } = pattern;
  const isWhole = source.startsWith("^") && /[^\\]\$$/.test(source) && !source.includes("|");
  return isWhole ? source.slice(1, -1) : `[\\s\\S]*(?:${source})[\\s\\S]*`;
}

/** Lines of text, or one line. */
export const text: ScalarType = {
  parse: (typed, { options }) => {
    const lines = typed.includes("\r") ? typed.replace(/\r\n?/g, "\n") : typed;
    // Texts of ASCII are in every normal form already.
    const value = /[^\u0000-\u007f]/.test(lines) ? lines.normalize("NFC") : lines;
    return findTextProblem(value, options) ?? findPatternProblem(value, options.pattern) ?? { value };
  },
  toText: textOf,
  attributes: ({ options: { min, max, lines, pattern } }) => ({
    minlength: typeof min === "number" ? min : undefined,
    maxlength: typeof max === "number" ? max : undefined,
    pattern: lines === undefined ? toPatternAttribute(pattern) : undefined,
  }),
};

/** The local part as mail takes it (RFC 5322, "dot-atom"). Browsers also take dots side by side, and at its ends. */
const localPart = /^(?=.{1,64}$)[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*$/;
const hostName = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+$/;
const emailCharactersMax = 254;

/** Returns a domain in lower-case ASCII; undefined for one that no mail can go to. */
function toAsciiDomain(domain: string): string | undefined {
  const lower = domain.toLowerCase();
  if (hostName.test(lower)) return lower;
  if (/^[\u0000-\u007f]*$/.test(lower) || /[\s/?#@:\\[\]%]/.test(lower)) return undefined;
  const host = URL.parse(`https://${lower}`)?.hostname ?? "";
  return hostName.test(host) ? host : undefined;
}

/** One e-mail address. */
export const email: ScalarType = {
  parse: (typed, { options }) => {
    const at = typed.lastIndexOf("@");
    const domain = at === -1 ? undefined : toAsciiDomain(typed.slice(at + 1));
    const local = typed.slice(0, at);
    if (domain === undefined || !localPart.test(local)) return broken("email");
    const value = `${local}@${domain}`;
    if (value.length > emailCharactersMax) return broken("email");
    return findTextProblem(value, options) ?? findPatternProblem(value, options.pattern) ?? { value };
  },
  toText: textOf,
  attributes: ({ options }) => ({
    minlength: typeof options.min === "number" ? options.min : undefined,
    maxlength: Math.min(typeof options.max === "number" ? options.max : emailCharactersMax, emailCharactersMax),
    // Browsers take longer local parts, and domains without a dot.
    pattern: options.pattern === undefined ? "[^@]{1,64}@[^@]+\\.[^@]+" : toPatternAttribute(options.pattern),
  }),
};

const urlCharactersMax = 2048;

/** A web address. */
export const url: ScalarType = {
  parse: (typed, { options }) => {
    const hasScheme = /^[a-z][a-z0-9+.-]*:/i.test(typed);
    const value = hasScheme ? typed : typed.startsWith("//") ? `https:${typed}` : `https://${typed}`;
    if (hasScheme && !/^https?:/i.test(typed)) return broken("url_scheme");
    // A path: browsers would take its first folder for the host.
    if (/^(?:https?:)?\/\/[/\\?#]/i.test(value)) return broken("url");
    const parsed = URL.parse(value);
    if (parsed === null || !value.isWellFormed() || /\s/.test(value)) return broken("url");
    // A backslash or a letter beyond ASCII may mean something else to the next program that reads it.
    const clean = /^https?:\/\/[!-[\]-~]+$/i.test(value) ? value : parsed.href;
    if (clean.length > urlCharactersMax) return broken("too_long", { max: urlCharactersMax, count: clean.length });
    return findTextProblem(clean, options) ?? findPatternProblem(clean, options.pattern) ?? { value: clean };
  },
  toText: textOf,
  attributes: ({ options }) => ({
    minlength: typeof options.min === "number" ? options.min : undefined,
    maxlength: typeof options.max === "number" ? Math.min(options.max, urlCharactersMax) : urlCharactersMax,
    pattern:
      options.pattern === undefined
        ? String.raw`[Hh][Tt][Tt][Pp][Ss]?:(?:\/\/(?![\/\\?#])|(?!\/\/))\S+`
        : toPatternAttribute(options.pattern),
  }),
};

const passwordBytesMax = 4096;

/** A password: any characters, exactly as typed. */
export const password: ScalarType = {
  keepsBlanks: true,
  parse: (typed, { options: { min, max } }) => {
    if (!typed.isWellFormed()) return broken("characters");
    const count = countCharacters(typed);
    if (typeof min === "number" && count < min) return broken("too_short", { min, count });
    if (typeof max === "number" && count > max) return broken("too_long", { max, count });
    const isLong = typed.length * 3 > passwordBytesMax && new TextEncoder().encode(typed).length > passwordBytesMax;
    return isLong ? broken("too_long", { max: passwordBytesMax, count }) : { value: typed };
  },
  // Nothing is shown again.
  toText: (value) => (typeof value === "string" ? value : undefined),
  attributes: ({ options: { min, max, purpose } }) => ({
    minlength: typeof min === "number" ? min : undefined,
    maxlength: typeof max === "number" ? max : passwordBytesMax,
    autocomplete: purpose === "new" ? "new-password" : "current-password",
  }),
};

function fixedForm(pattern: RegExp, attribute: string | undefined, toValue: (typed: string) => string = (typed) => typed): ScalarType {
  return {
    parse: (typed, { options }) => {
      if (!pattern.test(typed)) return broken("pattern");
      const value = toValue(typed);
      return findTextProblem(value, options) ?? findPatternProblem(value, options.pattern) ?? { value };
    },
    toText: textOf,
    attributes: ({ options: { min, max, pattern: own } }) => ({
      minlength: typeof min === "number" ? min : undefined,
      maxlength: typeof max === "number" ? max : undefined,
      pattern: own === undefined ? attribute : toPatternAttribute(own),
    }),
  };
}

/** Part of an address: letters, digits, hyphens and underscores. */
export const slug: ScalarType = fixedForm(/^[A-Za-z0-9_-]+$/, "[A-Za-z0-9_\\-]+");

/** A UUID, in lower case. */
export const uuid: ScalarType = fixedForm(
  /^[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$/,
  "[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}",
  (typed) => typed.toLowerCase(),
);

/** A color of six hexadecimal digits, in lower case. */
export const color: ScalarType = fixedForm(/^#[0-9A-Fa-f]{6}$/, undefined, (typed) => typed.toLowerCase());

/** A phone number: digits with the usual separators, at least 3 digits. */
export const tel: ScalarType = fixedForm(/^\+?[0-9 ()./-]{3,40}$/, "\\+?[0-9 \\(\\).\\/\\-]{3,40}");
