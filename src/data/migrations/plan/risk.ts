/** Finds the risks of operations: lost data, blocked queries, and changes that a running release does not expect. */
import type { MigrationCosts } from "./migration-dialect.ts";
import type { ColumnState, State } from "../../schema/table-state.ts";
import { applyOperation } from "../state/apply.ts";
import { conversionOf } from "../state/conversion.ts";
import { describeOperation } from "../state/inverse.ts";
import type { Operation } from "../state/operation.ts";
import { needsValue } from "../state/operation.ts";

/** Kinds of risks, from the least to the greatest. */
export type Risk = "safe" | "locks" | "scans" | "rewrites" | "breaks-old-code" | "loses-data";

/** A risk of an operation. */
export interface Finding {
  /** Name of the rule. */
  readonly id: string;
  /** Kind of the risk. */
  readonly risk: Risk;
  /** Name that the table has before all of the operations. */
  readonly table: string;
  /** What the operation does, in a sentence. */
  readonly operation: string;
  /** Why it is risky. */
  readonly reason: string;
  /** What to do instead or in addition. */
  readonly recipe: string;
  /** The reason why somebody accepted the risk; undefined if nobody has. */
  readonly assured: string | undefined;
}

/** Returns the risks of operations that start from a structure. Tables that the same operations create have no rows and no users. */
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
  // A view that the same operations create again is missing only briefly.
  return findings.filter(({ id, table }) => id !== "view-dropped" || !state.has(table));
}

const viewDropped = {
  id: "view-dropped",
  risk: "breaks-old-code",
  reason: "The running release may read it.",
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
        reason: "The dropped data is lost, and the running release may read it.",
        recipe: 'Let one release go out that does not use it (retired: true), then drop it with phase: "after-deploy".',
      };
    case "renameTable":
    case "renameColumn":
      return {
        id: "renamed",
        risk: "breaks-old-code",
        reason: "The running release knows only the old name.",
        recipe:
          "Keep the old name with the option column of the field or the table name of the model, or add, copy and drop over several releases.",
      };
    case "addColumn":
      return operation.column.null === true || operation.column.default !== undefined
        ? rateDefault(operation.column, costs)
        : {
            id: "required-column",
            risk: "breaks-old-code",
            reason: "The running release inserts rows without it.",
            recipe: "Add it with null: true, fill it, and require it in the next release.",
          };
    case "alterColumn":
      return rateColumn(state.get(operation.table)?.columns.get(operation.name) ?? operation.from, operation.column, costs);
    case "alterPrimary":
      return {
        id: "primary-key",
        risk: "rewrites",
        reason: "The table is locked while its key is built.",
        recipe: "Run it while nobody writes to the table.",
      };
    case "addIndex":
    case "addUnique":
      return !costs.locksForIndexes
        ? undefined
        : {
            id: "index-built",
            risk: "locks",
            reason: "Writes wait while the index is built.",
            recipe: "Run it while there are few writes.",
          };
    default:
      return undefined;
  }
}

/** Returns the risk of a change that existing rows may block. The rows are checked before anything changes, so no data is lost. */
function rateValues(operation: Operation, state: State): Rated | undefined {
  if (operation.kind !== "addColumn" && operation.kind !== "alterColumn") return undefined;
  const before = state.get(operation.table)?.columns.get(operation.name);
  if (needsValue(operation, before))
    return {
      id: "value-missing",
      risk: "breaks-old-code",
      reason:
        "If a row has no value, the migration stops with E_MIGRATION_CONSENT before it changes anything. Gable never invents a value.",
      recipe: "Give the value with `fill` in the operation, or with the option `fills` of rollback().",
    };
  if (operation.kind === "addColumn" || conversionOf(before ?? operation.from, operation.column) !== "fits") return undefined;
  return {
    id: "values-must-fit",
    risk: "scans",
    reason:
      "Every row is read. If a value does not fit, the migration stops with E_MIGRATION_VALUES before it changes anything. No value is truncated.",
    recipe: "Change the values that do not fit in an earlier migration.",
  };
}

/** Returns the risk of a default that may differ from row to row, and is therefore written into each row. */
function rateDefault({ default: value }: ColumnState, costs: MigrationCosts): Rated | undefined {
  if (!costs.rewritesForDefaults || !Array.isArray(value) || !String(value[0]).startsWith("sql")) return undefined;
  return {
    id: "column-computed",
    risk: "rewrites",
    reason: "If the default differs from row to row, every row is rewritten while other connections wait.",
    recipe: "Add the column with null: true and without a default, fill it in batches, and set the default in a later migration.",
  };
}

/** Types that every database stores the same way. */
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
      reason: "The running release may insert null.",
      recipe: "First deploy a release that always gives a value.",
    };
  if (isWider) return undefined;
  const isFree = costs.widensTextsFreely && ["text", "choice"].includes(before.type) && after.type === "text" && after.max === undefined;
  if (isFree || (longTypes.has(before.type) && longTypes.has(after.type))) return undefined;
  return {
    id: "type-changed",
    risk: "rewrites",
    reason: "Every row is rewritten while other connections wait.",
    recipe: "Add a new column, fill it in batches, and use it in a later release.",
  };
}
