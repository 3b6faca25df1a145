/** Runs the command line in a separate process. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** The binary: next to the sources in the repository, at its own place in the package. */
const binary = fileURLToPath(
  import.meta.url.endsWith(".ts")
    ? new URL("../../bin/gable.mjs", import.meta.url)
    : new URL("bin/gable.mjs", import.meta.resolve("gable/package.json")),
);

/** What a command did. */
export interface BinaryOutcome {
  readonly code: number;
  /** Standard output. */
  readonly out: string;
  /** Standard error. */
  readonly error: string;
  /** Both, in the order in which they were written. */
  readonly text: string;
  /** Whether it was killed because its time was over. */
  readonly isLate: boolean;
}

/** How a command runs. */
interface BinaryOptions {
  /** Its environment; by default that of this process. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Time in ms after which it is killed; undefined for no limit. */
  readonly limitMs?: number | undefined;
}

/** Runs a command: the words after `gable`. */
export function runBinary(folder: string, words: readonly string[], { environment, limitMs }: BinaryOptions = {}): Promise<BinaryOutcome> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [...process.execArgv, binary, ...words], {
      cwd: folder,
      stdio: ["ignore", "pipe", "pipe"],
      ...(environment !== undefined && { env: environment }),
    });
    let isLate = false;
    const timer =
      limitMs === undefined
        ? undefined
        : setTimeout(() => {
            isLate = true;
            child.kill("SIGKILL");
          }, limitMs);
    const texts = { out: "", error: "", text: "" };
    for (const [name, stream] of [
      ["out", child.stdout],
      ["error", child.stderr],
    ] as const)
      stream.setEncoding("utf8").on("data", (piece: string) => {
        texts[name] += piece;
        texts.text += piece;
      });
    child.once("error", (error) => resolve({ code: 1, out: "", error: error.message, text: error.message, isLate }));
    child.once("close", (code) => {
      clearTimeout(timer);
      resolve({ code: code ?? 1, ...texts, isLate });
    });
  });
}
