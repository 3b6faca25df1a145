/** Where the text of `script`, `style`, `title` and the like ends (WHATWG HTML, sections 13.2.5.2 to 13.2.5.31). */

/** Where raw text ends. */
export interface RawEnd {
  /** Where the end tag begins, or the length of the text. */
  readonly end: number;
  readonly isClosed: boolean;
  readonly escape: "none" | "escaped" | "double";
}

/** The end of an element of raw text. */
export function findRawEnd(text: string, element: string): RawEnd {
  const match = new RegExp(`</(?=${element}(?:[\\t\\n\\f\\r />]|$))`, "i").exec(text);
  return { end: match?.index ?? text.length, isClosed: match !== null, escape: "none" };
}

/** Script data with its escaped and double escaped states. */
export function findScriptEnd(text: string, from: "none" | "escaped" | "double"): RawEnd {
  let escape = from;
  for (const match of text.matchAll(/<!--|-->|<(\/?)script(?=[\t\n\f\r />]|$)/gi)) {
    const [found, slash] = match;
    if (found === "<!--") escape = escape === "none" ? "escaped" : escape;
    else if (found === "-->") escape = "none";
    else if (slash === "/") {
      if (escape !== "double") return { end: match.index, isClosed: true, escape: "none" };
      escape = "escaped";
    } else if (escape === "escaped") escape = "double";
  }
  return { end: text.length, isClosed: false, escape };
}

/** Each run of blanks as one: a line end where it held one. Words and elements do not come together. */
export function foldBlanks(text: string): string {
  return text.replace(/[\t\n\f\r ]+/g, (blanks) => (/[\n\r]/.test(blanks) ? "\n" : " "));
}
