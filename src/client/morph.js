// Changes a document into another one, and keeps every element that both have: with what was typed into it, its scroll
// position, its focus, its listeners, and whether it is open.
import { isSwapped, pairNodes } from "./pair-nodes.js";

/** Attributes that the visitor changes by using the page. */
const kept = new Map([
  ["DIALOG", ["open"]],
  ["DETAILS", ["open"]],
]);
/** A nonce belongs to its reply. */
const ignored = new Set(["nonce"]);
/** Elements of a page that are compared as a whole: their content is not made of elements that can stay. */
const wholes = new Set(["SCRIPT", "STYLE", "TEMPLATE", "svg"]);

/**
 * Changes the page into the next document. Returns false when the page must load again instead: its scripts differ.
 * @param {Document} next
 */
export function morphDocument(next) {
  if (scriptsOf(document) !== scriptsOf(next)) return false;
  morphAttributes(document.documentElement, next.documentElement);
  morphChildren(document.head, next.head);
  morphAttributes(document.body, next.body);
  morphChildren(document.body, next.body);
  return true;
}

/**
 * The scripts of a page, without those of development.
 * @param {Document} page
 */
function scriptsOf(page) {
  return [...page.scripts]
    .filter((script) => !isOurs(script))
    .map((script) => `${script.type} ${script.getAttribute("src") ?? ""} ${script.text}`)
    .join("\n");
}

/** @param {Node} node */
function isOurs(node) {
  if (!(node instanceof Element)) return false;
  return node.localName.startsWith("gable-") || (node.localName === "script" && (node.getAttribute("src") ?? "").startsWith("/_gable/"));
}

/**
 * @param {Element} current
 * @param {Element} next
 */
function morphAttributes(current, next) {
  const stays = kept.get(current.tagName) ?? [];
  for (const { name, value } of next.attributes)
    if (!ignored.has(name) && !stays.includes(name) && current.getAttribute(name) !== value && !isSwapped(current, name, value))
      current.setAttribute(name, value);
  for (const { name } of Array.from(current.attributes))
    if (!next.hasAttribute(name) && !ignored.has(name) && !stays.includes(name)) current.removeAttribute(name);
}

/**
 * @param {Element} current
 * @param {Element} next
 */
function morphChildren(current, next) {
  const before = [...current.childNodes].filter((node) => !isOurs(node));
  const wanted = [...next.childNodes].filter((node) => !isOurs(node));
  const pairs = pairNodes(before, wanted);
  const staying = new Set(pairs.values());
  const moved = new Map();
  for (const node of before) {
    if (staying.has(node)) continue;
    // An element that has only moved is taken again below.
    if (node instanceof Element && node.id !== "") moved.set(node.id, node);
    node.remove();
  }
  let at = skipOurs(current.firstChild);
  for (const node of wanted) {
    const known = pairs.get(node) ?? takeMoved(moved, node);
    if (known !== undefined) morphNode(known, node);
    const placed = known ?? adopt(node);
    if (placed !== at) current.insertBefore(placed, at);
    at = skipOurs(placed.nextSibling);
  }
}

/** @param {ChildNode | null} node */
function skipOurs(node) {
  let at = node;
  while (at !== null && isOurs(at)) at = at.nextSibling;
  return at;
}

/**
 * @param {Map<string, Element>} moved
 * @param {ChildNode} wanted
 */
function takeMoved(moved, wanted) {
  if (!(wanted instanceof Element) || wanted.id === "") return undefined;
  const found = moved.get(wanted.id);
  if (found === undefined || found.nodeName !== wanted.nodeName) return undefined;
  moved.delete(wanted.id);
  return found;
}

/**
 * @param {ChildNode} current
 * @param {ChildNode} wanted
 */
function morphNode(current, wanted) {
  if (!(current instanceof Element) || !(wanted instanceof Element)) {
    if (current.nodeValue !== wanted.nodeValue) current.nodeValue = wanted.nodeValue;
    return;
  }
  morphAttributes(current, wanted);
  if (wholes.has(current.tagName)) {
    if (current.innerHTML !== wanted.innerHTML) current.replaceChildren(...[...wanted.childNodes].map(adopt));
  } else morphChildren(current, wanted);
}

/**
 * Takes a node over. A style of the next page has the nonce of another reply.
 * @param {ChildNode} node
 */
function adopt(node) {
  const adopted = document.importNode(node, true);
  if (adopted instanceof HTMLElement) {
    const nonce = document.querySelector("script[nonce]");
    for (const element of [adopted, ...adopted.querySelectorAll("style, link")])
      if (nonce instanceof HTMLElement && element instanceof HTMLElement && element.nonce !== "") element.nonce = nonce.nonce;
  }
  return adopted;
}
