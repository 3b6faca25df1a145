/** Checks `html`, `svg` and `xml` templates in TypeScript sources. Finds templates that would throw at run time. */
import type { ErrorCode } from "../../errors/catalogue.ts";
import { isGableError } from "../../errors/gable-error.ts";
import { XmlReader } from "../formats/xml.ts";
import type { PlanOptions } from "../reading/plan.ts";
import type { SourceText } from "../syntax/source-text.ts";
import { HtmlReader } from "../reading/tokenizer.ts";
import type { ScannedTemplate } from "./scan-code.ts";
import { scanCode } from "./scan-code.ts";

/** Finds which local names are tags of the framework. */
function findTags(text: string): Map<string, string> {
  const tags = new Map<string, string>();
  for (const [, names] of text.matchAll(/\bimport\s*\{([^}]*)\}\s*from\s*["']gable(?:\/views)?["']/g)) {
    for (const each of names!.split(",")) {
      const [imported = "", local = imported] = each.trim().split(/\s+as\s+/);
      if (["html", "svg", "xml"].includes(imported)) tags.set(local, imported);
    }
  }
  return tags;
}

/** Returns the errors of all templates in a source: place, reason, fix. */
export function checkCode(source: SourceText, options: PlanOptions = {}): unknown[] {
  const tags = findTags(source.text);
  if (tags.size === 0) return [];
  const errors: unknown[] = [];
  for (const template of scanCode(source.text).templates) {
    const tag = tags.get(template.tag);
    if (tag === undefined) continue;
    try {
      if (tag === "xml") checkXml(source, template);
      else checkTemplate(source, template, options);
    } catch (error) {
      errors.push(error);
    }
  }
  return errors;
}

/** Reads one template as its tag does at run time. Throws `E_VIEW_PLACE` and `E_VIEW_UNCLOSED`. */
function checkTemplate(source: SourceText, { chunks, holes, at }: ScannedTemplate, options: PlanOptions): void {
  let last = 0;
  const reader = new HtmlReader<number>({
    ...options,
    fail: (hole, reason, fix) => {
      throw source.error("E_VIEW_PLACE", holes[hole] ?? at, `a value is not allowed ${reason}`, fix);
    },
    failText: (reason, fix) => {
      throw source.error("E_VIEW_PLACE", holes[last] ?? at, reason, fix);
    },
  });
  for (const [index, { text }] of chunks.entries()) {
    reader.text(text);
    if (index === holes.length) break;
    last = index;
    reader.hole(index);
  }
  if (!reader.isInData) throw source.error("E_VIEW_UNCLOSED", chunks.at(-1)!.at, `the template ends ${reader.describe()}`);
}

function checkXml(source: SourceText, { chunks, holes, at }: ScannedTemplate): void {
  const place = source.place(at);
  const reader = new XmlReader(place);
  try {
    for (const [index, { text }] of chunks.entries()) {
      reader.text(text);
      if (index < holes.length) reader.hole();
    }
    reader.end();
  } catch (error) {
    if (!isGableError(error)) throw error;
    // The reader of XML knows the place of the whole template; its codes are those of the catalogue.
    throw source.error(error.code as ErrorCode, at, error.message.replace(`${place}: `, "").replace(/\.$/, ""), error.fix);
  }
}
