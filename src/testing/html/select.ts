/** Finds elements by the selectors that tests need: names, #id, .class, [attribute], lists, and the four combinators. */
import type { HtmlElement } from "./nodes.ts";
import { ancestorsOf, elementsOf } from "./nodes.ts";

type Matches = (element: HtmlElement) => boolean;

interface Step {
  readonly matches: Matches;
  /** How the step before is related to this one; "" for the first. */
  readonly combinator: string;
}

const supported =
  "names, #id, .class, [attribute], [attribute=value] with = ^= $= *= ~= |=, lists with commas, and the combinators space > + ~";

/** Returns the elements below a root that a selector fits, in the order of the page. Throws for a selector that is not supported. */
export function select(root: HtmlElement, selector: string): HtmlElement[] {
  const lists = new SelectorReader(selector).read();
  return [...elementsOf(root)].filter((element) => lists.some((steps) => fits(element, steps, steps.length - 1)));
}

function fits(element: HtmlElement, steps: readonly Step[], index: number): boolean {
  const step = steps[index]!;
  if (!step.matches(element)) return false;
  if (index === 0) return true;
  const candidates = candidatesOf[step.combinator]!(element);
  return candidates.some((candidate) => fits(candidate, steps, index - 1));
}

const candidatesOf: Readonly<Record<string, (element: HtmlElement) => readonly HtmlElement[]>> = {
  " ": (element) => [...ancestorsOf(element)],
  ">": (element) => [...ancestorsOf(element)].slice(0, 1),
  "+": (element) => siblingsBefore(element).slice(-1),
  "~": siblingsBefore,
};

function siblingsBefore(element: HtmlElement): readonly HtmlElement[] {
  const siblings = (element.parent?.children ?? []).filter((child) => typeof child !== "string");
  return siblings.slice(0, siblings.indexOf(element));
}

class SelectorReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text.trim();
  }

  read(): Step[][] {
    const lists: Step[][] = [];
    do {
      this.#take(/\s*/y);
      lists.push(this.#readSteps());
    } while (this.#take(/\s*,/y) !== "");
    if (this.#at < this.#text.length) throw this.#unsupported();
    return lists;
  }

  #readSteps(): Step[] {
    const steps: Step[] = [{ matches: this.#readCompound(), combinator: "" }];
    while (true) {
      const start = this.#at;
      const found = this.#take(/\s*[>+~]\s*|\s+(?![,\s]|$)/y);
      if (found === "") return steps;
      if (this.#text[this.#at] === ",") {
        this.#at = start;
        return steps;
      }
      steps.push({ matches: this.#readCompound(), combinator: found.trim() === "" ? " " : found.trim() });
    }
  }

  /** A name and conditions without white space between them. */
  #readCompound(): Matches {
    const conditions: Matches[] = [];
    const name = this.#take(/\*|[A-Za-z][\w-]*/y).toLowerCase();
    if (name !== "" && name !== "*") conditions.push((element) => element.name === name);
    let condition = this.#readCondition();
    if (name === "" && condition === undefined) throw this.#unsupported();
    for (; condition !== undefined; condition = this.#readCondition()) conditions.push(condition);
    return (element) => conditions.every((matches) => matches(element));
  }

  #readCondition(): Matches | undefined {
    const [, mark = "", name = ""] = this.#match(/([#.])([\w\u0080-\uffff-]+)/y) ?? [];
    if (mark === "#") return ({ attributes }) => attributes.get("id") === name;
    if (mark === ".") return ({ attributes }) => wordsOf(attributes.get("class")).includes(name);
    const attribute = this.#match(/\[\s*([\w:.-]+)\s*(?:([~|^$*]?=)\s*(?:"([^"]*)"|'([^']*)'|([\w\u0080-\uffff-]+))\s*)?\]/y);
    if (attribute === undefined) return undefined;
    const [, key = "", operator, double, single, bare] = attribute;
    const value = double ?? single ?? bare ?? "";
    const compare = operator === undefined ? () => true : comparisons[operator]!;
    return ({ attributes }) => {
      const actual = attributes.get(key.toLowerCase());
      return actual !== undefined && compare(actual, value);
    };
  }

  #take(expression: RegExp): string {
    return this.#match(expression)?.[0] ?? "";
  }

  #match(expression: RegExp): RegExpExecArray | undefined {
    expression.lastIndex = this.#at;
    const found = expression.exec(this.#text);
    if (found === null) return undefined;
    this.#at += found[0].length;
    return found;
  }

  #unsupported(): Error {
    const place = this.#at >= this.#text.length ? "its end" : `"${this.#text.slice(this.#at)}"`;
    return new Error(`The selector "${this.#text}" cannot be read at ${place}. Test clients know ${supported}.`);
  }
}

/** As in CSS, an empty value of these fits nothing. */
const comparisons: Readonly<Record<string, (actual: string, value: string) => boolean>> = {
  "=": (actual, value) => actual === value,
  "^=": (actual, value) => value !== "" && actual.startsWith(value),
  "$=": (actual, value) => value !== "" && actual.endsWith(value),
  "*=": (actual, value) => value !== "" && actual.includes(value),
  "~=": (actual, value) => value !== "" && wordsOf(actual).includes(value),
  "|=": (actual, value) => actual === value || actual.startsWith(`${value}-`),
};

function wordsOf(text = ""): readonly string[] {
  return text.split(/[ \t\n\f\r]+/);
}
