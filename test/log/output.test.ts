/** Standard output of the log: a full disk, a reader that is slow or gone, and the end of the process. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { LineOutput } from "../../src/log/standard-output.ts";

type Answer = { readonly error?: string; readonly bytes?: number } | "later";

/** A file whose writes succeed, fail or wait as the test says; after the list all succeed. */
function createFile(answers: Answer[]): {
  text: () => string;
  calls: () => number;
  fs: ConstructorParameters<typeof LineOutput>[0]["fs"];
  finish: () => void;
} {
  let [text, calls] = ["", 0];
  const waiting: Array<() => void> = [];
  const take = (bytes: Uint8Array, count = bytes.length): number => {
    text += Buffer.from(bytes.subarray(0, count)).toString();
    return Math.min(count, bytes.length);
  };
  return {
    text: () => text,
    calls: () => calls,
    finish: () => waiting.splice(0).forEach((work) => work()),
    fs: {
      write: (...[, bytes, , , , done]) => {
        calls++;
        const answer = answers.shift() ?? {};
        if (answer === "later") return void waiting.push(() => done(null, take(bytes)));
        if (answer.error !== undefined)
          return void setImmediate(() => done(Object.assign(new Error(answer.error), { code: answer.error }), 0));
        setImmediate(() => done(null, take(bytes, answer.bytes)));
      },
      writeSync: (_file, bytes) => take(bytes),
    },
  };
}

/** Waits until a condition holds. */
async function until(holds: () => boolean): Promise<void> {
  for (let count = 0; !holds(); count++) {
    assert.ok(count < 1_000, "it did not happen within 10 s");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const messagesOf = (text: string): string[] =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => (line.startsWith("{") ? (JSON.parse(line) as { message: string }).message : line));

describe("the output of the log", () => {
  it("writes lines in order, many together", async () => {
    const file = createFile([]);
    const output = new LineOutput({ fs: file.fs, file: 1 });
    const lines = Array.from({ length: 1_000 }, (_, index) => `line ${index} ü€😀`);
    for (const line of lines) output.write(line);
    await until(() => file.text().endsWith("line 999 ü€😀\n"));
    assert.equal(file.text(), `${lines.join("\n")}\n`);
    assert.ok(file.calls() < 10, String(file.calls()));
  });

  it("goes on after a disk that is full, and says how many lines were lost", async () => {
    const file = createFile([{ error: "ENOSPC" }]);
    const output = new LineOutput({ fs: file.fs, file: 1 });
    output.write("one");
    output.write("two");
    await until(() => file.calls() === 1);
    await new Promise((resolve) => setTimeout(resolve, 50));
    output.write("three");
    await until(() => file.text() !== "");
    assert.deepEqual(messagesOf(file.text()), ["2 log lines were lost: Error: ENOSPC", "three"]);
  });

  it("tries again when a pipe is full, and goes on after a part of a line", async () => {
    const file = createFile([{ error: "EAGAIN" }, { bytes: 3 }]);
    const output = new LineOutput({ fs: file.fs, file: 1 });
    output.write("a long line");
    await until(() => file.text() === "a long line\n");
  });

  it("drops lines beyond its limit while the reader is slow, and keeps those up to it", async () => {
    const file = createFile(["later"]);
    const output = new LineOutput({ fs: file.fs, file: 1, waitingBytesMax: 20 });
    output.write("first");
    await until(() => file.calls() === 1);
    output.write("x".repeat(19));
    output.write("y");
    file.finish();
    await until(() => file.text().includes("x\n"));
    output.write("last");
    await until(() => file.text().includes("last"));
    assert.deepEqual(messagesOf(file.text()), ["first", "x".repeat(19), "1 log lines were lost: the reader is too slow", "last"]);
  });

  it("drops a line that is one longer than its limit", () => {
    const file = createFile([]);
    const output = new LineOutput({ fs: file.fs, file: 1, waitingBytesMax: 20 });
    output.write("x".repeat(20));
    output.flushSync();
    assert.equal(file.text(), "");
    output.write("x".repeat(10));
    output.flushSync();
    assert.match(file.text(), /1 log lines were lost/);
  });

  it("writes an urgent line before it returns, with the lines before it", () => {
    const file = createFile([]);
    const output = new LineOutput({ fs: file.fs, file: 1 });
    output.write("before");
    output.write("fatal", true);
    assert.equal(file.text(), "before\nfatal\n");
  });

  it("does not write again what is being written", async () => {
    const file = createFile(["later"]);
    const output = new LineOutput({ fs: file.fs, file: 1 });
    output.write("first");
    await until(() => file.calls() === 1);
    output.write("second");
    output.flushSync();
    assert.equal(file.text(), "second\n");
    file.finish();
    assert.equal(file.text(), "second\nfirst\n");
  });
});
