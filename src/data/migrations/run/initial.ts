/** Compares the tables that a first migration creates with those that a database has already. */
import { GableError } from "../../../errors/gable-error.ts";
import type { ColumnState, State, TableState } from "../../schema/table-state.ts";
import { findCountedColumn } from "../../schema/table-state.ts";
import type { NamedMigration } from "../files/read-files.ts";
import type { FoundTable } from "../plan/table-finding.ts";
import { applyAll } from "../state/apply.ts";
import { describeColumn } from "../state/conversion.ts";
import type { SchemaDifference } from "./live-schema.ts";
import type { Session } from "./session.ts";

/**
 * Returns whether a database has every table and column that a migration without predecessors creates, with the same types. Returns false if it
 * has none of the tables. Throws `E_MIGRATION_DRIFT` with the differences if it has some of them. Keys and indexes are not compared.
 */
export async function isCreated(session: Session, before: State, { name, after, operations }: NamedMigration): Promise<boolean> {
  if (after.length > 0) return false;
  const created = [...applyAll(before, operations)].filter(([table]) => !before.has(table));
  const found = new Map((await session.kind.introspect(session)).map((table) => [table.name, table]));
  if (!created.some(([table]) => found.has(table))) return false;
  const differences = created.flatMap(([table, state]) => compareTable(session, [table, state], found.get(table)));
  if (differences.length === 0) return true;
  const list = differences.map(describeDifference).join("; ");
  throw new GableError("E_MIGRATION_DRIFT", `The database does not have what the migration "${name}" creates: ${list}.`, {
    fix: "Correct the models and write the migration again, or change the tables. To record it as it is, use --fake, or fake of migrate().",
    details: { differences },
  });
}

/** Names of columns of views are in their query: only their existence is compared. */
function compareTable(session: Session, [name, wanted]: readonly [string, TableState], found: FoundTable | undefined): SchemaDifference[] {
  const kindOf = ({ view }: TableState): string => (view === undefined ? "table" : "view");
  const expected = kindOf(wanted);
  if (found === undefined) return [{ table: name, object: expected, expected, found: undefined }];
  if (kindOf(found.state) !== expected) return [{ table: name, object: expected, expected, found: kindOf(found.state) }];
  if (wanted.view !== undefined) return [];
  const counted = findCountedColumn(wanted);
  return [...wanted.columns].flatMap(([column, state]): SchemaDifference[] => {
    const there = found.state.columns.get(column);
    // A type that models do not have is only in the notes.
    const [note] = found.notes.get(column) ?? [];
    const difference = { table: name, object: `column ${column}`, expected: describeColumn(state) };
    if (there === undefined) return [{ ...difference, found: note?.replace(/^the type is /, "") }];
    const isCounted = column !== counted || there.type === "id";
    return isCounted && hasType(session, there, state) ? [] : [{ ...difference, found: describeColumn(there) }];
  });
}

/** Returns whether the database stores both in the same way. The keys of a choice are a condition, and a key refers to any whole number. */
function hasType({ dialect: { tables } }: Session, found: ColumnState, wanted: ColumnState): boolean {
  if (tables.columnTypeOf(found) === tables.columnTypeOf(wanted)) return true;
  if (wanted.type === "id") return found.type === "int";
  const longest = Math.max(...(wanted.choices ?? []).map((key) => key.length));
  return wanted.type === "choice" && (found.type === "choice" || (found.type === "text" && (found.max ?? Infinity) >= longest));
}

/** Describes a difference as a part of a sentence. */
function describeDifference({ table, object, expected, found }: SchemaDifference): string {
  const what = object === "table" || object === "view" ? `the ${object} "${table}"` : `${object} of "${table}"`;
  return found === undefined ? `${what} is missing` : `${what} is ${found}, not ${expected}`;
}
