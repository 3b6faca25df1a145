/** What a release that still runs breaks on, when migrations change the tables under it. */
import { assertKnownOptions } from "../../../errors/option-errors.ts";
import { GableError } from "../../../errors/gable-error.ts";
import { suggestName } from "../../../errors/nearest-name.ts";
import type { ColumnState, State, TableState } from "../../schema/table-state.ts";
import { replay } from "../state/apply.ts";
import type { NamedMigration } from "./read-files.ts";
import { readMigrations } from "./read-files.ts";
import { isSame } from "../state/table-data.ts";

/** Which release still runs. */
export interface OldCodeOptions {
  /** Folder of the migrations. */
  readonly folder: string;
  /** Name of the last migration that the release knows. */
  readonly since: string;
}

/** Something that the release expects, and that is not so any more. */
export interface OldCodeBreak {
  /** Name of the table, or of the view. */
  readonly table: string;
  /** What of it: `column title`, `unique books_title_unique`; "" for the whole. */
  readonly object: string;
  /** Whether all such statements fail ("fails"), or those alone with values that do not fit any more ("may fail"). */
  readonly outcome: "fails" | "may fail";
  /** What happens, in a sentence. */
  readonly text: string;
}

/**
 * What a release that still runs breaks on. It knows the migrations up to a name, and those behind have run, but for
 * those that wait until the new code has taken over. None when both can work at the same time. Throws `E_MIGRATION_TARGET` for a name that is not there.
 */
export async function checkOldCode(options: OldCodeOptions): Promise<OldCodeBreak[]> {
  assertKnownOptions("checkOldCode()", options, ["folder", "since"]);
  const migrations = await readMigrations(options.folder);
  const known = findKnown(migrations, options.since);
  const due = migrations.filter((each) => !known.includes(each));
  // What comes after one that waits for the new code waits, too.
  const waiting = due.findIndex(({ phase }) => phase === "after-deploy");
  const run = waiting === -1 ? due : due.slice(0, waiting);
  const before = replay(known);
  return compareForOldCode(before, replay(run, before));
}

/** A migration and all that it comes after. */
function findKnown(migrations: readonly NamedMigration[], since: string): NamedMigration[] {
  const named = (name: string): NamedMigration | undefined => migrations.find((each) => each.name === name || each.replaces.includes(name));
  const last = named(since);
  if (last === undefined)
    throw new GableError("E_MIGRATION_TARGET", `There is no migration "${since}".`, {
      fix: suggestName(
        since,
        migrations.map(({ name }) => name),
      ),
    });
  const found = new Set<NamedMigration>();
  const visit = (one: NamedMigration): void => {
    if (found.has(one)) return;
    found.add(one);
    for (const name of one.after) visit(named(name)!);
  };
  visit(last);
  return migrations.filter((each) => found.has(each));
}

/** What code that knows one structure breaks on in another one. */
function compareForOldCode(before: State, after: State): OldCodeBreak[] {
  return [...before].flatMap(([name, table]) => {
    const now = after.get(name);
    const found = (object: string, outcome: OldCodeBreak["outcome"], text: string): OldCodeBreak => ({
      table: name,
      object,
      outcome,
      text,
    });
    if (now === undefined) return [found("", "fails", `It uses "${name}", which is gone.`)];
    const isWritten = table.view === undefined;
    if (isWritten && now.view !== undefined) return [found("", "fails", `It writes to "${name}", which is a view now.`)];
    const columns = [...table.columns].flatMap(([column, state]) =>
      columnBreaks(state, now.columns.get(column), isWritten).map(([outcome, text]) => found(`column ${column}`, outcome, text)),
    );
    return [...columns, ...(isWritten ? tableBreaks(table, now).map(([object, outcome, text]) => found(object, outcome, text)) : [])];
  });
}

type Break = readonly [outcome: OldCodeBreak["outcome"], text: string];

function columnBreaks(before: ColumnState, after: ColumnState | undefined, isWritten: boolean): Break[] {
  if (after === undefined) return [["fails", "It reads the column, which is gone."]];
  if (!isKindKept(before, after)) return [["fails", `It takes values of the type ${typeName(before)}, which are ${typeName(after)} now.`]];
  const breaks: Break[] = [];
  if (before.null !== true && after.null === true) breaks.push(["may fail", "It expects a value in each row, and there may be none."]);
  if (!isWritten) return breaks;
  if (before.null === true && after.null !== true) breaks.push(["may fail", "It may store no value, which is refused."]);
  else if (before.default !== undefined && after.default === undefined && after.null !== true)
    breaks.push(["fails", "It leaves the value to the database, which gives none any more."]);
  if (after.max !== undefined && (before.max === undefined || after.max < before.max))
    breaks.push(["may fail", `It may store a longer value than ${after.max}, which is refused.`]);
  const whole = ({ digits = 0, scale = 0 }: ColumnState): number => digits - scale;
  if (before.type === "decimal" && (whole(after) < whole(before) || (after.scale ?? 0) < (before.scale ?? 0)))
    breaks.push(["may fail", "It may store more digits than there are, which are refused or rounded."]);
  const gone = after.check === false ? [] : (before.choices ?? []).filter((key) => after.choices?.includes(key) === false);
  if (gone.length > 0) breaks.push(["may fail", `It may store ${gone.map((key) => `"${key}"`).join(", ")}, which is refused.`]);
  return breaks;
}

const typeName = ({ type, items }: ColumnState): string => (items === undefined ? type : `${type} of ${items.type}`);

/** Whether code that reads and writes one type can do so with another one. */
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
      breaks.push([`column ${column}`, "fails", "It makes rows without the column, which needs a value."]);
  if (!isSame(before.primary, after.primary)) breaks.push(["primary key", "fails", "It finds rows by a key that is another one now."]);
  const fresh = <Value>(what: string, one: ReadonlyMap<string, Value>, other: ReadonlyMap<string, Value>): void => {
    const known = [...one.values()];
    for (const [name, value] of other)
      if (!known.some((each) => isSame(each, value)))
        breaks.push([`${what} ${name}`, "may fail", `It may store what the ${what} refuses, which it does not know.`]);
  };
  fresh("unique key", before.uniques, after.uniques);
  fresh("check", before.checks, after.checks);
  fresh("foreign key", before.foreignKeys, after.foreignKeys);
  const unique = (table: TableState): TableState["indexes"] => new Map([...table.indexes].filter(([, key]) => key.unique === true));
  fresh("unique key", unique(before), unique(after));
  return breaks;
}
