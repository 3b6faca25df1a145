/** `gable errors <code>`: the explanation of an error code. */
import { GableError } from "gable";
import { findNearestName } from "../../errors/nearest-name.ts";
import type { BuiltInContext } from "../built-in.ts";
import { builtIn } from "../built-in.ts";
import type { DocsSection } from "../docs-pages.ts";
import { readSections } from "../docs-pages.ts";

const words = { code: { help: "Code of the error, with or without E_; all codes without it", optional: true } } as const;

/** Prints the page of a code, or all codes. */
export const errors = builtIn({
  examples: ["errors E_HOSTS_MISSING", "errors hosts-missing", "errors"],
  arguments: words,
  run(context: BuiltInContext<typeof words>) {
    const sections = readSections("reference/errors.md").filter(({ heading }) => /^E_[A-Z0-9_]+$/.test(heading));
    const { code } = context.arguments;
    if (code === undefined) {
      const codes = sections.map((section) => ({ code: section.heading, means: readTitle(section) }));
      context.table(codes);
      return { codes };
    }
    const section = find(sections, code);
    context.print(section.text);
    return { code: section.heading, markdown: section.text };
  },
});

/** The first sentence of a section: what the code means. */
function readTitle({ text }: DocsSection): string {
  return (
    text
      .split("\n")
      .find((line, index) => index > 0 && line.trim() !== "")
      ?.replace(/\. Status .*$/, "") ?? ""
  );
}

/** Finds a code in the form in which people type it. Throws `E_COMMAND_USAGE` with the nearest one. */
function find(sections: readonly DocsSection[], typed: string): DocsSection {
  const plain = typed
    .trim()
    .toUpperCase()
    .replaceAll(/[\s-]+/g, "_");
  const name = plain.startsWith("E_") ? plain : `E_${plain}`;
  const section = sections.find(({ heading }) => heading === name);
  if (section !== undefined) return section;
  const codes = sections.map(({ heading }) => heading);
  const nearest = findNearestName(name, codes) ?? codes.find((code) => code.includes(name.slice(2)));
  throw new GableError("E_COMMAND_USAGE", `No error has the code "${typed}".`, {
    fix:
      nearest === undefined
        ? "Run `npx gable errors` for the list. Codes of your own application are not in it."
        : `Run: npx gable errors ${nearest}.`,
  });
}
