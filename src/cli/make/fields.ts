/** The fields that the words after the name describe, such as `title:text:200` and `author:belongsTo:User`. */
import { findNearestName } from "../../errors/nearest-name.ts";
import { refuse } from "./names.ts";

/** A field to write. */
export interface MadeField {
  readonly name: string;
  readonly type: string;
  /** Longest text. */
  readonly max?: number;
  /** Digits of a decimal: all of them, and those after the point. */
  readonly digits?: readonly [precision: number, scale: number];
  readonly choices?: readonly string[];
  /** Model that it leads to. */
  readonly target?: string;
  readonly isNullable: boolean;
  readonly isUnique: boolean;
  readonly isIndexed: boolean;
}

const plainTypes = ["text", "slug", "email", "url", "int", "bigint", "float", "boolean", "date", "time", "datetime", "uuid"];
const types = [...plainTypes, "decimal", "choice", "belongsTo"];
const marks = ["null", "unique", "index"];
const textTypes = new Set(["text", "slug", "email", "url"]);
/** Properties that every row has. */
const taken = new Set(
  "id constructor save set reload load delete purge restore toJSON toString valueOf then prototype hasOwnProperty validate schema".split(
    " ",
  ),
);

/** Reads all fields. `known` are the models that a relation can lead to. Throws `E_COMMAND_USAGE`. */
export function readFields(words: readonly string[], known: ReadonlySet<string>): readonly MadeField[] {
  const fields = words.map((word) => readField(word, known));
  const names = fields.map(({ name, target }) => [name, ...(target === undefined ? [] : [`${name}Id`])]).flat();
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) refuse(`The field "${twice}" is there twice.`, "Give each field a different name.");
  return fields;
}

function readField(word: string, known: ReadonlySet<string>): MadeField {
  const [name = "", type = "", ...rest] = word.split(":");
  if (!/^[a-z][A-Za-z0-9]{0,39}$/.test(name))
    refuse(
      `"${name}" is not the name of a field: it must start with a small letter, and be at most 40 letters and digits.`,
      "Write a field as title:text:200.",
    );
  if (taken.has(name)) refuse(`The name "${name}" is reserved: rows of every model have it.`, "Give the field another name.");
  if (!types.includes(type)) refuseType(word, name, type);
  const isNullable = rest.includes("null");
  const args = rest.filter((each) => !marks.includes(each));
  const common = { name, type, isNullable, isUnique: rest.includes("unique"), isIndexed: rest.includes("index") };
  return { ...common, ...readArguments(word, type, args, known) };
}

function refuseType(word: string, name: string, type: string): never {
  if (type === "") refuse(`The field "${word}" has no type.`, `Write ${name}:text:200, or another type: ${types.join(", ")}.`);
  const near = findNearestName(type, types);
  refuse(
    `"${type}" is not a type of a field, in "${word}".`,
    near === undefined
      ? `Use one of ${types.join(", ")}. Write other fields into the model by hand.`
      : `Write ${[name, near, ...word.split(":").slice(2)].join(":")}.`,
  );
}

function readArguments(word: string, type: string, args: readonly string[], known: ReadonlySet<string>): Partial<MadeField> {
  const [first, second] = args;
  if (type === "belongsTo") return { target: readTarget(word, first, args, known) };
  if (type === "choice") return { choices: readChoices(word, args) };
  if (type === "decimal") {
    const digits = [first ?? "10", second ?? "2"].map((text) => (/^\d{1,2}$/.test(text) ? Number(text) : -1)) as [number, number]; // Two in, two out.
    if (args.length > 2 || digits[0] < 1 || digits[0] > 65 || digits[1] < 0 || digits[1] > Math.min(30, digits[0]))
      refuse(`"${word}" has no such digits.`, `Write all digits and those after the point, as ${word.split(":")[0]}:decimal:10:2.`);
    return { digits };
  }
  if (first === undefined) return {};
  if (!textTypes.has(type) || second !== undefined || !/^[1-9]\d{0,4}$/.test(first) || Number(first) > 10_000)
    refuse(
      `"${args.join(":")}" means nothing in "${word}".`,
      textTypes.has(type)
        ? "After the type comes the longest length, from 1 to 10000, and then null, unique or index."
        : "After the type can come null, unique and index.",
    );
  return { max: Number(first) };
}

function readTarget(word: string, target: string | undefined, args: readonly string[], known: ReadonlySet<string>): string {
  const name = word.split(":")[0];
  if (target === undefined || args.length > 1) refuse(`"${word}" must name one model.`, `Write ${name}:belongsTo:User.`);
  if (known.has(target)) return target;
  const near = findNearestName(target, known);
  return refuse(
    `"${word}" refers to the model "${target}", which does not exist.`,
    near === undefined
      ? `Make it first: gable make model ${/^[A-Z]\w*$/.test(target) ? target : "User"}`
      : `Write ${name}:belongsTo:${near}.`,
  );
}

function readChoices(word: string, args: readonly string[]): readonly string[] {
  const choices = args.length === 1 ? args[0]!.split(",") : [];
  if (choices.length === 0 || choices.some((choice) => !/^[a-z][A-Za-z0-9]*$/.test(choice)) || new Set(choices).size < choices.length)
    refuse(`"${word}" must list different choices of letters and digits.`, `Write ${word.split(":")[0]}:choice:draft,published.`);
  return choices;
}

/** Returns the definition of a field in the code of a model. */
export function toModelField(field: MadeField): string {
  const { name, type, max, digits, choices, target, isNullable, isUnique, isIndexed } = field;
  const options = [
    ...(max === undefined ? [] : [`max: ${max}`]),
    ...(digits === undefined ? [] : [`digits: ${digits[0]}`, `scale: ${digits[1]}`]),
    ...(isNullable ? ["null: true"] : []),
    ...(isUnique ? ["unique: true"] : []),
    ...(isIndexed && target === undefined ? ["index: true"] : []),
    ...(type === "boolean" && !isNullable ? ["default: false"] : []),
    ...(type === "text" && max === undefined ? ['widget: "textarea"'] : []),
  ];
  const given = options.length === 0 ? "" : `{ ${options.join(", ")} }`;
  const after = given === "" ? "" : `, ${given}`;
  if (target !== undefined) return `  ${name}: () => belongsTo(${target}${after}),`;
  if (choices !== undefined) return `  ${name}: f.choice({ ${choices.map((key) => `${key}: "${toLabel(key)}"`).join(", ")} }${after}),`;
  return `  ${name}: f.${type}(${given}),`;
}

/** `firstName` as people read it: `First name`. */
export function toLabel(name: string): string {
  const words = name.replaceAll(/([a-z0-9])([A-Z])/g, "$1 $2").toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
