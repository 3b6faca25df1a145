/** `gable docs <words>`: searches the documentation in the package. */
import { GableError } from "gable";
import { findNearestName } from "../../errors/nearest-name.ts";
import type { BuiltInContext } from "../built-in.ts";
import { builtIn } from "../built-in.ts";
import type { DocsSection } from "../docs-pages.ts";
import { readSections, searchSections } from "../docs-pages.ts";

const words = { words: { help: "Words to look for", many: true } } as const;
const flags = {
  show: { type: "int", help: "Prints the text of this result" },
  limit: { type: "int", help: "Most results to list", default: 10 },
} as const;
const limitMax = 200;

/** Lists the sections that have the words, or prints one. */
export const docs = builtIn({
  examples: ["docs session cookie", "docs upload limit --show 1"],
  arguments: words,
  flags,
  run(context: BuiltInContext<typeof words, typeof flags>) {
    const { limit, show } = context.flags;
    if (limit < 1 || limit > limitMax)
      throw new GableError("E_COMMAND_USAGE", `--limit is ${limit}; it must be from 1 to ${limitMax}.`, { fix: "Pass another limit." });
    const sections = readSections();
    const found = searchSections(sections, context.arguments.words);
    if (found.length === 0) {
      context.report({ id: "docs.nothing", message: "No page has these words.", fix: suggest(sections, context.arguments.words) });
      return { results: [] };
    }
    if (show !== undefined) {
      const section = found[show - 1];
      if (section === undefined)
        throw new GableError("E_COMMAND_USAGE", `--show is ${show}; there are results 1 to ${found.length}.`, {
          fix: "Pass the number of a result.",
        });
      context.print(section.text);
      return { results: [section] };
    }
    const results = found.slice(0, limit);
    context.table(
      results.map(({ file, line, page, heading }, index) => ({
        no: index + 1,
        heading: heading === page ? page : `${page}: ${heading}`,
        file: `docs/${file}:${line}`,
      })),
    );
    if (found.length > limit) context.print(`And ${found.length - limit} more: pass --limit, or more words.`);
    context.print("Pass --show 1 to read the first.");
    return { results };
  },
});

/** Words of headings are topics: the nearest ones may be meant. */
function suggest(sections: readonly DocsSection[], typed: readonly string[]): string {
  const topics = new Set(sections.flatMap(({ heading }) => heading.toLowerCase().match(/[a-z][a-z-]{2,}/g) ?? []));
  const near = typed.flatMap((text) => text.toLowerCase().split(/\s+/)).flatMap((word) => findNearestName(word, topics) ?? []);
  return near.length === 0 ? "Use other words, or fewer." : `Run: npx gable docs ${near.join(" ")}`;
}
