/** Leaks fail the test that caused them, and no other. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { before, describe, it } from "node:test";

const root = new URL("../../", import.meta.url).pathname;

/** Runs the file of leaking tests, and returns its report in TAP. */
function run(): Promise<string> {
  const { NODE_TEST_CONTEXT: _runner, ...environment } = process.env;
  const words = ["--import", "./scripts/source.mjs", "--test", "--test-reporter=tap", "test/testing/leaking/leaks.ts"];
  return new Promise((resolve) =>
    execFile(process.execPath, words, { cwd: root, env: environment, timeout: 600_000 }, (_error, output) => resolve(output)),
  );
}

describe("testLeaks()", () => {
  let report = "";
  before(async () => {
    report = await run();
  });

  const leaks: ReadonlyArray<readonly [name: string, message: RegExp]> = [
    ["a timer", /setTimeout\(\) of 60000 ms, set at test\/testing\/leaking\/leaks\.ts:\d+/],
    ["an interval", /setInterval\(\) of 60000 ms, set at test\/testing\/leaking\/leaks\.ts:\d+/],
    ["a server", /a server that listens, opened at test\/testing\/leaking\/leaks\.ts:\d+/],
    ["a connection", /a connection, opened at test\/testing\/leaking\/leaks\.ts:\d+/],
    ["a WebSocket, memory", /leaves behind:\n\s+a WebSocket to \/chat, opened at test\/testing\/leaking\/leaks\.ts:\d+\n\s*\n/],
    ["a WebSocket, socket", /leaves behind:\n\s+a WebSocket to \/chat, opened at test\/testing\/leaking\/leaks\.ts:\d+\n\s*\n/],
    ["a stream of events, memory", /a stream of events of \/events, opened at test\/testing\/leaking\/leaks\.ts:\d+/],
    ["a stream of events, socket", /a stream of events of \/events, opened at test\/testing\/leaking\/leaks\.ts:\d+/],
    ["a rejection", /lost/],
    ["a transaction", /A transaction is still open when the test ends/],
  ];
  for (const [name, message] of leaks)
    it(`fails the test that leaves ${name} behind`, () => {
      const [, result = ""] = new RegExp(`not ok \\d+ - ${name}\\n([^]*?)\\n\\s+\\.\\.\\.`).exec(report) ?? [];
      assert.match(result, message, report);
    });

  it("fails with codes", () => {
    for (const code of ["E_TEST_LEAK", "E_TRANSACTION_OPEN"]) assert.match(report, new RegExp(`code: '${code}'`));
  });

  it("fails no other test", () => {
    assert.match(report, /^ok \d+ - clean$/m, report);
    assert.match(report, /^# fail 12$/m, report);
  });
});

describe("testDatabase()", () => {
  it("lists the statements of a test that fails, with their lines, and of no other", async () => {
    const report = await run();
    assert.match(
      report,
      /# The test sent 1 statement:\n\s+# {3}INSERT INTO "leaks" .* \(test\/testing\/leaking\/leaks\.ts:\d+\)\n/,
      report,
    );
    assert.equal(report.split("The test sent").length, 2);
  });
});
