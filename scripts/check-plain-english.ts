/** Fails for phrases of the word list. Words as arguments limit the files: `node scripts/check-plain-english.ts docs CHANGELOG`. */
import { globSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { findPhrases } from "./plain-english.ts";
import { ignoredFiles } from "./plain-english-phrases.ts";
import { root } from "./run-command.ts";

const patterns = ["*.md", "{docs,decisions}/**/*.md", "{src,test,scripts,create-gable,examples,bench}/**/*.{ts,mjs,md}"];
const isGenerated = (file: string): boolean => /node_modules|[/]dist[/]|[/][.]|[/]var[/]|^docs\/reference\//.test(file);
const words = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));

let count = 0;
for (const file of globSync(patterns, { cwd: root }).sort()) {
  if (isGenerated(file) || ignoredFiles.includes(file)) continue;
  if (words.length > 0 && !words.some((word) => file.includes(word))) continue;
  for (const { line, found, better } of findPhrases(file, await readFile(root + file, "utf8"))) {
    count++;
    console.error(`${file}:${line} "${found.trim()}": write "${better}".`);
  }
}
if (count > 0) process.exitCode = 1;
console.log(`${count} phrases of the word list.`);
