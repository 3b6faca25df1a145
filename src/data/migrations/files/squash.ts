/** Squashes migrations: writes one file that replaces several. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { GableError } from "../../../errors/gable-error.ts";
import { assertKnownOptions } from "../../../errors/option-errors.ts";
import { applyAll, replay } from "../state/apply.ts";
import { describeOperation } from "../state/inverse.ts";
import type { Migration } from "../state/operation.ts";
import { migration } from "../state/operation.ts";
import { reduceOperations } from "../state/reduce.ts";
import { hashState } from "../state/table-data.ts";
import type { MadeMigration } from "./make.ts";
import { nameFile } from "./make.ts";
import type { NamedMigration } from "./read-files.ts";
import { migrationMissing, orderMigrations, readFiles } from "./read-files.ts";
import { readStepCodes } from "./step-code.ts";
import { writeMigration } from "./write-file.ts";

/** Options for squashing migrations. */
export interface SquashOptions {
  /** Folder of the migrations. */
  readonly folder: string;
  /** Name of the first migration to replace. By default all migrations up to `to` are replaced. */
  readonly from?: string;
  /** Name of the last migration to replace. */
  readonly to: string;
  /** What the migration is about, for the name of the file. Default "squashed". */
  readonly name?: string;
  /** Time in the name of the file. By default now. */
  readonly now?: Date;
  /** Returns what it would write, and writes nothing. Default false. */
  readonly isDry?: boolean;
}

/** A migration that replaces others. */
export interface SquashedMigration extends MadeMigration {
  /** Names of the migrations that it replaces. */
  readonly replaces: readonly string[];
}

/**
 * Writes one migration that replaces those from `from` to `to`, or all up to `to`. An empty database runs the
 * new one; a database that has all of the old ones counts it as applied. You can delete the old files when every database has run
 * `migrate()` with it. Joins operations where the tables and the values of their rows stay the same, and leaves out elidable steps.
 * Throws `E_MIGRATION_TARGET` for unknown names and for a range that is none, `E_MIGRATION_GRAPH` if another migration depends on
 * the middle of the range, and `E_MIGRATION_OPERATION` for a data step whose code cannot be copied.
 */
export async function squashMigrations(options: SquashOptions): Promise<SquashedMigration> {
  assertKnownOptions("squashMigrations()", options, {
    folder: true,
    from: "string",
    to: "string",
    name: true,
    now: "date",
    isDry: "boolean",
  });
  const { folder, from, to, now = new Date(), isDry = false } = options;
  const files = await readFiles(folder);
  const all = orderMigrations(files);
  const range = findRange(all, from, to);
  const base = replay(range.before);
  const operations = range.chosen.flatMap((each) => each.operations);
  const made = migration({
    after: range.after,
    schema: hashState(applyAll(base, operations)),
    ops: reduceOperations(base, operations),
    phase: range.before.length === 0 ? "before-deploy" : phaseOf(range.chosen),
    replaces: range.chosen.map(({ name }) => name),
  });
  const name = nameFile(options.name ?? "squashed", now, files);
  assertReplaceable({ ...made, name, hash: "", source: "" }, files, all);
  const path = join(folder, `${name}.ts`);
  const source = writeMigration(made, readStepCodes(range.chosen, made.operations));
  // "wx" never overwrites an existing file.
  if (!isDry) await writeFile(path, source, { flag: "wx" });
  return { name, path, changes: made.operations.map(describeOperation), replaces: made.replaces };
}

/** Migrations to replace. */
interface Range {
  /** Those before, in order. */
  readonly before: readonly NamedMigration[];
  readonly chosen: readonly NamedMigration[];
  /** Names of those before that the range depends on. */
  readonly after: readonly string[];
}

/** Returns what `to` depends on, without what `from` depends on. */
function findRange(all: readonly NamedMigration[], from: string | undefined, to: string): Range {
  const byName = new Map(all.map((each) => [each.name, each]));
  const historyOf = (name: string): Set<string> => {
    const found = new Set<string>();
    const visit = (each: string): void => {
      if (found.has(each)) return;
      found.add(each);
      for (const before of byName.get(each)!.after) visit(before);
    };
    visit(name);
    return found;
  };
  for (const name of [from, to]) if (name !== undefined && !byName.has(name)) throw migrationMissing(name, all);
  const history = historyOf(to);
  if (from !== undefined && !history.has(from)) throw rangeInvalid(from, to, historyOf(from).has(to));
  const early = from === undefined ? new Set<string>() : historyOf(from);
  if (from !== undefined) early.delete(from);
  const chosen = all.filter(({ name }) => history.has(name) && !early.has(name));
  const after = [...new Set(chosen.flatMap((each) => each.after))].filter((name) => early.has(name));
  return { before: all.filter(({ name }) => early.has(name)), chosen, after };
}

function rangeInvalid(from: string, to: string, isReversed: boolean): GableError {
  return isReversed
    ? new GableError("E_MIGRATION_TARGET", `The range is reversed: "${from}" comes after "${to}".`, {
        fix: `Begin with the first one: ${to}..${from}.`,
      })
    : new GableError("E_MIGRATION_TARGET", `"${to}" does not depend on "${from}": they are in different branches.`, {
        fix: `Begin with a migration that "${to}" depends on.`,
      });
}

/** Returns the phase of migrations. Throws `E_MIGRATION_TARGET` if some wait for new code and others do not. */
function phaseOf(chosen: readonly NamedMigration[]): Migration["phase"] {
  const [first] = chosen;
  const other = chosen.find(({ phase }) => phase !== first!.phase);
  if (other === undefined) return first!.phase;
  throw new GableError(
    "E_MIGRATION_TARGET",
    `"${first!.name}" runs ${wordsOf(first!.phase)}, and "${other.name}" ${wordsOf(other.phase)}: one file cannot do both.`,
    { fix: "Squash them separately, or all migrations from the first one: a new database has no old code." },
  );
}

const wordsOf = (phase: Migration["phase"]): string => (phase === "before-deploy" ? "before a deploy" : "after a deploy");

/** Throws if the migrations lead to another structure with the new file, because others run between those that it replaces. */
function assertReplaceable(made: NamedMigration, files: readonly NamedMigration[], all: readonly NamedMigration[]): void {
  const expected = hashState(replay(all));
  try {
    if (hashState(replay(orderMigrations([...files, made]))) === expected) return;
  } catch (error) {
    if (!(error instanceof GableError) || error.code !== "E_MIGRATION_OPERATION") throw error;
  }
  const inside = new Set(made.replaces);
  const others = all.filter(
    ({ name, after }) => !inside.has(name) && after.some((each) => inside.has(each) && each !== made.replaces.at(-1)),
  );
  const list = (others.length > 0 ? others : all.filter(({ name }) => !inside.has(name))).map(({ name }) => `"${name}"`).join(", ");
  throw new GableError("E_MIGRATION_GRAPH", `Migrations outside of the range have to run within it: ${list}.`, {
    fix: "Choose a range that ends before them, or one that contains them.",
  });
}
