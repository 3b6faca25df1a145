/** Caches objects of Intl: creating one takes many times as long as using it. */

interface Formats {
  DateTimeFormat: Intl.DateTimeFormat;
  NumberFormat: Intl.NumberFormat;
  PluralRules: Intl.PluralRules;
  RelativeTimeFormat: Intl.RelativeTimeFormat;
}

interface FormatOptions {
  DateTimeFormat: Intl.DateTimeFormatOptions;
  NumberFormat: Intl.NumberFormatOptions;
  PluralRules: Intl.PluralRulesOptions;
  RelativeTimeFormat: Intl.RelativeTimeFormatOptions;
}

/** Templates use few styles and visitors few languages: more than these is a leak. */
const formatsMax = 500;
const formats = new Map<string, Formats[keyof Formats]>();

/** Returns an object of Intl for a language and a style; "en" without a language. Throws `RangeError` for an unknown language or style. */
export function intl<Kind extends keyof Formats>(kind: Kind, locale: string | undefined, options: FormatOptions[Kind]): Formats[Kind] {
  const key = `${kind} ${locale} ${JSON.stringify(options)}`;
  const known = formats.get(key);
  if (known !== undefined) return known as Formats[Kind]; // The key begins with its kind.
  if (formats.size >= formatsMax) formats.clear();
  // All four have the same constructor signature, which their union does not show.
  const made = new (Intl[kind] as unknown as new (locale: string, options: FormatOptions[Kind]) => Formats[Kind])(locale ?? "en", options);
  formats.set(key, made);
  return made;
}
