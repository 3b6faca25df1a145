/** The tests of accounts once more, with the pages that `gable make accounts --routes` writes in place of the built-in ones. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL("./", import.meta.url));
const source = fileURLToPath(new URL("../../scripts/source.mjs", import.meta.url));

/** The files, the parts of them that run, and how many tests these have at least. */
const rows: ReadonlyArray<readonly [file: string, parts: string, count: number]> = [
  ["login.test.ts", "registration|login|the throttle|every route|let a confirmed user", 25],
  ["secret-addresses.test.ts", "an address with", 18],
  ["mail-links.test.ts", "confirmation before|a forgotten password|a change of the", 15],
  ["remember.test.ts", 'the login form|a remembered browser, store "database"|the page of sessions', 8],
  ["two-factor.test.ts", "turning it on|the second step|new recovery codes|a session without", 30],
  ["sessions.test.ts", "sessions of a user, memory|sessions that cannot be listed", 4],
  ["sudo.test.ts", "what sudo answers|the confirmation", 10],
  ["token-pages.test.ts", "the page of tokens", 5],
  ["usernames.test.ts", "user names, ", 20],
  ["long-next.test.ts", "leads to the login|is never too long", 25],
];

/** Built-in pages answer programs with codes, and ask at each request whether the application sends mail. Copies are pages only. */
const skipped = "answers programs without the first one|answers programs in the same way|has no route without mail|lead pages to the login";

async function run(file: string, parts: string): Promise<string> {
  const { NODE_TEST_CONTEXT: _, ...environment } = process.env;
  const hooks = ["--import", source, "--import", `${here}copied/hook.mjs`];
  const names = [`--test-name-pattern=/${parts}/`, `--test-skip-pattern=/${skipped}/`];
  const child = spawn(process.execPath, [...hooks, "--test-reporter=tap", ...names, here + file], {
    env: { ...environment, GABLE_TEST_DATABASES: "SQLite" },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
  await new Promise((resolve) => child.once("close", resolve));
  return output;
}

describe("copied pages of accounts", () => {
  for (const [file, parts, count] of rows)
    it(`pass the tests of ${file}`, async () => {
      const output = await run(file, parts);
      const countOf = (what: string): number => Number(new RegExp(`^# ${what} (\\d+)$`, "m").exec(output)?.[1]);
      assert.equal(countOf("fail"), 0, output);
      assert.ok(countOf("pass") >= count, `${countOf("pass")} tests ran`);
      assert.match(output, /^# copied pages: [1-9]/m);
    });
});
