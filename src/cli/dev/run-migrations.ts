/** Runs the commands of migrations for the button in the page: in a separate process, as a person would. */
import { runBinary } from "../binary.ts";

/** What the commands did. */
export interface MigrationOutcome {
  /** Whether all commands succeeded. */
  readonly isDone: boolean;
  /** What the commands printed. */
  readonly text: string;
}

/** Writes the migration that is due, if one is, and runs all that have not run. Stops at the first command that fails. */
export async function runMigrations(folder: string, appFile: string, isDue: boolean): Promise<MigrationOutcome> {
  const texts: string[] = [];
  for (const words of [...(isDue ? [["db", "make"]] : []), ["db", "migrate"]]) {
    const { code, text } = await runBinary(folder, [...words, "--mode", "development", "--app", appFile]);
    texts.push(text);
    if (code !== 0) return { isDone: false, text: texts.join("") };
  }
  return { isDone: true, text: texts.join("") };
}
