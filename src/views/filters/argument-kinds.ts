/** Checks what templates pass to filters: JavaScript would turn a wrong kind of argument into a wrong text, such as NaN. */
import { GableError } from "../../errors/gable-error.ts";
import { describeValue } from "../../errors/option-errors.ts";
import { isHtml } from "../values.ts";
import { filterSignatures } from "./signatures.ts";
import type { ArgumentKind, Signature } from "./signatures.ts";

interface KindRule {
  readonly fits: (value: unknown) => boolean;
  /** What to pass, for the end of "Pass ...". */
  readonly wanted: string;
}

const isWhole = (value: unknown): boolean => Number.isInteger(value) || value === Number.POSITIVE_INFINITY;
const oneOf = (...values: readonly string[]): KindRule => ({
  fits: (value) => values.includes(value as string), // Compared with strings only.
  wanted: values.map((value) => `"${value}"`).join(" or "),
});

const rules: Readonly<Record<ArgumentKind, KindRule>> = {
  whole: { fits: isWhole, wanted: "a whole number" },
  precision: { fits: (value) => isWhole(value) && Math.abs(Number(value)) <= 100, wanted: "a whole number from -100 to 100" },
  digits: { fits: (value) => isWhole(value) && Number(value) >= 0 && Number(value) <= 100, wanted: "a whole number from 0 to 100" },
  base: { fits: (value) => isWhole(value) && Number(value) >= 2 && Number(value) <= 36, wanted: "a whole number from 2 to 36" },
  number: { fits: (value) => typeof value === "number" && !Number.isNaN(value), wanted: "a number" },
  numeric: { fits: isNumeric, wanted: "a number" },
  boolean: { fits: (value) => typeof value === "boolean", wanted: "true or false" },
  text: { fits: (value) => typeof value === "string" || isHtml(value), wanted: "a string" },
  margin: {
    fits: (value) => typeof value === "string" || (isWhole(value) && Number(value) >= 0),
    wanted: "a number of spaces, or a string",
  },
  path: { fits: (value) => typeof value === "string" || isWhole(value), wanted: "the name of a property" },
  texts: {
    fits: (value) => Array.isArray(value) && value.every((each) => typeof each === "string"),
    wanted: "a list of strings",
  },
  currency: { fits: (value) => typeof value === "string" && /^[A-Za-z]{3}$/.test(value), wanted: 'a code of three letters, such as "EUR"' },
  keyOrValue: oneOf("key", "value"),
  length: oneOf("long", "short", "narrow"),
};

/** A number, or text that is one: forms and addresses give text. NaN is a result of the template's own arithmetic. */
function isNumeric(value: unknown): boolean {
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean") return true;
  return typeof value === "string" && !Number.isNaN(Number(value));
}

type Filter = (...all: unknown[]) => unknown;

/** Returns the filters, with those that take arguments of some kind checked. */
export function withKinds<Table extends object>(table: Table): Table {
  const checkedEntries = Object.entries(table).map(([name, filter]) => {
    const signature = filterSignatures.get(name);
    return [name, signature === undefined ? filter : withKindsOf(name, filter as Filter, signature)]; // A table of functions.
  });
  return Object.fromEntries(checkedEntries) as Table; // The same names, with functions of the same types.
}

function withKindsOf(name: string, filter: Filter, { kinds, inputKind, needsContext }: Signature): Filter {
  if (inputKind === undefined && kinds.size === 0) return filter;
  const inputAt = needsContext === true ? 1 : 0;
  return (...all) => {
    if (inputKind !== undefined) assertFits(name, undefined, inputKind, all[inputAt]);
    for (const [index, [parameter, kind]] of kinds) {
      const at = inputAt + 1 + index;
      // Nothing means the default, as for all values.
      if (all[at] === null) all[at] = undefined;
      assertFits(name, parameter, kind, all[at]);
    }
    return filter(...all);
  };
}

function assertFits(name: string, parameter: string | undefined, kind: ArgumentKind, value: unknown): void {
  const { fits, wanted } = rules[kind];
  if (value === undefined || value === null || fits(value)) return;
  const place = parameter === undefined ? "" : ` for "${parameter}"`;
  throw new GableError("E_VIEW_VALUE", `The filter "${name}" got ${describeValue(value)}${place}.`, { fix: `Pass ${wanted}.` });
}
