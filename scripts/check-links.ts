/** Checks the links of all pages, in the repository and among the files that the package ships. */
import { globSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { findBrokenLinks } from "./links.ts";
import { root } from "./run-command.ts";

const paths = globSync(["*.md", "docs/**/*.md", "decisions/*.md", "examples/*/*.md"], { cwd: root });
const pages = new Map<string, string>();
for (const path of paths.sort()) pages.set(path, await readFile(root + path, "utf8"));

const shipped = new Map([...pages].filter(([path]) => path.startsWith("docs/") || !path.includes("/")));
const problems = [
  ...findBrokenLinks(pages, ["LICENSE"]),
  ...findBrokenLinks(shipped, ["LICENSE"]).map((problem) => `In the package: ${problem}`),
];
for (const problem of new Set(problems)) console.error(problem);
process.exitCode = problems.length === 0 ? 0 : 1;
