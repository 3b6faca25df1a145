/** Row counts as databases remember them, for tables that take long to count. */
import type { ModelClass } from "../schema/model-class.ts";
import { contextOf } from "./context.ts";
import { runStatement } from "./execute.ts";

/** Returns the approximate number of rows in a model's table; undefined if the database has never counted them. */
export async function estimateRows(model: ModelClass): Promise<number | undefined> {
  const context = contextOf(model);
  const { sql, subject, needs } = context.database.dialect.estimate;
  const read = async (text: string, ...parameters: readonly string[]): Promise<unknown> =>
    (await runStatement(context, { sql: text, parameters, rows: "arrays" }, false)).rows[0]?.[0];
  if (needs !== undefined && (await read(needs)) === undefined) return undefined;
  const count = await read(sql, subject(model.$table));
  return count === undefined || count === null || Number(count) < 0 ? undefined : Math.round(Number(count));
}
