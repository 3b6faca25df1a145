/** Reads fields with one value, and fields with several keys. */
import type { FieldDefinition, Parsed } from "../definition.ts";
import type { ScalarType } from "../values/scalar-type.ts";
import { broken } from "../values/scalar-type.ts";
import type { Reading } from "./reading.ts";

/** Reads a field that one text stands for. */
export function readScalar(type: ScalarType, field: FieldDefinition, path: string, reading: Reading): Parsed {
  const { options } = field;
  const given = options.parse === undefined ? reading.sent.valuesOf(path) : readParts(options.parse, path, reading);
  if (given.length > 1) return broken("repeated");
  const raw = given[0];
  if (raw === undefined || raw === null) return readBlank(field);
  const text = typeof raw === "string" ? raw : toSentText(raw, type, field, reading);
  if (text === undefined) return broken("invalid");
  const typed = type.keepsBlanks === true || options.trim === false ? text : text.trim();
  if (typed === "") return readBlank(field);
  const parsed = type.parse(typed, raw instanceof Date ? withSeconds(field) : field, reading);
  if (parsed.code !== undefined || options.store === undefined) return parsed;
  const stored = options.store(parsed.value);
  return "message" in stored ? { code: "invalid", message: stored.message } : stored;
}

/** Writes a value of a program as text. An instant keeps its zone: a local time can stand for two. */
function toSentText(raw: unknown, type: ScalarType, field: FieldDefinition, reading: Reading): string | undefined {
  // Each line would become an item.
  if (field.type === "list" && Array.isArray(raw) && raw.some((item) => typeof item === "string" && /[\r\n]/.test(item))) return undefined;
  const text = type.toText(raw, field, reading) ?? (typeof raw === "object" ? undefined : String(raw));
  return text !== undefined && field.type === "datetime" && raw instanceof Date ? raw.toISOString() : text;
}

/** The option `seconds` is about what can be typed: an instant of a program is taken as it is. */
function withSeconds(field: FieldDefinition): FieldDefinition {
  return { ...field, options: { ...field.options, seconds: true } };
}

/** The texts of a widget that sends several names: `birthday.year`, `birthday.month`. */
function readParts(parse: NonNullable<FieldDefinition["options"]["parse"]>, path: string, { sent }: Reading): readonly unknown[] {
  const whole = sent.valuesOf(path);
  if (whole.length > 0) return whole;
  const texts: Record<string, string> = Object.create(null);
  for (const name of sent.names()) if (name.startsWith(`${path}.`)) texts[name.slice(path.length + 1)] = sent.textOf(name) ?? "";
  const text = parse(texts);
  return text === undefined ? [] : [text];
}

/** The value of a field that was left blank. */
export function readBlank({ type, isRequired, options }: FieldDefinition): Parsed {
  if (type === "boolean" && options.unknown !== true) return options.mustBeTrue === true ? broken("must_be_true") : { value: false };
  if (isRequired) return broken("required");
  if (type === "list") return { value: options.emptyText === true ? [] : null };
  return { value: options.emptyText === true ? "" : null };
}

/** Reads several of the field's keys: each once, in the order of the definition. */
export function readChoices(field: FieldDefinition, path: string, { sent }: Reading): Parsed {
  const given = new Set(sent.valuesOf(path).filter((value) => value !== ""));
  for (const key of given) if (typeof key !== "string" || !Object.hasOwn(field.choices, key)) return broken("choice");
  const value = Object.keys(field.choices).filter((key) => given.has(key));
  return findCountProblem(field, value.length) ?? { value };
}

/** Checks how many there are of something. */
export function findCountProblem({ isRequired, options: { min, max } }: FieldDefinition, count: number): Parsed | undefined {
  if (count === 0) return isRequired ? broken("required") : undefined;
  if (typeof min === "number" && count < min) return broken("too_few", { min, count });
  if (typeof max === "number" && count > max) return broken("too_many", { max, count });
  return undefined;
}
