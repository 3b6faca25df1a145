/** All rows of a database as files of lines of JSON, which another database of any kind can load. */
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

/** What is dumped, and where. */
export interface DumpOptions {
  /** The database that is read. */
  readonly database: Database;
  /** The folder of the files; it is made where it is not there. */
  readonly folder: string;
  /** Whether the files are packed (`books.jsonl.gz`). Default false. */
  readonly gzip?: boolean;
  /** Whether columns with the option `secret` are in them. Default false. */
  readonly secrets?: boolean;
}

/** A table that was dumped or loaded. */
export interface TableCount {
  /** Name of the table. */
  readonly table: string;
  /** Number of its rows. */
  readonly rows: number;
}

/**
 * Writes all rows of the models' tables, those of deleted rows and of tables between included, as they are at one
 * moment: a file for each table, a line for each row, in the order of the keys. Equal databases give equal files.
 */
export async function dumpData(options: DumpOptions): Promise<TableCount[]> {
  assertKnownOptions("dumpData()", options, ["database", "folder", "gzip", "secrets"]);
  const { database, folder, gzip = false, secrets = false } = options;
  assertFolder("dumpData()", folder);
  await mkdir(folder, { recursive: true });
  const state = tablesOf(describeModels(database.models));
  const models = createModels(state);
  const hidden = secrets ? new Map<string, ReadonlySet<string>>() : listSecrets(database.models);
  const counts: TableCount[] = [];
  const work = async (): Promise<void> => {
    for (const table of sortTables(state)) {
      const model = models.get(table)!;
      const fields = model.$meta.columns.filter(({ column }) => hidden.get(table)?.has(column) !== true);
      const count = { table, rows: 0 };
      const lines = Readable.from(toLines(model, fields, count));
      const file = createWriteStream(join(folder, `${table}.jsonl${gzip ? ".gz" : ""}`));
      await (gzip ? pipeline(lines, createGzip(), file) : pipeline(lines, file));
      counts.push(count);
    }
  };
  // The rows of all tables as they are at one moment.
  await runIn(contextIn(database.$core), () =>
    transaction(work, { isolation: "repeatable read", readOnly: true, database: { $core: database.$core } }),
  );
  return counts;
}

/** Columns that are secret, by table. */
function listSecrets(models: readonly ModelClass[]): Map<string, ReadonlySet<string>> {
  return new Map(
    models.map(({ $meta: { table, columns } }) => [table, new Set(columns.filter((field) => field.isSecret).map(({ column }) => column))]),
  );
}

async function* toLines(model: ModelClass, fields: readonly FieldMeta[], count: { rows: number }): AsyncGenerator<string> {
  const rows = Query.of<unknown, Record<string, unknown>>(model)
    .orderBy(...(model.$meta.primary as readonly never[])) // Names of fields.
    .stream({ batch: 1_000 });
  for await (const row of rows) {
    count.rows++;
    yield `${writeRecord(fields, row)}\n`;
  }
}
