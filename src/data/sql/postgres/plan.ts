/** Plans migration operations on PostgreSQL, in forms that do not lock used tables for long. */
import { postgresTables } from "./tables.ts";
import { createPostgresSearch, postgresSearchName } from "./search.ts";
import type { ColumnState, ForeignKeyState, IndexState, State, TableState, UniqueState } from "../../schema/table-state.ts";
import { findCountedColumn } from "../../schema/table-state.ts";
import { toConstraintName } from "../../schema/names.ts";
import type { Operation, OperationOf, TableChange } from "../../migrations/state/operation.ts";
import type { PlainOperation } from "../../migrations/plan/step-plan.ts";
import { StepPlan } from "../../migrations/plan/step-plan.ts";
import type { PlannedStep, Step, StepPlace } from "../../migrations/plan/step.ts";
import { alone, chooseSql, joined, repeatedRows } from "../../migrations/plan/step.ts";
import { isSame, toTableState, toViewState } from "../../migrations/state/table-data.ts";
import type { TableWriter } from "../table-writer.ts";
import { checkName, primaryName } from "../table-writer.ts";

/** Plans the steps of operations. */
export function planPostgres(writer: TableWriter, before: State, operations: readonly Operation[]): PlannedStep[] {
  return new PostgresPlan(writer, before).run(operations);
}

class PostgresPlan extends StepPlan {
  protected override stepsOf(operation: PlainOperation): Step[] {
    const writer = this.writer;
    switch (operation.kind) {
      case "createTable": {
        const { table: name } = operation;
        const table = toTableState(operation.data);
        this.fresh.add(name);
        return [writer.createTable(name, table), ...writer.attachments(name, table)].map(joined);
      }
      case "dropTable":
        return [joined(`DROP TABLE ${this.quote(operation.table)}`)];
      case "renameTable":
        return this.#renameTable(operation);
      case "createView":
        return writer.createView(operation.view, toViewState(operation.data)).map(joined);
      case "dropView":
        return [joined(writer.dropView(operation.view, this.state.get(operation.view)!))];
      case "createExtension":
        return [joined(`CREATE EXTENSION IF NOT EXISTS ${this.quote(operation.name)}`)];
      case "sql":
        return chooseSql(operation.up, "postgres").map((sql) => (isOutside(sql) ? alone(sql) : joined(sql)));
      case "run":
        return [this.dataStep(operation)];
      default:
        return this.#change(operation, this.state.get(operation.table)!);
    }
  }

