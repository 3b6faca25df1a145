/** The statements of a suite, as PostgreSQL's own parser reads them: each is one statement, whatever was put into it. */
import assert from "node:assert/strict";
import { loadModule, parseSync } from "libpg-query";

/** Throws for a statement that is none, or more than one. */
export async function assertParsed(statements: Iterable<string>): Promise<void> {
  await loadModule();
  for (const sql of new Set(statements)) assert.equal(parse(sql).length, 1, sql);
}

function parse(sql: string): readonly unknown[] {
  try {
    return (parseSync(sql) as { readonly stmts?: readonly unknown[] }).stmts ?? []; // As the package gives it.
  } catch (error) {
    throw new Error(`PostgreSQL does not parse: ${sql}`, { cause: error });
  }
}
