/** Creates markup from strings: `raw()`, and sanitizer functions. */
import { GableError } from "../../errors/gable-error.ts";
import type { Html } from "../values.ts";
import { asHtml, assertTemplate } from "../values.ts";
import { writtenHtml } from "./markup.ts";

/**
 * Marks a string as markup. It is sent unchanged: never pass user input.
 * The reason is for readers of the code: search for `raw` to find every use. Write literals as raw`<hr>`.
 * In an application with `views: { raw: "strict" }`, rendering any other use throws `E_VIEW_UNSAFE`: pass the string
 * through a {@link sanitizer} instead.
 * @example
 * raw(markdown.render(post.body), "rendered by markdown-it, sanitised at save");
 */
export function raw(markup: string | TemplateStringsArray, reason?: string): Html {
  if (typeof markup !== "string" && Array.isArray(markup)) {
    const [text = "", ...more] = assertTemplate("raw", markup);
    if (more.length === 0) return asHtml(text);
    throw new GableError("E_VIEW_VALUE", "raw`...` got a value.", { fix: "Write html`...`, which escapes values." });
  }
  const text = String(markup);
  return writtenHtml((out, body) => {
    if (out.context.options?.raw !== "strict") return body + text;
    const why = typeof reason === "string" ? ` (reason: ${reason})` : "";
    throw new GableError("E_VIEW_UNSAFE", `A view got markup from raw()${why}, and views.raw is "strict".`, {
      fix: "Write a literal as raw`...`, or pass the string through a sanitizer().",
    });
  });
}

/**
 * Creates a function that sanitizes a string and returns it as markup. Also works with `views: { raw: "strict" }`.
 * @example
 * const showMarkdown = sanitizer((text) => sanitizeHtml(markdown.render(text)));
 */
export function sanitizer(clean: (text: string) => string): (text: string) => Html {
  return (text) => asHtml(clean(text));
}
