/** The checks of rows that a migration can make before it changes anything. */
import type { State } from "../../schema/table-state.ts";
import type { Operation } from "../state/operation.ts";
import type { PlannedStep, RowCheck } from "./step.ts";

/**
 * Returns the checks of steps whose rows are the same now as when the step comes, by the names that tables and columns have now.
 * Code and statements of a migration may change any row: what comes after them is checked when it comes.
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

/** Names of tables and columns, and those that they had before. */
class FormerNames {
  readonly #before: State;
  /** Former names of tables by their names. */
  readonly #tables: Map<string, string>;
  /** Former names of columns by their names, by the former name of their table. */
  readonly #columns: ReadonlyMap<string, Map<string, string>>;

  constructor(before: State) {
    this.#before = before;
    this.#tables = new Map([...before.keys()].map((name) => [name, name]));
    this.#columns = new Map(
      [...before].map(([name, { columns }]) => [name, new Map([...columns.keys()].map((column) => [column, column]))]),
    );
  }

  /** A check by former names; undefined of what is new. */
  rename(check: RowCheck): RowCheck | undefined {
    const table = this.#tables.get(check.table);
    if (table === undefined) return undefined;
    const { primary } = this.#before.get(table)!;
    const column = check.rule === "empty" ? check.column : this.#columns.get(table)!.get(check.column);
    return column === undefined ? undefined : { ...check, table, column, primary };
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
    // Its values are others from here on.
    if (operation.kind === "dropColumn" || operation.kind === "alterColumn") columns.delete(operation.name);
  }
}
