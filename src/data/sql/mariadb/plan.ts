/** Plans migration operations on MariaDB and MySQL, where statements cannot be rolled back together. */
import { addMariadbSearch, dropMariadbSearch } from "./search.ts";
import type { ColumnState, IndexState, KeyState, State, TableState } from "../../schema/table-state.ts";
import { applyOperation } from "../../migrations/state/apply.ts";
import type { Operation, OperationOf, TableChange } from "../../migrations/state/operation.ts";
import type { PlainOperation } from "../../migrations/plan/step-plan.ts";
import { StepPlan } from "../../migrations/plan/step-plan.ts";
import type { PlannedStep, Step } from "../../migrations/plan/step.ts";
import { alone, chooseSql, repeatedRows } from "../../migrations/plan/step.ts";
import { isSame, toTableState, toViewState } from "../../migrations/state/table-data.ts";
import type { TableWriter } from "../table-writer.ts";
import { checkName } from "../table-writer.ts";

/** Plans the steps of operations. */
export function planMariadb(writer: TableWriter, before: State, operations: readonly Operation[]): PlannedStep[] {
  return new MariadbPlan(writer, before).run(operations);
}

type AlterStep = Extract<Step, { kind: "alter" }>;

/** Errors that say that a change was made before (MariaDB, MySQL: ER_DUP_KEYNAME, ER_CANT_DROP_FIELD_OR_KEY). */
const [isThere, isGone] = [1061, 1091];

