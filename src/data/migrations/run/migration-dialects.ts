/** The kinds of databases that can be migrated. Each is loaded on demand, so an application that only queries loads none. */
import type { Dialect } from "../../sql/dialect.ts";
import type { MigrationDialect } from "../plan/migration-dialect.ts";

const dialects: Readonly<Record<Dialect["name"], () => Promise<{ readonly migrations: MigrationDialect }>>> = {
  sqlite: () => import("../../sql/sqlite/migrations.ts"),
  postgres: () => import("../../sql/postgres/migrations.ts"),
  mariadb: () => import("../../sql/mariadb/migrations.ts"),
  mysql: () => import("../../sql/mysql/migrations.ts"),
};

/** Loads the migration support for a dialect. */
export async function loadMigrationDialect({ name }: Dialect): Promise<MigrationDialect> {
  return (await dialects[name]()).migrations;
}
