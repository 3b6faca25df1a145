/** Checks that a server is of the kind that its address names, recent enough, and stores characters. */
import { GableError } from "../../errors/gable-error.ts";

/** Kinds of servers, and the oldest supported version of each. */
const kinds = {
  postgres: { title: "PostgreSQL", oldest: [15, 0] },
  mariadb: { title: "MariaDB", oldest: [10, 11] },
  mysql: { title: "MySQL", oldest: [8, 4] },
} as const;

/** A kind of server. */
export type ServerKind = keyof typeof kinds;

/** Throws `E_DATABASE_VERSION` for a server of another kind than its address names, or older than the supported versions. */
export function assertServer(kind: ServerKind, version: string): void {
  const { title, oldest } = kinds[kind];
  const isMariadb = /mariadb/i.test(version);
  if (kind !== "postgres" && isMariadb !== (kind === "mariadb")) {
    const [other, scheme] = isMariadb ? ["MariaDB", "mariadb"] : ["MySQL", "mysql"];
    throw new GableError("E_DATABASE_VERSION", `The address is for ${title}, but the server is ${other} ${version}.`, {
      fix: `Begin the address with ${scheme}://.`,
    });
  }
  const [, major = "", minor = "0"] = /^(\d+)(?:\.(\d+))?/.exec(version) ?? [];
  const [first, second] = oldest;
  if (major !== "" && (Number(major) > first || (Number(major) === first && Number(minor) >= second))) return;
  throw new GableError("E_DATABASE_VERSION", `The server is ${title} ${version}; ${oldestOf(kind)} or newer is needed.`, {
    fix: "Update the server.",
  });
}

/** Throws `E_DATABASE_OPEN` for a PostgreSQL database without characters: lengths, `lower()` and searches would count bytes. */
export function assertEncoding(encoding: string): void {
  if (encoding !== "SQL_ASCII") return;
  throw new GableError("E_DATABASE_OPEN", "The database cannot be opened: its encoding SQL_ASCII has bytes, not characters.", {
    fix: "Make another one: CREATE DATABASE name TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'. Then move the rows with pg_dump.",
  });
}

function oldestOf(kind: ServerKind): string {
  const [major, minor] = kinds[kind].oldest;
  return minor === 0 ? String(major) : `${major}.${minor}`;
}
