/** The databases that a project can start with. */

/** Names of the databases, the first one being the default. */
export const databaseNames = ["sqlite", "postgres", "mariadb", "mysql"] as const;
/** A database. */
export type DatabaseName = (typeof databaseNames)[number];

interface DatabaseFacts {
  readonly label: string;
  readonly hint: string;
  /** Packages that the project installs for it. */
  readonly packages: Readonly<Record<string, string>>;
  /** Address of the server on the machine of a developer, with a slash at its end; "" for SQLite, which has a file. */
  readonly server: string;
}

const mysql2 = { mysql2: "^3.24.6" };

/** What each database needs. */
export const databases: Readonly<Record<DatabaseName, DatabaseFacts>> = {
  sqlite: { label: "SQLite", hint: "a file, nothing to install", packages: {}, server: "" },
  postgres: { label: "PostgreSQL", hint: "a server", packages: { pg: "^8.23.1" }, server: "postgres://postgres@127.0.0.1:5432/" },
  mariadb: { label: "MariaDB", hint: "a server", packages: mysql2, server: "mariadb://root@127.0.0.1:3306/" },
  mysql: { label: "MySQL", hint: "a server", packages: mysql2, server: "mysql://root@127.0.0.1:3306/" },
};

/** Returns a name that every database and `gable db create` take, with room for `_test` at its end. */
export function toDatabaseName(packageName: string): string {
  const name = packageName
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^[_0-9]+|_+$/g, "")
    .slice(0, 50);
  return name === "" ? "my_site" : name;
}
