import assert from "node:assert/strict";
import { afterEach, describe, it } from "node:test";
import { writeToOutput } from "../log/standard-output.ts";
import { silentLogger } from "../../test/silent-logger.ts";
import { findLineWriter, hasJsonLines } from "./create-app-logger.ts";

describe("the lines of the log", () => {
  const { GABLE_LOG } = process.env;
  afterEach(() => {
    if (GABLE_LOG === undefined) delete process.env["GABLE_LOG"];
    else process.env["GABLE_LOG"] = GABLE_LOG;
  });

  for (const [mode, variable, isOutput] of [
    ["production", undefined, true],
    ["production", "stdout", true],
    ["production", "stderr", false],
    ["development", undefined, false],
    ["test", undefined, false],
  ] as const)
    it(`go to standard ${isOutput ? "output" : "error"} in ${mode} with GABLE_LOG=${variable}`, (context) => {
      if (variable === undefined) delete process.env["GABLE_LOG"];
      else process.env["GABLE_LOG"] = variable;
      const printed: unknown[] = [];
      context.mock.method(console, "error", (line: unknown) => printed.push(line));
      const write = findLineWriter(mode);
      assert.equal(write === writeToOutput, isOutput);
      if (!isOutput) write("a line");
      assert.deepEqual(printed, isOutput ? [] : ["a line"]);
    });

  it("are JSON only in production, and only without a logger of the application", () => {
    assert.deepEqual(
      (["production", "development", "test"] as const).map((mode) => [
        hasJsonLines({}, mode),
        hasJsonLines({ logger: silentLogger }, mode),
      ]),
      [
        [true, false],
        [false, false],
        [false, false],
      ],
    );
  });
});
