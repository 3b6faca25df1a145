/** Loads rows from JSON Lines files into empty tables. */
import { createReadStream } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { createGunzip } from "node:zlib";
import { GableError } from "../../../errors/gable-error.ts";
import { assertKnownOptions } from "../../../errors/option-errors.ts";
import { suggestName } from "../../../errors/nearest-name.ts";
import type { Database } from "../../database.ts";
import { insertRows } from "../../rows/write-bulk.ts";
import type { RowRecord } from "../../schema/row.ts";
import { runStatement } from "../../run/execute.ts";
import { Query } from "../../query/query.ts";
import type { ModelClass } from "../../schema/model-class.ts";
import { rowClassOf } from "../../schema/model-class.ts";
import type { ForeignKeyState, State, TableState } from "../../schema/table-state.ts";
import { findCountedColumn, keepForeignKeys, sortTables, tablesOf } from "../../schema/table-state.ts";
import { contextIn, currentContext, runIn } from "../../run/context.ts";
import { transaction } from "../../run/transaction.ts";
import { readRecord } from "./data-records.ts";
import type { TableCount } from "./dump.ts";
import { rowsPerReport } from "./dump.ts";
import { describeModels } from "../../sql/model-state.ts";
import { createModels } from "./state-models.ts";
import { assertFolder } from "./read-files.ts";

/** Options for loading data. */
export interface LoadOptions {
  /** The database that receives the rows. */
  readonly database: Database;
  /** The folder of the files that `dumpData()` has written. */
  readonly folder: string;
  /** Receives the table that is being loaded, with its rows so far, after each 1,000 rows and at its end. None by default. */
  readonly onProgress?: (count: TableCount) => void;
  /** Loads all rows and rolls them back, to find what would fail. Default false. */
  readonly isDry?: boolean;
}

/**
 * Loads the rows of JSON Lines files into existing, empty tables, all or nothing.
 * New keys continue after the loaded ones. Throws `E_LOAD_TABLE` for a table that is not empty or has no model, and `E_LOAD_LINE` for an invalid line.
 */
export async function loadData(options: LoadOptions): Promise<TableCount[]> {
  assertKnownOptions("loadData()", options, { database: "object", folder: true, onProgress: "function", isDry: "boolean" });
  const { database, folder, onProgress, isDry = false } = options;
  assertFolder("loadData()", folder);
  const state = tablesOf(describeModels(database.models));
  const models = createModels(state);
  const files = await listFiles(folder, [...state.keys()]);
  const counts: TableCount[] = [];
  const loaded = runIn(contextIn(database.$core), () =>
    transaction(
      async () => {
        const done = new Set<string>();
        const waiting: WaitingRow[] = [];
        for (const table of sortTables(keepForeignKeys(state, (key, owner) => !mayBeEmpty(key, owner)))) {
          const file = files.get(table);
          if (file !== undefined)
            counts.push({ table, rows: await loadTable({ model: models.get(table)!, state, done, waiting, onProgress, isDry }, file) });
          done.add(table);
        }
        // All rows exist now.
        for (const { row, values } of waiting) await Object.assign(row, values).save();
        if (isDry) throw new DryLoad();
      },
      { database: { $core: database.$core } },
    ),
  );
  await loaded.catch((error: unknown) => {
    if (!(error instanceof DryLoad)) throw error;
  });
  return counts;
}

/** Rolls a load back in which nothing has failed. */
class DryLoad extends Error {}

/** Returns the files of a folder, by table. */
async function listFiles(folder: string, tables: readonly string[]): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const name of await readdir(folder)) {
    const table = /^(.+)\.jsonl(?:\.gz)?$/.exec(name)?.[1];
    if (table === undefined) continue;
    if (!tables.includes(table))
      throw new GableError("E_LOAD_TABLE", `The file ${name} is for the table "${table}", which has no model.`, {
        fix: suggestName(table, tables),
      });
    files.set(table, join(folder, name));
  }
  return files;
}

/** A row with the foreign keys to set after the rows that they refer to are loaded. */
interface WaitingRow {
  readonly row: RowRecord & { save(): Promise<unknown> };
  readonly values: Readonly<Record<string, unknown>>;
}

