/** Finds what breaks in a running release when migrations change its tables. */
import { assertKnownOptions } from "../../../errors/option-errors.ts";
import type { ColumnState, State, TableState } from "../../schema/table-state.ts";
import { replay } from "../state/apply.ts";
import type { NamedMigration } from "./read-files.ts";
import { migrationMissing, orderMigrations, readFiles } from "./read-files.ts";
import type { Recorded } from "./replaced.ts";
import { partsOf } from "./replaced.ts";
import { isSame } from "../state/table-data.ts";

/** Options for checking a running release. */
export interface OldCodeOptions {
  /** Folder of the migrations. */
  readonly folder: string;
  /** Name of the last migration that the release knows. */
  readonly since: string;
}

/** Something that the release expects and that is no longer true. */
export interface OldCodeBreak {
  /** Name of the table or the view. */
  readonly table: string;
  /** The object in it: `column title`, `unique books_title_unique`; "" for the whole table. */
  readonly object: string;
  /** Whether all statements of this kind fail ("fails"), or only those with values that no longer fit ("may fail"). */
  readonly outcome: "fails" | "may fail";
  /** What happens, in a sentence. */
  readonly text: string;
}

/**
 * Returns what breaks in a running release. The release knows the migrations up to `since`. Later
 * ones have run, except those that wait until the new code has taken over. Returns an empty list if both releases can run at the same time. Throws
 * `E_MIGRATION_TARGET` for an unknown name.
 */
export async function checkOldCode(options: OldCodeOptions): Promise<OldCodeBreak[]> {
  assertKnownOptions("checkOldCode()", options, { folder: true, since: "string" });
  const files = await readFiles(options.folder);
  const history = findHistory(files, options.since);
  // A release that knows some of the migrations that another file replaces is compared by the originals.
  const migrations = orderMigrations(files, history);
  const byName = new Map(files.map((each) => [each.name, each]));
  const known = migrations.filter(({ name }) => [name, ...partsOf(name, byName)].some((each) => history.has(each)));
  const due = migrations.filter((each) => !known.includes(each));
  // Migrations after one that waits for the new code wait, too.
  const waiting = due.findIndex(({ phase }) => phase === "after-deploy");
  const run = waiting === -1 ? due : due.slice(0, waiting);
  const before = replay(known);
  return compareForOldCode(before, replay(run, before));
}

/** Returns the names of a migration and of all that it depends on. */
function findHistory(files: readonly NamedMigration[], since: string): Recorded {
  const byName = new Map(files.map((each) => [each.name, each]));
  const last = byName.get(since) ?? files.find(({ replaces }) => replaces.at(-1) === since);
  if (last === undefined) throw migrationMissing(since, files);
  const found = new Map<string, boolean>();
  const visit = (one: NamedMigration | undefined): void => {
    if (one === undefined || found.has(one.name)) return;
    found.set(one.name, true);
    for (const name of one.after) visit(byName.get(name) ?? files.find(({ replaces }) => replaces.includes(name)));
  };
  visit(last);
  return found;
}

/** Returns what breaks when code that knows one structure runs on another. */
function compareForOldCode(before: State, after: State): OldCodeBreak[] {
  return [...before].flatMap(([name, table]) => {
    const now = after.get(name);
    const found = (object: string, outcome: OldCodeBreak["outcome"], text: string): OldCodeBreak => ({
      table: name,
      object,
      outcome,
      text,
    });
    if (now === undefined) return [found("", "fails", `It uses "${name}", which no longer exists.`)];
    const isWritten = table.view === undefined;
    if (isWritten && now.view !== undefined) return [found("", "fails", `It writes to "${name}", which is now a view.`)];
    const columns = [...table.columns].flatMap(([column, state]) =>
      columnBreaks(state, now.columns.get(column), isWritten).map(([outcome, text]) => found(`column ${column}`, outcome, text)),
    );
    return [...columns, ...(isWritten ? tableBreaks(table, now).map(([object, outcome, text]) => found(object, outcome, text)) : [])];
  });
}

type Break = readonly [outcome: OldCodeBreak["outcome"], text: string];

function columnBreaks(before: ColumnState, after: ColumnState | undefined, isWritten: boolean): Break[] {
  if (after === undefined) return [["fails", "It reads the column, which no longer exists."]];
  if (!isKindKept(before, after)) return [["fails", `It expects the type ${typeName(before)}, but the column is now ${typeName(after)}.`]];
  const breaks: Break[] = [];
  if (before.null !== true && after.null === true)
    breaks.push(["may fail", "It expects a value in each row, but the column may now be null."]);
  if (!isWritten) return breaks;
  if (before.null === true && after.null !== true) breaks.push(["may fail", "It may store null, which the column now refuses."]);
  else if (before.default !== undefined && after.default === undefined && after.null !== true)
    breaks.push(["fails", "It relies on a database default that no longer exists."]);
  if (after.max !== undefined && (before.max === undefined || after.max < before.max))
    breaks.push(["may fail", `It may store a value longer than ${after.max}, which the column now refuses.`]);
  const whole = ({ digits = 0, scale = 0 }: ColumnState): number => digits - scale;
  if (before.type === "decimal" && (whole(after) < whole(before) || (after.scale ?? 0) < (before.scale ?? 0)))
    breaks.push(["may fail", "It may store more digits than the column now has, which are refused or rounded."]);
  const gone = after.check === false ? [] : (before.choices ?? []).filter((key) => after.choices?.includes(key) === false);
  if (gone.length > 0) breaks.push(["may fail", `It may store ${gone.map((key) => `"${key}"`).join(", ")}, which the column now refuses.`]);
  return breaks;
}

const typeName = ({ type, items }: ColumnState): string => (items === undefined ? type : `${type} of ${items.type}`);

/** Returns whether code for one type can read and write another. */
function isKindKept(before: ColumnState, after: ColumnState): boolean {
  if (before.items !== undefined || after.items !== undefined) return isSame(before.items ?? null, after.items ?? null);
  const kindOf = ({ type }: ColumnState): string => (["id", "int", "bigint"].includes(type) ? "whole" : type === "choice" ? "text" : type);
  const isWider = before.type !== "bigint" || after.type !== "int";
  return kindOf(before) === kindOf(after) && isWider && before.storage === after.storage;
}

function tableBreaks(before: TableState, after: TableState): Array<readonly [object: string, ...Break]> {
  const breaks: Array<readonly [string, ...Break]> = [];
  for (const [column, { null: isNullable, default: value }] of after.columns)
    if (!before.columns.has(column) && isNullable !== true && value === undefined)
      breaks.push([`column ${column}`, "fails", "It inserts rows without the column, which needs a value."]);
  if (!isSame(before.primary, after.primary)) breaks.push(["primary key", "fails", "It finds rows by a primary key that has changed."]);
  const fresh = <Value>(what: string, one: ReadonlyMap<string, Value>, other: ReadonlyMap<string, Value>): void => {
    const known = [...one.values()];
    for (const [name, value] of other)
      if (!known.some((each) => isSame(each, value)))
        breaks.push([`${what} ${name}`, "may fail", `It may store values that the new ${what} refuses.`]);
  };
  fresh("unique key", before.uniques, after.uniques);
  fresh("check", before.checks, after.checks);
  fresh("foreign key", before.foreignKeys, after.foreignKeys);
  const unique = (table: TableState): TableState["indexes"] => new Map([...table.indexes].filter(([, key]) => key.unique === true));
  fresh("unique key", unique(before), unique(after));
  return breaks;
}
