/** Values that rows need during a rollback. They come from the person who rolls back, and are never invented. */
import { GableError } from "../../../errors/gable-error.ts";
import { suggestName } from "../../../errors/nearest-name.ts";
import type { State, ValueData } from "../../schema/table-state.ts";
import { applyOperation } from "./apply.ts";
import type { Operation, OperationOf } from "./operation.ts";
import { needsValue, op } from "./operation.ts";

/** Returns the operations, with values for the columns that need one. */
export function fillOperations(from: State, operations: readonly Operation[], fills: Readonly<Record<string, ValueData>>): Operation[] {
  let state = from;
  return operations.map((operation) => {
    const column = findNeedy(state, operation);
    state = applyOperation(state, operation);
    const subject = column === undefined ? "" : subjectOf(column);
    return column === undefined || !Object.hasOwn(fills, subject) ? operation : withFill(column, fills[subject]!);
  });
}

/** Returns the columns that need a value, as `"books.isbn"`. */
export function listNeeded(from: State, operations: readonly Operation[]): string[] {
  let state = from;
  return operations.flatMap((operation) => {
    const column = findNeedy(state, operation);
    state = applyOperation(state, operation);
    return column === undefined ? [] : [subjectOf(column)];
  });
}

/** Throws `E_MIGRATION_ANSWER` for a value that no column needs. */
export function assertNeeded(fills: Readonly<Record<string, ValueData>>, needed: readonly string[]): void {
  for (const subject of Object.keys(fills))
    if (!needed.includes(subject))
      throw new GableError("E_MIGRATION_ANSWER", `rollback() got fills for "${subject}", which needs no value in this rollback.`, {
        fix: suggestName(subject, needed, "Leave it out."),
      });
}

type ColumnOperation = OperationOf<"addColumn" | "alterColumn">;

const subjectOf = ({ table, name }: ColumnOperation): string => `${table}.${name}`;

function findNeedy(state: State, operation: Operation): ColumnOperation | undefined {
  if (operation.kind !== "addColumn" && operation.kind !== "alterColumn") return undefined;
  // Values of the person who rolls back count more than those of the file, which cannot change any more.
  const { fill: _fill, ...plain } = operation;
  return needsValue(plain, state.get(operation.table)?.columns.get(operation.name)) ? operation : undefined;
}

function withFill(operation: ColumnOperation, fill: ValueData): Operation {
  const { table, name, column } = operation;
  return operation.kind === "addColumn"
    ? op.addColumn(table, name, column, { fill })
    : op.alterColumn(table, name, column, { from: operation.from, fill });
}
