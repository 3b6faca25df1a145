/** Writes the generated pages of the documentation; with --check it fails when one is not up to date. */
import { readFile, writeFile } from "node:fs/promises";
import { writeConversionTable } from "./conversion-table.ts";
import { toErrorPage } from "./docs-errors.ts";
import { toIndex } from "./docs-index.ts";
import { toPageName, toReferencePage } from "./docs-reference.ts";
import { listEntries } from "./entries.ts";
import { root } from "./run-command.ts";

/** Returns a guide with new text between its two marks. */
async function withGenerated(file: string, name: string, text: string): Promise<string> {
  const guide = await readFile(root + file, "utf8");
  const [start, end] = [`<!-- generated: ${name} -->`, `<!-- end: ${name} -->`];
  const [before, rest] = guide.split(start);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) throw new Error(`${file} has no marks ${start} and ${end}.`);
  return `${before}${start}\n\n${text}\n\n${end}${after}`;
}

const pages: Record<string, string> = {
  "docs/reference/errors.md": await toErrorPage(),
  "docs/guides/migrations.md": await withGenerated("docs/guides/migrations.md", "type changes", writeConversionTable()),
};
for (const entry of await listEntries()) pages[`docs/reference/${toPageName(entry)}`] = await toReferencePage(entry);
pages["docs/README.md"] = await toIndex(pages);

const isCheck = process.argv.includes("--check");
for (const [file, text] of Object.entries(pages)) {
  const present = await readFile(root + file, "utf8").catch(() => "");
  if (present === text) continue;
  if (isCheck) {
    console.error(`${file} is not up to date: run npm run docs.`);
    process.exitCode = 1;
  } else await writeFile(root + file, text);
}
