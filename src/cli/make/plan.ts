/** What a kind writes, and how it gets to disk: all of it, or nothing. */
import { existsSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { toErrorText } from "../../errors/error-text.ts";
import { refuse } from "./names.ts";

/** A line for a person to add. */
export interface Line {
  readonly file: string;
  readonly line: string;
}

/** What a kind makes. Paths are below the project, with slashes. */
export interface MakePlan {
  /** Texts of new files by their paths. */
  readonly files: Readonly<Record<string, string>>;
  /** Line that exports a model, for `models.ts`. */
  readonly modelLine?: string;
  /** Lines for a person to add. */
  readonly lines: readonly Line[];
  /** Commands to run next: the words after `npx gable`. */
  readonly next: readonly string[];
}

/** What was written. */
export interface Written {
  readonly files: readonly string[];
  /** Lines that were added to files that existed. */
  readonly changed: readonly Line[];
}

/**
 * Writes a plan. `models` is the path of the file that exports the models. Throws `E_COMMAND_USAGE` for a file that exists, unless `force`
 * overwrites it. Writes nothing with `isDry`.
 */
export async function writePlan(
  folder: string,
  plan: MakePlan,
  { force, isDry, models = "models.ts" }: { readonly force: boolean; readonly isDry: boolean; readonly models?: string },
): Promise<Written> {
  const existing = Object.keys(plan.files).filter((path) => existsSync(join(folder, path)));
  if (existing.length > 0 && !force)
    refuse(
      `${existing.join(" and ")} ${existing.length === 1 ? "exists" : "exist"} already. Nothing was written.`,
      "Choose another name, or pass --force to overwrite.",
    );
  const edit = plan.modelLine === undefined ? undefined : await addLine(join(folder, models), plan.modelLine);
  const all = { ...plan.files, ...(edit !== undefined && { [models]: edit }) };
  if (!isDry) await writeAll(folder, all);
  return {
    files: Object.keys(plan.files),
    changed: edit === undefined ? [] : [{ file: models, line: plan.modelLine! }],
  };
}

/** Returns the text of a file with one more line at its end; undefined when it has the line. */
async function addLine(path: string, line: string): Promise<string | undefined> {
  const text = existsSync(path) ? await readFile(path, "utf8") : "";
  if (text.split(/\r?\n/).includes(line)) return undefined;
  return `${text}${text === "" || text.endsWith("\n") ? "" : "\n"}${line}\n`;
}

/** Writes files. When one cannot be written, the others get back what they had. */
async function writeAll(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  const before = new Map<string, string | undefined>();
  try {
    for (const [name, text] of Object.entries(files)) {
      const path = join(folder, name);
      const old = existsSync(path) ? await readFile(path, "utf8") : undefined;
      await mkdir(dirname(path), { recursive: true });
      before.set(path, old);
      await writeFile(path, text);
    }
  } catch (error) {
    for (const [path, text] of before)
      await (text === undefined ? rm(path, { force: true }) : writeFile(path, text)).catch(() => undefined);
    refuse(`The files could not be written: ${toErrorText(error)}`, "Correct the folder, and run the command again.");
  }
}

/** Returns where each model that `models.ts` exports is defined, by its name. */
export function readModelSources(text: string): ReadonlyMap<string, string> {
  const code = text.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
  const found = new Map<string, string>();
  for (const [, name] of code.matchAll(/^export\s+(?:abstract\s+)?(?:class|const)\s+([A-Z]\w*)/gm)) found.set(name!, "./models.ts");
  for (const [, list, source] of code.matchAll(/^export\s*\{([^}]*)\}(?:\s*from\s*["']([^"']+)["'])?/gm))
    for (const item of list!.split(",")) {
      const [inner, outer] = item.trim().split(/\s+as\s+/);
      const name = outer ?? inner;
      if (name !== undefined && /^[A-Z]\w*$/.test(name))
        found.set(name, outer === undefined && source?.startsWith("./") === true ? source : "./models.ts");
    }
  return found;
}
