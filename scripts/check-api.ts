/**
 * Checks the emitted declarations: every symbol and every member has a doc comment, functions take at most three
 * parameters, and the committed copies under api/ match the sources. `--write` updates the copies.
 */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { countParameters, findBareMembers, readEntry } from "./declarations.ts";
import { listEntries } from "./entries.ts";
import { localProgram, root, runCommand } from "./run-command.ts";

const summaryLengthMax = 120;
const problems: string[] = [];

const folder = await mkdtemp(join(tmpdir(), "gable-api-"));
try {
  const status = await runCommand(localProgram("tsc"), [
    "-p",
    "tsconfig.build.json",
    "--outDir",
    folder,
    "--emitDeclarationOnly",
    "--declarationMap",
    "false",
  ]);
  if (status !== 0) process.exit(status);
  for (const entry of await listEntries()) await checkEntry(entry);
} finally {
  await rm(folder, { recursive: true });
}
for (const problem of problems) console.error(problem);
process.exitCode = problems.length === 0 ? 0 : 1;

async function checkEntry(entry: string): Promise<void> {
  const declarations = await readEntry(folder, entry);
  for (const declaration of declarations) {
    const { name, comment } = declaration;
    if (comment === "") problems.push(`${entry}: ${name} has no doc comment.`);
    const summary = comment
      .replace(/^\/\*\*\s*|\s*\*\/$/g, "")
      .split("\n")[0]!
      .replace(/^\s*\*\s?/, "");
    if (summary.length > summaryLengthMax)
      problems.push(`${entry}: the summary of ${name} has ${summary.length} characters; ${summaryLengthMax} are enough.`);
    for (const member of findBareMembers(declaration)) problems.push(`${entry}: ${name} has the member "${member}" without a doc comment.`);
    if (countParameters(declaration) > 3)
      problems.push(`${entry}: ${name} has ${countParameters(declaration)} parameters; take an options object after three.`);
  }
  const text = `${declarations.map((declaration) => `${declaration.comment}\n${declaration.text}`.trim()).join("\n\n")}\n`;
  const file = `${root}api/${entry}.d.ts`;
  if (process.argv.includes("--write")) await writeFile(file, text);
  else if ((await readFile(file, "utf8").catch(() => "")) !== text)
    problems.push(`api/${entry}.d.ts differs from the declarations of the sources: run npm run api, and review the difference.`);
}
