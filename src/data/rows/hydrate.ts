/** Turns values of the database into rows of a model. */
import type { DriverValue } from "../schema/driver-value.ts";
import type { StatementPlan } from "../sql/plan.ts";
import type { FieldMeta } from "../schema/model-class.ts";
import type { ModelClass } from "../schema/model-class.ts";
import { rowClassOf } from "../schema/model-class.ts";
import type { ExecutionContext, FetchMode } from "../run/database-core.ts";
import { publishRows } from "../run/events.ts";
import { Batch } from "./batch.ts";
import { deferredClass, spreadStored } from "./deferred.ts";
import type { OutputColumn } from "../tree/node.ts";
import type { RowRecord } from "../schema/row.ts";
import { Row } from "../schema/row.ts";

/** Source of the rows. */
interface HydrateOptions {
  readonly context: ExecutionContext;
  readonly mode: FetchMode;
  /** The columns of the model that were read. By default all. */
  readonly fields?: readonly FieldMeta[] | undefined;
  /** Values that the query reads besides the columns, if rows keep them as additional values. None by default. */
  readonly extra?: readonly OutputColumn[];
  /** Names of additional values of custom SQL. None by default. */
  readonly others?: readonly string[];
}

/** Creates rows of a model, in one batch. Further columns become additional values, unless they are hidden. */
export function hydrateRows(
  model: ModelClass,
  plan: StatementPlan,
  rows: ReadonlyArray<readonly DriverValue[]>,
  { context, mode, fields, extra = [], others = [] }: HydrateOptions,
): RowRecord[] {
  const { names, decoders } = plan;
  const instances: RowRecord[] = [];
  const batch = new Batch(context, instances, mode);
  const Class = fields === undefined ? rowClassOf(model) : deferredClass(model, fields);
  const spread = fields === undefined ? undefined : spreadStored(model.$meta, fields);
  // Names that start with $ are internal columns; they come last.
  const count = names.findIndex((name) => name.startsWith("$"));
  const columns = count === -1 ? names.length : count;
  const shown = extra.filter(({ name, node }) => !name.startsWith("$") && node.type?.isSecret !== true).map(({ name }) => name);
  const added = [...shown, ...others];
  for (const values of rows) {
    const instance = new Class() as RowRecord; // Its columns are set here.
    for (let index = 0; index < columns; index++) {
      const decode = decoders[index];
      const value = values[index]!;
      instance[names[index]!] = decode === undefined ? value : decode(value);
    }
    Row.setStored(instance, spread === undefined ? values : spread(values));
    if (added.length > 0) Row.setAdded(instance, added);
    Row.setBatch(instance, batch);
    instances.push(instance);
  }
  publishRows(model.$meta.name, instances);
  return instances;
}

/** Creates plain objects. */
export function toRecords(plan: StatementPlan, rows: ReadonlyArray<readonly DriverValue[]>): Array<Record<string, unknown>> {
  const { names, decoders } = plan;
  return rows.map((values) => {
    const record: Record<string, unknown> = {};
    for (let index = 0; index < names.length; index++) {
      const decode = decoders[index];
      const value = values[index]!;
      record[names[index]!] = decode === undefined ? value : decode(value);
    }
    return record;
  });
}
