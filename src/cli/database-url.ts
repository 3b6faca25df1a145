/** The address of a database, taken apart: for commands that create it, drop it and open its own shell. */
import { GableError } from "gable";

/** Where a database is. */
export type DatabaseAddress =
  | { readonly kind: "sqlite"; readonly file: string }
  | {
      readonly kind: "postgres" | "mariadb" | "mysql";
      readonly name: string;
      readonly host: string;
      readonly port: string;
      readonly user: string;
      readonly password: string;
      /** Address of the server's own database, from which another one is created. */
      readonly serverUrl: string;
    };

/** Names that need no quotes in any shell or server. */
const namePattern = /^[A-Za-z_][A-Za-z0-9_-]{0,62}$/;

/** Returns the file of a SQLite database; undefined for another database, and for one in memory. */
export function findSqliteFile(url: string | undefined): string | undefined {
  return /^sqlite:(?!:memory:)(.+)$/.exec(url ?? "")?.[1];
}

/** Parses an address. Throws `E_DATABASE_URL` for a name that these commands do not take. */
export function parseDatabaseUrl(text: string): DatabaseAddress {
  if (text.startsWith("sqlite:")) return { kind: "sqlite", file: text.slice("sqlite:".length) };
  const url = new URL(text);
  const kind = url.protocol.startsWith("postgres") ? "postgres" : url.protocol === "mysql:" ? "mysql" : "mariadb";
  const name = decodeURIComponent(url.pathname.slice(1));
  if (!namePattern.test(name))
    throw new GableError("E_DATABASE_URL", `The database name "${name}" has characters that this command does not take.`, {
      fix: "Use letters, digits, _ and - in the name, or create the database by hand.",
    });
  const server = new URL(text);
  server.pathname = kind === "postgres" ? "/postgres" : "/";
  const { hostname, port, username, password } = url;
  return {
    kind,
    name,
    host: hostname,
    port,
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    serverUrl: server.href,
  };
}

/** The words that open the shell of a database, and the variables that carry its password. */
export function toShellCommand(address: DatabaseAddress): {
  readonly program: string;
  readonly words: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
} {
  if (address.kind === "sqlite") return { program: "sqlite3", words: [address.file], environment: {} };
  const { kind, name, host, port, user, password } = address;
  if (kind === "postgres") {
    const words = [
      "--host",
      host,
      ...(port === "" ? [] : ["--port", port]),
      ...(user === "" ? [] : ["--username", user]),
      "--dbname",
      name,
    ];
    return { program: "psql", words, environment: password === "" ? {} : { PGPASSWORD: password } };
  }
  const words = [`--host=${host}`, ...(port === "" ? [] : [`--port=${port}`]), ...(user === "" ? [] : [`--user=${user}`]), name];
  // The variable, since other users of the machine see the words of a command.
  return { program: kind === "mysql" ? "mysql" : "mariadb", words, environment: password === "" ? {} : { MYSQL_PWD: password } };
}
