/** Conditions as data: which columns they name, and whether they fold case. */
import type { OperandData } from "./table-state.ts";

/** Whether an expression folds case: SQLite has functions for that by Gable alone, which no table may use. */
export function foldsCase(data: OperandData): boolean {
  if (!isList(data)) return false;
  const [operator] = data;
  return (
    (typeof operator === "string" && /^(?:(?:lower|upper)\??:|i(?:eq|contains|startsWith|endsWith)$)/.test(operator)) ||
    data.some(foldsCase)
  );
}

/** Names of the columns that a condition speaks of. */
export function columnsOf(data: OperandData): string[] {
  const columns: string[] = [];
  mapColumns(data, (name) => {
    columns.push(name);
    return name;
  });
  return columns;
}

/** The condition with another name of a column. */
export function renameInCondition<Data extends OperandData>(data: Data, from: string, to: string): Data {
  return mapColumns(data, (name) => (name === from ? to : name)) as Data; // The shape stays.
}

/** The condition with other columns. Every text is one, but for operators: values that are texts say so, `{ text: "draft" }`. */
function mapColumns(data: OperandData, change: (name: string) => string): OperandData {
  if (typeof data === "string") return change(data);
  if (!isList(data)) return data;
  return data.map((part, place) => (place === 0 && typeof part === "string" ? part : mapColumns(part, change)));
}

export function isList(data: OperandData): data is readonly OperandData[] {
  return Array.isArray(data);
}
