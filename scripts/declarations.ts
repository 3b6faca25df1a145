/** Reads the top-level declarations of emitted declaration files, with their comments. */
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** One exported declaration. */
export interface Declaration {
  readonly name: string;
  /** The doc comment; "" when there is none. */
  readonly comment: string;
  /** The declaration without its comment. */
  readonly text: string;
}

const start = /^export (?:declare )?(?:abstract )?(?:function|const|class|interface|type|let) ([\w$]+)/;

/** Splits a declaration file at its top-level statements. */
export function parseDeclarations(source: string): Declaration[] {
  const declarations: Declaration[] = [];
  let comment = "";
  let lines: string[] = [];
  let isComment = false;
  const finish = (): void => {
    const text = hideInternal(lines).join("\n");
    const name = start.exec(text)?.[1];
    if (name !== undefined) declarations.push({ name, comment, text });
    comment = "";
    lines = [];
  };
  for (const line of source.split("\n")) {
    if (lines.length === 0 && (isComment || line.startsWith("/**"))) {
      comment = isComment ? `${comment}\n${line}` : line;
      isComment = !line.trimEnd().endsWith("*/");
      continue;
    }
    if (line === "" || line.startsWith("//#")) continue;
    lines.push(line);
    if (line === "}" || /^\S.*;$/.test(line)) finish();
  }
  return declarations;
}

/**
 * Removes members marked `@internal`. The package keeps them, because other types need them; readers of the reference do not.
 */
function hideInternal(lines: readonly string[]): string[] {
  const shown: string[] = [];
  let place: "shown" | "comment" | "member" = "shown";
  for (const line of lines) {
    if (place === "shown" && /^ {4}\/\*\* @internal\b/.test(line)) place = "comment";
    if (place === "shown") shown.push(line);
    else if (place === "comment") place = line.trimEnd().endsWith("*/") ? "member" : "comment";
    else if (/^ {4}\S.*;$/.test(line)) place = "shown";
  }
  return shown;
}

/** All exports of an entry: the declarations behind its lists, by name, in order. */
export async function readEntry(folder: string, entry: string): Promise<Declaration[]> {
  const source = await readFile(join(folder, `${entry}.d.ts`), "utf8");
  const found: Declaration[] = [];
  for (const match of source.matchAll(/export (?:type )?\{([^}]*)\} from "([^"]+)";/g)) {
    const file = join(folder, dirname(`${entry}.d.ts`), match[2]!.replace(/\.(?:ts|js)$/, ".d.ts"));
    const declarations = parseDeclarations(await readFile(file, "utf8"));
    for (const name of match[1]!
      .split(",")
      .map((part) => part.trim())
      .filter(Boolean)) {
      const same = declarations.filter((declaration) => declaration.name === name);
      if (same.length === 0) throw new Error(`${entry} exports ${name}, which ${file} does not declare in a form that this script reads.`);
      found.push(...same);
    }
  }
  return found;
}

/** Members of an interface or class without a doc comment. */
export function findBareMembers({ text }: Declaration): string[] {
  const bare: string[] = [];
  const lines = text.split("\n");
  const isContainer = /^export (?:declare )?(?:interface|class) /.test(lines[0] ?? "");
  if (!isContainer) return bare;
  lines.forEach((line, index) => {
    const isMember =
      /^ {4}(?:readonly |static |declare |get |set |async )*["[\w$(<-]/.test(line) &&
      !/^ {4}(?:private|#|constructor\(|\})/.test(line) &&
      !/^ {4}readonly #|^ {4}#/.test(line);
    if (isMember && !lines[index - 1]!.trimEnd().endsWith("*/")) bare.push(line.trim());
  });
  return bare;
}

/** Number of parameters of a declared function, without an options object after three; 0 for other declarations. */
export function countParameters({ text }: Declaration): number {
  const match = /^export declare function [\w$]+(?:<[^(]*>)?\(([^]*)\):/.exec(text);
  if (match === null || match[1]!.trim() === "") return 0;
  const names = [""];
  let depth = 0;
  for (const character of match[1]!) {
    if ("([{<".includes(character)) depth++;
    else if (")]}>".includes(character)) depth--;
    else if (character === "," && depth === 0) names.push("");
    names[names.length - 1] += character;
  }
  // After three parameters, an options object may follow.
  return names.length - (names.length > 3 && /^,?\s*(?:options\??|\.\.\.\[options\??\]):/.test(names.at(-1)!) ? 1 : 0);
}
