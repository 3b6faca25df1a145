/** Applies operations to a structure. Each returns a new structure and changes nothing in place. */
import { GableError } from "../../../errors/gable-error.ts";
import { suggestName } from "../../../errors/nearest-name.ts";
import { columnsOf, renameInCondition } from "../../schema/condition-columns.ts";
import type { ColumnState, ForeignKeyState, IndexState, State, TableState } from "../../schema/table-state.ts";
import type { Migration, Operation, OperationOf, TableChange } from "./operation.ts";
import { assertFill } from "./fill-value.ts";
import { toTableState, toViewState } from "./table-data.ts";

/** Returns the structure after migrations. Throws `E_MIGRATION_OPERATION` for an operation that does not fit the structure. */
export function replay(migrations: ReadonlyArray<Migration>, start: State = new Map()): State {
  return migrations.reduce((state, { operations }) => applyAll(state, operations), start);
}

/** Returns the structure after operations. */
export function applyAll(state: State, operations: readonly Operation[]): State {
  return operations.reduce(applyOperation, state);
}

/** Returns the structure after an operation. Throws `E_MIGRATION_OPERATION` if it does not fit the structure. */
export function applyOperation(state: State, operation: Operation): State {
  switch (operation.kind) {
    case "createTable":
      if (state.has(operation.table)) throw exists(operation, `the table "${operation.table}"`);
      return withTable(state, operation.table, checkTable(operation, operation.table, toTableState(operation.data)));
    case "dropTable":
      return dropTable(state, operation);
    case "renameTable":
      return renameTable(state, operation);
    case "createView":
      if (state.has(operation.view)) throw exists(operation, `"${operation.view}"`);
      return withTable(state, operation.view, checkTable(operation, operation.view, toViewState(operation.data)));
    case "dropView":
      return dropView(state, operation);
    case "createExtension":
    case "sql":
    case "run":
    case "databaseOnly":
      return state;
    case "stateOnly":
      return applyAll(state, operation.operations);
    case "assured":
      return applyOperation(state, operation.operation);
    case "renameColumn":
      return renameColumn(state, operation);
    default: {
      const table = changeTable(operation, tableOf(state, operation, operation.table));
      return withTable(state, operation.table, checkTable(operation, operation.table, table));
    }
  }
}

function dropTable(state: State, operation: OperationOf<"dropTable">): State {
  tableOf(state, operation, operation.table);
  const left = without(state, operation.table);
  for (const [name, { foreignKeys }] of left) {
    const [key] = [...foreignKeys].find(([, { table }]) => table === operation.table) ?? [];
    if (key !== undefined) throw refused(operation, `"${name}" refers to it by "${key}"`, `Drop the foreign key "${key}" first.`);
  }
  return left;
}

function dropView(state: State, operation: OperationOf<"dropView">): State {
  const views = [...state].flatMap(([name, { view }]) => (view === undefined ? [] : [name]));
  if (views.includes(operation.view)) return without(state, operation.view);
  throw refused(
    operation,
    `there is no view "${operation.view}"`,
    suggestName(operation.view, views, "Create it in an earlier migration."),
  );
}

type TableOperation = Extract<Operation, { readonly table: string }>;
type Change = Exclude<TableChange, { kind: "renameColumn" }>;

function withTable(state: State, name: string, table: TableState): State {
  return new Map(state).set(name, table);
}

function tableOf(state: State, operation: TableOperation, name: string): TableState {
  const found = state.get(name);
  if (found?.view !== undefined)
    throw refused(operation, `"${name}" is a view`, "Drop the view, and create it again with its new definition.");
  if (found !== undefined) return found;
  throw refused(operation, `there is no table "${name}"`, suggestName(name, [...state.keys()], "Create it in an earlier migration."));
}

function refused(operation: Operation, what: string, fix: string): GableError {
  const target =
    "view" in operation
      ? `("${operation.view}")`
      : "table" in operation
        ? `("${operation.table}"${"name" in operation ? `, "${operation.name}"` : ""})`
        : "";
  return new GableError("E_MIGRATION_OPERATION", `op.${operation.kind}${target}: ${what}.`, { fix });
}

const exists = (operation: Operation, what: string): GableError =>
  refused(operation, `${what} already exists`, "Choose another name, or leave the operation out.");
