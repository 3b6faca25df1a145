/** Records migrations that replace others in place of the originals. */
import { GableError } from "../../../errors/gable-error.ts";
import type { NamedMigration } from "../files/read-files.ts";
import type { Recorded } from "../files/replaced.ts";
import { partsOf } from "../files/replaced.ts";
import type { LedgerRow } from "./ledger.ts";

/** Returns the names in a ledger, with whether each is applied. */
export function recordedIn(rows: readonly LedgerRow[]): Recorded {
  return new Map(rows.map(({ name, appliedAt }) => [name, appliedAt !== ""]));
}

/** Rows of a ledger, with migrations in place of the originals that they replace. */
export interface ReplacedRows {
  readonly rows: LedgerRow[];
  /** Rows that are new. */
  readonly gained: readonly LedgerRow[];
  /** Names of the rows that the new ones replace. */
  readonly lost: readonly string[];
}

/** Returns the rows of a ledger in which a migration stands for all of its originals. Throws `E_MIGRATION_EDITED` for an edited original. */
export function replaceRows(rows: readonly LedgerRow[], chosen: readonly NamedMigration[], files: readonly NamedMigration[]): ReplacedRows {
  const left = new Map(rows.map((row) => [row.name, row]));
  const byName = new Map(files.map((each) => [each.name, each]));
  const gained: LedgerRow[] = [];
  const lost: string[] = [];
  for (const { name, hash } of chosen) {
    const known = left.has(name) ? [] : partsOf(name, byName).flatMap((part) => left.get(part) ?? []);
    if (known.length === 0) continue;
    const edited = known.find((row) => (byName.get(row.name)?.hash ?? row.hash) !== row.hash);
    if (edited !== undefined) throw new GableError("E_MIGRATION_EDITED", `The migration "${edited.name}" was changed after it ran.`);
    const last = known.reduce((one, other) => (other.appliedAt >= one.appliedAt ? other : one));
    const row = { ...last, name, hash, durationMs: known.reduce((sum, { durationMs }) => sum + durationMs, 0) };
    for (const old of known) left.delete(old.name);
    left.set(name, row);
    gained.push(row);
    lost.push(...known.map((old) => old.name));
  }
  return { rows: [...left.values()], gained, lost };
}
