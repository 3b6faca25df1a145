/** Reads columns that `only()` left out, for all rows of a result. */
import { GableError } from "../../errors/gable-error.ts";
import type { DriverValue } from "../schema/driver-value.ts";
import { readRaw } from "../run/execute.ts";
import type { RootSource, SelectState } from "../tree/node.ts";
import { columnNode, selectAll } from "../tree/node.ts";
import type { StatementPlan } from "../sql/plan.ts";
import type { FieldMeta, ModelMeta } from "../schema/model-class.ts";
import { assertField } from "../schema/validate-row.ts";
import { batchOf, toCacheKey } from "./batch.ts";
import { setColumn } from "./deferred.ts";
import { homeOf } from "./home.ts";
import { keysIn, listPeers, sliceKeys } from "./loader.ts";
import type { RowRecord } from "../schema/row.ts";
import { Row } from "../schema/row.ts";

/** Reads columns that a row lacks, for all rows of its result that lack them. Throws `E_ROW_MISSING`. */
export async function loadColumns(row: RowRecord, names: readonly string[]): Promise<void> {
  const model = Row.modelOf(row);
  const { $meta: meta } = model;
  const fields = names.map((name) => assertField(model, name));
  const lacks = (each: RowRecord): boolean => fields.some(({ name }) => !Object.hasOwn(each, name));
  if (!lacks(row)) return;
  const batch = batchOf(row);
  const peers = batch === undefined || batch.mode === "one" ? [row] : listPeers(batch, [row]);
  const wanted = new Map(peers.filter(lacks).map((each) => [toCacheKey(each, meta.primary)!, each]));
  const root: RootSource = { kind: "root", model };
  const keys = meta.primary.map((name) => meta.fields.get(name)!);
  const read = meta.columns.filter((field) => fields.includes(field) || keys.includes(field));
  const nodes = keys.map((field) => columnNode(root, field));
  for (const some of sliceKeys([...wanted.values()], keys.length)) {
    const state: SelectState = { ...selectAll(root), fields: read, where: keysIn(nodes, meta.primary, some) };
    const { plan, rows } = await readRaw(homeOf(row), state);
    for (const values of rows) fill(wanted, meta, { plan, fields: read }, values);
  }
  if (lacks(row)) throw new GableError("E_ROW_MISSING", `There is no such ${meta.label} any more.`);
}

/** Gives a row the columns that it lacks. Columns that it has, or that were set since, stay unchanged. */
function fill(
  rows: ReadonlyMap<unknown, RowRecord>,
  meta: ModelMeta,
  { plan, fields }: { readonly plan: StatementPlan; readonly fields: readonly FieldMeta[] },
  values: readonly DriverValue[],
): void {
  const record: Record<string, unknown> = {};
  fields.forEach(({ name }, index) => (record[name] = plan.decoders[index]?.(values[index]!) ?? values[index]));
  const row = rows.get(toCacheKey(record, meta.primary));
  if (row === undefined) return;
  const stored = [...(Row.storedOf(row) ?? [])];
  for (const [index, field] of fields.entries()) {
    if (!Object.hasOwn(row, field.name)) setColumn(row, field.name, record[field.name]);
    stored[meta.columns.indexOf(field)] ??= values[index];
  }
  Row.setStored(row, stored);
}
