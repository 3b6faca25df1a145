/** Shortens declarations for people: what the compiler writes for a model is ten times as long as its fields. */

/** Leaves out where a type comes from, and what the rows of a model have: it follows from the fields. */
export function shortenDeclaration(text: string): string {
  const lines: string[] = [];
  let end: string | undefined;
  const source = text.replaceAll(/import\("[^"]+"\)\./g, "").split("\n");
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
  return lines.join("\n");
}
