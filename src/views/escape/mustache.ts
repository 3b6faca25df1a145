/** Pages on which a client framework compiles the document (Angular, Vue, Alpine): values must not open its `{{`. */

/** In text, a comment stands between two braces, and around one at an end: the next value may bring the other. */
export function splitMustache(escaped: string): string {
  return escaped.replace(/\{(?=\{|$)/g, "{<!-- -->").replace(/^\{/, "<!-- -->{");
}

/** In attributes and titles, where a comment would be text, a blank stands there. */
export function breakMustache(escaped: string): string {
  return escaped.replace(/\{(?=\{|$)/g, "{ ");
}
