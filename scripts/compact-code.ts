/** Makes built JavaScript smaller without touching its lines of code: drops comments that fill whole lines, and indents with tabs. */
import { tokenizer } from "acorn";

/** A range of characters. */
interface Range {
  readonly start: number;
  readonly end: number;
}

/** Returns the code without comment lines, indented with tabs. Strings and templates keep every character. */
export function compactCode(code: string): string {
  const comments: Range[] = [];
  const templates: Range[] = [];
  const tokens = tokenizer(code, {
    ecmaVersion: "latest",
    sourceType: "module",
    onComment: (_isBlock, text, start, end) => void (text.startsWith("!") || comments.push({ start, end })),
  });
  for (const { type, start, end } of tokens) if (type.label === "template") templates.push({ start, end });
  return indentWithTabs(code, { comments: comments.filter((comment) => fillsLines(code, comment)), templates });
}

function fillsLines(code: string, { start, end }: Range): boolean {
  const before = code.slice(code.lastIndexOf("\n", start - 1) + 1, start);
  return before.trim() === "" && (end === code.length || code[end] === "\n");
}

function indentWithTabs(
  code: string,
  { comments, templates }: { readonly comments: readonly Range[]; readonly templates: readonly Range[] },
): string {
  const kept: string[] = [];
  let offset = 0;
  let [comment, template] = [0, 0];
  for (const line of code.split("\n")) {
    while (comment < comments.length && comments[comment]!.end < offset) comment++;
    while (template < templates.length && templates[template]!.end < offset) template++;
    const isInTemplate = template < templates.length && templates[template]!.start < offset;
    const text = offset + line.search(/\S|$/);
    const isComment = comment < comments.length && comments[comment]!.start <= text && text < comments[comment]!.end;
    if (!isComment || line === "") kept.push(isInTemplate ? line : line.replace(/^(?: {2})+/, (spaces) => "\t".repeat(spaces.length / 2)));
    offset += line.length + 1;
  }
  return kept.join("\n");
}
