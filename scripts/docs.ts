/** Writes the generated pages of the reference; with --check it fails when they are not up to date. */
import { readFile, writeFile } from "node:fs/promises";
import { catalogue } from "../src/errors/catalogue.ts";
import { root } from "./run-command.ts";

function toErrorPage(): string {
  const rows = Object.entries(catalogue).sort(([first], [second]) => (first < second ? -1 : 1));
  const sections = rows.map(
    ([code, { status, title, fix, since }]) => `## ${code}\n\n${title}. Status ${status}, since ${since}.\n\n**Fix:** ${fix}\n`,
  );
  return `# Errors\n\nEvery error of Gable has a code that never changes. This page is generated from \`src/errors/catalogue.ts\`.\n\n${sections.join("\n")}`;
}

const pages: Readonly<Record<string, string>> = { "docs/reference/errors.md": toErrorPage() };
const isCheck = process.argv.includes("--check");
for (const [file, text] of Object.entries(pages)) {
  const present = await readFile(root + file, "utf8").catch(() => "");
  if (present === text) continue;
  if (isCheck) {
    console.error(`${file} is not up to date: run npm run docs.`);
    process.exitCode = 1;
  } else await writeFile(root + file, text);
}
