/** Servers of another kind than their address names, and old ones. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { assertServer } from "./server-version.ts";
import type { ServerKind } from "./server-version.ts";

const known: ReadonlyArray<readonly [ServerKind, string]> = [
  ["postgres", "15.0"],
  ["postgres", "18beta1"],
  ["postgres", "15.14 (Debian 15.14-0+deb12u1)"],
  ["mariadb", "10.11.0-MariaDB"],
  ["mariadb", "11.4.2-MariaDB-ubu2404"],
  ["mysql", "8.4.0"],
  ["mysql", "9.7.4-2"],
];
const old: ReadonlyArray<readonly [ServerKind, string, string]> = [
  ["postgres", "14.99", "The server is PostgreSQL 14.99; 15 or newer is needed."],
  ["mariadb", "10.10.7-MariaDB", "The server is MariaDB 10.10.7-MariaDB; 10.11 or newer is needed."],
  ["mysql", "8.3.0", "The server is MySQL 8.3.0; 8.4 or newer is needed."],
  ["mysql", "what", "The server is MySQL what; 8.4 or newer is needed."],
];

it("accepts servers from the oldest supported version on", () => {
  for (const [kind, version] of known) assertServer(kind, version);
});

it("rejects older servers", () => {
  for (const [kind, version, message] of old) assert.throws(() => assertServer(kind, version), { code: "E_DATABASE_VERSION", message });
});

it("rejects servers of another kind, and says which address they need", () => {
  assert.throws(() => assertServer("mysql", "10.11.6-MariaDB"), {
    message: "The address is for MySQL, but the server is MariaDB 10.11.6-MariaDB.",
    fix: "Begin the address with mariadb://.",
  });
  assert.throws(() => assertServer("mariadb", "8.4.2"), {
    message: "The address is for MariaDB, but the server is MySQL 8.4.2.",
    fix: "Begin the address with mysql://.",
  });
});
