/** Tables of MySQL, where they are not those of MariaDB. */
import type { ColumnState } from "../../schema/table-state.ts";
import { mariadbTables, quoteMariadb, quoteMariadbText } from "../mariadb/tables.ts";
import type { TableSyntax } from "../table-syntax.ts";
import { writeChoices } from "../table-syntax.ts";

/** How texts are compared: character by character, as on every database; blanks at the end count. */
export const mysqlCollation = "utf8mb4_0900_bin";

/** Tables of MySQL. */
export const mysqlTables: TableSyntax = {
  ...mariadbTables,
  typeOf,
  toTableCondition: (sql) => sql,
  // A type that may be long takes no plain value, and any expression.
  defaultOf: (value, column) => (/^(?:json|long)/.test(typeOf(column)) ? `(${value})` : value),
  checkOf: (name, column) => writeChoices(quoteMariadb(name), column, quoteMariadbText),
  options: ` ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE ${mysqlCollation}`,
};

/** The type of a column. MySQL knows JSON, and no UUID. */
function typeOf(column: ColumnState): string {
  if (column.type === "json" || column.type === "array") return "json";
  return column.type === "uuid" ? "char(36) CHARACTER SET ascii COLLATE ascii_bin" : mariadbTables.typeOf(column);
}
