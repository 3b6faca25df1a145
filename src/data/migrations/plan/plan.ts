/** The steps of operations on one kind of database. */
import type { State } from "../../schema/table-state.ts";
import type { Operation } from "../state/operation.ts";
import { describeColumn } from "../state/conversion.ts";
import { planMariadb } from "../../sql/mariadb/plan.ts";
import { planPostgres } from "../../sql/postgres/plan.ts";
import { planSqlite } from "../../sql/sqlite/plan.ts";
import type { PlannedStep, RowCheck, Step } from "./step.ts";
import type { TableWriter } from "../../sql/table-writer.ts";

/** The steps of operations, from a structure on. */
export function planSteps(writer: TableWriter, before: State, operations: readonly Operation[]): PlannedStep[] {
  const plan = { sqlite: planSqlite, postgres: planPostgres, mariadb: planMariadb, mysql: planMariadb }[writer.dialect.name];
  return plan(writer, before, operations);
}

/** The SQL of a step, for people. */
export function writeStep(writer: TableWriter, step: Step): string[] {
  switch (step.kind) {
    case "sql":
    case "index":
      return [step.sql];
    case "repeat":
      return [`${step.sql} -- repeated until nothing is left`];
    case "check":
      return [`-- ${describeCheck(step.check)}`];
    case "alter":
      return [`ALTER TABLE ${writer.quote(step.table)} ${step.changes}`];
    case "rebuild":
      return [...step.rebuild.copy, ...step.rebuild.replace];
    case "run":
      return [`-- the data step "${step.step.name}"`];
  }
}

/** What rows must be like, as a comment. */
function describeCheck(check: RowCheck): string {
  const subject = `"${check.table}.${check.column}"`;
  if (check.rule === "values")
    return `stops unless every value of ${subject} fits: ${describeColumn(check.before)} becomes ${describeColumn(check.after)}`;
  return check.rule === "present"
    ? `stops where ${subject} has no value`
    : `stops where "${check.table}" has rows: ${subject} would need a value`;
}
