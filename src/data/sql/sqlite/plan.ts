/** Plans migration operations on SQLite: copies tables with their rows for changes that it cannot make in place. */
import type { ColumnState, State, TableState } from "../../schema/table-state.ts";
import { findCountedColumn } from "../../schema/table-state.ts";
import { applyOperation } from "../../migrations/state/apply.ts";
import type { Operation, OperationOf, TableChange } from "../../migrations/state/operation.ts";
import { op } from "../../migrations/state/operation.ts";
import type { PlainOperation } from "../../migrations/plan/step-plan.ts";
import { StepPlan } from "../../migrations/plan/step-plan.ts";
import type { PlannedStep, Step } from "../../migrations/plan/step.ts";
import { chooseSql, joined } from "../../migrations/plan/step.ts";
import { toTableData, toTableState, toViewState } from "../../migrations/state/table-data.ts";
import type { TableWriter } from "../table-writer.ts";
import { isKeyAlone } from "../table-writer.ts";

/** Plans the steps of operations. */
export function planSqlite(writer: TableWriter, before: State, operations: readonly Operation[]): PlannedStep[] {
  return new SqlitePlan(writer, before).run(foldIntoTables(operations));
}

/** Keys and checks of tables that the same migration creates are part of their definition: SQLite cannot add them later. */
function foldIntoTables(operations: readonly Operation[]): Operation[] {
  const folded: Operation[] = [];
  const places = new Map<string, number>();
  for (const operation of operations) {
    const place = "table" in operation ? places.get(operation.table) : undefined;
    const made = place === undefined ? undefined : folded[place];
    if (made?.kind === "createTable" && foldable.has(operation.kind)) {
      const state = applyOperation(new Map([[made.table, toTableState(made.data)]]), operation);
      folded[place!] = op.createTable(made.table, toTableData(state.get(made.table)!));
      continue;
    }
    // A statement in between may read the table.
    if (!("table" in operation) || operation.kind === "renameTable") places.clear();
    else if (operation.kind === "createTable") places.set(operation.table, folded.length);
    else places.delete(operation.table);
    folded.push(operation);
  }
  return folded;
}

const foldable: ReadonlySet<Operation["kind"]> = new Set<Operation["kind"]>(["addUnique", "addCheck", "addForeignKey", "addIndex"]);

/** A table that waits to be copied: several operations on it need only one copy. */
interface Pending {
  readonly table: string;
  readonly before: TableState;
  readonly operation: Operation;
  /** Where the columns of the new table come from. */
  readonly sources: Map<string, string>;
}

class SqlitePlan extends StepPlan {
  #pending: Pending | undefined;
  /** Steps that follow the copy. */
  readonly #behindPending: PlannedStep[] = [];

  protected override add(operation: PlainOperation, whole: Operation): void {
    if (!this.#touchesSearch(operation)) return this.#addPlain(operation, whole);
    // The search table uses the names of the columns: it is created again after the change.
    this.flush();
    const toSteps = (statements: readonly string[]): PlannedStep[] => statements.map((sql) => ({ operation: whole, step: joined(sql) }));
    this.steps.push(...toSteps(this.writer.dropSearch(operation.table, this.state.get(operation.table)!)));
    if (operation.kind !== "setSearch") this.#addPlain(operation, whole);
    const name = operation.kind === "renameTable" ? operation.to : operation.table;
    const made = toSteps(this.writer.createSearch(name, applyOperation(this.state, operation).get(name)!));
    if (this.#pending === undefined) this.steps.push(...made);
    else this.#behindPending.push(...made);
  }

  #touchesSearch(operation: PlainOperation): operation is OperationOf<"setSearch" | "renameTable" | "renameColumn" | "alterPrimary"> {
    if (operation.kind === "setSearch") return true;
    if (operation.kind !== "renameTable" && operation.kind !== "renameColumn" && operation.kind !== "alterPrimary") return false;
    const { search } = this.state.get(operation.table)!;
    return operation.kind === "renameColumn" ? search.includes(operation.name) : search.length > 0;
  }

  #addPlain(operation: PlainOperation, whole: Operation): void {
    const isOther = !("table" in operation) || operation.table !== this.#pending?.table || separate.has(operation.kind);
    if (isOther) this.flush();
    if (this.#pending !== undefined || this.#needsCopy(operation)) this.#collect(operation as TableChange, whole); // It changes a table.
    else super.add(operation, whole);
  }

  /** Whether SQLite has no statement for the change. */
  #needsCopy(operation: Operation): boolean {
    switch (operation.kind) {
      case "addColumn":
        return operation.column.null !== true || operation.column.default !== undefined || isKeyAlone(this.state.get(operation.table)!);
      case "dropColumn":
      case "alterColumn":
      case "alterPrimary":
      case "addCheck":
      case "addForeignKey":
        return true;
      case "renameColumn": {
        const column = this.state.get(operation.table)!.columns.get(operation.name)!;
        return this.writer.typeCheck(operation.table, operation.name, column) !== undefined;
      }
      case "addUnique":
        return operation.key.where === undefined;
      case "dropConstraint":
      case "renameConstraint":
        return this.state.get(operation.table)!.uniques.get(operation.name)?.where === undefined;
      default:
        return false;
    }
  }

