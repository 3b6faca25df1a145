/** Plans steps for all databases: turns operations into steps in order, each based on the structure that the previous steps leave. */
import { GableError } from "../../../errors/gable-error.ts";
import type { State, TableState } from "../../schema/table-state.ts";
import { applyAll, applyOperation } from "../state/apply.ts";
import { conversionOf, describeColumn } from "../state/conversion.ts";
import type { Operation, OperationOf } from "../state/operation.ts";
import { needsValue } from "../state/operation.ts";
import type { PlannedStep, RowCheck, Step, StepPlace } from "./step.ts";
import type { TableWriter } from "../../sql/table-writer.ts";

/** An operation that changes the database by itself. */
export type PlainOperation = Exclude<Operation, { kind: "assured" | "databaseOnly" | "stateOnly" }>;

/** Plans the steps of operations. */
export abstract class StepPlan {
  protected readonly writer: TableWriter;
  /** The structure before the next operation. */
  protected state: State;
  /** Tables that this migration creates: nobody uses them yet. */
  protected readonly fresh = new Set<string>();
  /** Whether somebody has accepted the risks of the operation. */
  protected isAgreed = false;
  protected readonly steps: PlannedStep[] = [];

  constructor(writer: TableWriter, before: State) {
    this.writer = writer;
    this.state = before;
  }

  /** Returns the steps of operations. */
  run(operations: readonly Operation[]): PlannedStep[] {
    for (const operation of operations) this.#plan(operation, operation);
    this.flush();
    return this.steps;
  }

  /** Adds the steps of one operation. Messages describe the outermost operation. */
  protected add(operation: PlainOperation, whole: Operation): void {
    this.steps.push(...this.stepsOf(operation).map((step) => ({ operation: whole, step })));
  }

  protected abstract stepsOf(operation: PlainOperation): Step[];

  /** Adds the steps that were held back to be combined with later operations. */
  protected flush(): void {}

  protected quote(name: string): string {
    return this.writer.quote(name);
  }

  /** Returns the step for a data function. With batches, it has its own transactions; otherwise it joins the previous steps. */
  protected dataStep({ step }: OperationOf<"run">, place: StepPlace = "joined"): Step {
    return { kind: "run", step, state: this.state, place: step.batch === undefined ? place : "alone" };
  }

  /** Returns the row checks for a new or changed column, if existing rows may not fit. */
  protected checksOf(operation: OperationOf<"addColumn" | "alterColumn">, { primary, columns }: TableState): RowCheck[] {
    const subject = { table: operation.table, column: operation.name, primary };
    if (operation.kind === "addColumn") return needsValue(operation, undefined) ? [{ ...subject, rule: "empty" }] : [];
    const [before, after] = [columns.get(operation.name)!, operation.column];
    const conversion = conversionOf(before, after);
    if (conversion === "recreates")
      throw new GableError(
        "E_MIGRATION_OPERATION",
        `op.alterColumn("${operation.table}", "${operation.name}"): no conversion from ${describeColumn(before)} to ${describeColumn(after)} keeps the values.`,
        { fix: "Add a new column, fill it by op.run(), and drop the old one." },
      );
    return [
      ...(conversion === "free" ? [] : [{ ...subject, rule: "values" as const, before, after }]),
      ...(needsValue(operation, before) ? [{ ...subject, rule: "present" as const }] : []),
    ];
  }

  #plan(operation: Operation, whole: Operation): void {
    if (operation.kind === "assured") {
      this.isAgreed = true;
      this.#plan(operation.operation, whole);
      this.isAgreed = false;
    } else if (operation.kind === "databaseOnly") {
      this.flush();
      const before = this.state;
      this.state = applyAll(before, operation.behind);
      for (const inner of operation.operations) this.#plan(inner, whole);
      this.flush();
      this.state = before;
    } else {
      if (operation.kind === "stateOnly") this.flush();
      else this.add(operation, whole);
      this.state = applyOperation(this.state, operation);
    }
  }
}
