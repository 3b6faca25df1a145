/** Fails for phrases of the word list in clean areas, and counts them elsewhere. `--all` prints those too. */
import { globSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { findPhrases } from "./plain-english.ts";
import { cleanAreas, ignoredFiles } from "./plain-english-phrases.ts";
import { root } from "./run-command.ts";

const patterns = ["*.md", "{docs,decisions}/**/*.md", "{src,test,scripts,create-gable,examples,bench}/**/*.{ts,mjs,md}"];
const isGenerated = (file: string): boolean => /node_modules|[/]dist[/]|[/][.]|[/]var[/]|^docs\/reference\//.test(file);
const words = process.argv.slice(2).filter((argument) => argument !== "--all");
const isAll = process.argv.includes("--all");

let elsewhere = 0;
for (const file of globSync(patterns, { cwd: root }).sort()) {
  if (isGenerated(file) || ignoredFiles.includes(file)) continue;
  const isClean = cleanAreas.some((area) => file.startsWith(area));
  for (const { line, found, better } of findPhrases(file, await readFile(root + file, "utf8"))) {
    if (!isClean) elsewhere++;
    const isShown = isClean || (isAll && (words.length === 0 || words.some((word) => file.includes(word))));
    if (isShown) console.error(`${file}:${line} "${found.trim()}": write "${better}".`);
    if (isClean) process.exitCode = 1;
  }
}
console.log(`${elsewhere} phrases of the word list remain outside the clean areas (${cleanAreas.join(", ")}).`);
