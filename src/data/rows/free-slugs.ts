/** Gives new rows slugs that are free: `tea`, then `tea-2`, `tea-3`. */
import type { ExecutionContext } from "../run/database-core.ts";
import type { FieldMeta, ModelClass, ModelMeta } from "../schema/model-class.ts";
import type { RowRecord } from "../schema/row.ts";
import { createShortId, isMadeSlug } from "../schema/slug.ts";
import type { RootSource } from "../tree/node.ts";
import { columnNode, selectAll } from "../tree/node.ts";
import { toCacheKey } from "./batch.ts";
import { keysIn } from "./loader.ts";
import { readRecords } from "./read-rows.ts";

type Values = Readonly<Record<string, unknown>>;

/** A slug that Gable makes, and the fields that are unique together with it. */
interface SlugKey {
  readonly field: FieldMeta;
  readonly names: readonly string[];
}

/** Highest number that is tried; after it come random letters. */
const numberMax = 9;
/** Keys of one query. */
const chunkMax = 100;
const keysByModel = new WeakMap<ModelMeta, readonly SlugKey[]>();

function slugKeysOf(meta: ModelMeta): readonly SlugKey[] {
  const known = keysByModel.get(meta);
  if (known !== undefined) return known;
  const made = meta.columns.filter(({ options }) => options.from !== undefined);
  const keys = made.flatMap((field) =>
    meta.uniques.filter(({ fields }) => fields.includes(field.name)).map(({ fields }) => ({ field, names: fields })),
  );
  keysByModel.set(meta, keys);
  return keys;
}

/**
 * Replaces slugs that Gable made for new rows by free ones, where the slug is unique. Reads the table once, and once more if a slug is taken. A row
 * that another process inserts in between still causes an error of the field. Rows of all tenants and deleted rows count.
 */
export async function freeSlugs(context: ExecutionContext, model: ModelClass, rows: readonly RowRecord[]): Promise<void> {
  for (const key of slugKeysOf(model.$meta)) {
    const affected = rows.filter((row) => isMadeSlug(row, key.field.name) && toCacheKey(row, key.names) !== null);
    if (affected.length > 0) await freeSlugsOfKey(context, model, key, affected);
  }
}

async function freeSlugsOfKey(context: ExecutionContext, model: ModelClass, key: SlugKey, rows: readonly RowRecord[]): Promise<void> {
  const used = await readTaken(context, model, key, rows);
  const conflicting: RowRecord[] = [];
  for (const row of rows) {
    const value = toCacheKey(row, key.names);
    if (used.has(value)) conflicting.push(row);
    else used.add(value);
  }
  if (conflicting.length === 0) return;
  const candidates = conflicting.flatMap((row) => listCandidates(row, key));
  for (const value of await readTaken(context, model, key, candidates)) used.add(value);
  const { name } = key.field;
  for (const row of conflicting) {
    const free = listCandidates(row, key).find((candidate) => !used.has(toCacheKey(candidate, key.names)));
    row[name] = free?.[name] ?? withSuffix(row, key.field, createShortId(6));
    used.add(toCacheKey(row, key.names));
  }
}

function listCandidates(row: Values, { field }: SlugKey): Values[] {
  return Array.from({ length: numberMax - 1 }, (_, index) => ({ ...row, [field.name]: withSuffix(row, field, String(index + 2)) }));
}

function withSuffix(row: Values, { name, options }: FieldMeta, suffix: string): string {
  const max = typeof options.max === "number" ? options.max : 50;
  return `${String(row[name])
    .slice(0, Math.max(0, max - suffix.length - 1))
    .replace(/-+$/, "")}-${suffix}`
    .replace(/^-/, "")
    .slice(-max);
}

/** Returns the keys of rows that are taken in the table. */
async function readTaken(
  context: ExecutionContext,
  model: ModelClass,
  { field, names }: SlugKey,
  rows: readonly Values[],
): Promise<Set<ReturnType<typeof toCacheKey>>> {
  const taken = new Set<ReturnType<typeof toCacheKey>>();
  const root: RootSource = { kind: "root", model };
  const columns = names.map((name) => ({ name, node: columnNode(root, model.$meta.fields.get(name)!) }));
  const nodes = columns.map(({ node }) => node);
  for (let start = 0; start < rows.length; start += chunkMax) {
    const where = keysIn(nodes, names, rows.slice(start, start + chunkMax));
    for (const record of await readRecords(context, { ...selectAll(root), columns, where })) {
      // Some databases compare without case: "Tea" takes the place of "tea".
      record[field.name] = String(record[field.name]).toLowerCase();
      taken.add(toCacheKey(record, names));
    }
  }
  return taken;
}