const missing = (operation: Operation, what: string): GableError =>
  refused(operation, `there is no ${what}`, "Correct the name, or the order of the migrations.");

/** Returns a map with another entry, or without one. Entries keep their order. */
function replaced<Value>(map: ReadonlyMap<string, Value>, name: string, to: string, value: Value): Map<string, Value> {
  return new Map([...map].map(([key, each]) => (key === name ? [to, value] : [key, each])));
}

function without<Value>(map: ReadonlyMap<string, Value>, name: string): Map<string, Value> {
  return new Map([...map].filter(([key]) => key !== name));
}

function changeTable(operation: Change, table: TableState): TableState {
  const { kind } = operation;
  switch (kind) {
    case "addColumn":
      if (table.columns.has(operation.name)) throw exists(operation, "the column");
      return { ...table, columns: new Map(table.columns).set(operation.name, operation.column) };
    case "dropColumn":
      return dropColumn(operation, table);
    case "alterColumn":
      if (!table.columns.has(operation.name)) throw missing(operation, "such column");
      return { ...table, columns: replaced(table.columns, operation.name, operation.name, operation.column) };
    case "alterPrimary":
      return { ...table, primary: operation.columns };
    case "setSearch":
      return { ...table, search: operation.columns };
    case "validateConstraint":
      if (!hasConstraint(table, operation.name)) throw missing(operation, "such constraint");
      return table;
    case "setComment": {
      if (operation.column === undefined) return { ...table, comment: operation.text };
      const { comment: _comment, ...column } = table.columns.get(operation.column) ?? {};
      if (!("type" in column)) throw missing(operation, `column "${operation.column}"`);
      // The value was a column before its comment was removed.
      const commented = { ...column, ...(operation.text !== "" && { comment: operation.text }) } as ColumnState;
      return { ...table, columns: replaced(table.columns, operation.column, operation.column, commented) };
    }
    default:
      return changeConstraint(operation, table);
  }
}

function dropColumn(operation: OperationOf<"dropColumn">, table: TableState): TableState {
  const { name, fill } = operation;
  const column = table.columns.get(name);
  if (column === undefined) throw missing(operation, "such column");
  assertFill(`op.dropColumn("${operation.table}", "${name}")`, column, fill);
  const used =
    table.primary.includes(name) ||
    table.search.includes(name) ||
    [...table.uniques.values(), ...table.indexes.values()].some((key) => keyColumns(key).includes(name)) ||
    [...table.checks.values()].some((condition) => columnsOf(condition).includes(name)) ||
    [...table.foreignKeys.values()].some(({ columns }) => columns.includes(name));
  if (used) throw refused(operation, "a key, an index or a check uses the column", "Drop that first.");
  return { ...table, columns: without(table.columns, name) };
}

function changeConstraint(
  operation: Exclude<
    Change,
    { kind: "addColumn" | "dropColumn" | "alterColumn" | "alterPrimary" | "setComment" | "setSearch" | "validateConstraint" }
  >,
  table: TableState,
): TableState {
  const { name } = operation;
  const add = (): void => {
    if ([table.uniques, table.indexes, table.checks, table.foreignKeys].some((map) => map.has(name)))
      throw exists(operation, "a constraint or an index of this name");
  };
  switch (operation.kind) {
    case "addIndex":
      add();
      return { ...table, indexes: new Map(table.indexes).set(name, operation.key) };
    case "addUnique":
      add();
      return { ...table, uniques: new Map(table.uniques).set(name, operation.key) };
    case "addCheck":
      add();
      return { ...table, checks: new Map(table.checks).set(name, operation.condition) };
    case "addForeignKey":
      add();
      return { ...table, foreignKeys: new Map(table.foreignKeys).set(name, operation.foreignKey) };
    case "dropIndex":
      if (!table.indexes.has(name)) throw missing(operation, "such index");
      return { ...table, indexes: without(table.indexes, name) };
    case "renameIndex": {
      const key = table.indexes.get(name);
      if (key === undefined) throw missing(operation, "such index");
      return { ...table, indexes: replaced(table.indexes, name, operation.to, key) };
    }
    case "dropConstraint":
      if (!hasConstraint(table, name)) throw missing(operation, "such constraint");
      return {
        ...table,
        uniques: without(table.uniques, name),
        checks: without(table.checks, name),
        foreignKeys: without(table.foreignKeys, name),
      };
    case "renameConstraint": {
      if (!hasConstraint(table, name)) throw missing(operation, "such constraint");
      const rename = <Value>(map: ReadonlyMap<string, Value>): Map<string, Value> =>
        new Map([...map].map(([key, value]) => [key === name ? operation.to : key, value]));
      return { ...table, uniques: rename(table.uniques), checks: rename(table.checks), foreignKeys: rename(table.foreignKeys) };
    }
  }
}

