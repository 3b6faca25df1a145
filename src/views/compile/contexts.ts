/** Finds the context of every value of a file in its HTML or XML, across conditions, loops and blocks. */
import type { Body } from "../syntax/nodes.ts";
import type { Template } from "./template.ts";
import { bodiesOf } from "./template.ts";
import type { ContextOptions, Contexts } from "./context-pass.ts";
import { HtmlPass } from "./html-contexts.ts";
import { XmlPass } from "./xml-contexts.ts";

/** Reads a file. Throws `E_VIEW_PLACE`, `E_VIEW_BRANCHES`, `E_VIEW_UNCLOSED`, `E_VIEW_BLOCK`. */
export function findContexts(template: Template, options: ContextOptions): Contexts {
  if (template.mode === "html") return new HtmlPass(template, options).run();
  if (template.mode === "xml") return new XmlPass(template).run();
  if (template.mode === "json") assertJsonPlaces(template);
  return { data: new Map(), places: new Map(), blocks: new Map() };
}

/** In JSON, a value is complete: inside a string it would add its own quotes. */
function assertJsonPlaces({ body, source }: Template): void {
  let isInString = false;
  const visit = (statements: Body): void => {
    for (const statement of statements) {
      if (statement.type === "data") {
        const quotes = [...statement.text.matchAll(/\\[^]|"/g)].filter(([token]) => token === '"').length;
        if (quotes % 2 === 1) isInString = !isInString;
      } else if (statement.type === "output" && isInString) {
        throw source.error(
          "E_VIEW_PLACE",
          statement.at,
          "a value is not allowed inside a JSON string",
          "Remove the quotes: a value is written with quotes.",
        );
      } else bodiesOf(statement).forEach(visit);
    }
  };
  visit(body);
}
