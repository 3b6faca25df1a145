/** Values of fields as people type them, for flags such as `--set age=7`. */
import { GableError } from "gable";
import type { FieldMeta } from "gable/data";

type FieldType = FieldMeta["type"];

const integer = /^[-+]?\d{1,16}$/;
const number = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d{1,3})?$/i;
const moment = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[-+]\d\d:\d\d))?$/;

/** How the string of a type becomes a value; undefined for a string that is not one. Other types take the string as it is. */
const readers: Readonly<Partial<Record<FieldType, (text: string) => unknown>>> = {
  id: (text) => (integer.test(text) ? Number(text) : undefined),
  int: (text) => (integer.test(text) ? Number(text) : undefined),
  duration: (text) => (integer.test(text) ? Number(text) : undefined),
  bigint: (text) => (/^[-+]?\d{1,19}$/.test(text) ? BigInt(text.replace("+", "")) : undefined),
  float: (text) => (number.test(text) ? Number(text) : undefined),
  boolean: (text) =>
    new Map(Object.entries({ true: true, yes: true, on: true, false: false, no: false, off: false })).get(text.toLowerCase()),
  datetime: (text) => (moment.test(text) && !Number.isNaN(Date.parse(text)) ? new Date(text) : undefined),
  bytes: (text) => (/^(?:[\da-f]{2})*$/i.test(text) ? Uint8Array.from(Buffer.from(text, "hex")) : undefined),
  json: readJson,
  array: readJson,
};

const examples: Readonly<Partial<Record<FieldType, string>>> = {
  boolean: "Write true or false.",
  datetime: "Write a time with its zone, such as 2026-11-20T10:30:00Z.",
  bytes: "Write bytes as hexadecimal digits, such as 00ff.",
  json: "Write JSON.",
  array: 'Write a list as JSON, such as ["a", "b"].',
};

/** Returns the value of a field that a string stands for. Throws `E_COMMAND_USAGE`. The model checks the value later. */
export function parseFieldText({ where, type }: FieldMeta, text: string): unknown {
  const read = readers[type];
  const value = read === undefined ? text : read(text);
  if (value !== undefined) return value;
  throw new GableError("E_COMMAND_USAGE", `"${text}" is not a value of ${where}, which has the type ${type}.`, {
    fix: examples[type] ?? "Write a number.",
  });
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
