import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createLogger } from "./create-logger.ts";

function write(mode: "development" | "production", stack: string): string {
  const lines: string[] = [];
  const error = Object.assign(new Error("broken"), { stack });
  createLogger(mode, (line) => lines.push(line)).error({ error }, "It failed.");
  return lines.join("\n");
}

const own = "    at show (/site/blog/routes.ts:12:3)";
const template = "    at write (file:///site/.gable/views/blog/show.html.ts?v=a:7:5)";
const foreign = ["    at Object.run (node:internal/process:1:1)", "    at load (/site/node_modules/pg/index.js:4:2)"];

describe("the log of development", () => {
  it("shows the frames of the application, and counts the others", () => {
    const text = write("development", ["Error: broken", own, foreign[0], template, foreign[1]].join("\n"));
    assert.equal(
      text,
      `error It failed.\nError: broken\n${own}\n    at write (views/blog/show.html:7)\n    ... 2 frames of Gable, packages and the runtime`,
    );
  });

  it("shows the first eight frames where none belongs to the application", () => {
    const frames = Array.from({ length: 9 }, (_, index) => `    at step${index} (node:internal/process:${index}:1)`);
    const text = write("development", ["Error: broken", ...frames].join("\n"));
    assert.ok(text.includes("at step7 ") && !text.includes("at step8 ") && text.endsWith("... 1 frame of Gable, packages and the runtime"));
    assert.ok(write("development", ["Error: broken", ...frames.slice(0, 8)].join("\n")).endsWith("node:internal/process:7:1)"));
  });

  it("keeps the whole stack in production", () => {
    assert.ok(write("production", ["Error: broken", own, ...foreign].join("\n")).includes("node_modules/pg"));
  });
});