  #collect(operation: TableChange, whole: Operation): void {
    const { table: name } = operation;
    const table = this.state.get(name)!;
    if (operation.kind === "addColumn" || operation.kind === "alterColumn") this.#check(operation, whole, table);
    this.#pending ??= {
      table: name,
      before: table,
      operation: whole,
      sources: new Map([...table.columns.keys()].map((column) => [column, this.quote(column)])),
    };
    const { sources } = this.#pending;
    switch (operation.kind) {
      case "addColumn":
        sources.set(operation.name, this.#valueOfNew(operation, table));
        break;
      case "dropColumn":
        sources.delete(operation.name);
        break;
      case "renameColumn": {
        const source = sources.get(operation.name)!;
        sources.delete(operation.name);
        sources.set(operation.to, source);
        break;
      }
      case "alterColumn":
        sources.set(operation.name, this.#convert(sources.get(operation.name)!, operation, table.columns.get(operation.name)!));
        break;
    }
  }

  /** Checks rows before the table is copied: it must have its old structure then, which the operation refers to. */
  #check(operation: OperationOf<"addColumn" | "alterColumn">, whole: Operation, table: TableState): void {
    const checks = this.checksOf(operation, table);
    if (checks.length === 0) return;
    this.flush();
    this.steps.push(...checks.map((check): PlannedStep => ({ operation: whole, step: { kind: "check", check, place: "joined" } })));
  }

  /** Returns the value that existing rows get in a new column. */
  #valueOfNew({ table: name, name: column, column: definition, fill }: OperationOf<"addColumn">, table: TableState): string {
    if (fill !== undefined) return this.writer.value(fill, definition);
    const after: TableState = { ...table, columns: new Map(table.columns).set(column, definition) };
    return this.writer.defaultOf(name, after, column) ?? "NULL";
  }

  /** Converts a value of the old definition to the new one. */
  #convert(source: string, { column: after, fill }: OperationOf<"alterColumn">, before: ColumnState): string {
    const value = convert(source, before, after);
    const isRequired = before.null === true && after.null !== true && fill !== undefined;
    return isRequired ? `coalesce(${value}, ${this.writer.value(fill, after)})` : value;
  }

  protected override flush(): void {
    if (this.#pending === undefined) return;
    const { table: name, before, operation, sources } = this.#pending;
    this.#pending = undefined;
    const after = this.state.get(name)!;
    const copyName = `gable_new_${name}`.slice(0, 63);
    const columns = [...after.columns.keys()];
    const values = columns.map((column) => sources.get(column) ?? "NULL");
    const [quoted, copy] = [this.quote(name), this.quote(copyName)];
    const text = (value: string): string => this.writer.syntax.quoteText(value);
    const isCounted = findCountedColumn(before) !== undefined && findCountedColumn(after) !== undefined;
    const kept = `SELECT ${text(copyName)}, seq FROM sqlite_sequence WHERE name = ${text(name)}`;
    const rebuild = {
      copy: [
        // Checks and keys of the table name the table itself.
        this.writer.createTable(name, after).replace(`CREATE TABLE ${quoted}`, `CREATE TABLE ${copy}`),
        `INSERT INTO ${copy} (${this.writer.list(columns)}) SELECT ${values.join(", ")} FROM ${quoted}`,
        // Keys of deleted rows are not used again.
        ...(isCounted
          ? [`DELETE FROM sqlite_sequence WHERE name = ${text(copyName)}`, `INSERT INTO sqlite_sequence (name, seq) ${kept}`]
          : []),
      ],
      copyName,
      replace: [`DROP TABLE ${quoted}`, `ALTER TABLE ${copy} RENAME TO ${quoted}`, ...this.writer.createIndexes(name, after)],
      indexes: [...before.indexes.keys(), ...after.indexes.keys(), ...before.uniques.keys(), ...after.uniques.keys()],
    };
    this.steps.push({ operation, step: { kind: "rebuild", table: name, rebuild, place: "joined" } }, ...this.#behindPending);
    this.#behindPending.length = 0;
  }

  protected override stepsOf(operation: PlainOperation): Step[] {
    const writer = this.writer;
    const quote = (name: string): string => writer.quote(name);
    switch (operation.kind) {
      case "createTable": {
        const table = toTableState(operation.data);
        return [writer.createTable(operation.table, table), ...writer.attachments(operation.table, table)].map(joined);
      }
      case "dropTable":
        return [...writer.dropSearch(operation.table, this.state.get(operation.table)!), `DROP TABLE ${quote(operation.table)}`].map(
          joined,
        );
      case "renameTable":
        return this.#renameTable(operation);
      case "renameColumn":
        return [joined(`ALTER TABLE ${quote(operation.table)} RENAME COLUMN ${quote(operation.name)} TO ${quote(operation.to)}`)];
      case "addColumn": {
        const table = this.state.get(operation.table)!;
        const after: TableState = { ...table, columns: new Map(table.columns).set(operation.name, operation.column) };
        const check = writer.typeCheck(operation.table, operation.name, operation.column);
        const column = writer.column(operation.table, after, operation.name, check === undefined ? "" : ` ${check}`);
        return [joined(`ALTER TABLE ${quote(operation.table)} ADD COLUMN ${column}`)];
      }
      case "addIndex":
        if (!writer.hasIndex(operation.key)) return [];
        return [joined(writer.createIndex(operation.table, this.state.get(operation.table)!, operation.name, operation.key))];
      case "addUnique":
        return [
          joined(writer.createIndex(operation.table, this.state.get(operation.table)!, operation.name, operation.key, "UNIQUE INDEX")),
        ];
      case "dropIndex":
        if (!writer.hasIndex(this.state.get(operation.table)!.indexes.get(operation.name)!)) return [];
        return [joined(`DROP INDEX ${quote(operation.name)}`)];
      case "dropConstraint":
        return [joined(`DROP INDEX ${quote(operation.name)}`)];
      case "renameIndex":
      case "renameConstraint": {
        const table = this.state.get(operation.table)!;
        const isIndex = operation.kind === "renameIndex";
        const key = (isIndex ? table.indexes : table.uniques).get(operation.name)!;
        if (!writer.hasIndex(key)) return [];
        const made = writer.createIndex(operation.table, table, operation.to, key, isIndex ? "INDEX" : "UNIQUE INDEX");
        return [joined(`DROP INDEX ${quote(operation.name)}`), joined(made)];
      }
      case "createView":
        return writer.createView(operation.view, toViewState(operation.data)).map(joined);
      case "dropView":
        return [joined(writer.dropView(operation.view, this.state.get(operation.view)!))];
      case "sql":
        return chooseSql(operation.up, "sqlite").map(joined);
      case "run":
        return [this.dataStep(operation)];
      default:
        // SQLite has neither comments nor extensions, and everything else is a copy.
        return [];
    }
  }

  /** Conditions of types contain the name of the table: such a table is copied to its new name. */
  #renameTable({ table: from, to }: OperationOf<"renameTable">): Step[] {
    const table = this.state.get(from)!;
    const renamed = joined(`ALTER TABLE ${this.quote(from)} RENAME TO ${this.quote(to)}`);
    if (![...table.columns].some(([name, column]) => this.writer.typeCheck(from, name, column) !== undefined)) return [renamed];
    const copy = new SqlitePlan(this.writer, applyOperation(this.state, op.renameTable(from, to)));
    copy.#collect({ kind: "setComment", table: to, column: undefined, text: table.comment }, op.renameTable(from, to));
    copy.flush();
    return [renamed, ...copy.steps.map(({ step }) => step)];
  }
}

