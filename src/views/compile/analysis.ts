/** Answers the compiler's questions about statements and files. */
import { suggestName } from "../../errors/nearest-name.ts";
import type { ErrorCode } from "../../errors/catalogue.ts";
import type { BlockStatement, Body, Statement } from "../syntax/nodes.ts";
import type { SourceText } from "../syntax/source-text.ts";
import type { Template } from "./template.ts";
import { walk } from "./template.ts";

/** Finds files by the names that other files use for them. */
export interface FileFinder {
  /** Returns a file by its name, or by a path relative to the file that names it; undefined if it does not exist. */
  readonly find: (name: string, from: Template) => Template | undefined;
}

/** Whether a body passes its scope on to other files. */
export function holdsInclude(body: Body): boolean {
  let isFound = false;
  walk(body, (statement) => {
    isFound ||=
      (statement.type === "include" && statement.scope.withContext) ||
      (statement.type === "partialdef" && statement.parameters.length === 0) ||
      ((statement.type === "import" || statement.type === "from") && statement.withContext);
  });
  return isFound;
}

/** Returns the files that a statement names by a literal. */
export function filesOf(statement: Statement): Array<readonly [name: string, at: number, isOptional: boolean]> {
  if (statement.type === "import" || statement.type === "from") return [[statement.file, statement.at, false]];
  if (statement.type === "partial" || (statement.type === "partialdef" && statement.isInline))
    return [[`#${statement.name}`, statement.at, false]];
  if (statement.type === "component") return statement.name.includes(".") ? [[statement.name, statement.at, false]] : [];
  const expression = statement.type === "extends" ? statement.parent : statement.type === "include" ? statement.names : undefined;
  if (expression?.type !== "constant" || typeof expression.value !== "string") return [];
  return [[expression.value, statement.at, statement.type === "include" && statement.ignoresMissing]];
}

function parentOf(template: Template, host: FileFinder): Template | undefined {
  const { parent } = template;
  return parent?.name === undefined ? undefined : host.find(parent.name, template);
}

/** Returns a block of a file or of the files it extends. */
export function findBlock(name: string, template: Template | undefined, host: FileFinder): BlockStatement | undefined {
  for (let each = template; each !== undefined; each = parentOf(each, host)) {
    const found = each.blocks.get(name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Whether a value decides which file is at the end of the `extends` chain. */
export function hasDynamicParent(template: Template, host: FileFinder): boolean {
  for (let each: Template | undefined = template; each !== undefined; each = parentOf(each, host)) {
    if (each.parent !== undefined && each.parent.name === undefined) return true;
  }
  return false;
}

/** Returns the names of all blocks of a file and of the files it extends. */
export function listBlocks(template: Template, host: FileFinder): string[] {
  const names = new Set<string>();
  for (let each: Template | undefined = template; each !== undefined; each = parentOf(each, host))
    for (const name of each.blocks.keys()) names.add(name);
  return [...names];
}

/** Returns a name as a property in code. */
export function toPropertyName(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name);
}

/** The names that an owner accepts, for messages. */
interface KnownNames {
  readonly known: readonly string[];
  /** The owner of the names, for example `"card.html"`. */
  readonly owner: string;
  /** What one of the names is called. */
  readonly kind: string;
  readonly code: ErrorCode;
}

/** Throws if a given name is not among the accepted ones. */
export function assertNames(
  source: SourceText,
  given: ReadonlyArray<{ readonly name: string; readonly at: number }>,
  { known, owner, kind, code }: KnownNames,
): void {
  for (const { name, at } of given) {
    if (known.includes(name)) continue;
    const fix = suggestName(name, known, `It has: ${known.join(", ") || "none"}.`);
    throw source.error(code, at, `${owner} has no ${kind} "${name}"`, fix);
  }
}
