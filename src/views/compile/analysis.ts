/** Questions about statements and files that compiling asks. */
import type { BlockStatement, Body, Expression, Statement } from "../syntax/nodes.ts";
import type { Template } from "./template.ts";
import { holds, walk } from "./template.ts";

/** Finds files by the names that others give them. */
export interface FileFinder {
  /** A file by its name, or a path relative to the one that names it; undefined when it is absent. */
  readonly find: (name: string, from: Template) => Template | undefined;
}

/** Whether a body includes files that see its scope. */
export function holdsInclude(body: Body): boolean {
  let isFound = false;
  walk(body, (statement) => {
    isFound ||=
      (statement.type === "include" && statement.scope.withContext) ||
      (statement.type === "partialdef" && statement.parameters.length === 0);
  });
  return isFound;
}

/** Whether an expression waits for a promise. */
export function awaits(expression: Expression): boolean {
  return holds(expression, (part) => part.type === "await");
}

/** Where a body ends, near enough for a line. */
export function endOf(body: Body, at: number): number {
  const last = body.at(-1);
  if (last === undefined) return at;
  return last.type === "data" ? last.at + last.text.length : last.at;
}

/** Names that a frame must declare at its start: set under a condition, or more than once. */
export function findHoisted(body: Body): Set<string> {
  const counts = new Map<string, number>();
  const visit = (statements: Body, weight: number): void => {
    for (const statement of statements) {
      const target = statement.type === "set" ? statement.targets[0] : statement.type === "setBlock" ? statement.target : undefined;
      if (target?.type === "name" && !(statement.type === "set" && awaits(statement.value)))
        counts.set(target.name, (counts.get(target.name) ?? 0) + weight);
      if (statement.type !== "if") continue;
      for (const branch of statement.branches) visit(branch.body, 2);
      if (statement.otherwise !== undefined) visit(statement.otherwise, 2);
    }
  };
  visit(body, 1);
  return new Set([...counts].filter(([, count]) => count > 1).map(([name]) => name));
}

/** Files that a statement names by a literal. */
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

/** A block of a file or of those that it extends. */
export function findBlock(name: string, template: Template | undefined, host: FileFinder): BlockStatement | undefined {
  for (let each = template; each !== undefined; each = parentOf(each, host)) {
    const found = each.blocks.get(name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Whether a value decides what a file extends in the end. */
export function hasDynamicParent(template: Template, host: FileFinder): boolean {
  for (let each: Template | undefined = template; each !== undefined; each = parentOf(each, host)) {
    if (each.parent !== undefined && each.parent.name === undefined) return true;
  }
  return false;
}

/** Names of all blocks of a file and of those that it extends. */
export function listBlocks(template: Template, host: FileFinder): string[] {
  const names = new Set<string>();
  for (let each: Template | undefined = template; each !== undefined; each = parentOf(each, host))
    for (const name of each.blocks.keys()) names.add(name);
  return [...names];
}

/** A name as a property in code. */
export function toPropertyName(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name);
}
