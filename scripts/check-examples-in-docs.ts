/** Type-checks every `ts` block of the README and the docs against the sources. `test/packed/` does so against the package. */
import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { readDocsBlocks } from "./docs-blocks.ts";
import { localProgram, root, runCommand } from "./run-command.ts";

const folder = `${root}test/.docs`;
await rm(folder, { recursive: true, force: true });
const blocks = Object.entries(await readDocsBlocks());
for (const [name, text] of blocks) {
  await mkdir(dirname(`${folder}/${name}`), { recursive: true });
  await writeFile(`${folder}/${name}`, text);
}
await writeFile(
  `${folder}/tsconfig.json`,
  JSON.stringify({
    extends: "../../tsconfig.json",
    compilerOptions: { noUnusedLocals: false, noUnusedParameters: false },
    include: ["**/*.ts"],
  }),
);
const status = await runCommand(localProgram("tsc"), ["-p", `${folder}/tsconfig.json`]);
await rm(folder, { recursive: true });
console.log(`Type-checked ${blocks.length} blocks of the docs.`);
process.exitCode = blocks.length === 0 ? 1 : status;
