/** Finds links in Markdown pages that lead nowhere. */
import { dirname, join } from "node:path/posix";

/** Returns a sentence for each broken link. `pages` holds Markdown by path; `others` lists the paths of other files. */
export function findBrokenLinks(pages: ReadonlyMap<string, string>, others: readonly string[] = []): string[] {
  const files = new Set([...pages.keys(), ...others]);
  const anchors = new Map([...pages].map(([path, text]) => [path, listAnchors(text)]));
  return [...pages].flatMap(([path, text]) =>
    listLinks(text).flatMap(({ target, line }) => {
      const [file = "", anchor] = target.split("#");
      const to = file === "" ? path : join(dirname(path), file);
      if (!files.has(to)) return [`${path}:${line} links to ${to}, which is not there.`];
      if (anchor === undefined || anchors.get(to)?.has(anchor) === true) return [];
      return [`${path}:${line} links to #${anchor}, which is not a heading of ${to}.`];
    }),
  );
}

/** Returns the anchors of the headings of a page, as GitHub makes them. */
export function listAnchors(text: string): Set<string> {
  const anchors = new Set<string>();
  for (const match of withoutCode(text).matchAll(/^#{1,6} (.+)$/gm)) {
    const plain = match[1]!.replaceAll(/\[([^\]]+)\]\([^)]*\)/g, "$1").toLowerCase();
    const slug = plain.replaceAll(/[^\p{L}\p{N}_ -]/gu, "").replaceAll(" ", "-");
    let unique = slug;
    for (let number = 1; anchors.has(unique); number++) unique = `${slug}-${number}`;
    anchors.add(unique);
  }
  return anchors;
}

function listLinks(text: string): Array<{ target: string; line: number }> {
  return withoutCode(text)
    .split("\n")
    .flatMap((content, index) =>
      [...content.replaceAll(/`[^`]*`/g, "").matchAll(/\]\(([^)\s]+)\)/g)]
        .map((match) => match[1]!)
        .filter((target) => !/^[a-z][a-z+.-]*:/.test(target))
        .map((target) => ({ target, line: index + 1 })),
    );
}

/** Blanks code blocks, and keeps their lines so that numbers of lines stay true. */
function withoutCode(text: string): string {
  return text.replaceAll(/^(`{3,})[^]*?^\1 *$/gm, (block) => block.replaceAll(/[^\n]/g, ""));
}