/** A table that is being loaded, with those that are already loaded. */
interface Loading {
  readonly model: ModelClass;
  readonly state: State;
  readonly done: ReadonlySet<string>;
  readonly waiting: WaitingRow[];
  readonly onProgress: LoadOptions["onProgress"];
  readonly isDry: boolean;
}

async function loadTable({ model, state, done, waiting, onProgress, isDry }: Loading, file: string): Promise<number> {
  const { $table: table, $meta: meta } = model;
  if (await Query.of(model).exists())
    throw new GableError("E_LOAD_TABLE", `The table "${table}" already has rows.`, { fix: "Load into an empty database." });
  const definition = state.get(table)!;
  const late = lateColumns(table, definition, done).flatMap(
    (column) => [...meta.fields.values()].find((field) => field.column === column)!.name,
  );
  const fields = new Map([...meta.fields.values()].map((field) => [field.column, field]));
  let count = 0;
  let rows: RowRecord[] = [];
  const flush = async (): Promise<void> => {
    await insertRows(model, rows, { validate: false });
    rows = [];
    onProgress?.({ table, rows: count });
  };
  for await (const line of readLines(file)) {
    count++;
    const values = readLine({ file, number: count, model }, () => readRecord(fields, JSON.parse(line) as Record<string, unknown>)); // Rejected below if it is not an object.
    const row = new (rowClassOf(model))() as WaitingRow["row"]; // Its columns are set below.
    for (const { name } of meta.columns) row[name] = late.includes(name) ? null : values[name];
    if (late.some((name) => values[name] !== null && values[name] !== undefined))
      waiting.push({ row, values: Object.fromEntries(late.map((name) => [name, values[name]])) });
    if (rows.push(row) === rowsPerReport) await flush();
  }
  await flush();
  // A rollback does not take a sequence back.
  if (!isDry) await countOn(table, definition);
  return count;
}

/** Returns the foreign key columns that refer to rows loaded later and may be null until then: self references and cycles. */
function lateColumns(name: string, table: TableState, done: ReadonlySet<string>): string[] {
  const isLate = (key: ForeignKeyState): boolean => (key.table === name || !done.has(key.table)) && mayBeEmpty(key, table);
  return [...table.foreignKeys.values()].filter(isLate).flatMap((key) => key.columns);
}

/** Returns whether rows can exist without the row that a foreign key refers to. */
function mayBeEmpty({ columns }: ForeignKeyState, table: TableState): boolean {
  return columns.every((column) => table.columns.get(column)!.null === true);
}

async function* readLines(file: string): AsyncGenerator<string> {
  const bytes = createReadStream(file);
  const input = file.endsWith(".gz") ? bytes.pipe(createGunzip()) : bytes;
  for await (const line of createInterface({ input, crlfDelay: Infinity })) if (line.trim() !== "") yield line;
}

function readLine(
  { file, number, model }: { readonly file: string; readonly number: number; readonly model: ModelClass },
  read: () => Record<string, unknown>,
): Record<string, unknown> {
  const refuse = (cause: unknown, fix?: string): GableError =>
    new GableError("E_LOAD_LINE", `Line ${number} of ${file} is not a valid row of "${model.$table}".`, {
      cause,
      ...(fix !== undefined && { fix }),
    });
  let values: Record<string, unknown>;
  try {
    values = read();
  } catch (error) {
    throw refuse(error);
  }
  const names = [...model.$meta.fields.keys()];
  const unknown = Object.keys(values).find((name) => !names.includes(name));
  if (unknown !== undefined) throw refuse(undefined, suggestName(unknown, names));
  return values;
}

/** Sets the key sequence of a table after the loaded rows, for databases that do not do so on their own. */
async function countOn(table: string, definition: TableState): Promise<void> {
  const context = currentContext()!;
  const column = findCountedColumn(definition);
  const sql = column === undefined ? "" : context.database.dialect.countOn(table, column);
  if (sql !== "") await runStatement(context, { sql, parameters: [], rows: "arrays" }, true);
}
