/** Creates markup that is written later, during rendering. */
import { Html } from "../values.ts";
import type { HtmlWriter } from "./output.ts";

/** Creates markup from a function that writes it. */
export function writtenHtml(write: HtmlWriter): Html {
  return new Html(undefined, [], "", write);
}
