/** What may hurt about operations: what is lost, what stops others, what code that still runs does not expect. */
import type { MigrationCosts } from "./migration-dialect.ts";
import type { ColumnState, State } from "../../schema/table-state.ts";
import { applyOperation } from "../state/apply.ts";
import { conversionOf } from "../state/conversion.ts";
import { describeOperation } from "../state/inverse.ts";
import type { Operation } from "../state/operation.ts";
import { needsValue } from "../state/operation.ts";

/** Kinds of risks, the least first. */
export type Risk = "safe" | "locks" | "scans" | "rewrites" | "breaks-old-code" | "loses-data";

/** Something that may hurt. */
export interface Finding {
  /** Name of the rule. */
  readonly id: string;
  /** What may happen. */
  readonly risk: Risk;
  /** The table that it is about, by the name that it has before all of the operations. */
  readonly table: string;
  /** What the operation does, in a sentence. */
  readonly operation: string;
  /** Why it may hurt. */
  readonly reason: string;
  /** What to do instead, or beside it. */
  readonly recipe: string;
  /** The reason for which it was accepted; undefined while it was not. */
  readonly assured: string | undefined;
}

/** What may hurt about operations, from a structure on. Tables that are made by the same operations have no rows, and no users. */
export function findRisks(before: State, operations: readonly Operation[], costs: MigrationCosts): Finding[] {
  const fresh = new Set<string>();
  const former = new Map<string, string>();
  const findings: Finding[] = [];
  let state = before;
  const visit = (operation: Operation, assured: string | undefined): void => {
    if (operation.kind === "assured") return visit(operation.operation, operation.reason);
    if (operation.kind === "databaseOnly" || operation.kind === "stateOnly") {
      if (operation.kind === "databaseOnly") for (const inner of operation.operations) visit(inner, assured);
      return;
    }
    if (operation.kind === "createTable") fresh.add(operation.table);
    else if (operation.kind === "dropView")
      findings.push({ ...viewDropped, table: operation.view, operation: describeOperation(operation), assured });
    else if ("table" in operation && !fresh.has(operation.table)) {
      const found = [rate(operation, state, costs), rateValues(operation, state)].filter((each) => each !== undefined);
      if (operation.kind === "renameTable") former.set(operation.to, former.get(operation.table) ?? operation.table);
      const table = former.get(operation.table) ?? operation.table;
      findings.push(...found.map((each) => ({ ...each, table, operation: describeOperation(operation), assured })));
    }
  };
  for (const operation of operations) {
    visit(operation, undefined);
    state = applyOperation(state, operation);
  }
  // One that is made again within the same operations is away for a moment.
  return findings.filter(({ id, table }) => id !== "view-dropped" || !state.has(table));
}

const viewDropped = {
  id: "view-dropped",
  risk: "breaks-old-code",
  reason: "Code that still runs may read it.",
  recipe: 'Let one release go out that does not use it, then drop it with phase: "after-deploy".',
} as const;

type Rated = Omit<Finding, "operation" | "assured" | "table">;

function rate(operation: Operation, state: State, costs: MigrationCosts): Rated | undefined {
  switch (operation.kind) {
    case "dropTable":
    case "dropColumn":
      return {
        id: operation.kind === "dropTable" ? "table-dropped" : "column-dropped",
        risk: "loses-data",
        reason: "What is dropped is gone, and code that still runs may read it.",
        recipe: 'Let one release go out that does not use it (retired: true), then drop it with phase: "after-deploy".',
      };
    case "renameTable":
    case "renameColumn":
      return {
        id: "renamed",
        risk: "breaks-old-code",
        reason: "Code that still runs knows the former name alone.",
        recipe: "Keep the former name by the option column or the table of the model, or add, copy and drop in several releases.",
      };
    case "addColumn":
      return operation.column.null === true || operation.column.default !== undefined
        ? rateDefault(operation.column, costs)
        : {
            id: "required-column",
            risk: "breaks-old-code",
            reason: "Code that still runs inserts rows without it.",
            recipe: "Add it with null: true, fill it, and require it in the next release.",
          };
    case "alterColumn":
      return rateColumn(state.get(operation.table)?.columns.get(operation.name) ?? operation.from, operation.column, costs);
    case "alterPrimary":
      return {
        id: "primary-key",
        risk: "rewrites",
        reason: "The table is locked while its key is built.",
        recipe: "Do it while nobody writes.",
      };
    case "addIndex":
    case "addUnique":
      return !costs.locksForIndexes
        ? undefined
        : { id: "index-built", risk: "locks", reason: "Writes wait while the index is built.", recipe: "Do it while few write." };
    default:
      return undefined;
  }
}

/** What rows may hold that stops a change: it is looked at before anything is changed, and nothing is lost. */
function rateValues(operation: Operation, state: State): Rated | undefined {
  if (operation.kind !== "addColumn" && operation.kind !== "alterColumn") return undefined;
  const before = state.get(operation.table)?.columns.get(operation.name);
  if (needsValue(operation, before))
    return {
      id: "value-missing",
      risk: "breaks-old-code",
      reason: "Rows without a value stop it with E_MIGRATION_CONSENT, before anything is changed: no value is invented.",
      recipe: "Give the value: fill in the operation, or the option fills of rollback() on the way back.",
    };
  if (operation.kind === "addColumn" || conversionOf(before ?? operation.from, operation.column) !== "fits") return undefined;
  return {
    id: "values-must-fit",
    risk: "scans",
    reason: "Every row is read. Values that do not fit stop it with E_MIGRATION_VALUES, before anything is changed: none is cut off.",
    recipe: "Change the values that do not fit in a migration before.",
  };
}

/** A default that is not the same for all rows is written into each of them. */
function rateDefault({ default: value }: ColumnState, costs: MigrationCosts): Rated | undefined {
  if (!costs.rewritesForDefaults || !Array.isArray(value) || !String(value[0]).startsWith("sql")) return undefined;
  return {
    id: "column-computed",
    risk: "rewrites",
    reason: "If the default differs from row to row, every row is written anew while others wait.",
    recipe: "Add the column with null: true and without a default, fill it in batches, and give it the default in a later migration.",
  };
}

/** Types that are one in every database. */
const longTypes: ReadonlySet<ColumnState["type"]> = new Set<ColumnState["type"]>(["id", "bigint"]);

function rateColumn(before: ColumnState, after: ColumnState, costs: MigrationCosts): Rated | undefined {
  const isWider =
    before.type === after.type &&
    (after.max === undefined || (before.max !== undefined && after.max >= before.max)) &&
    (after.digits ?? 0) - (after.scale ?? 0) >= (before.digits ?? 0) - (before.scale ?? 0) &&
    (after.scale ?? 0) === (before.scale ?? 0);
  if (before.null === true && after.null !== true)
    return {
      id: "null-refused",
      risk: "breaks-old-code",
      reason: "Code that still runs may insert null.",
      recipe: "Let one release go out that always gives a value.",
    };
  if (isWider) return undefined;
  const isFree = costs.widensTextsFreely && ["text", "choice"].includes(before.type) && after.type === "text" && after.max === undefined;
  if (isFree || (longTypes.has(before.type) && longTypes.has(after.type))) return undefined;
  return {
    id: "type-changed",
    risk: "rewrites",
    reason: "Every row is written anew while others wait.",
    recipe: "Add a new column, fill it in batches, and let a later release use it.",
  };
}
