/**
 * Type-checks every `ts` block of the README and the docs, each as a module of its own. A block that begins with the name of
 * a file, `// models.ts`, is that file to the other blocks of its page.
 */
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { glob } from "node:fs/promises";
import { localProgram, root, runCommand } from "./run-command.ts";

const folder = `${root}test/.docs`;
await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });
let count = 0;
for await (const page of glob(["*.md", "docs/**/*.md", "examples/*/*.md"], { cwd: root })) {
  const text = await readFile(root + page, "utf8");
  let number = 0;
  for (const match of text.matchAll(/```ts\n([^]*?)```/g)) {
    number++;
    count++;
    const line = text.slice(0, match.index).split("\n").length;
    const own = `${folder}/${page.replaceAll("/", "-").replace(/\.md$/, "")}`;
    await mkdir(own, { recursive: true });
    const name = /^\/\/ ([a-z-]+\.ts)$/m.exec(match[1]!.split("\n")[0]!)?.[1] ?? `block-${number}-line-${line}.ts`;
    await writeFile(`${own}/${name}`, `${match[1]}\nexport {};\n`);
  }
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
console.log(`${count} blocks of the docs were type-checked.`);
process.exitCode = count === 0 ? 1 : status;
