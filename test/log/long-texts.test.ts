/** Visitors can make messages long: whatever looks at them takes time in proportion to their length. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { toFingerprint } from "../../src/app/error-fingerprint.ts";
import { createErrorReport } from "../../src/diagnostics/report/error-report.ts";
import { renderMarkdownReport } from "../../src/diagnostics/report/markdown-report.ts";
import { redactUrl } from "../../src/diagnostics/report/report-facts.ts";
import { collectSecrets, createSecretRemover } from "../../src/diagnostics/report/secret-values.ts";
import { renderTextReport } from "../../src/diagnostics/report/text-report.ts";
import { findNearestName } from "../../src/errors/nearest-name.ts";
import { parseStackLine, readStack } from "../../src/errors/source-place.ts";
import { createLogger } from "../../src/log/create-logger.ts";
import { createSecretRedactor } from "../../src/errors/secret-redactor.ts";
import { toStoredText } from "../../src/tasks/stored-text.ts";
import { placeError } from "../../src/views/runtime/view-errors.ts";

const log = (mode: "production" | "development"): ((text: string) => void) => {
  const logger = createLogger(mode, () => undefined, { redact: createSecretRedactor(["0123456789"]) });
  return (text) => logger.error({ error: new Error(text), path: text }, text);
};
const removeSecrets = createSecretRemover(["0123456789"]);

const readers: Readonly<Record<string, (text: string) => unknown>> = {
  "readStack()": (text) => readStack(new Error(text)),
  "parseStackLine()": (text) => parseStackLine(text),
  "the log of production": log("production"),
  "the log of development": log("development"),
  "toFingerprint()": (text) => toFingerprint(new Error(text), "E_INTERNAL", "GET /"),
  "a report": (text) => {
    const report = createErrorReport(new TypeError(text), { log: [{ level: "error", message: text, facts: { token: text } }] });
    return [renderTextReport(report, false), renderMarkdownReport(report)];
  },
  "createSecretRemover()": removeSecrets,
  "collectSecrets()": (text) => collectSecrets({ password: text }),
  "redactUrl()": redactUrl,
  "placeError()": (text) => placeError(new TypeError(text), "a.html"),
  "findNearestName()": (text) => findNearestName(text, ["posts", "comments"]),
  "toStoredText()": (text) => toStoredText(text, 4_000),
};

const units = [
  ..."x/\\@(.:?~'=&`",
  " ",
  "\u0000",
  "\ud800",
  "1:",
  "a.",
  "a:",
  "at ",
  "://",
  "a://b:",
  "%7E",
  "Bearer ",
  "/.gable",
  "/.gable/views/",
  "/.gable/views/a.ts",
  "/.gable/views/a~b.ts?v=c",
  ".html?",
  "a.html.ts:1",
  " is not iterable (",
  "<anonymous>:",
  "\n    at ",
  "\n    at @",
  "\n    at file://%",
] as const;
/** A linear reader takes 16 times as long, and a quadratic one 256 times. */
const [length, factor, limit] = [4_000, 16, 64];
/** What is shorter may be the work of the collector, in ms. */
const noiseMs = 3;

/** The best of some runs: what else the machine does makes the others longer. */
function measure(read: (text: string) => unknown, text: string): number {
  let best = Infinity;
  for (let run = 0; run < 3; run++) {
    const start = performance.now();
    read(text);
    best = Math.min(best, performance.now() - start);
  }
  return best;
}

for (const [name, read] of Object.entries(readers))
  describe(`${name} of a long text`, () => {
    for (const unit of units)
      for (const [begins, ends] of [
        ["", ""],
        // As a line of the stack.
        ["a\n    at ", "!"],
      ] as const)
        it(`takes linear time for ${JSON.stringify(`${begins}${unit}...${ends}`)}`, () => {
          const make = (characters: number): string => begins + unit.repeat(characters / unit.length) + ends;
          const isLinear = (): boolean => measure(read, make(length * factor)) <= limit * Math.max(noiseMs, measure(read, make(length)));
          assert.ok(isLinear() || isLinear() || isLinear());
        });
  });
