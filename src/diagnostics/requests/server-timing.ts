/** The field `Server-Timing`: browsers show it in their own tools. */
import type { RequestRecord } from "./request-record.ts";

/** Returns the value of the field for a request whose head is made. */
export function toServerTiming({ id, steps, statements, statementCount, headMs }: RequestRecord): string {
  const sums = new Map<string, number>();
  for (const { name, durationMs } of steps) sums.set(name, (sums.get(name) ?? 0) + durationMs);
  const metrics = [...sums].map(([name, durationMs]) => `${name};dur=${durationMs.toFixed(2)}`);
  const queryMs = statements.reduce((sum, { durationMs }) => sum + durationMs, 0);
  if (statementCount > 0) metrics.push(`queries;dur=${queryMs.toFixed(2)};desc="${statementCount} statements"`);
  // The script of the toolbar reads the id: a page cannot read the header fields of its reply.
  if (/^[\w.-]+$/.test(id)) metrics.push(`gable;desc="${id}"`);
  return [...metrics, `total;dur=${headMs.toFixed(2)}`].join(", ");
}
