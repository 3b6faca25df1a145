/** Checks of the options of fields, when a field is made. */
import { assertLabels } from "../data/schema/option-kinds.ts";
import { isLinear } from "../data/schema/option-values.ts";
import type { OptionKind } from "../errors/option-errors.ts";
import { GableError } from "../errors/gable-error.ts";
import { assertKinds, optionInvalid, optionUnknown } from "../errors/option-errors.ts";
import type { AnyFieldOptions, FieldDefinition, FieldType } from "./definition.ts";
import { assertLimits } from "./field-limits.ts";

const common: readonly string[] =
  "label help optional initial disabled autocomplete placeholder widget attributes messages validate parse store".split(" ");
const lengths = ["min", "max", "pattern", "trim"];
const ownOptions: Readonly<Record<FieldType, readonly string[]>> = {
  text: [...lengths, "lines", "emptyText"],
  email: lengths,
  url: lengths,
  password: ["min", "max", "purpose"],
  slug: [...lengths, "from", "emptyText"],
  uuid: [],
  color: [],
  tel: lengths,
  int: ["min", "max", "step"],
  bigint: ["min", "max"],
  number: ["min", "max", "step"],
  decimal: ["min", "max", "digits", "scale"],
  boolean: ["mustBeTrue", "unknown"],
  choice: [],
  choices: ["min", "max"],
  date: ["min", "max"],
  time: ["min", "max", "seconds"],
  datetime: ["min", "max", "seconds"],
  json: ["schema", "lines"],
  list: ["lines", "emptyText"],
  relation: ["query"],
  relations: ["query", "min", "max"],
  file: ["accept", "bytesMax", "keeps"],
  files: ["accept", "bytesMax", "min", "max"],
  group: [],
  set: ["min", "max", "blankRows", "rowLabel", "ordered"],
};

const kinds: Readonly<Record<string, OptionKind>> = {
  label: "string",
  help: "string",
  optional: "boolean",
  disabled: "boolean",
  autocomplete: "string",
  placeholder: "string",
  widget: "control",
  attributes: "object",
  messages: "object",
  validate: "checks",
  parse: "function",
  trim: "boolean",
  purpose: ["current", "new"],
  mustBeTrue: "boolean",
  unknown: "boolean",
  seconds: "boolean",
  query: "function",
  schema: "schema",
  accept: "strings",
  rowLabel: "string",
  ordered: "boolean",
};

/** Throws `E_OPTION_UNKNOWN` or `E_OPTION_INVALID` for options that a type does not have, or that cannot be used. */
export function assertFieldOptions(type: FieldType, options: AnyFieldOptions): void {
  const owner = `field.${type}()`;
  for (const name of Object.keys(options))
    if (!common.includes(name) && !ownOptions[type].includes(name))
      throw optionUnknown(
        owner,
        name,
        [...common, ...ownOptions[type]].filter((known) => !["store", "emptyText", "from", "keeps"].includes(known)),
      );
  const refuse = (name: keyof AnyFieldOptions, rule: string): never => {
    throw optionInvalid(owner, name, options[name], rule);
  };
  assertCounts(type, options, refuse);
  assertKinds(owner, options, kinds);
  assertLimits(type, options, refuse);
  if (type === "file") assertKinds(owner, options, { initial: "control" });
  if (options.pattern !== undefined && (!(options.pattern instanceof RegExp) || !isLinear(options.pattern)))
    refuse("pattern", "a regular expression without repetitions inside repetitions and without back references");
  if (options.accept?.some((wanted) => !/^[a-z]+\/(?:\*|[\w.+-]+)$/.test(wanted)) === true)
    refuse("accept", 'a list of media types such as "image/png"');
  if (options.bytesMax !== undefined && !isCount(options.bytesMax)) refuse("bytesMax", "a whole number above 0");
  if (options.step !== undefined && !(typeof options.step === "number" && Number.isFinite(options.step) && options.step > 0))
    refuse("step", "a number above 0");
}

const counted = new Set<FieldType>(["text", "email", "url", "password", "slug", "tel", "choices", "relations", "files", "set"]);

function assertCounts(type: FieldType, options: AnyFieldOptions, refuse: (name: keyof AnyFieldOptions, rule: string) => never): void {
  const { min, max, digits, scale } = options;
  if (counted.has(type)) {
    for (const name of ["min", "max"] as const)
      if (options[name] !== undefined && !isCount(options[name]) && !(name === "min" && options[name] === 0))
        refuse(name, "a whole number above 0");
    if (typeof min === "number" && typeof max === "number" && min > max) refuse("min", `at most max, which is ${max}`);
  }
  if (type === "decimal") {
    if (!isCount(digits) || digits > 38) refuse("digits", "a whole number from 1 to 38");
    if (!(scale === 0 || isCount(scale)) || (digits !== undefined && (scale ?? 0) > digits))
      refuse("scale", "a whole number from 0 to digits");
  }
  for (const name of ["lines", "blankRows"] as const)
    if (options[name] !== undefined && !isCount(options[name]) && !(name === "blankRows" && options[name] === 0))
      refuse(name, "a whole number above 0");
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value > 0;
}

/** Throws `E_OPTION_INVALID` for a choice that no key can answer. */
export function assertChoices(type: FieldType, { min }: AnyFieldOptions, choices: FieldDefinition["choices"]): void {
  if (type !== "choice" && type !== "choices") return;
  const owner = `field.${type}()`;
  assertLabels(owner, choices);
  const count = Object.keys(choices).length;
  if (count === 0)
    throw new GableError("E_OPTION_INVALID", `${owner} has no choices.`, {
      fix: "Give at least one key with its label.",
      details: { owner, name: "choices" },
    });
  if (typeof min === "number" && min > count) throw optionInvalid(owner, "min", min, `at most the number of choices, which is ${count}`);
}
