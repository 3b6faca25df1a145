/** Finds the operations that undo others, and describes operations in sentences. */
import { GableError } from "../../../errors/gable-error.ts";
import type { State, TableState } from "../../schema/table-state.ts";
import { applyOperation } from "./apply.ts";
import type { Operation, OperationOf, TableChange } from "./operation.ts";
import { op, undoDatabaseOnly } from "./operation.ts";
import { toTableData, toViewData } from "./table-data.ts";

/** Returns the operations that undo a list of operations, last first. Throws `E_MIGRATION_IRREVERSIBLE` if one cannot be undone. */
export function invertAll(before: State, operations: readonly Operation[]): Operation[] {
  let state = before;
  const inverses: Operation[][] = [];
  for (const operation of operations) {
    inverses.unshift(invert(state, operation));
    state = applyOperation(state, operation);
  }
  return inverses.flat();
}

function invert(before: State, operation: Operation): Operation[] {
  switch (operation.kind) {
    case "createTable":
      return [op.dropTable(operation.table)];
    case "dropTable":
      return [op.createTable(operation.table, toTableData(before.get(operation.table)!))];
    case "renameTable":
      return [op.renameTable(operation.to, operation.table)];
    case "createView":
      return [op.dropView(operation.view)];
    case "dropView":
      return [op.createView(operation.view, toViewData(before.get(operation.view)!)!)];
    case "createExtension":
    case "validateConstraint":
      return [];
    case "sql":
      if (operation.down === undefined) throw irreversible("a custom statement without down");
      return [op.sql(operation.down, { down: operation.up })];
    case "run":
      return invertRun(operation);
    case "stateOnly":
      return [op.stateOnly(...invertAll(before, operation.operations))];
    case "databaseOnly":
      return [undoDatabaseOnly(invertAll(before, operation.operations), operation.operations)];
    case "assured":
      return invert(before, operation.operation);
    default:
      return [invertChange(before.get(operation.table)!, operation)];
  }
}

function invertRun({ step }: OperationOf<"run">): Operation[] {
  if (step.down === undefined) throw irreversible(`the step "${step.name}" without down`);
  if (step.down === "nothing") return [];
  return [op.run({ ...step, up: step.down, down: step.up })];
}

function irreversible(what: string): GableError {
  return new GableError("E_MIGRATION_IRREVERSIBLE", `This migration cannot be undone: it has ${what}.`);
}

function invertChange(table: TableState, operation: Exclude<TableChange, { kind: "validateConstraint" }>): Operation {
  const { kind, table: name } = operation;
  switch (kind) {
    case "addColumn":
      return op.dropColumn(name, operation.name);
    case "dropColumn": {
      const { fill } = operation;
      return op.addColumn(name, operation.name, table.columns.get(operation.name)!, fill === undefined ? {} : { fill });
    }
    case "renameColumn":
      return op.renameColumn(name, operation.to, operation.name);
    case "alterColumn":
      return op.alterColumn(name, operation.name, table.columns.get(operation.name)!, { from: operation.column });
    case "alterPrimary":
      return op.alterPrimary(name, table.primary);
    case "addIndex":
      return op.dropIndex(name, operation.name);
    case "dropIndex": {
      const { columns, ...options } = table.indexes.get(operation.name)!;
      return op.addIndex(name, operation.name, columns, options);
    }
    case "renameIndex":
      return op.renameIndex(name, operation.to, operation.name);
    case "addUnique":
    case "addCheck":
    case "addForeignKey":
      return op.dropConstraint(name, operation.name);
    case "dropConstraint":
      return restoreConstraint(name, operation.name, table);
    case "renameConstraint":
      return op.renameConstraint(name, operation.to, operation.name);
    case "setSearch":
      return op.setSearch(name, table.search);
    case "setComment": {
      const before = operation.column === undefined ? table.comment : (table.columns.get(operation.column)!.comment ?? "");
      return op.setComment(name, operation.column, before);
    }
  }
}

function restoreConstraint(table: string, name: string, { uniques, checks, foreignKeys }: TableState): Operation {
  const unique = uniques.get(name);
  if (unique !== undefined) {
    const { columns, ...options } = unique;
    return op.addUnique(table, name, columns, options);
  }
  const check = checks.get(name);
  if (check !== undefined) return op.addCheck(table, name, check);
  const { columns, ...to } = foreignKeys.get(name)!;
  return op.addForeignKey(table, name, columns, to);
}

/** Describes an operation in a sentence. */
export function describeOperation(operation: Operation): string {
  switch (operation.kind) {
    case "createTable":
      return `Create the table "${operation.table}"`;
    case "dropTable":
      return `Drop the table "${operation.table}" with its rows`;
    case "renameTable":
      return `Rename the table "${operation.table}" to "${operation.to}"`;
    case "addColumn":
      return `Add the column "${operation.name}" to "${operation.table}"`;
    case "dropColumn":
      return `Drop the column "${operation.name}" of "${operation.table}" with its values`;
    case "renameColumn":
      return `Rename the column "${operation.name}" of "${operation.table}" to "${operation.to}"`;
    case "alterColumn":
      return `Change the column "${operation.name}" of "${operation.table}"`;
    case "alterPrimary":
      return `Change the primary key of "${operation.table}" to ${operation.columns.join(", ")}`;
    case "setSearch":
      return operation.columns.length === 0
        ? `Drop the full-text index of "${operation.table}"`
        : `Create a full-text index on ${operation.columns.join(", ")} of "${operation.table}"`;
    case "createView":
      return `Create the view "${operation.view}"`;
    case "dropView":
      return `Drop the view "${operation.view}"`;
    case "createExtension":
      return `Create the extension "${operation.name}"`;
    case "sql":
      return "Run custom statements";
    case "run":
      return `Run the step "${operation.step.name}"`;
    case "setComment":
      return `Comment on "${operation.table}"${operation.column === undefined ? "" : `, column "${operation.column}"`}`;
    case "stateOnly":
      return `Without the database: ${operation.operations.map(describeOperation).join("; ")}`;
    case "databaseOnly":
      return `In the database only: ${operation.operations.map(describeOperation).join("; ")}`;
    case "assured":
      return describeOperation(operation.operation);
    default:
      return describeKey(operation);
  }
}

const keyWords = {
  addIndex: "Add the index",
  dropIndex: "Drop the index",
  renameIndex: "Rename the index",
  addUnique: "Add the unique key",
  addCheck: "Add the check",
  addForeignKey: "Add the foreign key",
  dropConstraint: "Drop the constraint",
  renameConstraint: "Rename the constraint",
  validateConstraint: "Validate the constraint",
} as const;

function describeKey(operation: OperationOf<keyof typeof keyWords>): string {
  const to = "to" in operation ? ` to "${operation.to}"` : "";
  return `${keyWords[operation.kind]} "${operation.name}" of "${operation.table}"${to}`;
}
