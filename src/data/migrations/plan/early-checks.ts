/** Finds the row checks that a migration can make before it changes anything. */
import type { State } from "../../schema/table-state.ts";
import type { Operation } from "../state/operation.ts";
import type { PlannedStep, RowCheck } from "./step.ts";

/**
 * Returns the checks whose rows do not change before their step, with the names that tables and columns have now.
 * Data steps and custom statements may change any row, so checks after them run in their place.
 */
export function earlyChecks(before: State, operations: readonly Operation[], steps: readonly PlannedStep[]): RowCheck[] {
  const names = new FormerNames(before);
  const found: RowCheck[] = [];
  for (const whole of operations) {
    const operation = whole.kind === "assured" ? whole.operation : whole;
    if (operation.kind === "run" || operation.kind === "sql" || operation.kind === "databaseOnly") break;
    for (const { step, operation: of } of steps) {
      const check = of === whole && step.kind === "check" ? names.rename(step.check) : undefined;
      if (check !== undefined) found.push(check);
    }
    names.follow(operation);
  }
  return found;
}

/** Maps table and column names to the names that they had before the migration. */
class FormerNames {
  readonly #before: State;
  /** Old names of tables by current name. */
  readonly #tables: Map<string, string>;
  /** Old names of columns by current name, by the old name of their table. */
  readonly #columns: ReadonlyMap<string, Map<string, string>>;

  constructor(before: State) {
    this.#before = before;
    this.#tables = new Map([...before.keys()].map((name) => [name, name]));
    this.#columns = new Map(
      [...before].map(([name, { columns }]) => [name, new Map([...columns.keys()].map((column) => [column, column]))]),
    );
  }

  /** Returns a check with the old names, or undefined if the table or column is new. */
  rename(check: RowCheck): RowCheck | undefined {
    const table = this.#tables.get(check.table);
    if (table === undefined) return undefined;
    const { primary } = this.#before.get(table)!;
    const column = check.rule === "empty" ? check.column : this.#columns.get(table)!.get(check.column);
    return column === undefined ? undefined : { ...check, table, column, primary, asked: `${check.table}.${check.column}` };
  }

  follow(operation: Operation): void {
    if (!("table" in operation)) return;
    const former = this.#tables.get(operation.table);
    if (former === undefined) return;
    const columns = this.#columns.get(former)!;
    if (operation.kind === "renameTable" || operation.kind === "dropTable") this.#tables.delete(operation.table);
    if (operation.kind === "renameTable") this.#tables.set(operation.to, former);
    if (operation.kind === "renameColumn") {
      const column = columns.get(operation.name);
      columns.delete(operation.name);
      if (column !== undefined) columns.set(operation.to, column);
    }
    // The values change here.
    if (operation.kind === "dropColumn" || operation.kind === "alterColumn") columns.delete(operation.name);
  }
}
