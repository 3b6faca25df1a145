/** Files of migrations: read from their folder, put into the order of their graph, and held against what they were. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { GableError } from "../../../errors/gable-error.ts";
import { optionInvalid } from "../../../errors/option-errors.ts";
import type { Migration, Operation } from "../state/operation.ts";
import { isMigration } from "../state/operation.ts";
import { hashData } from "../state/table-data.ts";

/** A migration with the name of its file. */
export interface NamedMigration extends Migration {
  readonly name: string;
  /** Hash of what it does: changes of it are told by this. */
  readonly hash: string;
}

const fileName = /^([A-Za-z0-9_-]+)\.(?:ts|js|mjs)$/;

/** The migrations of a folder, as a database sees them that has none. Throws what readFiles() and orderMigrations() throw. */
export async function readMigrations(folder: string): Promise<NamedMigration[]> {
  return orderMigrations(await readFiles(folder), new Set());
}

/** Throws `E_OPTION_INVALID` for what is no path of a folder. */
export function assertFolder(owner: string, folder: unknown): void {
  if (typeof folder !== "string" || folder === "") throw optionInvalid(owner, "folder", folder, "the path of a folder");
}

/** The files of a folder; none when there is no such folder. Throws `E_MIGRATION_INVALID` for a file that is no migration. */
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
 * Migrations, each after those that it names, for a database that has some of them. Throws `E_MIGRATION_GRAPH` for one that names
 * what is not there, or for a circle.
 */
export function orderMigrations(files: readonly NamedMigration[], applied: ReadonlySet<string>): NamedMigration[] {
  return sortMigrations(chooseSquashed(files, applied));
}

/** A migration that stands for others, or those: a database that has some of them needs the rest one by one. */
function chooseSquashed(migrations: readonly NamedMigration[], applied: ReadonlySet<string>): NamedMigration[] {
  const left = new Map(migrations.map((each) => [each.name, each]));
  for (const { name, replaces } of migrations) {
    const done = replaces.filter((old) => applied.has(old));
    if (replaces.length === 0 || applied.has(name)) continue;
    if (done.length > 0 && done.length < replaces.length) left.delete(name);
  }
  for (const { replaces } of left.values()) for (const old of replaces) left.delete(old);
  const last = new Map(migrations.map(({ name, replaces }) => [name, left.has(name) ? name : (replaces.at(-1) ?? name)]));
  return [...left.values()].map((each) => ({ ...each, after: each.after.map((name) => last.get(name) ?? name) }));
}

async function readMigration(path: string, name: string): Promise<NamedMigration> {
  // A file that has changed is another module: the text is part of its address.
  const text = await readFile(path, "utf8");
  const url = `${pathToFileURL(path).href}?${hashData(text, 16)}`;
  const module = (await import(url).catch((error: unknown) => {
    throw new GableError("E_MIGRATION_INVALID", `The migration "${name}" cannot be read.`, { cause: error, details: { path } });
  })) as { default?: unknown }; // Whatever it exports is looked at below.
  const { default: read } = module;
  if (!isMigration(read))
    throw new GableError("E_MIGRATION_INVALID", `The file ${path} does not export a migration.`, {
      fix: "Write: export default migration({ after, schema, ops }).",
    });
  return { ...read, name, hash: hashData(read.operations.map(toHashed), 16) };
}

/** What counts of an operation: the code of data steps may be mended. */
function toHashed(operation: Operation): unknown {
  if (operation.kind !== "run") return operation;
  const { name, table, batch } = operation.step;
  return { kind: "run", name, table, batch };
}

/** Migrations in an order in which each comes after those that it names; otherwise by name. */
function sortMigrations(migrations: readonly NamedMigration[]): NamedMigration[] {
  const byName = new Map(migrations.map((each) => [each.name, each]));
  for (const { name, replaces } of migrations) for (const old of replaces) if (!byName.has(old)) byName.set(old, byName.get(name)!);
  const sorted = new Set<NamedMigration>();
  const visit = (one: NamedMigration, path: readonly string[]): void => {
    if (sorted.has(one)) return;
    if (path.includes(one.name))
      throw new GableError("E_MIGRATION_GRAPH", `Migrations name each other in a circle: ${[...path, one.name].join(" -> ")}.`, {
        fix: "Let each name earlier ones alone in after.",
      });
    for (const name of one.after) {
      const before = byName.get(name);
      if (before === undefined)
        throw new GableError("E_MIGRATION_GRAPH", `The migration "${one.name}" comes after "${name}", which is not there.`, {
          fix: "Restore the file, or correct after.",
        });
      if (before !== one) visit(before, [...path, one.name]);
    }
    sorted.add(one);
  };
  for (const one of migrations) visit(one, []);
  return [...sorted];
}

/** Migrations that no other one comes after. */
export function findHeads(migrations: readonly NamedMigration[]): NamedMigration[] {
  const named = new Set(migrations.flatMap(({ after }) => after));
  return migrations.filter(({ name, replaces }) => !named.has(name) && !replaces.some((old) => named.has(old)));
}
