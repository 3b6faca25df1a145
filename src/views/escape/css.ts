/** Escapes values in style attributes and style elements (CSS Syntax Module Level 3). */

/** Replaces a value that could break out of its context. */
export const blockedCss = "blocked";

/** CSS functions that load nothing and hold no strings. */
const functions = new Set(
  (
    "rgb rgba hsl hsla hwb lab lch oklab oklch color color-mix light-dark var calc min max clamp round mod rem abs sign sin cos tan sqrt pow " +
    "hypot log exp translate translatex translatey translatez translate3d scale scalex scaley scalez scale3d rotate rotatex rotatey rotatez " +
    "rotate3d skew skewx skewy matrix matrix3d perspective cubic-bezier steps linear linear-gradient radial-gradient conic-gradient " +
    "repeating-linear-gradient repeating-radial-gradient repeating-conic-gradient blur brightness contrast drop-shadow grayscale hue-rotate " +
    "invert opacity saturate sepia minmax repeat fit-content inset circle ellipse polygon"
  ).split(" "),
);

/** Returns a value if it consists only of tokens that are safe in a value; otherwise {@link blockedCss}. */
export function filterCss(value: string): string {
  if (/[\0"';@[\\\]{}<>`]/.test(value) || !hasPlainFunctions(value) || !hasPlainSlashes(value)) return blockedCss;
  // Names of custom properties are allowed only as the argument of var().
  if (value.replace(/\bvar\(\s*--[\w-]+(?=\s*[,)])/gi, "").includes("--")) return blockedCss;
  const letters = value.toLowerCase().replace(/[^a-z0-9]/g, "");
  return letters.includes("expression") || letters.includes("mozbinding") ? blockedCss : value;
}

/** Whether all parentheses balance, and belong to known functions or are inside one. */
function hasPlainFunctions(value: string): boolean {
  if (!/[()]/.test(value)) return true;
  let depth = 0;
  for (const match of value.matchAll(/([\w-]*)\(|\)/g)) {
    if (match[0] === ")") depth--;
    else if (functions.has(match[1]!.toLowerCase()) || (match[1] === "" && depth > 0)) depth++;
    else return false;
    if (depth < 0) return false;
  }
  return depth === 0;
}

/** Whether each slash is between two parts of the value: at its ends, or next to a star, it could be half of a comment. */
function hasPlainSlashes(value: string): boolean {
  return !value.includes("/") || !/\/\s*(?:\/|$)|^\s*\/|\/\*|\*\//.test(value);
}

/** Escapes a string for quotes in CSS. */
export function escapeCssString(text: string): string {
  return text.replace(/[^A-Za-z0-9_\-., \u0080-\uffff]/g, (character) =>
    character === "\0" ? "\\fffd " : `\\${character.charCodeAt(0).toString(16)} `,
  );
}
