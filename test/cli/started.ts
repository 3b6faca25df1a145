/** Runs `gable` in a separate process, for tests. */
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const binary = fileURLToPath(new URL("../../bin/gable.mjs", import.meta.url));
const hook = fileURLToPath(new URL("../../scripts/source.mjs", import.meta.url));

/** A command that serves, or has ended. */
export interface Served {
  readonly url: string;
  readonly text: () => string;
  readonly stop: () => void;
  readonly kill: (signal: NodeJS.Signals) => void;
  readonly ended: Promise<unknown>;
}

/** Starts the command in a folder; resolves when it serves, or has ended without: the address is "" then. */
export async function serve(folder: string, words: readonly string[], environment: object = {}, command = "start"): Promise<Served> {
  // execFile() ends a process that prints more than 1 MiB.
  const child = spawn(process.execPath, ["--import", hook, binary, command, "--port", "0", ...words], {
    cwd: folder,
    env: { ...process.env, GABLE_TASKS: undefined, GABLE_MODE: undefined, NODE_TEST_CONTEXT: undefined, ...environment },
  });
  let text = "";
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const url = await new Promise<string>((resolve) => {
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk) => {
        text += String(chunk);
        const found = /Serving (http:\S+)/.exec(text);
        if (found !== null) resolve(found[1]!);
      });
    void ended.then(() => resolve(""));
  });
  return { url, text: () => text, stop: () => child.kill("SIGTERM"), kill: (signal) => child.kill(signal), ended };
}

/** Runs a command to its end, at most a minute: the code is null then. `text` is what it printed on both streams. */
export function runToEnd(folder: string, words: readonly string[]): Promise<{ readonly code: unknown; readonly text: string }> {
  const env = { ...process.env, GABLE_TASKS: undefined, GABLE_MODE: undefined, NODE_TEST_CONTEXT: undefined };
  return new Promise((resolve) => {
    execFile(process.execPath, ["--import", hook, binary, ...words], { cwd: folder, env, timeout: 60_000 }, (error, out, errors) =>
      resolve({ code: error === null ? 0 : (error.code ?? null), text: out + errors }),
    );
  });
}

/** Waits as long as a busy machine may need. */
export async function until(holds: () => boolean | Promise<boolean>, what: () => string): Promise<void> {
  for (let count = 0; !(await holds()); count++) {
    assert.ok(count < 1_200, what());
    await wait(50);
  }
}

/** Asks over a new connection; status 0 when nobody answers. */
export const ask = (url: string): Promise<{ status: number; text: string }> =>
  fetch(url, { headers: { connection: "close" } }).then(
    async (reply) => ({ status: reply.status, text: await reply.text() }),
    () => ({ status: 0, text: "" }),
  );
