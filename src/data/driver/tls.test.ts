/** Which connections to servers are encrypted. */
import assert from "node:assert/strict";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { describe, it } from "node:test";
import { createDatabase } from "../database.ts";
import { readTls } from "./tls.ts";

const verified = { rejectUnauthorized: true };

describe("readTls()", () => {
  it("uses no encryption on this machine, and verified TLS to another one", () => {
    for (const url of [
      "postgres://u@localhost/a",
      "postgres://u@127.0.0.1:5433/a",
      "postgres://u@[::1]/a",
      "postgres:///a",
      "postgres://u@%2Fvar%2Frun/a",
      "postgres://u@x/a?host=/var/run",
    ])
      assert.equal(readTls(url, undefined), undefined, url);
    for (const url of [
      "postgres://u@db.example.com/a",
      "mariadb://u@10.0.0.7/a",
      "postgres://u@127.0.0.1.example.com/a",
      "postgres://u@localhost.example.com/a",
    ])
      assert.deepEqual(readTls(url, undefined), verified, url);
  });

  it("follows the option or the address", () => {
    assert.equal(readTls("postgres://u@db.example.com/a", "off"), undefined);
    assert.deepEqual(readTls("postgres://u@localhost/a", "verify"), verified);
    assert.deepEqual(readTls("postgres://u@db.example.com/a", "encrypt"), { rejectUnauthorized: false });
    assert.equal(readTls("postgres://u@db.example.com/a?sslmode=require", undefined), undefined);
    assert.deepEqual(readTls("postgres://u@db.example.com/a?sslmode=disable", "verify"), verified);
  });

  it("is requested when a database opens, which rejects a server without encryption", async () => {
    // A PostgreSQL server that always answers that it does not encrypt.
    const server = createServer((socket) => socket.on("data", () => socket.write("N")).on("error", () => undefined));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    await assert.rejects(createDatabase({ url: `postgres://u@127.0.0.1:${port}/a`, models: [], tls: "verify" }), {
      code: "E_DATABASE_TLS",
      status: 503,
      message: "The server does not encrypt its connections.",
    });
    server.close();
    await assert.rejects(createDatabase({ url: "sqlite::memory:", models: [], tls: "on" as never }), { code: "E_OPTION_INVALID" });
    await assert.rejects(createDatabase({ url: "sqlite::memory:", models: [], prepare: "auto" as never }), { code: "E_OPTION_INVALID" });
  });
});
