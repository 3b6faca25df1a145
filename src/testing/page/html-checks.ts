/** Mistakes of pages that every reply is checked for: ids used twice, controls without a label, fields without a name. */
import type { HtmlElement } from "../html/nodes.ts";
import { ancestorsOf, describeElement, elementsOf, textOf } from "../html/nodes.ts";
import { select } from "../html/select.ts";
import { ownerOf, controlTypeOf } from "./controls.ts";

/** Returns the mistakes of a page, each as a sentence. */
export function findHtmlMistakes(root: HtmlElement): string[] {
  const elements = [...elementsOf(root)];
  const ids = new Map<string, HtmlElement>();
  const mistakes: string[] = [];
  for (const element of elements) {
    const id = element.attributes.get("id");
    if (id === undefined) continue;
    const first = ids.get(id);
    if (first !== undefined) mistakes.push(`The id "${id}" is used twice: ${describeElement(first)} and ${describeElement(element)}.`);
    else ids.set(id, element);
  }
  const labelled = new Set(select(root, "label[for]").map((label) => (textOf(label) === "" ? "" : label.attributes.get("for"))));
  for (const element of elements) {
    const kind = controlKind(element);
    if (kind === undefined) continue;
    if (!isLabelled(element, kind, labelled, ids)) mistakes.push(`The ${kind} ${describeElement(element)} has no label.`);
    if (kind === "field" && !element.attributes.get("name") && ownerOf(element, ids) !== undefined)
      mistakes.push(`The field ${describeElement(element)} has no name: a browser does not send it.`);
  }
  return mistakes;
}

/** What a person fills, and what a person presses; undefined for everything else, and for what nobody sees. */
function controlKind(element: HtmlElement): "field" | "button" | undefined {
  const { name, attributes, isForeign } = element;
  if (isForeign || (name !== "input" && name !== "select" && name !== "textarea" && name !== "button")) return undefined;
  const type = controlTypeOf(element);
  if (type === "hidden" || attributes.has("hidden") || [...ancestorsOf(element)].some((above) => above.attributes.has("hidden")))
    return undefined;
  return name === "button" || ["submit", "image", "reset", "button"].includes(type) ? "button" : "field";
}

function isLabelled(
  element: HtmlElement,
  kind: "field" | "button",
  labelled: ReadonlySet<string | undefined>,
  ids: ReadonlyMap<string, HtmlElement>,
): boolean {
  const { name, attributes } = element;
  if (attributes.get("aria-label")?.trim() || attributes.get("title")?.trim()) return true;
  const labels = attributes.get("aria-labelledby")?.split(/\s+/) ?? [];
  if (labels.some((id) => ids.has(id))) return true;
  const id = attributes.get("id");
  if (id !== undefined && id !== "" && labelled.has(id)) return true;
  if ([...ancestorsOf(element)].some((above) => above.name === "label" && textOf(above) !== "")) return true;
  if (kind === "field") return false;
  if (name === "button") return textOf(element) !== "" || select(element, "img[alt], svg[aria-label], svg title").some(hasText);
  const type = controlTypeOf(element);
  // Browsers label these two themselves.
  if (type === "submit" || type === "reset") return attributes.get("value") !== "";
  return Boolean(attributes.get(type === "image" ? "alt" : "value"));
}

function hasText(element: HtmlElement): boolean {
  return element.name === "title" ? textOf(element) !== "" : Boolean(element.attributes.get("alt") ?? element.attributes.get("aria-label"));
}
