// Finds out which nodes of a page become which nodes of the next page.

/** Most pairs of nodes that are compared for one element: more of them are paired in their order. */
const searchMax = 250_000;
/** Elements that can hold what the visitor has typed or opened. */
const inputs = "form, input, select, textarea, dialog, details";

/**
 * Pairs each wanted node with the node that becomes it, so that as much as possible stays and no pair crosses another one.
 * @param {readonly ChildNode[]} before
 * @param {readonly ChildNode[]} wanted
 * @returns {Map<ChildNode, ChildNode>}
 */
export function pairNodes(before, wanted) {
  const pairs = new Map();
  let first = 0;
  // Equal nodes at both ends need no search.
  while (first < before.length && first < wanted.length && before[first].isEqualNode(wanted[first])) {
    pairs.set(wanted[first], before[first]);
    first++;
  }
  let [end, wantedEnd] = [before.length, wanted.length];
  while (end > first && wantedEnd > first && before[end - 1].isEqualNode(wanted[wantedEnd - 1]))
    pairs.set(wanted[--wantedEnd], before[--end]);
  const [rows, columns] = [before.slice(first, end), wanted.slice(first, wantedEnd)];
  const found = rows.length * columns.length > searchMax ? pairInOrder(rows, columns) : pairBest(rows, columns);
  for (const [node, known] of found) pairs.set(node, known);
  return pairs;
}

/**
 * @param {readonly ChildNode[]} before
 * @param {readonly ChildNode[]} wanted
 * @returns {Array<[ChildNode, ChildNode]>}
 */
function pairInOrder(before, wanted) {
  return wanted.flatMap((node, index) => (index < before.length && weigh(before[index], node) > 0 ? [[node, before[index]]] : []));
}

/**
 * The heaviest common sequence: a table from the end, then one way through it.
 * @param {readonly ChildNode[]} before
 * @param {readonly ChildNode[]} wanted
 * @returns {Array<[ChildNode, ChildNode]>}
 */
function pairBest(before, wanted) {
  const weights = before.map((node) => wanted.map((next) => weigh(node, next)));
  const best = Array.from({ length: before.length + 1 }, () => new Float64Array(wanted.length + 1));
  for (let row = before.length - 1; row >= 0; row--)
    for (let column = wanted.length - 1; column >= 0; column--) {
      const weight = weights[row][column];
      const paired = weight === 0 ? 0 : weight + best[row + 1][column + 1];
      best[row][column] = Math.max(paired, best[row + 1][column], best[row][column + 1]);
    }
  /** @type {Array<[ChildNode, ChildNode]>} */
  const pairs = [];
  let [row, column] = [0, 0];
  while (row < before.length && column < wanted.length) {
    const weight = weights[row][column];
    if (weight > 0 && best[row][column] === weight + best[row + 1][column + 1]) pairs.push([wanted[column++], before[row++]]);
    else if (best[row][column] === best[row + 1][column]) row++;
    else column++;
  }
  return pairs;
}

/**
 * How well a node fits: 0 when it cannot become the other one.
 * @param {ChildNode} node
 * @param {ChildNode} wanted
 */
function weigh(node, wanted) {
  if (node.nodeType !== wanted.nodeType || node.nodeName !== wanted.nodeName) return 0;
  if (!(node instanceof Element) || !(wanted instanceof Element)) {
    // Blanks between elements decide nothing.
    if (node.nodeValue?.trim() === "" || wanted.nodeValue?.trim() === "") return 0.01;
    return node.nodeValue === wanted.nodeValue ? 3 : 1;
  }
  if (node.id !== wanted.id || node.getAttribute("name") !== wanted.getAttribute("name")) return 0;
  // A stylesheet with another address is another one: the old one would load again.
  if (node.localName === "link" && !isSwapped(node, "href", wanted.getAttribute("href") ?? "")) return 0;
  if (node.id !== "") return 1000;
  // What can hold input of the visitor is worth more than text around it.
  const worth = node.matches(inputs) || node.querySelector(inputs) !== null ? 100 : 10;
  return node.isEqualNode(wanted) ? worth + 5 : worth;
}

/**
 * Whether an address is the same, apart from the fingerprint that a swap has added.
 * @param {Element} current
 * @param {string} name
 * @param {string} value
 */
export function isSwapped(current, name, value) {
  const before = current.getAttribute(name);
  return (name === "src" || name === "href") && before !== null && before.replace(/[?&]v=[0-9a-z]+$/, "") === value;
}