  #alter(table: string, change: string, place: StepPlace = "joined"): Step {
    return { kind: "sql", sql: `ALTER TABLE ${this.quote(table)} ${change}`, place };
  }

  /** Checks all rows without blocking other work: this may take long. */
  #validate(table: string, quoted: string, undo?: string): Step {
    const sql = `ALTER TABLE ${this.quote(table)} VALIDATE CONSTRAINT ${quoted}`;
    return { kind: "sql", sql, place: "fresh", isLong: true, ...(undo !== undefined && { undo }) };
  }

  #renameTable({ table: from, to }: OperationOf<"renameTable">): Step[] {
    const table = this.state.get(from)!;
    const checked = [...table.columns].filter(([name, column]) => this.writer.typeCheck(from, name, column) !== undefined);
    const names = [[primaryName(from), primaryName(to)], ...checked.map(([column]) => [checkName(from, column), checkName(to, column)])];
    if (this.fresh.has(from)) this.fresh.add(to);
    return [
      this.#alter(from, `RENAME TO ${this.quote(to)}`),
      ...(table.search.length > 0
        ? [joined(`ALTER INDEX ${this.quote(postgresSearchName(from))} RENAME TO ${this.quote(postgresSearchName(to))}`)]
        : []),
      ...names.map(([one, other]) => this.#alter(to, `RENAME CONSTRAINT ${this.quote(one!)} TO ${this.quote(other!)}`)),
    ];
  }

  #change(operation: TableChange, table: TableState): Step[] {
    const { table: name } = operation;
    const quote = (text: string): string => this.quote(text);
    switch (operation.kind) {
      case "addColumn":
        return this.#addColumn(operation, table);
      case "dropColumn":
        return [this.#alter(name, `DROP COLUMN ${quote(operation.name)}`)];
      case "renameColumn": {
        const check = this.writer.typeCheck(name, operation.name, table.columns.get(operation.name)!);
        const renamed = [this.#alter(name, `RENAME COLUMN ${quote(operation.name)} TO ${quote(operation.to)}`)];
        if (check === undefined) return renamed;
        const [one, other] = [checkName(name, operation.name), checkName(name, operation.to)];
        return [...renamed, this.#alter(name, `RENAME CONSTRAINT ${quote(one)} TO ${quote(other)}`)];
      }
      case "alterColumn":
        return this.#alterColumn(operation, table);
      case "alterPrimary":
        return this.#alterPrimary(operation, table);
      case "addIndex":
        return [this.#index(name, table, operation.name, operation.key, "INDEX")];
      case "dropIndex":
        return [this.#dropIndex(name, operation.name)];
      case "renameIndex":
        return [joined(`ALTER INDEX ${quote(operation.name)} RENAME TO ${quote(operation.to)}`)];
      case "addUnique":
        return this.#addUnique(operation, table);
      case "addCheck":
        return this.#constraint(name, operation.name, this.writer.check(name, table, operation.name, operation.condition));
      case "addForeignKey":
        return this.#constraint(name, operation.name, this.writer.foreignKey(operation.name, operation.foreignKey), operation.foreignKey);
      case "dropConstraint":
        return [
          table.uniques.get(operation.name)?.where === undefined
            ? this.#alter(name, `DROP CONSTRAINT ${quote(operation.name)}`)
            : this.#dropIndex(name, operation.name),
        ];
      case "renameConstraint":
        return table.uniques.get(operation.name)?.where === undefined
          ? [this.#alter(name, `RENAME CONSTRAINT ${quote(operation.name)} TO ${quote(operation.to)}`)]
          : [joined(`ALTER INDEX ${quote(operation.name)} RENAME TO ${quote(operation.to)}`)];
      case "validateConstraint":
        return [this.#validate(name, quote(operation.name))];
      case "setSearch":
        return [...this.#dropSearch(name, table), ...this.#createSearch(name, { ...table, search: operation.columns })];
      case "setComment":
        return [joined(this.writer.commentOn(name, operation.column, operation.text))];
    }
  }

  /** Nobody can write between the check of the rows and the change. */
  #check(operation: OperationOf<"addColumn" | "alterColumn">, table: TableState): Step[] {
    const checks = this.checksOf(operation, table);
    if (checks.length === 0) return [];
    const lock = joined(`LOCK TABLE ${this.quote(operation.table)} IN ACCESS EXCLUSIVE MODE`);
    return [lock, ...checks.map((check): Step => ({ kind: "check", check, place: "joined" }))];
  }

  /** Adds a column. With a constant for existing rows, PostgreSQL only writes the definition. */
  #addColumn(operation: OperationOf<"addColumn">, table: TableState): Step[] {
    const { table: name, name: column, column: definition, fill } = operation;
    const after: TableState = { ...table, columns: new Map(table.columns).set(column, definition) };
    const steps = [...this.#check(operation, table), this.#alter(name, `ADD COLUMN ${this.writer.newColumn(name, after, column, fill)}`)];
    if (fill !== undefined) steps.push(...this.#setDefault(name, after, column));
    if (definition.comment !== undefined) steps.push(joined(this.writer.commentOn(name, column, definition.comment)));
    const check = this.writer.typeCheck(name, column, definition);
    return check === undefined ? steps : [...steps, ...this.#constraint(name, checkName(name, column), check)];
  }

  /** Sets the default of a column to that of its definition, or drops it. */
  #setDefault(name: string, after: TableState, column: string): Step[] {
    const value = this.writer.defaultOf(name, after, column);
    const change = value === undefined ? "DROP DEFAULT" : `SET DEFAULT ${value}`;
    return [this.#alter(name, `ALTER COLUMN ${this.quote(column)} ${change}`)];
  }

  /** Adds a constraint. Existing rows are checked in a separate transaction, without blocking other work. */
  #constraint(table: string, name: string, definition: string, foreignKey?: ForeignKeyState): Step[] {
    const isEmpty = this.fresh.has(table) && (foreignKey === undefined || this.fresh.has(foreignKey.table));
    if (isEmpty) return [this.#alter(table, `ADD ${definition}`)];
    // If a row breaks it, nothing of the constraint stays, so that another file, or the migration itself, can follow.
    const undo = `ALTER TABLE ${this.quote(table)} DROP CONSTRAINT ${this.quote(name)}`;
    return [this.#alter(table, `ADD ${definition} NOT VALID`, "fresh"), this.#validate(table, this.quote(name), undo)];
  }

  #index(table: string, state: TableState, name: string, key: IndexState | UniqueState, what: string): Step {
    if (this.fresh.has(table)) return joined(this.writer.createIndex(table, state, name, key, what));
    return this.#buildIndex(table, name, this.writer.createIndex(table, state, name, key, `${what} CONCURRENTLY`));
  }

  #dropSearch(name: string, { search }: TableState): Step[] {
    return search.length === 0 ? [] : [this.#dropIndex(name, postgresSearchName(name))];
  }

  #createSearch(name: string, table: TableState): Step[] {
    if (table.search.length === 0) return [];
    const target = this.writer.searchTarget(name, table);
    if (this.fresh.has(name)) return [joined(createPostgresSearch(target))];
    const index = postgresSearchName(name);
    return [this.#buildIndex(name, index, createPostgresSearch(target, "INDEX CONCURRENTLY"))];
  }

  /** Builds an index without blocking other work. */
  #buildIndex(table: string, name: string, sql: string): Step {
    return { kind: "index", sql, table, name, drop: `DROP INDEX CONCURRENTLY IF EXISTS ${this.quote(name)}`, place: "alone" };
  }

  #dropIndex(table: string, name: string): Step {
    if (this.fresh.has(table)) return joined(`DROP INDEX ${this.quote(name)}`);
    return alone(`DROP INDEX CONCURRENTLY IF EXISTS ${this.quote(name)}`);
  }

  #addUnique({ table: name, name: unique, key }: OperationOf<"addUnique">, table: TableState): Step[] {
    if (this.fresh.has(name) && key.where === undefined) return [this.#alter(name, `ADD ${this.writer.unique(unique, key)}`)];
    const index = this.#index(name, table, unique, key, "UNIQUE INDEX");
    if (key.where !== undefined) return [index];
    return [
      index,
      this.#alter(
        name,
        `ADD CONSTRAINT ${this.quote(unique)} UNIQUE USING INDEX ${this.quote(unique)}${this.writer.deferrable(key.deferrable)}`,
        "fresh",
      ),
    ];
  }

  #alterColumn(operation: OperationOf<"alterColumn">, table: TableState): Step[] {
    const { table: name, name: column, column: after, from, fill } = operation;
    const before = table.columns.get(column)!;
    const quoted = this.quote(column);
    const steps = this.#check(operation, table);
    const [oldCheck, newCheck] = [before, after].map((definition) => this.writer.typeCheck(name, column, definition));
    const isOtherCheck = !isSame(oldCheck ?? "", newCheck ?? "");
    if (isOtherCheck && oldCheck !== undefined) steps.push(this.#alter(name, `DROP CONSTRAINT ${this.quote(checkName(name, column))}`));
    const next: TableState = { ...table, columns: new Map(table.columns).set(column, after) };
    const counts = (state: TableState): boolean => findCountedColumn(state) === column;
    if (counts(table) && !counts(next)) steps.push(this.#alter(name, `ALTER COLUMN ${quoted} DROP IDENTITY IF EXISTS`));
    steps.push(...this.#alterType(name, column, before, next));
    if (!counts(table) && counts(next)) steps.push(...this.#count(name, column));
    if (before.null !== true && after.null === true) steps.push(this.#alter(name, `ALTER COLUMN ${quoted} DROP NOT NULL`));
    if (before.null === true && after.null !== true) {
      if (fill !== undefined) steps.push(this.#fill(name, column, this.writer.value(fill, after)));
      steps.push(...this.#requireValue(name, column));
    }
    if (isOtherCheck && newCheck !== undefined) steps.push(...this.#constraint(name, checkName(name, column), newCheck));
    if (from.comment !== after.comment) steps.push(joined(this.writer.commentOn(name, column, after.comment ?? "")));
    return steps;
  }

  /** Changes the type of a column and its default, because a default of the old type may not fit the new one. */
  #alterType(name: string, column: string, before: ColumnState, next: TableState): Step[] {
    const after = next.columns.get(column)!;
    const quoted = this.quote(column);
    const type = this.writer.syntax.columnTypeOf(after);
    const isOtherType = type !== this.writer.syntax.columnTypeOf(before);
    const hasDefault = (before.default ?? after.default) !== undefined;
    const isOtherDefault = hasDefault && (isOtherType || !isSame(before.default ?? null, after.default ?? null));
    return [
      ...(isOtherType && before.default !== undefined ? [this.#alter(name, `ALTER COLUMN ${quoted} DROP DEFAULT`)] : []),
      ...(isOtherType ? [this.#alter(name, `ALTER COLUMN ${quoted} TYPE ${type} USING ${convert(quoted, before, after)}`)] : []),
      ...(isOtherDefault ? this.#setDefault(name, next, column) : []),
    ];
  }

  /** Lets the database count the values of a column, starting after the largest one. */
  #count(name: string, column: string): Step[] {
    const [table, quoted] = [this.quote(name), this.quote(column)];
    const sequence = `pg_get_serial_sequence(${this.writer.syntax.quoteText(table)}, ${this.writer.syntax.quoteText(column)})`;
    return [
      this.#alter(name, `ALTER COLUMN ${quoted} ADD${this.writer.syntax.counted}`),
      joined(`SELECT setval(${sequence}, coalesce(max(${quoted}), 0) + 1, false) FROM ${table}`),
    ];
  }

  #fill(name: string, column: string, value: string): Step {
    const [table, quoted] = [this.quote(name), this.quote(column)];
    const rows = `SELECT ctid FROM ${table} WHERE ${quoted} IS NULL LIMIT ${repeatedRows}`;
    return { kind: "repeat", sql: `UPDATE ${table} SET ${quoted} = ${value} WHERE ctid = ANY(ARRAY(${rows}))`, place: "alone" };
  }

  /** Sets NOT NULL without a scan under an exclusive lock: a check already proves that all rows have a value. */
  #requireValue(name: string, column: string): Step[] {
    const quoted = this.quote(column);
    if (this.fresh.has(name)) return [this.#alter(name, `ALTER COLUMN ${quoted} SET NOT NULL`)];
    const proof = this.quote(toConstraintName(name, column, "present"));
    return [
      this.#alter(name, `ADD CONSTRAINT ${proof} CHECK (${quoted} IS NOT NULL) NOT VALID`, "fresh"),
      this.#validate(name, proof),
      this.#alter(name, `ALTER COLUMN ${quoted} SET NOT NULL`, "fresh"),
      this.#alter(name, `DROP CONSTRAINT ${proof}`),
    ];
  }

  #alterPrimary({ table: name, columns }: OperationOf<"alterPrimary">, table: TableState): Step[] {
    const after: TableState = { ...table, primary: columns };
    const [old, fresh] = [findCountedColumn(table), findCountedColumn(after)];
    return [
      ...(old !== undefined && old !== fresh ? [this.#alter(name, `ALTER COLUMN ${this.quote(old)} DROP IDENTITY IF EXISTS`)] : []),
      this.#alter(name, `DROP CONSTRAINT ${this.quote(primaryName(name))}`),
      this.#alter(name, `ADD ${this.writer.primary(name, after)!}`),
      ...(fresh !== undefined && old !== fresh ? this.#count(name, fresh) : []),
    ];
  }
}

/** Statements that PostgreSQL only runs outside of transactions. */
function isOutside(sql: string): boolean {
  return /\bconcurrently\b|^\s*(?:vacuum|reindex\s+(?:database|system)|create\s+database|alter\s+system)\b/i.test(sql);
}

const numbers = new Set(["id", "int", "bigint", "float", "decimal", "duration"]);

/**
 * Converts a value to another type; values that do not fit have already been rejected. Strings are never cast to a length, because
 * that would cut them. Storing a string that is too long in the column fails instead.
 */
function convert(quoted: string, before: ColumnState, after: ColumnState): string {
  const type = postgresTables.columnTypeOf(after).replace(/^varchar(?:\([0-9]+\))?$/, "text");
  if (before.type === "boolean" && numbers.has(after.type)) return `${quoted}::integer::${type}`;
  if (numbers.has(before.type) && after.type === "boolean") return `(${quoted} <> 0)`;
  if (before.type === "date" && after.type === "datetime") return `(${quoted}::timestamp AT TIME ZONE 'UTC')`;
  if (before.type === "datetime" && after.type === "date") return `(${quoted} AT TIME ZONE 'UTC')::date`;
  if (type !== "text") return `${quoted}::${type}`;
  if (before.type === "datetime") return `to_char(${quoted} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
  if (before.type === "date") return `to_char(${quoted}, 'YYYY-MM-DD')`;
  return before.type === "ip" ? `host(${quoted})` : `${quoted}::text`;
}
