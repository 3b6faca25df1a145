/** The documentation in the package: its pages, cut into sections, and a search over them. */
import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Folder of the pages, two folders above both `src/cli` and `dist/cli`. */
const docsFolder = fileURLToPath(new URL("../../docs/", import.meta.url));

/** A heading with the lines up to the next heading. */
export interface DocsSection {
  /** File below the folder `docs`, with slashes. */
  readonly file: string;
  /** Line of the heading, from 1. */
  readonly line: number;
  /** Title of the page. */
  readonly page: string;
  /** Heading without its marks. */
  readonly heading: string;
  /** The Markdown of the section, with its heading. */
  readonly text: string;
}

/** Returns the sections of all pages, or of those that match a pattern. */
export function readSections(pattern = "**/*.md"): DocsSection[] {
  return globSync(pattern, { cwd: docsFolder })
    .map((file) => file.replaceAll("\\", "/"))
    .sort()
    .flatMap((file) => cutSections(file, readFileSync(docsFolder + file, "utf8")));
}

/** Cuts a page at its headings. A line in a block of code is none. */
export function cutSections(file: string, markdown: string): DocsSection[] {
  const lines = markdown.split(/\r?\n/);
  const starts: number[] = [];
  let fence = "";
  for (const [index, line] of lines.entries()) {
    const [, mark = ""] = /^\s*(`{3,}|~{3,})/.exec(line) ?? [];
    if (fence === "" && /^#{1,4} \S/.test(line)) starts.push(index);
    if (fence === "") fence = mark;
    else if (mark.startsWith(fence)) fence = "";
  }
  const toHeading = (index: number): string => lines[index]!.replace(/^#+ /, "").replaceAll("`", "").trim();
  return starts.map((start, position) => ({
    file,
    line: start + 1,
    page: toHeading(starts[0]!),
    heading: toHeading(start),
    text: lines
      .slice(start, starts[position + 1])
      .join("\n")
      .trimEnd(),
  }));
}

/** How much a word counts by where it is. Generated pages repeat names: guides explain them. */
const weights = { heading: 12, page: 6, file: 4, body: 1 } as const;
const bodyHitsMax = 6;

/** Returns the sections that have the most of the words, the best first. */
export function searchSections(sections: readonly DocsSection[], words: readonly string[]): DocsSection[] {
  const patterns = [...new Set(words.flatMap((word) => word.toLowerCase().split(/\s+/)))].filter((word) => word !== "").map(toPattern);
  const scored = sections
    .map((section) => ({ section, ...score(section, patterns) }))
    .filter(({ found }) => found > 0)
    .sort((first, second) => second.found - first.found || second.points - first.points);
  const most = scored[0]?.found;
  return scored.filter(({ found }) => found === most).map(({ section }) => section);
}

/** A word counts where it begins: `session` finds `sessions`, and `form` does not find `platform`. */
function toPattern(word: string): RegExp {
  const escaped = word.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`(?<![\\p{L}\\p{N}])${escaped}`, "giu");
}

function score(
  { file, page, heading, text }: DocsSection,
  patterns: readonly RegExp[],
): { readonly found: number; readonly points: number } {
  let [found, points] = [0, 0];
  for (const pattern of patterns) {
    const count = (where: string): number => where.match(pattern)?.length ?? 0;
    const own =
      Math.min(count(heading), 1) * weights.heading +
      Math.min(count(page), 1) * weights.page +
      Math.min(count(file), 1) * weights.file +
      Math.min(count(text), bodyHitsMax) * weights.body;
    points += own;
    if (own > 0) found++;
  }
  return { found, points: file.startsWith("reference/") ? points / 2 : points };
}
