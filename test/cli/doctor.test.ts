/** `gable doctor`: judgements of any machine, and the command on this one. */
import assert from "node:assert/strict";
import { chmodSync, existsSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import type { Finding } from "../../src/cli/doctor/finding.ts";
import { judgeClock, judgeDisk, judgeHashing, judgeNode, judgePort, judgeSecretFile } from "../../src/cli/doctor/judge.ts";
import { measureHashing } from "../../src/cli/doctor/measure.ts";
import { databaseKinds, placePostgres, runOnServer, skipPostgres } from "../data/databases.ts";
import { createTestProject } from "./project.ts";

const [mib, gib] = [1_048_576, 1_073_741_824];

describe("a judgement", () => {
  const cases: ReadonlyArray<readonly [found: Finding, state: Finding["state"], text: RegExp, fix?: RegExp]> = [
    [judgeNode("22.17.9"), "error", /^22\.17\.9$/, /Install Node 22\.18/],
    [judgeNode("22.18.0"), "warning", /without argon2id/, /Node 24\.7/],
    [judgeNode("24.6.0"), "warning", /scrypt/, /Node 24\.7/],
    [judgeNode("24.7.0"), "ok", /^24\.7\.0$/],
    [judgeNode("26.0.0"), "ok", /^26\.0\.0$/],
    [judgeClock("clock", "it", 2_000), "ok", /agrees with it/],
    [judgeClock("clock", "it", 2_001), "warning", /2 s ahead of it/, /NTP/],
    [judgeClock("clock", "it", -30_000), "warning", /30 s behind it/, /NTP/],
    [judgeClock("clock", "it", -30_001), "error", /30 s behind it/, /NTP/],
    [judgeDisk(100 * mib - 1, undefined), "error", /99 MiB free/, /Delete/],
    [judgeDisk(100 * mib, undefined), "warning", /100 MiB free/, /larger disk/],
    [judgeDisk(gib - 1, 5_000), "warning", /1023 MiB free/, /larger disk/],
    [judgeDisk(gib, 1_000), "ok", /1\.0 GiB free/],
    [judgeDisk(gib, 999), "warning", /room for 999 more files/, /Delete/],
    [judgeDisk(gib, 0), "error", /room for 0 more files/, /Delete/],
    [judgeHashing(500, 1, 5), "ok", /takes 500 ms$/],
    [judgeHashing(501, 1, 5), "warning", /takes 501 ms$/, /^Give the machine a faster/],
    [judgeHashing(501, 2, 5), "warning", /takes 501 ms$/, /^Lower hashCost/],
    [judgeHashing(2_001, 1, 5), "error", /takes 2001 ms$/, /faster/],
    [judgeHashing(50.1, 1, 5), "ok", /takes 50 ms$/],
    [judgeHashing(50, 1, 5), "ok", /takes 50 ms; hashCost: 2 of the accounts would make it 100 ms$/],
    [judgeHashing(100, 2, 5), "ok", /takes 100 ms$/],
    [judgeHashing(66, 2, 5), "ok", /takes 66 ms; hashCost: 3 of the accounts would make it 99 ms$/],
    [judgeHashing(8, 1, 5), "ok", /takes 8 ms; hashCost: 5 of the accounts would make it 40 ms$/],
    [judgeHashing(40, 5, 5), "ok", /takes 40 ms$/],
    [judgePort(80, "EACCES"), "error", /may not be opened/, /from 1024 on/],
    [judgePort(80, "EADDRINUSE"), "warning", /in use/, /--port/],
    [judgePort(80, "EADDRNOTAVAIL"), "error", /EADDRNOTAVAIL/, /network/],
    [judgePort(80, undefined), "ok", /free/],
    [judgeSecretFile(".env", 0o100600), "ok", /only its owner/],
    [judgeSecretFile(".env", 0o100640), "warning", /its group can read it/, /chmod 600 \.env/],
    [judgeSecretFile(".env", 0o100644), "warning", /every user can read it/, /chmod 600/],
    [judgeSecretFile(".env", 0o100666), "warning", /every user can change it/, /chmod 600/],
  ];
  for (const [finding, state, text, fix] of cases)
    it(`${finding.check}: ${finding.found} is ${state}`, () => {
      assert.equal(finding.state, state);
      assert.match(finding.found, text);
      if (fix === undefined) assert.equal(finding.fix, undefined);
      else assert.match(finding.fix!, fix);
    });
});

describe("the time of a hash", () => {
  it("is the best of three, whatever else the machine does", async () => {
    const times = [0, 400, 500, 530, 600, 990];
    const hashed: string[] = [];
    const hash = async (password: string): Promise<string> => (hashed.push(password), "");
    const finding = await measureHashing(1, { hash }, () => times.shift()!);
    assert.equal(finding.found, "one password takes 30 ms; hashCost: 3 of the accounts would make it 90 ms");
    assert.deepEqual([hashed.length, times.length], [3, 0]);
  });
});

describe("gable doctor", () => {
  const app = (url: string): string => `import { gable } from "gable";
import { Model, field as f } from "gable/data";
class Book extends Model("books", { id: f.id() }) {}
export default gable({ models: [Book], database: "${url}" });
`;
  const project = createTestProject({
    "app.ts": app("sqlite:app.db"),
    "broken.ts": app("postgres://nobody@127.0.0.1:1/none"),
    ".env": "A=1\n",
  });
  after(() => project.remove());

  /** The findings by what was looked at. */
  const find = async (...words: readonly string[]): Promise<ReadonlyMap<string, Finding>> => {
    const { data } = await project.json("doctor", ...words);
    return new Map((data as { findings: readonly Finding[] }).findings.map((finding) => [finding.check, finding])); // What the command prints.
  };

  it("looks at everything, and prints a table", async () => {
    chmodSync(join(project.folder, ".env"), 0o600);
    const before = await find();
    assert.match(before.get("database default")!.found, /^the file app\.db does not exist$/);
    assert.equal(existsSync(join(project.folder, "app.db")), false);
    assert.equal((await project.run("db", "create")).code, 0);
    const port = await freePort();
    const found = await find("--port", String(port));
    assert.deepEqual([...found.keys()], ["node", `port ${port}`, "folder .", "clock", "file .env", "disk", "database default", "hashing"]);
    for (const check of [`port ${port}`, "folder .", "file .env", "database default"]) assert.equal(found.get(check)!.state, "ok", check);
    assert.match(found.get("database default")!.found, /^sqlite answers in \d+ ms$/);
    assert.match((await project.run("doctor")).out, /^CHECK +STATE +FOUND\nnode /);
  });

  it("warns about a port in use and a file that others can read", async () => {
    chmodSync(join(project.folder, ".env"), 0o644);
    const server = createServer();
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    const { port } = server.address() as AddressInfo; // It listens on a port.
    try {
      const { error } = await project.run("doctor", "--port", String(port));
      assert.match(error, new RegExp(`warning: doctor\\.port: port ${port}: is in use\\.\\n {2}fix: `));
      assert.match(error, /warning: doctor\.file: file \.env: every user can read it\.\n {2}fix: Run: chmod 600 \.env/);
    } finally {
      await new Promise((closed) => server.close(closed));
    }
  });

  it("fails for a database that does not answer, and for an application that is missing", async () => {
    const broken = await project.json("doctor", "--app", "broken.ts");
    assert.deepEqual([broken.code, broken.ok], [1, false]);
    assert.match(broken.problems.find(({ id }) => id === "doctor.database")!.message, /E_DATABASE_OPEN/);
    const missing = await find("--app", "none.ts");
    assert.match(missing.get("application")!.found, /E_APP_FILE/);
    assert.equal(missing.has("hashing"), true);
  });

  for (const { name, skip, place } of databaseKinds)
    it(`asks ${name} for an answer and for its clock`, { skip }, async () => {
      const { url, remove } = await place();
      try {
        const file = `${name.replaceAll(/[^a-zA-Z]/g, "")}.ts`;
        project.write({ [file]: app(url) });
        await project.run("db", "create", "--app", file);
        const found = await find("--app", file);
        assert.equal(found.get("database default")!.state, "ok");
        assert.equal(found.get("clock of database default")?.state, url.startsWith("sqlite:") ? undefined : "ok");
      } finally {
        await remove();
      }
    });

  for (const [locale, state] of [
    ["C", "warning"],
    ["C.UTF-8", undefined],
  ] as const)
    it(
      `${state === undefined ? "is silent about" : "warns about"} the letters of a PostgreSQL database with LC_CTYPE ${locale}`,
      { skip: skipPostgres },
      async (test) => {
        const { url, remove } = await placePostgres();
        test.after(remove);
        const name = `${new URL(url).pathname.slice(1)}_letters`;
        await runOnServer(`CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'UTF8' LOCALE '${locale}'`);
        test.after(() => runOnServer(`DROP DATABASE ${name} WITH (FORCE)`));
        const file = `letters-${locale}.ts`;
        project.write({ [file]: app(url.replace(/[^/]+$/, name)) });
        const found = await find("--app", file);
        assert.equal(found.get("letters of database default")?.state, state);
        assert.equal(found.get("clock of database default")?.state, "ok");
      },
    );

  for (const port of ["0", "65536"])
    it(`refuses --port ${port}`, async () => {
      const { code, error } = await project.run("doctor", "--port", port);
      assert.equal(code, 2);
      assert.match(error, new RegExp(`--port is ${port}; it must be from 1 to 65535`));
    });
});

/** A port that was free just before. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo; // It listens on a port.
  await new Promise((closed) => server.close(closed));
  return port;
}
