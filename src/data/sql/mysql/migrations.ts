/** Migrations of MySQL: those of MariaDB, with other limits and expressions. */
import type { MigrationDialect } from "../../migrations/plan/migration-dialect.ts";
import { createTablesReader } from "../mariadb/introspect.ts";
import { migrations as mariadb } from "../mariadb/migrations.ts";
import { readMysqlDefault, readMysqlExpression } from "./expression.ts";

/** MySQL requires names of checks to be unique in the database, not in the table. */
const checks =
  "SELECT t.table_name, c.constraint_name, c.check_clause FROM information_schema.check_constraints c JOIN information_schema.table_constraints t " +
  "ON t.constraint_schema = c.constraint_schema AND t.constraint_name = c.constraint_name AND t.constraint_type = 'CHECK' " +
  "WHERE c.constraint_schema = database() ORDER BY c.constraint_name";

/** How MySQL is migrated. */
export const migrations: MigrationDialect = {
  ...mariadb,
  settings: (lockTimeoutSeconds) => [`SET lock_wait_timeout = ${Math.ceil(lockTimeoutSeconds)}, max_execution_time = 0`],
  introspect: createTablesReader({ checks, readExpression: readMysqlExpression, readDefault: readMysqlDefault }),
};
