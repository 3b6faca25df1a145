/** Gives new rows slugs that are free: `tea`, then `tea-2`, `tea-3`. */
import { GableError } from "../../errors/gable-error.ts";
import { contextOf } from "../run/context.ts";
import type { ExecutionContext } from "../run/database-core.ts";
import { transaction } from "../run/transaction.ts";
import type { FieldMeta, ModelClass, ModelMeta } from "../schema/model-class.ts";
import type { RowRecord } from "../schema/row.ts";
import { Row } from "../schema/row.ts";
import { createShortId, isMadeSlug, noteMadeSlug } from "../schema/slug.ts";
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
 * that others insert in between takes the slug nevertheless. Rows of all tenants and deleted rows count.
 */
export async function freeSlugs(
  context: ExecutionContext,
  model: ModelClass,
  rows: readonly RowRecord[],
  isFree: (row: RowRecord, field: FieldMeta) => boolean = () => true,
): Promise<void> {
  for (const key of slugKeysOf(model.$meta)) {
    const isAffected = (row: RowRecord): boolean => isMadeSlug(row, key.field.name) && toCacheKey(row, key.names) !== null;
    const affected = rows.filter((row) => isAffected(row) && isFree(row, key.field));
    if (affected.length > 0) await freeSlugsOfKey(context, model, key, affected);
  }
}

/** How often a row is inserted whose made slug others take at the same time. */
const insertsMax = 4;

/** Inserts a row with free slugs, and with others if somebody takes one of them before. In a transaction, each attempt is a savepoint. */
export async function insertWithFreeSlugs(
  context: ExecutionContext,
  model: ModelClass,
  row: RowRecord,
  insert: (context: ExecutionContext) => Promise<void>,
): Promise<void> {
  const made = slugKeysOf(model.$meta).flatMap(({ field }) =>
    isMadeSlug(row, field.name) ? [{ field, slug: String(row[field.name]) }] : [],
  );
  if (made.length === 0) return insert(context);
  for (let attempt = 1; ; attempt++) {
    await freeSlugs(context, model, [row]);
    try {
      return await (context.transaction === undefined
        ? insert(context)
        : transaction(() => insert(contextOf(model)), { database: { $core: context.database } }));
    } catch (error) {
      if (attempt === insertsMax || !made.some(({ field }) => isTaken(error, field))) throw error;
      // An older snapshot would give the same number again.
      const suffix = attempt > 1 ? createShortId(6) : "";
      for (const { field, slug } of made) {
        row[field.name] = suffix === "" ? slug : withSuffix({ ...row, [field.name]: slug }, field, suffix);
        noteMadeSlug(row, field.name, String(row[field.name]));
      }
    }
  }
}

/** Whether the database refused a row because a unique key with the field is taken. */
function isTaken(error: unknown, { name }: FieldMeta): boolean {
  if (!(error instanceof GableError) || error.details["kind"] !== "unique") return false;
  return Object.hasOwn(error.details["errors"] ?? {}, name);
}

/** Whether a row has values for a unique key without the field, or its own primary key. */
export function hasOtherKey(row: RowRecord, { name }: FieldMeta): boolean {
  const { primary, uniques } = Row.modelOf(row).$meta;
  const keys = [primary, ...uniques.map(({ fields }) => fields)];
  return keys.some((fields) => !fields.includes(name) && fields.every((each) => (row[each] ?? null) !== null));
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
    noteMadeSlug(row, name, String(row[name]));
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