function hasConstraint({ uniques, checks, foreignKeys }: TableState, name: string): boolean {
  return uniques.has(name) || checks.has(name) || foreignKeys.has(name);
}

/** Returns all columns that a key uses. */
export function keyColumns({ columns, where, expression, include = [] }: IndexState): string[] {
  return [...columns, ...include, ...[where, expression].flatMap((data) => (data === undefined ? [] : columnsOf(data)))];
}

/** Throws if a table refers to columns that it does not have. */
function checkTable(operation: Operation, name: string, table: TableState): TableState {
  const used = [
    ...table.primary,
    ...table.search,
    ...[...table.uniques.values(), ...table.indexes.values()].flatMap(keyColumns),
    ...[...table.checks.values()].flatMap(columnsOf),
    ...[...table.foreignKeys.values()].flatMap(({ columns }) => columns),
  ];
  const unknown = used.find((column) => !table.columns.has(column));
  if (unknown === undefined) return table;
  throw refused(
    operation,
    `"${name}" has no column "${unknown}"`,
    suggestName(unknown, [...table.columns.keys()], "Add the column first."),
  );
}

function renameTable(state: State, operation: OperationOf<"renameTable">): State {
  const { table: from, to } = operation;
  tableOf(state, operation, from);
  if (state.has(to)) throw exists(operation, `the table "${to}"`);
  const entries = [...state].map(([name, table]): [string, TableState] => {
    const foreignKeys = new Map(
      [...table.foreignKeys].map(([key, foreign]) => [key, foreign.table === from ? { ...foreign, table: to } : foreign]),
    );
    return [name === from ? to : name, { ...table, foreignKeys }];
  });
  return new Map(entries);
}

function renameColumn(state: State, operation: OperationOf<"renameColumn">): State {
  const { table: name, name: from, to } = operation;
  const found = tableOf(state, operation, name);
  const column = found.columns.get(from);
  if (column === undefined) throw missing(operation, "such column");
  if (found.columns.has(to)) throw exists(operation, `the column "${to}"`);
  const list = (columns: readonly string[]): string[] => columns.map((each) => (each === from ? to : each));
  const key = ({ columns, where, expression, desc, include, ...rest }: IndexState): IndexState => ({
    ...rest,
    columns: list(columns),
    ...(where !== undefined && { where: renameInCondition(where, from, to) }),
    ...(expression !== undefined && { expression: renameInCondition(expression, from, to) }),
    ...(desc !== undefined && { desc: list(desc) }),
    ...(include !== undefined && { include: list(include) }),
  });
  const map = <Value>(values: ReadonlyMap<string, Value>, change: (value: Value) => Value): Map<string, Value> =>
    new Map([...values].map(([each, value]) => [each, change(value)]));
  const renamed: TableState = {
    ...found,
    columns: replaced(found.columns, from, to, column),
    primary: list(found.primary),
    search: list(found.search),
    uniques: map(found.uniques, key),
    indexes: map(found.indexes, key),
    checks: map(found.checks, (condition) => renameInCondition(condition, from, to)),
    foreignKeys: map(found.foreignKeys, (foreign) => ({ ...foreign, columns: list(foreign.columns) })),
  };
  const reference = (foreign: ForeignKeyState): ForeignKeyState =>
    foreign.table === name ? { ...foreign, references: list(foreign.references) } : foreign;
  return new Map(
    [...state].map(([each, table]) => {
      const next = each === name ? renamed : table;
      return [each, { ...next, foreignKeys: map(next.foreignKeys, reference) }];
    }),
  );
}
