/** Values in style attributes and style elements (CSS Syntax Module Level 3). */

/** What stands in place of a value that could leave its place. */
const blockedCss = "blocked";

/** Lets a value through that can be nothing but tokens of a value; else gives {@link blockedCss}. */
export function filterCss(value: string): string {
  if (/[\0"'()/;@[\\\]{}<>`]|--/.test(value)) return blockedCss;
  const letters = value.toLowerCase().replace(/[^a-z0-9]/g, "");
  return letters.includes("expression") || letters.includes("mozbinding") ? blockedCss : value;
}

/** Escapes a text for a CSS string in quotes. */
export function escapeCssString(text: string): string {
  return text.replace(/[^A-Za-z0-9_\-., \u0080-\uffff]/g, (character) =>
    character === "\0" ? "\\fffd " : `\\${character.charCodeAt(0).toString(16)} `,
  );
}
