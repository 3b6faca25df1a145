/** Loads relations with the rows of a query. */
import { describeValue } from "../../errors/option-errors.ts";
import { GableError } from "../../errors/gable-error.ts";
import { findNearestName } from "../../errors/nearest-name.ts";
import { batchOf, keyOfRelation } from "./batch.ts";
import type { RelationCache } from "./batch.ts";
import type { RelatedPart } from "./loader.ts";
import { allRelated, readRelated, whereRelated } from "./loader.ts";
import type { RowRecord } from "../schema/row.ts";
import { Row } from "../schema/row.ts";
import type { RelationMeta } from "../schema/model-class.ts";
import type { ModelClass } from "../schema/model-class.ts";
import type { ExecutionContext, FetchMode } from "../run/database-core.ts";
import { readFilter } from "../tree/filter.ts";
import { readCount } from "../tree/limits.ts";
import { readOrder, toTotalOrder } from "../tree/order.ts";

/** A requested relation, and its options. */
export interface WantedRelation {
  readonly relation: RelationMeta;
  readonly part: RelatedPart;
  readonly nested: readonly WantedRelation[];
}

const optionNames = ["where", "orderBy", "limit", "with"];

/** What with() was given. Throws `E_RELATION_UNKNOWN` and `E_FILTER_UNKNOWN`. */
export function readWith(model: ModelClass, wanted: unknown, path = "with"): WantedRelation[] {
  if (typeof wanted !== "object" || wanted === null)
    throw new GableError("E_FILTER_VALUE", `${path} got ${describeValue(wanted)}.`, { fix: "Pass an object: { author: true }." });
  return Reflect.ownKeys(wanted).map((key) => {
    const options: unknown = (wanted as Readonly<Record<PropertyKey, unknown>>)[key]; // An object, as said above.
    return readWanted(model, String(key), options, `${path}.${String(key)}`);
  });
}

function readWanted(model: ModelClass, name: string, options: unknown, path: string): WantedRelation {
  const relation = findRelation(model, name, path);
  const usual = allRelated(relation);
  const { root } = usual;
  if (options === true) return { relation, part: usual, nested: [] };
  if (typeof options !== "object" || options === null)
    throw new GableError("E_FILTER_VALUE", `${path} got ${describeValue(options)}.`, { fix: "Pass true, or an object of options." });
  for (const option of Object.keys(options))
    if (!optionNames.includes(option))
      throw new GableError("E_FILTER_UNKNOWN", `${path} has no option "${option}".`, { fix: `Use one of: ${optionNames.join(", ")}.` });
  const { where, orderBy, limit, with: nested } = options as Readonly<Record<string, unknown>>; // Checked one by one below.
  return {
    relation,
    part: {
      ...usual,
      where: where === undefined ? usual.where : whereRelated(relation, root, readFilter(root, where, `${path}.where`)),
      order: orderBy === undefined ? usual.order : toTotalOrder(root, readOrder(root, orderBy)),
      limit: limit === undefined ? undefined : readCount(limit, `${path}.limit`),
    },
    nested: nested === undefined ? [] : readWith(relation.target, nested, `${path}.with`),
  };
}

/** Returns a relation by its name. Throws `E_RELATION_UNKNOWN`. */
export function findRelation(model: ModelClass, name: string, path: string): RelationMeta {
  const { relations, name: owner } = model.$meta;
  const found = relations.get(name);
  if (found !== undefined) return found;
  const known = [...relations.keys()];
  const nearest = findNearestName(name, known);
  throw new GableError("E_RELATION_UNKNOWN", `${path}: ${owner} has no relation "${name}".`, {
    fix:
      nearest !== undefined ? `Write "${nearest}".` : known.length > 0 ? `Use one of: ${known.join(", ")}.` : `${owner} has no relations.`,
  });
}

/** Loads relations of rows, and nested ones, with one statement for each. */
export async function loadWith(
  context: ExecutionContext,
  rows: readonly RowRecord[],
  wanted: readonly WantedRelation[],
  mode: FetchMode,
): Promise<void> {
  if (rows.length === 0) return;
  const { primary } = Row.modelOf(rows[0]!).$meta;
  for (const { relation, part, nested } of wanted) {
    const isOne = relation.kind === "belongsTo" || relation.kind === "hasOne";
    const keyed = rows.filter((row) => keyOfRelation(row, relation, primary) !== null);
    const found = keyed.length === 0 ? new Map() : await readRelated(context, { relation, part, mode }, keyed);
    const cache: RelationCache = new Map();
    for (const row of keyed) {
      const key = keyOfRelation(row, relation, primary)!;
      cache.set(key, found.get(key) ?? (isOne ? null : []));
    }
    for (const batch of new Set(rows.map((row) => batchOf(row)!))) batch.setEager(relation.name, cache);
    if (nested.length > 0) await loadWith(context, [...new Set([...found.values()].flat())] as RowRecord[], nested, mode); // Rows of the relation.
  }
}
