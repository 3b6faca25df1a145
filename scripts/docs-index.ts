/** Writes `docs/README.md`: every page of the documentation with its title and first sentence. */
import { globSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { root } from "./run-command.ts";

const folders: ReadonlyArray<readonly [folder: string, title: string, about: string]> = [
  ["tutorial", "Tutorial", "Build a site step by step. Start here if Gable is new to you."],
  ["guides", "Guides", "How to do one thing, with examples that run."],
  ["reference", "Reference", "Every export, option, tag and error code."],
  ["explanation", "Explanation", "How Gable works inside, and what it costs."],
];
/** Pages that come first in their folder, in this order; the others follow by title. */
const first = ["gable.md"];

/** Returns the index as Markdown. `generated` holds pages that are about to be written, by their path. */
export async function toIndex(generated: Readonly<Record<string, string>>): Promise<string> {
  const parts: string[] = [];
  for (const [folder, title, about] of folders) {
    const paths = new Set(globSync(`docs/${folder}/*.md`, { cwd: root }));
    for (const path of Object.keys(generated)) if (path.startsWith(`docs/${folder}/`)) paths.add(path);
    const pages = await Promise.all([...paths].map(async (path) => readPage(path, generated[path])));
    parts.push(`## ${title}\n\n${about}\n\n${pages.sort(compare).map(toLine).join("\n")}\n`);
  }
  return `# Documentation of Gable\n\nThese pages describe the version of Gable that they came with. This index is generated.\n\n${parts.join("\n")}`;
}

interface Page {
  readonly path: string;
  readonly title: string;
  readonly summary: string;
}

async function readPage(path: string, generated: string | undefined): Promise<Page> {
  const text = generated ?? (await readFile(root + path, "utf8"));
  const title = /^# (.+)$/m.exec(text)?.[1] ?? basename(path, ".md");
  return { path: path.slice("docs/".length), title, summary: firstSentence(text) };
}

/** Returns the first sentence of the first paragraph; "" where the page begins with a list, a table or code. */
function firstSentence(text: string): string {
  const paragraph = text
    .split(/\n\s*\n/)
    .map((part) => part.trim())
    .find((part) => part !== "" && !part.startsWith("#") && !part.startsWith("<!--"));
  if (paragraph === undefined || /^[|`\-*>]/.test(paragraph)) return "";
  // A link would be relative to the page, not to the index.
  const plain = paragraph.replaceAll(/\s+/g, " ").replaceAll(/\[([^\]]+)\]\([^)]*\)/g, "$1");
  return /^.*?\.(?= |$)/.exec(plain)?.[0] ?? plain.replace(/:$/, ".");
}

function compare(one: Page, other: Page): number {
  const rank = ({ path }: Page): number => (first.includes(basename(path)) ? first.indexOf(basename(path)) : first.length);
  // Chapters have numbers in the names of their files.
  const [text, next] = /\/\d/.test(one.path) ? [one.path, other.path] : [one.title, other.title];
  return rank(one) - rank(other) || (text < next ? -1 : 1);
}

function toLine({ path, title, summary }: Page): string {
  return `- [${title}](${path})${summary === "" ? "" : `: ${summary}`}`;
}
