/** The elements and texts of a page. */

/** A node: an element, or text. */
export type HtmlNode = HtmlElement | string;

/** An element of a page. */
export interface HtmlElement {
  /** Name in lower case; in SVG and MathML as well. "" for the root of a page. */
  readonly name: string;
  /** Attributes by name in lower case. */
  readonly attributes: ReadonlyMap<string, string>;
  /** What is inside, in order. */
  readonly children: readonly HtmlNode[];
  /** The element around it; undefined for the root. */
  readonly parent: HtmlElement | undefined;
  /** The form that was open where it began; undefined outside of forms. */
  readonly form: HtmlElement | undefined;
  /** Whether it belongs to SVG or MathML. */
  readonly isForeign: boolean;
}

/** Lists all elements below one, in the order of the page. The content of a `<template>` is not on the page. */
export function* elementsOf(root: HtmlElement): IterableIterator<HtmlElement> {
  for (const child of root.children) {
    if (typeof child === "string") continue;
    yield child;
    if (child.name !== "template") yield* elementsOf(child);
  }
}

/** Lists the elements around one, the nearest first. */
export function* ancestorsOf(element: HtmlElement): IterableIterator<HtmlElement> {
  for (let above = element.parent; above !== undefined && above.name !== ""; above = above.parent) yield above;
}

/** Returns the text of an element exactly as it is written. */
export function rawTextOf(element: HtmlElement): string {
  return element.children.map((child) => (typeof child === "string" ? child : rawTextOf(child))).join("");
}

const inline = new Set(
  "a abbr b bdi bdo cite code data del dfn em font i img ins kbd label mark q ruby s samp small span strong sub sup time tt u var wbr".split(
    " ",
  ),
);
const unseen = new Set(["script", "style", "template", "noframes", "iframe"]);

/** Returns the text that a reader sees: white space is collapsed, and blocks, cells and line breaks separate words. */
export function textOf(element: HtmlElement): string {
  return visibleText(element)
    .replaceAll(/[ \t\n\f\r]+/g, " ")
    .trim();
}

function visibleText(element: HtmlElement): string {
  if (unseen.has(element.name)) return "";
  const text = element.children.map((child) => (typeof child === "string" ? child : visibleText(child))).join("");
  return inline.has(element.name) || element.isForeign ? text : ` ${text} `;
}

/** Shows the start tag of an element, for messages. */
export function describeElement({ name, attributes }: HtmlElement): string {
  const shown = ["id", "name", "type", "for", "class", "href", "action", "method", "value"];
  const pairs = shown.flatMap((key) => {
    const value = attributes.get(key);
    return value === undefined ? [] : [`${key}="${value.length > 40 ? `${value.slice(0, 40)}...` : value}"`];
  });
  return `<${[name, ...pairs].join(" ")}>`;
}
