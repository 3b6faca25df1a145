/**
 * Tagged HTML templates: each hole is escaped for the place where it stands, or refused.
 *
 * The places are found once per call site by reading the literal text with the states of the HTML standard.
 * Values may stand in text, in the text of `title` and `textarea`, and as the value of a quoted attribute.
 */
import { GableError } from "../errors/gable-error.ts";
import { describeValue } from "../errors/option-errors.ts";
import { escapeAttribute, escapeText, filterUrl } from "./escape.ts";
import type { Plan } from "./plan.ts";
import { compilePlan, places } from "./plan.ts";

declare const brand: unique symbol;
const htmlKey = Symbol.for("gable.html");

/** A value that is markup already. Made by {@link html} and {@link raw} alone. */
export class Html {
  /** @internal Tells it from every other class. */
  declare private readonly [brand]: "html";
  readonly #text: string;

  /** @internal Use {@link html} or {@link raw}. */
  constructor(text: string) {
    this.#text = text;
  }

  /** Known also to a second copy of the package; JSON cannot make a symbol. */
  get [htmlKey](): true {
    return true;
  }

  /** The markup. */
  toString(): string {
    return this.#text;
  }
}

/** Whether a value is markup. */
export function isHtml(value: unknown): value is Html {
  return value instanceof Html || (typeof value === "object" && value !== null && htmlKey in value);
}

/** A list of holes. */
export interface HoleArray extends ReadonlyArray<Hole> {}

/** What may stand in a hole: not an object, a function, a date or a forgotten promise. */
export type Hole = string | number | bigint | boolean | null | undefined | Html | HoleArray;

const plans = new WeakMap<TemplateStringsArray, Plan>();

/**
 * Makes markup from a template; values are escaped by their place.
 * Throws `E_VIEW_PLACE` for a hole where no value may stand, `E_VIEW_VALUE` for a value that cannot be shown.
 *
 * @example
 * html`<a href="/u/${user.id}" title="${user.name}">${user.name}</a>`;
 */
export function html(strings: TemplateStringsArray, ...holes: readonly Hole[]): Html {
  let plan = plans.get(strings);
  if (plan === undefined) {
    // Only a real template gives frozen strings: html("<p>" + title) must not pass for one.
    if (!Array.isArray(strings) || !Object.isFrozen(strings) || !Object.isFrozen(strings.raw)) {
      throw new GableError("E_VIEW_TAG_CALL", `html was called with ${describeValue(strings)} instead of a template.`);
    }
    plan = compilePlan(strings);
    plans.set(strings, plan);
  }
  let text = plan.chunks[0]!;
  for (let index = 0; index < holes.length; index++) text += writeHole(plan, index, holes[index]) + plan.chunks[index + 1]!;
  return new Html(text);
}

/** Marks text as markup. Whatever it holds is sent as it is: never pass what a user wrote. */
export function raw(markup: string): Html {
  return new Html(String(markup));
}

function writeHole(plan: Plan, index: number, value: Hole): string {
  switch (plan.kinds[index]) {
    case places.text:
      return writeText(value);
    case places.url:
      return escapeAttribute(filterUrl(writePlain(value)));
    case places.boolean:
      return value === false || value === null || value === undefined || value === "" ? "" : ` ${plan.names[index]}`;
    default:
      return escapeAttribute(writePlain(value));
  }
}

function writeText(value: Hole): string {
  if (typeof value === "string") return escapeText(value);
  if (value === null || value === undefined || typeof value === "boolean") return "";
  if (typeof value === "number" || typeof value === "bigint") return String(value);
  if (isHtml(value)) return value.toString();
  if (Array.isArray(value)) {
    let text = "";
    // The types of the language give any[] for a readonly list.
    for (const item of value as HoleArray) text += writeText(item);
    return text;
  }
  throw new GableError("E_VIEW_VALUE", `A hole in text got ${describeValue(value)}.`);
}

/** Text for an attribute: lists are joined by blanks, what is false is left out. */
function writePlain(value: Hole): string {
  if (typeof value === "string") return value;
  if (value === null || value === undefined || typeof value === "boolean") return "";
  if (typeof value === "number" || typeof value === "bigint") return String(value);
  if (Array.isArray(value))
    // As above.
    return (value as HoleArray)
      .map(writePlain)
      .filter((part) => part !== "")
      .join(" ");
  throw new GableError("E_VIEW_VALUE", `A hole in an attribute got ${isHtml(value) ? "Html" : describeValue(value)}.`);
}
