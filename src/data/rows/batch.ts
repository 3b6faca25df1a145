/** Rows that were loaded together, and everything loaded for all of them since. */
import type { RelationMeta } from "../schema/model-class.ts";
import type { ExecutionContext, FetchMode } from "../run/database-core.ts";
import type { RowRecord } from "../schema/row.ts";
import { Row } from "../schema/row.ts";

/** A key of a row as one value: several fields are joined. */
export type CacheKey = string | number | bigint;

/** Target of a relation, by key: a row or null, or a list of rows. */
export type RelationCache = Map<CacheKey, unknown>;

/** The rows of one result. */
export class Batch {
  readonly context: ExecutionContext;
  readonly mode: FetchMode;
  readonly rows: Row[];
  #relations: Map<string, RelationCache> | undefined;
  #eager: Map<string, RelationCache> | undefined;
  /** The first row that requested each part of a relation. */
  #first: Map<string, Row> | undefined;

  constructor(context: ExecutionContext, rows: Row[], mode: FetchMode) {
    this.context = context;
    this.rows = rows;
    this.mode = mode;
  }

  /** Returns the loaded rows of a relation, or of a part of it. */
  cacheOf(name: string): RelationCache {
    this.#relations ??= new Map();
    const known = this.#relations.get(name) ?? new Map<CacheKey, unknown>();
    this.#relations.set(name, known);
    return known;
  }

  /** Returns what was loaded together with the rows; undefined if nothing was. */
  eagerOf(name: string): RelationCache | undefined {
    return this.#eager?.get(name);
  }

  setEager(name: string, cache: RelationCache): void {
    this.#eager ??= new Map();
    this.#eager.set(name, cache);
  }

  /** Whether another row has requested the same before. */
  isAskedAgain(name: string, row: Row): boolean {
    this.#first ??= new Map();
    const first = this.#first.get(name);
    if (first === undefined) this.#first.set(name, row);
    return first !== undefined && first !== row;
  }

  /** Drops the loaded rows of a relation that has changed. */
  drop(name: string): void {
    this.#eager?.delete(name);
    for (const key of this.#relations?.keys() ?? []) if (key === name || key.startsWith(`${name}|`)) this.#relations!.delete(key);
  }
}

/** Returns the batch that loaded a row; undefined for a row that was not loaded. */
export function batchOf(row: Row): Batch | undefined {
  return Row.batchOf(row) as Batch | undefined; // Only Row.setBatch() sets it, always to a Batch.
}

/** Returns the key that a relation of a row leads to, as one value; null if it leads nowhere. */
export function keyOfRelation(row: RowRecord, relation: RelationMeta, primary: readonly string[]): CacheKey | null {
  return toCacheKey(row, relation.kind === "belongsTo" ? relation.fields : primary);
}

/** Returns some fields of a row as one value; null if one of them is null. */
export function toCacheKey(row: Readonly<Record<string, unknown>>, names: readonly string[]): CacheKey | null {
  if (names.length === 1) return toKeyPart(row[names[0]!]);
  const parts = names.map((name) => toKeyPart(row[name]));
  return parts.some((part) => part === null) ? null : parts.map((part) => `${String(part).length}:${String(part)}`).join("");
}

function toKeyPart(value: unknown): CacheKey | null {
  if (value === null || value === undefined) return null;
  // Dates and bytes are compared by content.
  return typeof value === "string" || typeof value === "number" || typeof value === "bigint" ? value : JSON.stringify(value);
}
