/** A project in a temporary folder, and the command line run in it: in this process, with what it writes. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { runCli } from "../../src/cli/main.ts";
import type { Terminal } from "../../src/cli/terminal.ts";

/** What a command did. */
interface CommandOutcome {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

/** The object that a command prints with `--json`. */
interface JsonOutput {
  readonly ok: boolean;
  readonly command: string;
  readonly data: unknown;
  readonly problems: ReadonlyArray<{ readonly id: string; readonly message: string; readonly fix?: string; readonly level: string }>;
}

/** A project for tests. */
export interface TestProject {
  readonly folder: string;
  /** Runs a command: the words after `gable`. */
  run(...words: readonly string[]): Promise<CommandOutcome>;
  /** Runs a command with a string on standard input, or with a person who gives these answers in turn and then stops. */
  answer(
    given: string | readonly string[],
    ...words: readonly string[]
  ): Promise<CommandOutcome & { readonly questions: readonly string[] }>;
  /** Runs a command at another terminal. */
  at(terminal: Partial<Terminal>, ...words: readonly string[]): Promise<CommandOutcome>;
  /** Runs a command with `--json`. */
  json(...words: readonly string[]): Promise<JsonOutput & { readonly code: number }>;
  write(files: Readonly<Record<string, string>>): void;
  remove(): void;
}

// Processes that a command starts resolve the package to its sources, too.
process.env["NODE_OPTIONS"] = `--import ${new URL("../../scripts/source.mjs", import.meta.url).href}`;

/** Makes a project of files by name. */
export function createTestProject(files: Readonly<Record<string, string>>): TestProject {
  const folder = mkdtempSync(join(tmpdir(), "gable-cli-"));
  const write = (more: Readonly<Record<string, string>>): void => {
    for (const [name, text] of Object.entries(more)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
  };
  write({ "package.json": '{ "name": "shop", "type": "module" }', ...files });
  const runWith = async (words: readonly string[], more: Partial<Terminal>): Promise<CommandOutcome> => {
    let [out, error] = ["", ""];
    const before = { mode: process.env["GABLE_MODE"], folder: process.cwd() };
    delete process.env["GABLE_MODE"];
    process.chdir(folder);
    try {
      const code = await runCli(words, {
        writeOut: (text) => (out += text),
        writeError: (text) => (error += text),
        keepOutput: () => undefined,
        isTerminal: false,
        isOutputTerminal: false,
        canAsk: false,
        ask: () => Promise.resolve(undefined),
        columns: 100,
        environment: process.env,
        folder,
        signal: new AbortController().signal,
        readInput: () => Promise.resolve(""),
        guard: ({ run: work }) => work(),
        ...more,
      });
      return { code, out, error };
    } finally {
      process.chdir(before.folder);
      if (before.mode === undefined) delete process.env["GABLE_MODE"];
      else process.env["GABLE_MODE"] = before.mode;
    }
  };
  const run = (...words: readonly string[]): Promise<CommandOutcome> => runWith(words, {});
  return {
    folder,
    run,
    write,
    async answer(given, ...words) {
      if (typeof given === "string") return { ...(await runWith(words, { readInput: () => Promise.resolve(given) })), questions: [] };
      const questions: string[] = [];
      const ask: Terminal["ask"] = async (question, { isSecret }) =>
        given[questions.push(isSecret ? `${question} (secret)` : question) - 1];
      return { ...(await runWith(words, { canAsk: true, ask })), questions };
    },
    at: (terminal, ...words) => runWith(words, terminal),
    async json(...words) {
      const { code, out } = await run(...words, "--json");
      return { ...(JSON.parse(out) as JsonOutput), code };
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
