/** Reads migration files from their folder, orders them by their dependencies, and hashes them to detect changes. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { toErrorText } from "../../../errors/error-text.ts";
import { GableError, isGableError } from "../../../errors/gable-error.ts";
import { suggestName } from "../../../errors/nearest-name.ts";
import { optionInvalid } from "../../../errors/option-errors.ts";
import type { Migration, Operation } from "../state/operation.ts";
import { isMigration } from "../state/operation.ts";
import { hashData } from "../state/table-data.ts";
import type { Recorded } from "./replaced.ts";
import { chooseFiles } from "./replaced.ts";

/** A migration with the name of its file. */
export interface NamedMigration extends Migration {
  readonly name: string;
  /** Hash of its operations, which detects changes. */
  readonly hash: string;
  /** Source of its file. */
  readonly source: string;
}

const fileName = /^([A-Za-z0-9_-]+)\.(?:ts|js|mjs)$/;

/** Returns the migrations of a folder in order, for a database that has none. Throws what readFiles() and orderMigrations() throw. */
export async function readMigrations(folder: string): Promise<NamedMigration[]> {
  return orderMigrations(await readFiles(folder));
}

/** Creates the error for a name that no migration has, with the nearest one. */
export function migrationMissing(name: string, migrations: readonly NamedMigration[]): GableError {
  const names = migrations.map((each) => each.name);
  const standIn = migrations.find(({ replaces }) => replaces.includes(name))?.name;
  if (standIn !== undefined)
    return new GableError("E_MIGRATION_TARGET", `The migration "${name}" is a part of "${standIn}", which replaces it.`, {
      fix: `Write "${standIn}".`,
    });
  return new GableError("E_MIGRATION_TARGET", `No migration has the name "${name}".`, { fix: suggestName(name, names) });
}

/** Returns the migration with a name. Throws `E_MIGRATION_TARGET` if there is none. */
export function findNamed(migrations: readonly NamedMigration[], name: string): NamedMigration {
  const found = migrations.find((each) => each.name === name);
  if (found !== undefined) return found;
  throw migrationMissing(name, migrations);
}

/** Returns the name of a migration, and the names of those that must run before it. Throws `E_MIGRATION_TARGET` for an unknown name. */
export function namesUpTo(migrations: readonly NamedMigration[], target: string): Set<string> {
  const found = new Set<string>();
  const visit = (migration: NamedMigration | undefined): void => {
    if (migration === undefined || found.has(migration.name)) return;
    found.add(migration.name);
    for (const name of migration.after) visit(migrations.find((each) => each.name === name));
  };
  visit(findNamed(migrations, target));
  return found;
}

/** Throws `E_OPTION_INVALID` if the value is not a folder path. */
export function assertFolder(owner: string, folder: unknown): void {
  if (typeof folder !== "string" || folder === "") throw optionInvalid(owner, "folder", folder, "the path of a folder");
}

/** Reads the migration files of a folder; returns none if the folder does not exist. Throws `E_MIGRATION_INVALID` for an invalid file. */
export async function readFiles(folder: string): Promise<NamedMigration[]> {
  assertFolder("migrations", folder);
  const entries = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  const found: NamedMigration[] = [];
  for (const entry of entries.sort()) {
    const name = fileName.exec(entry)?.[1];
    if (name !== undefined && !entry.endsWith(".d.ts")) found.push(await readMigration(join(folder, entry), name));
  }
  return found;
}

/**
 * Orders migrations by their dependencies, for a database that has recorded some of them. Throws `E_MIGRATION_GRAPH` for a missing
 * file, a missing dependency or a cycle.
 */
export function orderMigrations(files: readonly NamedMigration[], recorded: Recorded = new Map()): NamedMigration[] {
  return sortMigrations(chooseFiles(files, recorded));
}

async function readMigration(path: string, name: string): Promise<NamedMigration> {
  // A changed file must load as a new module, so the address contains a hash of its source.
  const text = await readFile(path, "utf8");
  const url = `${pathToFileURL(path).href}?${hashData(text, 16)}`;
  const module = (await import(url).catch((error: unknown) => {
    throw new GableError("E_MIGRATION_INVALID", `The migration "${name}" cannot be read: ${toErrorText(error)}`, {
      cause: error,
      details: { path },
      fix: isGableError(error) && error.fix !== "" ? error.fix : "Correct the file, so that it can be imported.",
    });
  })) as { default?: unknown }; // The export is checked below.
  const { default: read } = module;
  if (!isMigration(read))
    throw new GableError("E_MIGRATION_INVALID", `The file ${path} does not export a migration.`, {
      fix: "Write: export default migration({ after, schema, ops }).",
    });
  return { ...read, name, hash: hashData(read.operations.map(toHashed), 16), source: text };
}

/** Returns the parts of an operation that must not change. The code of data steps may be fixed, and steps may become elidable. */
function toHashed(operation: Operation): unknown {
  switch (operation.kind) {
    case "run": {
      const { name, table, batch } = operation.step;
      return { kind: "run", name, table, batch };
    }
    case "sql": {
      const { elidable: _elidable, ...hashed } = operation;
      return hashed;
    }
    case "assured":
      return operation.operation.kind === "sql" ? { ...operation, operation: toHashed(operation.operation) } : operation;
    case "databaseOnly":
      return { ...operation, operations: operation.operations.map((each) => (each.kind === "sql" ? toHashed(each) : each)) };
    default:
      return operation;
  }
}

/** Sorts migrations so that each comes after those that it depends on; otherwise by name. */
function sortMigrations(migrations: readonly NamedMigration[]): NamedMigration[] {
  const byName = new Map(migrations.map((each) => [each.name, each]));
  const sorted = new Set<NamedMigration>();
  const visit = (one: NamedMigration, path: readonly string[]): void => {
    if (sorted.has(one)) return;
    if (path.includes(one.name))
      throw new GableError("E_MIGRATION_GRAPH", `Migrations depend on each other in a cycle: ${[...path, one.name].join(" -> ")}.`, {
        fix: "Name only earlier migrations in after.",
      });
    for (const name of one.after) {
      const before = byName.get(name);
      if (before === undefined)
        throw new GableError("E_MIGRATION_GRAPH", `The migration "${one.name}" comes after "${name}", which does not exist.`, {
          fix: "Restore the file, or correct after.",
        });
      if (before !== one) visit(before, [...path, one.name]);
    }
    sorted.add(one);
  };
  for (const one of migrations) visit(one, []);
  return [...sorted];
}

/** Returns the migrations that no other migration depends on. */
export function findHeads(migrations: readonly NamedMigration[]): NamedMigration[] {
  const named = new Set(migrations.flatMap(({ after }) => after));
  return migrations.filter(({ name }) => !named.has(name));
}
