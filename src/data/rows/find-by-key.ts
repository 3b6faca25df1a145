/** Finds a row by its key: the most frequent query has its plan ready, and creates no query object. */
import { hydrateRows } from "./hydrate.ts";
import type { RowRecord } from "../schema/row.ts";
import type { ModelClass } from "../schema/model-class.ts";
import type { DatabaseCore } from "../run/database-core.ts";
import { contextOf } from "../run/context.ts";
import type { Eventual } from "../schema/eventual.ts";
import { after } from "../schema/eventual.ts";
import { runStatement } from "../run/execute.ts";
import { onlyLive } from "../tree/live-rows.ts";
import { literal } from "../tree/literal.ts";
import type { RootSource, ValueNode } from "../tree/node.ts";
import type { ValueType } from "../tree/value-type.ts";
import { columnNode, selectAll } from "../tree/node.ts";
import { compare } from "../tree/conditions.ts";
import type { StatementPlan } from "../sql/plan.ts";
import { createSelectPlan } from "../sql/plan.ts";

/** A plan for the key of a model, with the type of the key. */
interface KeyPlan {
  readonly plan: StatementPlan;
  readonly type: ValueType;
  /** Name for messages: `Book key`. */
  readonly where: string;
}

const keyPlans = new WeakMap<DatabaseCore, Map<ModelClass, KeyPlan>>();

/** Returns the row with a key of one field; undefined if there is none. Throws `E_FILTER_VALUE` and `E_FILTER_UNDEFINED`. */
export function findByKey(model: ModelClass, key: unknown): Eventual<RowRecord | undefined> {
  const context = contextOf(model);
  const { database } = context;
  const { plan, type, where } = keyPlans.get(database)?.get(model) ?? createKeyPlan(database, model);
  const { value, type: own } = literal(key, type, where);
  // Not a whole number: no row can match, and the plan needs another type.
  if (own !== type || value === null) return undefined;
  const parameters = [database.dialect.encode(value, type)];
  const statement = { sql: plan.sql, parameters, rows: "arrays", readsBigInts: plan.readsBigInts, isOneRow: true } as const;
  return after(runStatement(context, statement, false), ({ rows }) =>
    rows.length === 0 ? undefined : hydrateRows(model, plan, rows, { context, mode: database.fetchMode })[0],
  );
}

function createKeyPlan(database: DatabaseCore, model: ModelClass): KeyPlan {
  const { primary, fields, name } = model.$meta;
  const type = fields.get(primary[0]!)!;
  const root: RootSource = { kind: "root", model };
  // Any value of the right type will do: the plan does not contain it.
  const any: ValueNode = { kind: "value", value: 0, type, isNullable: false };
  const made = {
    plan: createSelectPlan(database.dialect, onlyLive({ ...selectAll(root), where: compare("eq", columnNode(root, type), any) })),
    type,
    where: `${name} key`,
  };
  const known = keyPlans.get(database) ?? new Map<ModelClass, KeyPlan>();
  keyPlans.set(database, known.set(model, made));
  return made;
}
