/** Table definitions of MySQL, where they differ from MariaDB. */
import type { ColumnState } from "../../schema/table-state.ts";
import { mariadbTables, quoteMariadb, quoteMariadbText } from "../mariadb/tables.ts";
import type { TableSyntax } from "../table-syntax.ts";
import { writeChoices } from "../table-syntax.ts";

/** Collation for strings: compares character by character, as on every database; trailing spaces count. */
export const mysqlCollation = "utf8mb4_0900_bin";

/** The table syntax of MySQL. */
export const mysqlTables: TableSyntax = {
  ...mariadbTables,
  columnTypeOf,
  toTableCondition: (sql) => sql,
  // Types without a length limit accept an expression as default, but no plain value.
  defaultOf: (value, column) => (/^(?:json|long)/.test(columnTypeOf(column)) ? `(${value})` : value),
  checkOf: (name, column) => writeChoices(quoteMariadb(name), column, quoteMariadbText),
  options: ` ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE ${mysqlCollation}`,
};

/** Returns the type of a column. MySQL has a type for JSON, but none for UUIDs. */
function columnTypeOf(column: ColumnState): string {
  if (column.type === "json" || column.type === "array") return "json";
  return column.type === "uuid" ? "char(36) CHARACTER SET ascii COLLATE ascii_bin" : mariadbTables.columnTypeOf(column);
}
