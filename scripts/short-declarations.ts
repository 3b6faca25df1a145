/** Shortens declarations for readers: what the compiler writes for a model is ten times as long as its fields. */

/** Leaves out where a type comes from, that properties are read-only, and what the rows of a model have: it follows from the fields. */
export function shortenDeclaration(text: string): string {
  const lines: string[] = [];
  let end: string | undefined;
  const source = text.replaceAll(/import\("[^"]+"\)\.|\breadonly /g, "").split("\n");
  for (const [index, line] of source.entries()) {
    if (end !== undefined) {
      if (!line.startsWith(end)) continue;
      lines.push(lines.pop()! + line.slice(end.length));
      end = undefined;
      continue;
    }
    const indent = /^(\s*)\}> & \{$/.exec(line)?.[1];
    if (indent !== undefined && source[index + 1]?.trimStart().startsWith("new (): ")) {
      lines.push(`${indent}}>`);
      end = `${indent}}`;
    } else lines.push(line);
  }
  return narrow(shortenComments(lines.join("\n")));
}

/** Indents by two spaces, as the code of this repository. The compiler uses four. */
function narrow(text: string): string {
  return text.replaceAll(/^(?: {4})+/gm, (indent) => indent.slice(indent.length / 2));
}

/** Writes doc comments as line comments, which need less space. */
function shortenComments(text: string): string {
  return text.replaceAll(/^( *)\/\*\* ?([^]*?)\s*\*\/$/gm, (_all, indent: string, comment: string) =>
    comment
      .split("\n")
      .map((line, index) => (index === 0 ? line : line.replace(/^\s*\* ?/, "")))
      .filter((line, index) => index > 0 || line !== "")
      .map((line) => `${indent}// ${line}`.trimEnd())
      .join("\n"),
  );
}
