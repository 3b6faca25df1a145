/** Finds what a request does at a cost: relations that its queries could have loaded, filters without an index, rows that nobody uses. */
import type { SourcePlace } from "../../errors/source-place.ts";
import type { ModelFacts } from "./model-facts.ts";
import type { RecordedStatement, RequestRecord } from "./request-record.ts";
import { isChange, isQuery, readFilter } from "./statement-text.ts";

/** A finding, with what to do about it. */
export interface Finding {
  /** Stable id, such as `W_RELATION_EACH`. */
  readonly id: string;
  /** What the request does. */
  readonly message: string;
  /** What to do. */
  readonly fix: string;
  /** Code that does it. */
  readonly place: SourcePlace | undefined;
}

/** Id of a relation that a further query loads for all rows together: a hint, which the badge does not count. */
export const laterId = "W_RELATION_LATER";
/** A query that code sends this often from one place is reported. */
const repeatedMin = 3;
/** So many rows may remain unused. */
const unusedMax = 9;

/** Returns the findings of a request, the most important first. */
export function findCosts(record: RequestRecord, models: ModelFacts): Finding[] {
  return [
    ...findRelations(record),
    ...findRepeated(record, models),
    ...findUnusedRows(record),
    ...findMissingIndexes(record, models),
    ...findLooseStatements(record),
    ...findChangesOfGet(record),
  ];
}

function samePlace(first: SourcePlace | undefined, second: SourcePlace | undefined): boolean {
  return first?.file === second?.file && first?.line === second?.line;
}

/** Relations that were loaded after their rows: one by one, or for all rows by a further query. */
function findRelations({ relations }: RequestRecord): Finding[] {
  const groups = new Map<string, typeof relations>();
  for (const touched of relations) {
    const key = `${touched.model}.${touched.relation} ${touched.place?.file}:${touched.place?.line} ${touched.isAlone}`;
    groups.set(key, [...(groups.get(key) ?? []), touched]);
  }
  return [...groups.values()].map((group) => {
    const [first] = group as [(typeof relations)[number]]; // A group begins with its first member.
    const { model, relation, isAlone, rowCount, place } = first;
    const option = `with(${nestOption(first, relations)})`;
    const name = `${model}.${relation}`;
    return isAlone && group.length > 1
      ? {
          id: "W_RELATION_EACH",
          message: `${name} is loaded one by one: ${group.length} queries.`,
          fix: `Add ${option} to the query.`,
          place,
        }
      : {
          id: laterId,
          message: `${name} is loaded by a further query for ${rowCount} ${rowCount === 1 ? "row" : "rows"}, when the code first touches it.`,
          fix: `Add ${option} to the query to load it together with its rows.`,
          place,
        };
  });
}

/** The option for a relation: inside the relation that led to its rows, when code has touched that one before. */
function nestOption(touched: RequestRecord["relations"][number], relations: RequestRecord["relations"]): string {
  let option = `{ ${touched.relation}: true }`;
  let current = touched;
  for (let depth = 0; depth < 4; depth++) {
    const position = relations.indexOf(current);
    const parent = relations.slice(0, position).findLast(({ target }) => target === current.model);
    if (parent === undefined || parent.model === current.model) return option;
    option = `{ ${parent.relation}: { with: ${option} } }`;
    current = parent;
  }
  return option;
}

/** Queries that differ only in their values, sent from one place: a loop. */
function findRepeated({ statements }: RequestRecord, models: ModelFacts): Finding[] {
  const groups: RecordedStatement[][] = [];
  for (const statement of statements) {
    if (!isQuery(statement.sql) || statement.place === undefined) continue;
    const group = groups.find(([first]) => first?.sql === statement.sql && samePlace(first.place, statement.place));
    if (group === undefined) groups.push([statement]);
    else group.push(statement);
  }
  return groups
    .filter((group) => group.length >= repeatedMin)
    .map((group) => {
      const [first] = group as [RecordedStatement]; // As above.
      const read = statements.slice(0, statements.indexOf(first)).filter(({ sql }) => isQuery(sql));
      const relation = read.toReversed().flatMap((earlier) => models.findLink(earlier.sql, first.sql) ?? [])[0];
      return {
        id: "W_QUERY_REPEATED",
        message: `${group.length} queries differ only in their values.`,
        fix:
          relation === undefined
            ? "Load all rows by one query before the loop: where({ id: { in: ids } })."
            : `Add with({ ${relation.relation}: true }) to the query of ${relation.model}, and use row.${relation.relation} in the loop.`,
        place: first.place,
      };
    });
}

function findUnusedRows({ rows }: RequestRecord): Finding[] {
  return rows
    .filter(({ rowCount, usedCount }) => rowCount - usedCount > unusedMax && usedCount * 2 < rowCount)
    .map(({ model, rowCount, usedCount, place }) => ({ model, rowCount, usedCount: Math.round(usedCount), place }))
    .map(({ model, rowCount, usedCount, place }) => ({
      id: "W_ROWS_UNUSED",
      message: `A query reads ${rowCount} rows of ${model}, and the code uses about ${usedCount} of them.`,
      fix: usedCount === 0 ? "Ask for what is needed: count(), exists(), or nothing." : `Limit the query: limit(${usedCount}) or page().`,
      place,
    }));
}

function findMissingIndexes({ statements }: RequestRecord, models: ModelFacts): Finding[] {
  const found = new Map<string, Finding>();
  for (const { sql, place } of statements) {
    const filter = isQuery(sql) ? readFilter(sql) : undefined;
    if (filter === undefined || place === undefined) continue;
    const missing = models.findMissingIndex(filter);
    if (missing === undefined) continue;
    found.set(`${missing.model} ${missing.field}`, {
      id: "W_INDEX_MISSING",
      message: `A query filters ${missing.model} by ${missing.field}, and no index begins with it: the database reads the whole table.`,
      fix: `Give the field ${missing.model}.${missing.field} the option { index: true }. Then run npx gable db make.`,
      place,
    });
  }
  return [...found.values()];
}

/** Statements of the application that run after a change outside of a transaction. */
function findLooseStatements({ statements }: RequestRecord): Finding[] {
  const own = statements.filter(({ place, isInTransaction }) => place !== undefined && !isInTransaction);
  const first = own.findIndex(({ sql }) => isChange(sql));
  const next = first === -1 ? undefined : own[first + 1];
  if (next === undefined) return [];
  return [
    {
      id: "W_TRANSACTION_MISSING",
      message: "A statement runs after a change, and neither is in a transaction: if it fails, the change stays.",
      fix: "Put both into transaction(async () => { ... }).",
      place: next.place,
    },
  ];
}

function findChangesOfGet({ method, statements }: RequestRecord): Finding[] {
  if (method !== "GET" && method !== "HEAD") return [];
  const change = statements.find(({ sql, place }) => place !== undefined && isChange(sql));
  if (change === undefined) return [];
  return [
    {
      id: "W_GET_WRITES",
      message: `This ${method} request changes the database. Browsers and crawlers repeat such requests without asking.`,
      fix: "Change data in a POST route.",
      place: change.place,
    },
  ];
}
