/** Protects pages on which a client framework compiles the document (Angular, Vue, Alpine): values must not open its `{{`. */

/** In text, a comment separates two braces. A brace at an end gets one too: the next value may start with the other. */
export function splitMustache(escaped: string): string {
  return escaped.replace(/\{(?=\{|$)/g, "{<!-- -->").replace(/^\{/, "<!-- -->{");
}

/** In attributes and titles, where a comment would be text, a space separates them. */
export function breakMustache(escaped: string): string {
  return escaped.replace(/\{(?=\{|$)/g, "{ ");
}
