/** Migrations that replace others: chooses between them and their originals. */
import { GableError } from "../../../errors/gable-error.ts";

/** Names that a database has recorded; false for an interrupted migration. */
export type Recorded = ReadonlyMap<string, boolean>;

/** A migration that may replace others. */
interface Replacing {
  readonly name: string;
  readonly after: readonly string[];
  readonly replaces: readonly string[];
}

/**
 * Returns the migrations that a database uses. A migration that replaces others is used by a database that has all of the originals
 * or none; one that has some of them goes on with the originals. Throws `E_MIGRATION_GRAPH` if their files are missing.
 */
export function chooseFiles<File extends Replacing>(files: readonly File[], recorded: Recorded): File[] {
  const byName = new Map(files.map((each) => [each.name, each]));
  assertReplaced(byName);
  const chosen = new Map(byName);
  /** What another name means: the migration that replaces it, or the last original. */
  const meanings = new Map<string, string>();
  const isStarted = (name: string): boolean => recorded.has(name) || partsOf(name, byName).some((part) => recorded.has(part));
  const isDone = (name: string): boolean => {
    const { replaces = [] } = byName.get(name) ?? {};
    return recorded.get(name) === true || (replaces.length > 0 && replaces.every(isDone));
  };
  const choose = (one: File): void => {
    const { name, replaces } = one;
    if (replaces.length === 0) return;
    if (recorded.has(name) || isDone(name) || !isStarted(name)) {
      for (const part of partsOf(name, byName)) {
        chosen.delete(part);
        meanings.set(part, name);
      }
      return;
    }
    const missing = replaces.filter((part) => !byName.has(part));
    if (missing.length > 0) throw originalsMissing(one, missing, replaces.filter(isStarted));
    chosen.delete(name);
    meanings.set(name, replaces.at(-1)!);
    for (const part of replaces) choose(byName.get(part)!);
  };
  const replaced = new Set(files.flatMap(({ replaces }) => replaces));
  for (const one of files) if (!replaced.has(one.name)) choose(one);
  const meaningOf = (name: string): string => {
    const meant = meanings.get(name);
    return meant === undefined ? name : meaningOf(meant);
  };
  return [...chosen.values()].map((each) => ({ ...each, after: [...new Set(each.after.map(meaningOf))] }));
}

/** Returns the names that a migration replaces, with those that they replace in turn. */
export function partsOf(name: string, byName: ReadonlyMap<string, Replacing>): string[] {
  const { replaces = [] } = byName.get(name) ?? {};
  return replaces.flatMap((part) => [...partsOf(part, byName), part]);
}

/** Throws if two migrations replace the same one, or migrations replace each other. */
function assertReplaced(byName: ReadonlyMap<string, Replacing>): void {
  const owners = new Map<string, string>();
  for (const { name, replaces } of byName.values())
    for (const part of replaces) {
      const other = owners.get(part);
      if (other !== undefined)
        throw new GableError("E_MIGRATION_GRAPH", `"${other}" and "${name}" both replace the migration "${part}".`, {
          fix: "Delete one of the two files.",
        });
      owners.set(part, name);
    }
  for (const start of owners.keys()) {
    const path = [start];
    for (let owner = owners.get(start); owner !== undefined; owner = owners.get(owner)) {
      if (path.includes(owner))
        throw new GableError("E_MIGRATION_GRAPH", `Migrations replace each other in a cycle: ${[...path, owner].join(" -> ")}.`, {
          fix: "Name only earlier migrations in replaces.",
        });
      path.push(owner);
    }
  }
}

function originalsMissing({ name, replaces }: Replacing, missing: readonly string[], known: readonly string[]): GableError {
  const list = (names: readonly string[]): string => names.map((each) => `"${each}"`).join(", ");
  return new GableError(
    "E_MIGRATION_GRAPH",
    `The database has only ${known.length} of the ${replaces.length} migrations that "${name}" replaces (${list(known)}), so it needs the original files, and ${list(missing)} ${missing.length === 1 ? "is" : "are"} missing.`,
    { fix: `Restore the files that "${name}" replaces, run the migrations, and delete them again.` },
  );
}
