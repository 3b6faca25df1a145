/** What the command line writes to and asks: the real terminal, or another one in tests. */
import { describeFailure } from "./describe-failure.ts";
import { exitCode } from "./exit-code.ts";
import type { Guard } from "./process-guard.ts";
import { createGuard } from "./process-guard.ts";
import { loadPrompts } from "./questions.ts";

import { removeKnownSecrets } from "../errors/secret-redactor.ts";

/** The surroundings of a run. */
export interface Terminal {
  /** Writes to standard output. */
  readonly writeOut: (text: string) => void;
  /** Writes to standard error. */
  readonly writeError: (text: string) => void;
  /** From now on, what other code prints to standard output goes to standard error: with --json, programs read one object there. */
  readonly keepOutput: () => void;
  /** Whether a person reads standard error. */
  readonly isTerminal: boolean;
  /** Whether a person reads standard output. */
  readonly isOutputTerminal: boolean;
  /** Whether a person can answer questions. */
  readonly canAsk: boolean;
  /** Columns of the terminal. */
  readonly columns: number;
  /** Environment of the process. */
  readonly environment: Record<string, string | undefined>;
  /** Working directory. */
  readonly folder: string;
  /** Aborts on Ctrl-C. */
  readonly signal: AbortSignal;
  /** Asks a person for a line of text, which is not shown when it is secret. Undefined when the person stops. */
  readonly ask: (question: string, options: { readonly isSecret: boolean }) => Promise<string | undefined>;
  /** Reads all of standard input, for secrets. Returns "" where it is a keyboard: what is typed there would be shown. */
  readonly readInput: () => Promise<string>;
  /** Runs work so that errors which nobody catches end it, and so does waiting for what never comes. */
  readonly guard: Guard;
}

/** Returns the terminal of the process. The first Ctrl-C aborts the signal, the second one ends the process. */
export function createTerminal(): Terminal {
  const controller = new AbortController();
  process.on("SIGINT", () => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
  });
  process.on("uncaughtExceptionMonitor", (error) => hideSecrets(error));
  ignoreClosedOutput();
  const write = process.stdout.write.bind(process.stdout);
  return {
    writeOut: (text) => void write(text),
    writeError: (text) => void process.stderr.write(text),
    keepOutput: () => void (process.stdout.write = process.stderr.write.bind(process.stderr)),
    isTerminal: process.stderr.isTTY === true,
    isOutputTerminal: process.stdout.isTTY === true,
    canAsk: process.stdin.isTTY === true && process.stderr.isTTY === true,
    columns: process.stderr.columns ?? 80,
    environment: process.env,
    folder: process.cwd(),
    signal: controller.signal,
    ask,
    guard: createGuard((error) => {
      process.exitCode = exitCode.failed;
      void describeFailure(error).then(({ text }) => process.stderr.write(text));
    }),
    readInput: async () => {
      if (process.stdin.isTTY) return "";
      let text = "";
      for await (const chunk of process.stdin) text += String(chunk);
      return text;
    },
  };
}

/** What reads the output, such as `head`, may close it: the command goes on without. Another error, such as a full disk, makes it fail. */
function ignoreClosedOutput(): void {
  let isTold = false;
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE" || isTold) return;
    isTold = true;
    process.stderr.write(`Standard output cannot be written: ${error.message}\n`);
    process.on("exit", (code) => (process.exitCode = code || exitCode.failed));
  });
  // Nobody could read the reason.
  process.stderr.on("error", () => undefined);
}

/** Standard output belongs to the command: questions go to standard error. */
async function ask(message: string, { isSecret }: { readonly isSecret: boolean }): Promise<string | undefined> {
  const prompts = await loadPrompts();
  const options = { message, output: process.stderr };
  const answer = isSecret ? await prompts.password(options) : await prompts.text(options);
  return typeof answer === "string" ? answer : undefined;
}

/** An error that nobody catches is printed by Node: its text may name a secret of the settings. */
function hideSecrets(error: unknown, depth = 0): void {
  if (!(error instanceof Error) || depth > 8) return;
  for (const name of ["message", "stack"] as const) {
    const text = error[name];
    const shown = typeof text === "string" ? removeKnownSecrets(text) : text;
    if (shown !== text) Object.defineProperty(error, name, { value: shown });
  }
  hideSecrets(error.cause, depth + 1);
}
