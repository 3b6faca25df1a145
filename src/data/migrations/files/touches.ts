/** Finds what migrations touch. Two branches that touch different things can be joined automatically. */
import type { NamedMigration } from "./read-files.ts";
import type { Operation, OperationOf } from "../state/operation.ts";

/** Returns the objects that an operation touches: `books`, `books.title`, `books#books_title_index`; "*" if they are unknown. */
function touchesOf(operation: Operation): string[] {
  switch (operation.kind) {
    case "sql":
    case "run":
      return ["*"];
    case "createView": {
      const { sql } = operation.data;
      // Any word may be a table that the view reads.
      const words = (typeof sql === "string" ? [sql] : Object.values(sql)).flatMap((text) => text.match(/[A-Za-z_]\w*/g) ?? []);
      return [...new Set([operation.view, ...words])];
    }
    case "dropView":
      return [operation.view];
    case "createExtension":
      return [];
    case "assured":
      return touchesOf(operation.operation);
    case "stateOnly":
    case "databaseOnly":
      return operation.operations.flatMap(touchesOf);
    case "renameTable":
      return [operation.table, operation.to];
    case "createTable":
    case "dropTable":
    case "setSearch":
    case "alterPrimary":
      return [operation.table];
    case "addColumn":
    case "dropColumn":
    case "alterColumn":
    case "renameColumn":
    case "setComment":
      return columnsTouched(operation);
    default:
      return keysTouched(operation);
  }
}

type OnKey = OperationOf<
  | "addIndex"
  | "addUnique"
  | "addForeignKey"
  | "renameIndex"
  | "renameConstraint"
  | "addCheck"
  | "dropIndex"
  | "dropConstraint"
  | "validateConstraint"
>;

function keysTouched(operation: OnKey): string[] {
  const { table } = operation;
  const key = `${table}#${operation.name}`;
  switch (operation.kind) {
    case "addIndex":
    case "addUnique":
      return [key, ...operation.key.columns.map((column) => `${table}.${column}`)];
    case "addForeignKey":
      return [key, ...operation.foreignKey.columns.map((column) => `${table}.${column}`)];
    case "renameIndex":
    case "renameConstraint":
      return [key, `${table}#${operation.to}`];
    case "addCheck":
      // The condition may use any column.
      return [table];
    default:
      return [key];
  }
}

type OnColumn = OperationOf<"addColumn" | "dropColumn" | "alterColumn" | "renameColumn" | "setComment">;

function columnsTouched(operation: OnColumn): string[] {
  const { table } = operation;
  if (operation.kind === "setComment") return [operation.column === undefined ? `${table}#` : `${table}.${operation.column}`];
  return [`${table}.${operation.name}`, ...(operation.kind === "renameColumn" ? [`${table}.${operation.to}`] : [])];
}

/** Returns whether two objects are the same, or one is a part of the other. */
function overlap(one: string, other: string): boolean {
  if (one === "*" || other === "*" || one === other) return true;
  return [".", "#"].some((mark) => one.startsWith(other + mark) || other.startsWith(one + mark));
}

/** Returns two branches that touch the same object, and the object; undefined if the heads can be joined. */
export function mayMerge(
  migrations: readonly NamedMigration[],
  heads: readonly NamedMigration[],
): { one: string; other: string; object: string } | undefined {
  const byName = new Map(migrations.map((each) => [each.name, each]));
  const trunkOf = (name: string, found = new Set<string>()): Set<string> => {
    if (found.has(name)) return found;
    found.add(name);
    for (const before of byName.get(name)?.after ?? []) trunkOf(before, found);
    return found;
  };
  const histories = heads.map(({ name }) => trunkOf(name));
  const branches = histories.map((own, index) => {
    const others = histories.filter((_, place) => place !== index);
    // Migrations that all branches share are not part of a branch.
    const alone = [...own].filter((name) => !others.every((other) => other.has(name)));
    return alone.flatMap((name) => byName.get(name)!.operations.flatMap(touchesOf));
  });
  for (const [place, own] of branches.entries()) {
    const shared = branches.slice(place + 1).map((other) => findShared(own, other));
    const found = shared.findIndex((object) => object !== undefined);
    if (found !== -1) return { one: heads[place]!.name, other: heads[place + 1 + found]!.name, object: shared[found]! };
  }
  return undefined;
}

/** Returns an object of one list that overlaps with an object of another. */
function findShared(one: readonly string[], other: readonly string[]): string | undefined {
  const pairs = one.flatMap((object) => other.filter((another) => overlap(object, another)).map((another) => [object, another] as const));
  const [object, another] = pairs[0] ?? [];
  return object === "*" ? another : object;
}
