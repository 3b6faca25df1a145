/** Writes the steps of a plan as SQL that people can read. */
import { describeColumn } from "../state/conversion.ts";
import type { RowCheck, Step } from "./step.ts";
import type { TableWriter } from "../../sql/table-writer.ts";

/** Returns the SQL of a step for people to read. */
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

/** Describes a row check as an SQL comment. */
function describeCheck(check: RowCheck): string {
  const subject = `"${check.table}.${check.column}"`;
  if (check.rule === "values")
    return `stops unless every value of ${subject} fits: ${describeColumn(check.before)} becomes ${describeColumn(check.after)}`;
  return check.rule === "present"
    ? `stops where ${subject} has no value`
    : `stops where "${check.table}" has rows: ${subject} would need a value`;
}