class MariadbPlan extends StepPlan {
  #alter(table: string, ...changes: readonly string[]): AlterStep {
    return { kind: "alter", table, changes: changes.join(", "), isAgreed: this.isAgreed || this.fresh.has(table), place: "alone" };
  }

  /** A change that an interrupted run may already have made. */
  #alterUnless(error: number, table: string, change: string): Step {
    return { ...this.#alter(table, change), ignored: error };
  }

  protected override stepsOf(operation: PlainOperation): Step[] {
    const writer = this.writer;
    switch (operation.kind) {
      case "createTable": {
        const table = toTableState(operation.data);
        this.fresh.add(operation.table);
        return [writer.createTable(operation.table, table), ...writer.attachments(operation.table, table)].map(alone);
      }
      case "dropTable":
        return [alone(`DROP TABLE ${this.quote(operation.table)}`)];
      case "renameTable":
        return this.#renameTable(operation);
      case "createView":
        return writer.createView(operation.view, toViewState(operation.data)).map(alone);
      case "dropView":
        return [alone(writer.dropView(operation.view, this.state.get(operation.view)!))];
      case "createExtension":
        return [];
      case "sql":
        return chooseSql(operation.up, this.writer.dialect.name).map((sql) => ({ kind: "sql", sql, place: "fresh" }));
      case "run":
        return [this.dataStep(operation, "fresh")];
      default:
        return this.#change(operation, this.state.get(operation.table)!);
    }
  }

  #renameTable({ table: from, to }: OperationOf<"renameTable">): Step[] {
    const table = this.state.get(from)!;
    const changes = [...table.columns].flatMap(([name, column]) => {
      const check = this.writer.typeCheck(to, name, column);
      return check === undefined ? [] : [`DROP CONSTRAINT ${this.quote(checkName(from, name))}, ADD ${check}`];
    });
    if (this.fresh.has(from)) this.fresh.add(to);
    const renamed = alone(`ALTER TABLE ${this.quote(from)} RENAME TO ${this.quote(to)}`);
    return changes.length === 0 ? [renamed] : [renamed, this.#alter(to, ...changes)];
  }

  #change(operation: TableChange, table: TableState): Step[] {
    const { table: name } = operation;
    const quote = (text: string): string => this.quote(text);
    switch (operation.kind) {
      case "addColumn":
        return this.#addColumn(operation, table);
      case "dropColumn": {
        const check = this.writer.typeCheck(name, operation.name, table.columns.get(operation.name)!);
        const dropped = check === undefined ? [] : [`DROP CONSTRAINT ${quote(checkName(name, operation.name))}`];
        return [this.#alter(name, ...dropped, `DROP COLUMN ${quote(operation.name)}`)];
      }
      case "renameColumn":
        return this.#withoutSearch(operation, table, this.#renameColumn(operation, table));
      case "alterColumn":
        return this.#withoutSearch(operation, table, this.#alterColumn(operation, table));
      case "alterPrimary":
        return this.#alterPrimary(operation, table);
      case "renameIndex":
        if (!this.writer.hasIndex(table.indexes.get(operation.name)!)) return [];
        return [this.#alter(name, `RENAME INDEX ${quote(operation.name)} TO ${quote(operation.to)}`)];
      case "addIndex":
        if (!this.writer.hasIndex(operation.key)) return [];
        return [this.#alter(name, this.#addIndex(name, table, operation.name, operation.key))];
      case "dropIndex":
        if (!this.writer.hasIndex(table.indexes.get(operation.name)!)) return [];
        return this.#dropIndex(name, table, operation.name);
      case "addUnique":
        return [this.#alter(name, ...this.#addUnique(name, table, operation.name, operation.key))];
      case "addCheck":
        return [this.#alter(name, `ADD ${this.writer.check(name, table, operation.name, operation.condition)}`)];
      case "addForeignKey":
        return [this.#alter(name, `ADD ${this.writer.foreignKey(operation.name, operation.foreignKey)}`)];
      case "dropConstraint":
        return this.#dropConstraint(name, table, operation.name);
      case "renameConstraint":
        return this.#renameConstraint(operation, table);
      case "validateConstraint":
        // The server checked all rows when it added the constraint.
        return [];
      case "setSearch": {
        const steps = table.search.length === 0 ? [] : [this.#alter(name, ...dropMariadbSearch)];
        const after: TableState = { ...table, search: operation.columns };
        return after.search.length === 0
          ? steps
          : [...steps, this.#alter(name, ...addMariadbSearch(this.writer.searchTarget(name, after)))];
      }
      case "setComment": {
        if (operation.column === undefined) return [this.#alter(name, `COMMENT ${this.writer.syntax.quoteText(operation.text)}`)];
        const after = applyOperation(new Map([[name, table]]), operation).get(name)!;
        return [this.#alter(name, `MODIFY COLUMN ${this.writer.column(name, after, operation.column)}`)];
      }
    }
  }

  /** Drops the search of a column while the column changes. */
  #withoutSearch(operation: OperationOf<"renameColumn" | "alterColumn">, table: TableState, steps: Step[]): Step[] {
    const { table: name } = operation;
    if (!table.search.includes(operation.name)) return steps;
    const after = applyOperation(new Map([[name, table]]), operation).get(name)!;
    const added = addMariadbSearch(this.writer.searchTarget(name, after));
    return [this.#alter(name, ...dropMariadbSearch), ...steps, this.#alter(name, ...added)];
  }

  #addColumn(operation: OperationOf<"addColumn">, table: TableState): Step[] {
    const { table: name, name: column, column: definition, fill } = operation;
    const after: TableState = { ...table, columns: new Map(table.columns).set(column, definition) };
    const check = this.writer.typeCheck(name, column, definition);
    const added = [`ADD COLUMN ${this.writer.newColumn(name, after, column, fill)}`, ...(check === undefined ? [] : [`ADD ${check}`])];
    const steps = [...this.#checks(operation, table), this.#alter(name, ...added)];
    if (fill === undefined) return steps;
    const value = this.writer.defaultOf(name, after, column);
    const change = value === undefined ? "DROP DEFAULT" : `SET DEFAULT ${value}`;
    // After DROP DEFAULT, MySQL refuses rows that leave out a column, also one that may be null.
    const isRestated = value === undefined && definition.null === true;
    const text = isRestated ? `MODIFY COLUMN ${this.writer.column(name, after, column)}` : `ALTER COLUMN ${this.quote(column)} ${change}`;
    steps.push(this.#alter(name, text));
    return steps;
  }

  /** Conditions that name the column would keep its old name, so they are created again. */
  #renameColumn(operation: OperationOf<"renameColumn">, table: TableState): Step[] {
    const { table: name, name: from, to } = operation;
    const after = applyOperation(new Map([[name, table]]), operation).get(name)!;
    const check = this.writer.typeCheck(name, to, table.columns.get(from)!);
    const checks = [...after.checks].filter(([key, condition]) => !isSame(condition, table.checks.get(key)));
    const before = [...(check === undefined ? [] : [checkName(name, from)]), ...checks.map(([key]) => key)];
    const behind = [
      ...(check === undefined ? [] : [check]),
      ...checks.map(([key, condition]) => this.writer.check(name, after, key, condition)),
    ];
    const conditional = [...table.uniques].filter(([key, unique]) => unique.where !== undefined && !isSame(after.uniques.get(key), unique));
    return [
      ...(before.length === 0 ? [] : [this.#alter(name, ...before.map((key) => `DROP CONSTRAINT ${this.quote(key)}`))]),
      ...conditional.flatMap(([key]) => this.#dropUnique(name, table, key)),
      this.#alter(name, `RENAME COLUMN ${this.quote(from)} TO ${this.quote(to)}`),
      ...(behind.length === 0 ? [] : [this.#alter(name, ...behind.map((line) => `ADD ${line}`))]),
      ...conditional.map(([key]) => this.#alter(name, ...this.#addUnique(name, after, key, after.uniques.get(key)!))),
    ];
  }

  #alterColumn(operation: OperationOf<"alterColumn">, table: TableState): Step[] {
    const { table: name, name: column, column: definition, fill } = operation;
    const before = table.columns.get(column)!;
    const [oldCheck, newCheck] = [before, definition].map((each) => this.writer.typeCheck(name, column, each));
    const modify = (to: ColumnState): Step => {
      const after: TableState = { ...table, columns: new Map(table.columns).set(column, to) };
      return this.#alter(name, `MODIFY COLUMN ${this.writer.column(name, after, column)}`);
    };
    const isFilled = before.null === true && definition.null !== true && fill !== undefined;
    const isOtherType = this.writer.syntax.columnTypeOf(before) !== this.writer.syntax.columnTypeOf(definition);
    const value = isFilled ? this.writer.value(fill, definition) : "";
    const behind = this.#rewrite(name, column, formBehind(before, definition));
    return [
      ...this.#checks(operation, table),
      ...(oldCheck === undefined || oldCheck === newCheck
        ? []
        : [this.#alter(name, `DROP CONSTRAINT ${this.quote(checkName(name, column))}`)]),
      ...this.#rewrite(name, column, formBefore(before, definition)),
      // A value of the new type does not fit into the old one.
      ...(isFilled && isOtherType ? [modify({ ...definition, null: true }), ...behind] : []),
      ...(isFilled ? this.#rewrite(name, column, { value: () => value, where: (quoted) => `${quoted} IS NULL` }) : []),
      modify(definition),
      ...(isFilled && isOtherType ? [] : behind),
      ...(newCheck === undefined || oldCheck === newCheck ? [] : [this.#alter(name, `ADD ${newCheck}`)]),
    ];
  }

  #checks(operation: OperationOf<"addColumn" | "alterColumn">, table: TableState): Step[] {
    return this.checksOf(operation, table).map((check) => ({ kind: "check", check, place: "alone" }));
  }

  /** Converts values, some rows at a time. */
  #rewrite(table: string, column: string, form: Form | undefined): Step[] {
    if (form === undefined) return [];
    const quoted = this.quote(column);
    const sql = `UPDATE ${this.quote(table)} SET ${quoted} = ${form.value(quoted)} WHERE ${form.where(quoted)} LIMIT ${repeatedRows}`;
    return [{ kind: "repeat", sql, place: "alone" }];
  }

  /** A counted column always needs a key, so one statement makes all the changes. */
  #alterPrimary({ table: name, columns }: OperationOf<"alterPrimary">, table: TableState): Step[] {
    const after: TableState = { ...table, primary: columns };
    const changed = [...new Set([...table.primary, ...columns])].filter(
      (column) => after.columns.has(column) && this.writer.column(name, table, column) !== this.writer.column(name, after, column),
    );
    return [
      this.#alter(
        name,
        ...changed.map((column) => `MODIFY COLUMN ${this.writer.column(name, after, column)}`),
        "DROP PRIMARY KEY",
        `ADD ${this.writer.primary(name, after)!}`,
      ),
    ];
  }

  #addIndex(name: string, table: TableState, index: string, key: IndexState): string {
    return `ADD ${key.unique === true ? "UNIQUE " : ""}INDEX ${this.quote(index)} (${this.writer.indexed(name, table, key)})`;
  }

  #addUnique(name: string, table: TableState, unique: string, key: KeyState): string[] {
    if (key.where === undefined) return [`ADD ${this.writer.unique(unique, key)}`];
    const made = this.writer.conditionalColumns(name, table, unique, key);
    return [
      ...made.map(({ sql }) => `ADD COLUMN ${sql}`),
      `ADD ${this.writer.unique(unique, { columns: made.map((column) => column.name) })}`,
    ];
  }

  #dropUnique(name: string, table: TableState, unique: string): Step[] {
    const key = table.uniques.get(unique)!;
    const made = key.where === undefined ? [] : this.writer.conditionalColumns(name, table, unique, key);
    return this.#dropIndex(name, table, unique, ...made.map((column) => `DROP COLUMN ${this.quote(column.name)}`));
  }

  /** A foreign key needs an index on its columns: when the last one is dropped, it gets an index with its own name. */
  #dropIndex(name: string, table: TableState, index: string, ...more: readonly string[]): Step[] {
    const { columns } = (table.indexes.get(index) ?? table.uniques.get(index))!;
    const others = [
      table.primary,
      ...[...table.indexes, ...table.uniques]
        .filter(([key, { where }]) => key !== index && where === undefined)
        .map(([, key]) => key.columns),
    ];
    const begins = (list: readonly string[], start: readonly string[]): boolean => start.every((column, place) => list[place] === column);
    const needed = [...table.foreignKeys].filter(
      ([, foreign]) => begins(columns, foreign.columns) && !others.some((list) => begins(list, foreign.columns)),
    );
    return [
      // It may have received one before, when another index was dropped.
      ...needed.map(([key, foreign]) =>
        this.#alterUnless(isThere, name, `ADD INDEX ${this.quote(key)} (${this.writer.list(foreign.columns)})`),
      ),
      this.#alter(name, `DROP INDEX ${this.quote(index)}`, ...more),
    ];
  }

  #dropConstraint(name: string, table: TableState, constraint: string): Step[] {
    const quoted = this.quote(constraint);
    if (table.uniques.has(constraint)) return this.#dropUnique(name, table, constraint);
    if (table.checks.has(constraint)) return [this.#alter(name, `DROP CONSTRAINT ${quoted}`)];
    return [this.#alter(name, `DROP FOREIGN KEY ${quoted}`), this.#alterUnless(isGone, name, `DROP INDEX ${quoted}`)];
  }

  #renameConstraint({ table: name, name: from, to }: OperationOf<"renameConstraint">, table: TableState): Step[] {
    const unique = table.uniques.get(from);
    if (unique !== undefined) {
      if (unique.where === undefined) return [this.#alter(name, `RENAME INDEX ${this.quote(from)} TO ${this.quote(to)}`)];
      return [...this.#dropUnique(name, table, from), this.#alter(name, ...this.#addUnique(name, table, to, unique))];
    }
    const check = table.checks.get(from);
    if (check !== undefined)
      return [this.#alter(name, `DROP CONSTRAINT ${this.quote(from)}`, `ADD ${this.writer.check(name, table, to, check)}`)];
    const added = this.#alter(name, `ADD ${this.writer.foreignKey(to, table.foreignKeys.get(from)!)}`);
    return [...this.#dropConstraint(name, table, from), added];
  }
}

/** Another form of the values of a column, and the condition of rows that do not have it yet. */
interface Form {
  readonly value: (quoted: string) => string;
  readonly where: (quoted: string) => string;
}

const isText = ({ type }: ColumnState): boolean => type === "text" || type === "choice";

/** Converts strings to a form that the server can read as the new type. */
function formBefore(before: ColumnState, after: ColumnState): Form | undefined {
  if (!isText(before)) return undefined;
  if (after.type === "boolean")
    return { value: (quoted) => `IF(${quoted} = 'true', '1', '0')`, where: (quoted) => `${quoted} IN ('true', 'false')` };
  if (after.type !== "datetime") return undefined;
  return { value: (quoted) => `REPLACE(REPLACE(${quoted}, 'T', ' '), 'Z', '')`, where: (quoted) => `${quoted} LIKE '%Z'` };
}

/** Converts strings that the server wrote in another form to the common form of all databases. */
function formBehind(before: ColumnState, after: ColumnState): Form | undefined {
  if (!isText(after)) return undefined;
  if (before.type === "boolean")
    return { value: (quoted) => `IF(${quoted} = '1', 'true', 'false')`, where: (quoted) => `${quoted} IN ('0', '1')` };
  if (before.type !== "datetime") return undefined;
  return { value: (quoted) => `CONCAT(REPLACE(${quoted}, ' ', 'T'), 'Z')`, where: (quoted) => `${quoted} LIKE '% %'` };
}
