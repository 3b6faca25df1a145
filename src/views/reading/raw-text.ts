/** Finds the end of the raw text of elements such as `script`, `style` and `title` (WHATWG HTML, sections 13.2.5.2 to 13.2.5.31). */

/** The end of raw text. */
export interface RawEnd {
  /** Where the end tag begins, or the length of the source. */
  readonly end: number;
  readonly isClosed: boolean;
  readonly escape: "none" | "escaped" | "double";
}

/** Finds the end of a raw text element. */
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

/** Collapses each run of whitespace to one character, a line end if it held one. Words and elements stay separate. */
export function foldBlanks(text: string): string {
  return text.replace(/[\t\n\f\r ]+/g, (blanks) => (/[\n\r]/.test(blanks) ? "\n" : " "));
}
