/** Fields whose value is one of several keys. */
import type { ScalarType } from "./scalar-type.ts";
import { broken, textOf } from "./scalar-type.ts";

/** One of the field's own keys. */
export const choice: ScalarType = {
  keepsBlanks: true,
  parse: (typed, { choices }) => (Object.hasOwn(choices, typed) ? { value: typed } : broken("choice")),
  toText: textOf,
  attributes: () => ({}),
};

const [yes, no] = [new Set(["true", "on", "1", "yes"]), new Set(["false", "off", "0", "no"])];

/** Yes or no. */
export const boolean: ScalarType = {
  parse: (typed, { options }) => {
    if (!yes.has(typed) && !no.has(typed)) return broken("choice");
    const value = yes.has(typed);
    return options.mustBeTrue === true && !value ? broken("must_be_true") : { value };
  },
  toText: (value) => (typeof value === "boolean" ? String(value) : undefined),
  attributes: () => ({}),
};