/** Values that a copy never contains. */
const separate: ReadonlySet<Operation["kind"]> = new Set<Operation["kind"]>(["createTable", "dropTable", "renameTable"]);

const wholeKinds: ReadonlySet<ColumnState["type"]> = new Set<ColumnState["type"]>(["id", "int", "bigint", "duration"]);
const textKinds: ReadonlySet<ColumnState["type"]> = new Set<ColumnState["type"]>(["text", "choice"]);

/** Converts a value to another type; values that do not fit have already been rejected. */
function convert(source: string, before: ColumnState, after: ColumnState): string {
  if (after.storage === "text") return `gable_decimal(${wholeKinds.has(before.type) ? `CAST(${source} AS TEXT)` : source}, ${after.scale})`;
  if (isNumber(before) && isNumber(after)) {
    if (after.type === "decimal") return `round(CAST(${source} AS REAL), ${after.scale})`;
    return after.type === "float" ? `CAST(${source} AS REAL)` : `CAST(${source} AS INTEGER)`;
  }
  if (textKinds.has(after.type)) return toText(source, before);
  if (textKinds.has(before.type)) return fromText(source, after);
  if (before.type === "date" && after.type === "datetime") return `${source} || 'T00:00:00.000Z'`;
  return before.type === "datetime" && after.type === "date" ? `substr(${source}, 1, 10)` : source;
}

const isNumber = ({ type }: ColumnState): boolean => wholeKinds.has(type) || ["float", "decimal", "boolean"].includes(type);

function toText(source: string, { type, scale, storage }: ColumnState): string {
  if (type === "boolean") return `CASE ${source} WHEN 0 THEN 'false' WHEN 1 THEN 'true' END`;
  if (type === "decimal" && storage !== "text") return `gable_decimal(${source}, ${scale})`;
  if (type === "float") return `gable_float_text(${source})`;
  return wholeKinds.has(type) ? `CAST(${source} AS TEXT)` : source;
}

function fromText(source: string, { type }: ColumnState): string {
  if (type === "boolean") return `CASE ${source} WHEN 'false' THEN 0 WHEN 'true' THEN 1 END`;
  if (type === "decimal" || type === "float") return `gable_float(${source})`;
  return wholeKinds.has(type) ? `CAST(${source} AS INTEGER)` : source;
}
