/** Writes the reference of error codes from the catalogue and from the explanations in `src/errors/pages/`. */
import { globSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { catalogue, isErrorCode } from "../src/errors/catalogue.ts";
import { root } from "./run-command.ts";

/** The version in which codes exist whose entry names no version. */
const first = "0.1.0";

/** The explanation of a code: the cause, an example, and how to fix it, as Markdown. */
interface Explanation {
  readonly file: string;
  readonly text: string;
}

/** Reads the explanations by code. Throws for a code that the catalogue lacks or that two files explain. */
export async function readExplanations(): Promise<Map<string, Explanation>> {
  const found = new Map<string, Explanation>();
  for (const file of globSync("src/errors/pages/*.md", { cwd: root }).sort()) {
    const text = await readFile(root + file, "utf8");
    for (const section of text.split(/^(?=## )/m).slice(1)) {
      const [heading = "", ...lines] = section.split("\n");
      const code = heading.slice(3).trim();
      if (!isErrorCode(code)) throw new Error(`${file} explains ${code}, which is not in the catalogue.`);
      const other = found.get(code);
      if (other !== undefined) throw new Error(`${code} is explained twice: in ${other.file} and in ${file}.`);
      found.set(code, { file: basename(file), text: lines.join("\n").trim() });
    }
  }
  return found;
}

/** Returns the page as Markdown. */
export async function toErrorPage(): Promise<string> {
  const explanations = await readExplanations();
  const rows = Object.entries(catalogue).sort(([first], [second]) => (first < second ? -1 : 1));
  const sections = rows.map(([code, { status, title, fix, since }]) => {
    const more = explanations.get(code)?.text;
    return `## ${code}\n\n${title}. Status ${status}${since === first ? "" : `, since ${since}`}.\n\n**Fix:** ${fix}\n${more === undefined ? "" : `\n${more}\n`}`;
  });
  return `# Errors\n\nEvery error of Gable has a code that never changes. This page lists all codes, with the fix for each. Codes that need more than
a line also have a cause and an example. A code without a version has existed since ${first}. This page is generated from the catalogues in \`src/errors/\`, and from \`src/errors/pages/\`.\n\n${sections.join("\n")}`;
}
