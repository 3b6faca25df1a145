/** Runs the commands of migrations for the button in the page: in a separate process, as a person would. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** What the commands did. */
export interface MigrationOutcome {
  /** Whether all commands succeeded. */
  readonly isDone: boolean;
  /** What the commands printed. */
  readonly text: string;
}

/** The binary: next to the sources in the repository, at its own place in the package. */
const binary = fileURLToPath(
  import.meta.url.endsWith(".ts")
    ? new URL("../../../bin/gable.mjs", import.meta.url)
    : new URL("bin/gable.mjs", import.meta.resolve("gable/package.json")),
);

/** Writes the migration that is due, if one is, and runs all that have not run. Stops at the first command that fails. */
export async function runMigrations(folder: string, appFile: string, isDue: boolean): Promise<MigrationOutcome> {
  const texts: string[] = [];
  for (const words of [...(isDue ? [["db", "make"]] : []), ["db", "migrate"]]) {
    const { code, text } = await run(folder, [...words, "--mode", "development", "--app", appFile]);
    texts.push(text);
    if (code !== 0) return { isDone: false, text: texts.join("") };
  }
  return { isDone: true, text: texts.join("") };
}

function run(folder: string, words: readonly string[]): Promise<{ code: number; text: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [...process.execArgv, binary, ...words], { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
    let text = "";
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (piece: string) => (text += piece));
    child.once("error", (error) => resolve({ code: 1, text: error.message }));
    child.once("close", (code) => resolve({ code: code ?? 1, text }));
  });
}
