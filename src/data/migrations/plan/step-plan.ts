/** What plans of all databases share: operations become steps one after the other, each on the structure that those before it leave. */
import type { State } from "../../schema/table-state.ts";
import { applyAll, applyOperation } from "../state/apply.ts";
import type { Operation, OperationOf } from "../state/operation.ts";
import type { PlannedStep, Step, StepPlace } from "./step.ts";
import type { TableWriter } from "./table-writer.ts";

/** An operation that does something to the database by itself. */
export type PlainOperation = Exclude<Operation, { kind: "assured" | "databaseOnly" | "stateOnly" }>;

/** Plans the steps of operations. */
export abstract class StepPlan {
  protected readonly writer: TableWriter;
  /** The structure that the next operation finds. */
  protected state: State;
  /** Tables that this migration has made: nobody uses them yet. */
  protected readonly fresh = new Set<string>();
  /** Whether somebody has agreed to what the operation does. */
  protected isAgreed = false;
  protected readonly steps: PlannedStep[] = [];

  constructor(writer: TableWriter, before: State) {
    this.writer = writer;
    this.state = before;
  }

  /** The steps of operations. */
  run(operations: readonly Operation[]): PlannedStep[] {
    for (const operation of operations) this.#plan(operation, operation);
    this.flush();
    return this.steps;
  }

  /** Adds the steps of one operation; the whole one is what messages speak of. */
  protected add(operation: PlainOperation, whole: Operation): void {
    this.steps.push(...this.stepsOf(operation).map((step) => ({ operation: whole, step })));
  }

  protected abstract stepsOf(operation: PlainOperation): Step[];

  /** Adds what has waited for further operations. */
  protected flush(): void {}

  protected quote(name: string): string {
    return this.writer.quote(name);
  }

  /** The step of code: in the transaction of those before it, or in transactions of its own. */
  protected dataStep({ step }: OperationOf<"run">, place: StepPlace = "joined"): Step {
    return { kind: "run", step, state: this.state, place: step.batch === undefined ? place : "alone" };
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
