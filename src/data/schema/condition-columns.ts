/** Reads conditions that are data: which columns they name, and whether they fold case. */
import type { OperandData } from "./table-state.ts";

/** Whether an expression folds case. SQLite does so with functions of Gable, which table definitions must not use. */
export function foldsCase(data: OperandData): boolean {
  if (!isList(data)) return false;
  const [operator] = data;
  return (
    (typeof operator === "string" && /^(?:(?:lower|upper)\??:|i(?:eq|contains|startsWith|endsWith)$)/.test(operator)) ||
    data.some(foldsCase)
  );
}

/** Returns the names of the columns in a condition. */
export function columnsOf(data: OperandData): string[] {
  const columns: string[] = [];
  mapColumns(data, (name) => {
    columns.push(name);
    return name;
  });
  return columns;
}

/** Returns the condition with a column renamed. */
export function renameInCondition<Data extends OperandData>(data: Data, from: string, to: string): Data {
  return mapColumns(data, (name) => (name === from ? to : name)) as Data; // The shape stays.
}

/** Returns the condition with other columns. Strings are columns, except operators; string values are wrapped: `{ text: "draft" }`. */
function mapColumns(data: OperandData, change: (name: string) => string): OperandData {
  if (typeof data === "string") return change(data);
  if (!isList(data)) return data;
  return data.map((part, place) => (place === 0 && typeof part === "string" ? part : mapColumns(part, change)));
}

export function isList(data: OperandData): data is readonly OperandData[] {
  return Array.isArray(data);
}
