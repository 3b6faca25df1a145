/** Reads what the tools need from the SQL that Gable writes: kinds, tables and filters. Other SQL is left alone. */

/** The table of a statement, and the columns that its WHERE compares. */
export interface StatementFilter {
  readonly table: string;
  /** Columns of that table in their order. */
  readonly columns: readonly string[];
}

/** Whether a statement only reads. */
export function isQuery(sql: string): boolean {
  return /^\s*(?:select|with)\b/i.test(sql);
}

/** Whether a statement changes rows. */
export function isChange(sql: string): boolean {
  return /^\s*(?:insert|update|delete|merge|replace)\b/i.test(sql);
}

/** Returns the first table after FROM; undefined when there is none. */
export function readTable(sql: string): string | undefined {
  return /\bFROM ["`](\w+)["`]/.exec(sql)?.[1];
}

/** Returns the filter of a query. Undefined without one, and where conditions are alternatives or come of joins. */
export function readFilter(sql: string): StatementFilter | undefined {
  const table = readTable(sql);
  const where = /\bWHERE (.*?)(?: GROUP BY | ORDER BY | LIMIT | FOR UPDATE|$)/s.exec(sql)?.[1];
  if (table === undefined || where === undefined || /\bOR\b|\bJOIN\b/.test(sql)) return undefined;
  const comparison = new RegExp(`["\`]${table}["\`]\\.["\`](\\w+)["\`] (?:=|<|>|<=|>=|IN|IS|BETWEEN) `, "g");
  const columns = [...where.matchAll(comparison)].map(([, column]) => column!);
  return columns.length === 0 ? undefined : { table, columns };
}
