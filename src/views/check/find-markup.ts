/** Finds form controls without a label, and static files that do not exist, in template files. */
import { expressionsOf, holds, walk } from "../compile/template.ts";
import type { Template } from "../compile/template.ts";
import type { Finding } from "./find-warnings.ts";

/** What `{{ }}`, `{% %}` and `{# #}` become: as many characters as they have, so that offsets stay. */
const filler = "\u0001";
const tags = /\{\{[^]*?\}\}|\{%[^]*?%\}|\{#[^]*?#\}|<!--[^]*?-->/g;
const inTag = `(?:[^>"']|"[^"]*"|'[^']*')*`;
const controls = new RegExp(`<(input|select|textarea)\\b(${inTag})>`, "gi");
const labels = new RegExp(`<label\\b(${inTag})>|</label\\s*>`, "gi");
/** An attribute with its value, if it has one. */
const attributes = /([^\s"'=/>\u0001]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+))?/g;
const unlabelledTypes = new Set(["hidden", "submit", "button", "image", "reset"]);
const namingAttributes = ["aria-label", "aria-labelledby", "title"];

/** Finds form controls that no label of the file names. */
export function findUnlabelled({ source: { text }, mode, partial }: Template): Finding[] {
  if (mode !== "html" || partial !== undefined) return [];
  const markup = text.replaceAll(tags, (tag) => filler.repeat(tag.length));
  const read = (from: number, part: string): ReadonlyMap<string, string> => readAttributes(text.slice(from, from + part.length), part);
  const marks = [...markup.matchAll(labels)].map((match) => ({ at: match.index, attributes: match[1] }));
  const named = new Set(
    marks.flatMap(({ at, attributes: part }) => (part === undefined ? [] : (read(at + "<label".length, part).get("for") ?? []))),
  );
  const isInside = (at: number): boolean =>
    marks.filter((mark) => mark.at < at).reduce((depth, mark) => depth + (mark.attributes === undefined ? -1 : 1), 0) > 0;
  return [...markup.matchAll(controls)].flatMap(({ index, 1: name = "", 2: part = "" }) => {
    const found = read(index + 1 + name.length, part);
    const type = found.get("type") ?? "text";
    // An expression between the attributes may write any of them.
    const isOpen = part.replaceAll(/"[^"]*"|'[^']*'/g, "").includes(filler) || type.includes("{{") || type.includes("{%");
    const isNamed = namingAttributes.some((each) => found.has(each)) || named.has(found.get("id") ?? "\0") || isInside(index);
    if (isOpen || isNamed || (name.toLowerCase() === "input" && unlabelledTypes.has(type.toLowerCase()))) return [];
    const shown = found.get("name") ?? found.get("id");
    return {
      at: index,
      code: "unlabelled" as const,
      message: `<${name.toLowerCase()}>${shown === undefined ? "" : ` "${shown}"`} has no label`,
      fix: "Put it into a <label>, point a label at its id, or give it an aria-label.",
    };
  });
}

/** Returns the attributes of a tag. Names come from the text without expressions, values from the text as it is written. */
function readAttributes(text: string, part: string): ReadonlyMap<string, string> {
  return new Map(
    [...part.matchAll(attributes)].map(({ index, 0: whole, 1: name = "", 2: value = "" }) => {
      const end = index + whole.length;
      return [name.toLowerCase(), text.slice(end - value.length, end).replaceAll(/^["']|["']$/g, "")];
    }),
  );
}

/** Finds calls of `asset()` with the name of a file that does not exist. */
export function findMissingAssets(template: Template, hasAsset: (name: string) => boolean): Finding[] {
  const found: Finding[] = [];
  // The file has the body of the partial as well.
  if (template.partial !== undefined) return found;
  walk(template.body, (statement) => {
    for (const expression of expressionsOf(statement))
      holds(expression, (part) => {
        if (part.type !== "call" || part.callee.type !== "name" || part.callee.name !== "asset") return false;
        const [first] = part.args.positional;
        if (first?.type !== "constant" || typeof first.value !== "string" || hasAsset(first.value)) return false;
        found.push({
          at: first.at,
          code: "missing-asset",
          message: `the static file "${first.value}" does not exist`,
          fix: "Correct its name, or add the file to the static folder.",
        });
        return false;
      });
  });
  return found;
}
