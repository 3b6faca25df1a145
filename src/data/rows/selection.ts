/** Plain results of several models: `select({ id: true, author: { name: true } })`. Each relation takes one more statement. */
import { describeValue } from "../../errors/option-errors.ts";
import { GableError } from "../../errors/gable-error.ts";
import type { CacheKey } from "./batch.ts";
import { keyOfRelation, toCacheKey } from "./batch.ts";
import { addToList, allRelated, linkRelated } from "./loader.ts";
import type { RowRecord } from "../schema/row.ts";
import type { RelationMeta } from "../schema/model-class.ts";
import type { ModelClass } from "../schema/model-class.ts";
import { assertField } from "../schema/validate-row.ts";
import type { ExecutionContext } from "../run/database-core.ts";
import { readRecords } from "./read-rows.ts";
import type { RootSource, SelectState } from "../tree/node.ts";
import { columnNode, selectAll } from "../tree/node.ts";
import { findRelation } from "./with.ts";

/** The selected names of a model. */
export interface SelectionPlan {
  readonly model: ModelClass;
  /** Names in the order of the result. */
  readonly names: readonly string[];
  readonly nested: ReadonlyMap<string, { readonly relation: RelationMeta; readonly plan: SelectionPlan }>;
}

/** What select() was given. Throws `E_FIELD_UNKNOWN` and `E_RELATION_UNKNOWN`. */
export function readSelection(model: ModelClass, wanted: unknown, path = "select"): SelectionPlan {
  if (typeof wanted !== "object" || wanted === null || Array.isArray(wanted))
    throw new GableError("E_FILTER_VALUE", `${path} got ${describeValue(wanted)}.`, { fix: "Pass an object: { id: true, title: true }." });
  const nested = new Map<string, { relation: RelationMeta; plan: SelectionPlan }>();
  const names: string[] = [];
  for (const [name, part] of Object.entries(wanted)) {
    names.push(name);
    if (part === true) assertField(model, name);
    else {
      const relation = findRelation(model, name, path);
      nested.set(name, { relation, plan: readSelection(relation.target, part, `${path}.${name}`) });
    }
  }
  if (names.length === 0) throw new GableError("E_FILTER_VALUE", `${path} is an empty object.`, { fix: "Name at least one column." });
  return { model, names, nested };
}

/** Returns the columns that a selection needs: the selected ones, and the keys of its relations. */
function listColumns({ model, names, nested }: SelectionPlan): string[] {
  const { primary } = model.$meta;
  const keys = [...nested.values()].flatMap(({ relation }) => (relation.kind === "belongsTo" ? relation.fields : primary));
  return [...new Set([...names.filter((name) => !nested.has(name)), ...keys])];
}

/** Reads a selection. */
export async function readSelected(
  context: ExecutionContext,
  state: SelectState,
  plan: SelectionPlan,
): Promise<Array<Record<string, unknown>>> {
  return (await readWithKeys(context, state, plan)).map(({ output }) => output);
}

interface SelectedRow {
  readonly output: Record<string, unknown>;
  /** The key in the columns that link a row to the one with the relation. */
  readonly link: CacheKey | null;
}

async function readWithKeys(context: ExecutionContext, state: SelectState, plan: SelectionPlan): Promise<SelectedRow[]> {
  const { root } = state;
  const { fields } = plan.model.$meta;
  const columns = listColumns(plan).map((name) => ({ name, node: columnNode(root, fields.get(name)!) }));
  const records = (await readRecords(context, { ...state, columns })) as RowRecord[]; // Only read by name.
  const values = new Map<string, (record: RowRecord) => unknown>();
  for (const [name, { relation, plan: part }] of plan.nested) {
    const found = await readNested(context, plan.model, relation, part, records);
    const isOne = relation.kind === "belongsTo" || relation.kind === "hasOne";
    values.set(name, (record) => {
      const key = keyOfRelation(record, relation, plan.model.$meta.primary);
      return (key === null ? undefined : found.get(key)) ?? (isOne ? null : []);
    });
  }
  const links = state.extra.map(({ name }) => name);
  return records.map((record) => ({
    output: Object.fromEntries(plan.names.map((name) => [name, values.get(name)?.(record) ?? record[name] ?? null])),
    link: links.length === 0 ? null : toCacheKey(record, links),
  }));
}

async function readNested(
  context: ExecutionContext,
  owner: ModelClass,
  relation: RelationMeta,
  plan: SelectionPlan,
  records: readonly RowRecord[],
): Promise<Map<CacheKey, unknown>> {
  const found = new Map<CacheKey, unknown>();
  const keyed = records.filter((record) => keyOfRelation(record, relation, owner.$meta.primary) !== null);
  if (keyed.length === 0) return found;
  const part = allRelated(relation);
  const root: RootSource = part.root;
  const { where, keys, through } = linkRelated(owner, relation, part, keyed);
  const extra = keys.map((node, index) => ({ name: `$key${index}`, node }));
  const rows = await readWithKeys(context, { ...selectAll(root), where, through, extra, order: part.order }, plan);
  const isOne = relation.kind === "belongsTo" || relation.kind === "hasOne";
  for (const { output, link } of rows) {
    if (link === null) continue;
    if (isOne) found.set(link, output);
    else addToList(found, link, output);
  }
  return found;
}
