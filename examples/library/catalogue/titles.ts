/** Titles as lists sort them and searches find them. */

/** Articles that libraries skip when they sort titles, by language. */
const articles: Readonly<Record<string, RegExp>> = {
  de: /^(?:der|die|das|ein|eine) /,
  en: /^(?:a|an|the) /,
  es: /^(?:el|la|los|las|un|una) /,
  fr: /^(?:(?:le|la|les|un|une) |l['’])/,
  it: /^(?:(?:il|lo|la|i|gli|le|un|uno|una) |l['’])/,
  pt: /^(?:o|a|os|as|um|uma) /,
};

/** Returns a string in lower case without accents, so that "bronte" finds "Brontë". */
export function fold(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

/** Returns what a title is sorted by: "A Tale of Two Cities" is under T. */
export function toSortTitle(title: string, language: string): string {
  return fold(title)
    .replace(/^[^\p{L}\p{N}]+/u, "")
    .replace(articles[language] ?? articles["en"]!, "");
}
