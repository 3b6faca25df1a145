/** Finds the TypeScript in the pages of the documentation. */
import { globSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { root } from "./run-command.ts";

/**
 * Returns every `ts` block of the README, the examples and the docs (without the tutorial and declarations) as a module, by file name. Blocks of one page share a
 * folder. If a block begins with a file name, such as `// models.ts`, the other blocks of its page can import it by that name.
 */
export async function readDocsBlocks(): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const page of globSync(["*.md", "docs/**/*.md", "examples/*/*.md"], { cwd: root }).sort()) {
    // A test runs the tutorial as one project.
    if (page.startsWith("docs/tutorial/")) continue;
    const text = await readFile(root + page, "utf8");
    // Its blocks are declarations, which the package has as files.
    if (text.includes("This page is generated from the declarations of the package")) continue;
    const folder = page.replaceAll("/", "-").replace(/\.md$/, "");
    for (const [index, match] of [...text.matchAll(/```ts\n([^]*?)```/g)].entries()) {
      const line = text.slice(0, match.index).split("\n").length;
      const name = /^\/\/ ([a-z-]+\.ts)$/m.exec(match[1]!.split("\n")[0]!)?.[1] ?? `block-${index + 1}-line-${line}.ts`;
      files[`${folder}/${name}`] = `${match[1]}\nexport {};\n`;
    }
  }
  return files;
}
