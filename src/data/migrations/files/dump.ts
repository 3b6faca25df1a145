/** Dumps all rows of a database as JSON Lines files, which any other kind of database can load. */
import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { assertKnownOptions } from "../../../errors/option-errors.ts";
import type { Database } from "../../database.ts";
import { Query } from "../../query/query.ts";
import type { FieldMeta } from "../../schema/model-class.ts";
import type { ModelClass } from "../../schema/model-class.ts";
import { sortTables, tablesOf } from "../../schema/table-state.ts";
import { contextIn, runIn } from "../../run/context.ts";
import { transaction } from "../../run/transaction.ts";
import { writeRecord } from "./data-records.ts";
import { describeModels } from "../../sql/model-state.ts";
import { createModels } from "./state-models.ts";
import { assertFolder } from "./read-files.ts";

/** Options for dumping data. */
export interface DumpOptions {
  /** The database to read. */
  readonly database: Database;
  /** The folder of the files. It is created if it does not exist. */
  readonly folder: string;
  /** Whether to compress the files (`books.jsonl.gz`). Default false. */
  readonly gzip?: boolean;
  /** Whether to include columns with the option `secret`. Default false. */
  readonly secrets?: boolean;
  /** Receives the table that is being written, with its rows so far, after each 1,000 rows and at its end. None by default. */
  readonly onProgress?: (count: TableCount) => void;
  /** Counts the rows, and writes nothing. Default false. */
  readonly isDry?: boolean;
}

/** Rows after which progress is reported. */
export const rowsPerReport = 1_000;

/** A table that was dumped or loaded. */
export interface TableCount {
  /** Name of the table. */
  readonly table: string;
  /** Number of its rows. */
  readonly rows: number;
}

/**
 * Writes all rows of the models' tables, including soft-deleted rows and join tables, from one consistent
 * snapshot: a file for each table, a line for each row, ordered by primary key. Equal databases give equal files.
 */
export async function dumpData(options: DumpOptions): Promise<TableCount[]> {
  assertKnownOptions("dumpData()", options, {
    database: "object",
    folder: true,
    gzip: "boolean",
    secrets: "boolean",
    onProgress: "function",
    isDry: "boolean",
  });
  const { database, folder, gzip = false, secrets = false, onProgress, isDry = false } = options;
  assertFolder("dumpData()", folder);
  if (!isDry) await mkdir(folder, { recursive: true });
  const state = tablesOf(describeModels(database.models));
  const models = createModels(state);
  const hidden = secrets ? new Map<string, ReadonlySet<string>>() : listSecrets(database.models);
  const counts: TableCount[] = [];
  const work = async (): Promise<void> => {
    for (const table of sortTables(state)) {
      const model = models.get(table)!;
      const fields = model.$meta.columns.filter(({ column }) => hidden.get(table)?.has(column) !== true);
      const count = { table, rows: isDry ? await Query.of(model).count() : 0 };
      const path = join(folder, `${table}.jsonl${gzip ? ".gz" : ""}`);
      if (!isDry) await writeLines(path, Readable.from(toLines(model, fields, count, onProgress)), gzip);
      onProgress?.({ ...count });
      counts.push(count);
    }
  };
  // One snapshot for the rows of all tables.
  await runIn(contextIn(database.$core), () =>
    transaction(work, { isolation: "repeatable read", readOnly: true, database: { $core: database.$core } }),
  );
  return counts;
}

function writeLines(path: string, lines: Readable, gzip: boolean): Promise<void> {
  const file = createWriteStream(path);
  return gzip ? pipeline(lines, createGzip(), file) : pipeline(lines, file);
}

/** Returns the secret columns by table. */
function listSecrets(models: readonly ModelClass[]): Map<string, ReadonlySet<string>> {
  return new Map(
    models.map(({ $meta: { table, columns } }) => [table, new Set(columns.filter((field) => field.isSecret).map(({ column }) => column))]),
  );
}

async function* toLines(
  model: ModelClass,
  fields: readonly FieldMeta[],
  count: { readonly table: string; rows: number },
  onProgress: DumpOptions["onProgress"],
): AsyncGenerator<string> {
  const rows = Query.of<unknown, Record<string, unknown>>(model)
    .orderBy(...(model.$meta.primary as readonly never[])) // Names of fields.
    .stream({ batch: rowsPerReport });
  for await (const row of rows) {
    if (++count.rows % rowsPerReport === 0) onProgress?.({ ...count });
    yield `${writeRecord(fields, row)}\n`;
  }
}
