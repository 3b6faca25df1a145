/** Runs custom SQL statements: returns plain objects, or rows of a model. */
import { GableError } from "../../errors/gable-error.ts";
import type { StatementResult } from "../driver/contract.ts";
import type { DriverValue } from "../schema/driver-value.ts";
import { hydrateRows } from "./hydrate.ts";
import type { RowRecord } from "../schema/row.ts";
import type { ModelClass } from "../schema/model-class.ts";
import type { ExecutionContext } from "../run/database-core.ts";
import { contextOf } from "../run/context.ts";
import { runStatement } from "../run/execute.ts";
import { RuntimeExpression } from "../tree/expression.ts";
import type { Node } from "../tree/node.ts";
import { findPlan } from "../sql/plan.ts";

/** Runs a statement, which may change rows. Returns its result with the column names of the database. */
export async function queryRaw(context: ExecutionContext, statement: unknown): Promise<Array<Record<string, unknown>>> {
  const { rows, names } = await run(context, statement);
  return rows.map((row) => Object.fromEntries(names.map((name, index) => [name, toNumber(row[index]!)])));
}

/** Returns rows of a model from a statement that selects all of its columns; further ones become additional values. */
export async function queryModel(model: ModelClass, statement: unknown): Promise<RowRecord[]> {
  const context = contextOf(model);
  const { dialect, fetchMode } = context.database;
  const { rows, names } = await run(context, statement);
  const { columns, name } = model.$meta;
  const places = columns.map(({ column }) => names.indexOf(column));
  const missing = columns.filter((_field, index) => places[index] === -1).map(({ column }) => column);
  if (missing.length > 0)
    throw new GableError("E_SQL_COLUMNS", `The statement for ${name} does not select: ${missing.join(", ")}.`, {
      fix: "Select all columns of the table.",
    });
  const others = names.map((_name, index) => index).filter((index) => !places.includes(index));
  const further = others.map((index) => names[index]!);
  const plan = {
    sql: "",
    slots: [],
    secrets: [],
    names: [...columns.map((field) => field.name), ...further],
    decoders: [...columns.map((field) => dialect.decoder(field, true)), ...others.map(() => toNumber)],
    readsBigInts: true,
  };
  const ordered = rows.map((row) => [...places, ...others].map((index) => row[index]!));
  return hydrateRows(model, plan, ordered, { context, mode: fetchMode, others: further });
}

/** Returns a whole number as a number if it holds it exactly: custom SQL is read with bigints, so that no value is out of range. */
function toNumber(value: DriverValue): DriverValue {
  return typeof value === "bigint" && Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

async function run(context: ExecutionContext, statement: unknown): Promise<{ rows: StatementResult["rows"]; names: readonly string[] }> {
  const node: Node | undefined = statement instanceof RuntimeExpression ? statement.$node : undefined;
  if (node?.kind !== "sql")
    throw new GableError("E_SQL_PART", "Expected a statement.", {
      fix: "Write it as a tag: sql`SELECT ...`; values in ${} are bound.",
    });
  const { dialect, plans } = context.database;
  const { plan, parameters } = findPlan(dialect, plans, {
    walk: (walk) => {
      walk.token("raw ");
      walk.node(node);
    },
    write: (writer) => ({ text: writer.raw(node), columns: [] }),
  });
  const { rows, names = [] } = await runStatement(
    context,
    { sql: plan.sql, parameters, rows: "arrays", wantsNames: true, readsBigInts: true },
    changesRows(plan.sql),
  );
  return { rows, names };
}

/** Whether a statement may change rows. A statement that starts like a query only reads, and does not wait for the write lock. */
export function changesRows(text: string): boolean {
  return !/^\s*(?:select|with|values|explain|show)\b/i.test(text) || /\b(?:insert|update|delete|for\s+(?:update|share))\b/i.test(text);
}
