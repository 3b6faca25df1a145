/** Finds the changes of one operator, literal or condition that `npm run mutate` tries. */
import { readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { join } from "node:path";
import { parse } from "acorn";

/** A change of one piece of a file. Offsets count characters. */
export interface Mutant {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly start: number;
  readonly end: number;
  readonly before: string;
  readonly text: string;
}

/** What each piece is replaced by. The formatter puts blanks around operators, so that types such as `Map<A, B>` do not match. */
const replacements: ReadonlyArray<readonly [pattern: RegExp, to: (found: string) => string]> = [
  [/ === /g, () => " !== "],
  [/ !== /g, () => " === "],
  [/ <= /g, () => " < "],
  [/ >= /g, () => " > "],
  [/ < /g, () => " <= "],
  [/ > /g, () => " >= "],
  [/ && /g, () => " || "],
  [/ \|\| /g, () => " && "],
  [/ \+ /g, () => " - "],
  [/ - /g, () => " + "],
  [/\bif \((?!!)/g, () => "if (!"],
  [/(?<=[(,=:?] |return )\btrue\b/g, () => "false"],
  [/(?<=[(,=:?] |return )\bfalse\b/g, () => "true"],
  [/(?<=[(,=<>+*[] ?|return )\b\d[\d_]*\b(?!\.)/g, (found) => String(Number(found.replaceAll("_", "")) + 1)],
];

/** Lines that only have types or names. */
const typeLine = /^\s*(?:import\b|export (?:type|interface)\b|type |interface |readonly |\*|\/\*|\/\/|\| )/;

/** All changes of a file, in the order of its text. */
export function findMutants(root: string, file: string): Mutant[] {
  const lines = blankOut(readFileSync(join(root, file), "utf8")).split("\n");
  const found: Mutant[] = [];
  let offset = 0;
  for (const [index, line] of lines.entries()) {
    const here = typeLine.test(line)
      ? []
      : replacements.flatMap(([pattern, to]) => [...line.matchAll(pattern)].map((match) => ({ match, to })));
    for (const { match, to } of here) {
      const [before] = match;
      const start = offset + match.index;
      found.push({ file, line: index + 1, column: match.index + 1, start, end: start + before.length, before, text: to(before) });
    }
    offset += line.length + 1;
  }
  return found.sort((one, other) => one.start - other.start);
}

/** Whether a change results in different, valid code: a change within types results in the same code, and one of a literal may not parse. */
export function changesCode(root: string, { file, start, end, text }: Mutant): boolean {
  const source = readFileSync(join(root, file), "utf8");
  try {
    const code = stripTypeScriptTypes(source.slice(0, start) + text + source.slice(end));
    parse(code, { ecmaVersion: "latest", sourceType: "module" });
    const original = stripTypeScriptTypes(source);
    return code.replaceAll(/\s+/g, " ") !== original.replaceAll(/\s+/g, " ");
  } catch {
    return false;
  }
}

/** Strings, regular expressions and comments as marks of the same length, so that nothing in them is changed. */
function blankOut(source: string): string {
  const pieces =
    /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`|(?<=[(,=:&|!]\s?)\/(?![*/])(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/g;
  return source.replaceAll(pieces, (piece) => piece.replaceAll(/[^\n]/g, "~"));
}
