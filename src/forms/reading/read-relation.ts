/** Reads fields whose value is a row of a model, or several. */
import type { FieldDefinition, Parsed } from "../definition.ts";
import { broken } from "../values/scalar-type.ts";
import type { Reading } from "./reading.ts";
import { findCountProblem, readBlank } from "./read-scalar.ts";

/** Most keys of one field. */
const keysMax = 1000;

/** Reads the row of a key, by the query that the choices come from. */
export async function readRelation(field: FieldDefinition, path: string, { sent }: Reading): Promise<Parsed> {
  const given = sent.valuesOf(path);
  if (given.length > 1) return broken("repeated");
  const [raw = ""] = given;
  if (!isKey(raw)) return broken("relation");
  const key = toKey(raw, field);
  if (key === "") return readBlank(field);
  const [row] = await field.source!.find([key]);
  return row === undefined ? broken("relation") : { value: row };
}

/** Reads the rows of several keys: each once. */
export async function readRelations(field: FieldDefinition, path: string, { sent }: Reading): Promise<Parsed> {
  const given = sent.valuesOf(path);
  if (!given.every(isKey)) return broken("relation");
  const keys = [...new Set(given.map((value) => toKey(value, field)))].filter((key) => key !== "");
  if (keys.length > keysMax) return broken("too_many", { max: keysMax, count: keys.length });
  const problem = findCountProblem(field, keys.length);
  if (problem !== undefined) return problem;
  const rows = keys.length === 0 ? [] : await field.source!.find(keys);
  return rows.length === keys.length ? { value: rows } : broken("relation");
}

/** Whether a value is a key, or a row that has one. */
function isKey(value: unknown): boolean {
  return value !== undefined && value !== null && !Array.isArray(value);
}

function toKey(value: unknown, field: FieldDefinition): string {
  return typeof value === "string" ? value.trim() : field.source!.keyOf(value);
}
