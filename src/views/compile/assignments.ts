/** Finds what a body assigns, and whether it reads a name before that. */
import type { Body, Expression, Statement, Target } from "../syntax/nodes.ts";
import { awaits, bodiesOf, expressionsOf, holds, usesName, walk } from "./template.ts";

/** A variable that its frame declares at the start. */
export interface Hoisted {
  /** The first place that may read it before it is assigned; undefined if there is none. */
  readonly readAt: number | undefined;
  /** Type of all values assigned to it, if known. */
  readonly valueType: string | undefined;
}

/** Returns where a body ends, accurate to the line. */
export function endOf(body: Body, at: number): number {
  const last = body.at(-1);
  if (last === undefined) return at;
  return last.type === "data" ? last.at + last.text.length : last.at;
}

/** Returns the names that a frame must declare at its start: assigned in a branch, or more than once. */
export function findHoisted(body: Body, hoistsAll: boolean): Map<string, Hoisted> {
  const counts = new Map<string, number>();
  const types = new Map<string, Set<string | undefined>>();
  const visit = (statements: Body, weight: number): void => {
    for (const statement of statements) {
      for (const name of assignedBy(statement)) {
        counts.set(name, (counts.get(name) ?? 0) + weight);
        types.set(name, (types.get(name) ?? new Set()).add(typeOfAssigned(statement)));
      }
      if (statement.type === "if") for (const inner of bodiesOf(statement)) visit(inner, 2);
    }
  };
  visit(body, hoistsAll ? 2 : 1);
  // A macro sees later assignments if it is called after them.
  for (const [name, count] of counts) if (count === 1 && isReadByMacroAbove(body, name)) counts.set(name, 2);
  const names = [...counts].filter(([, count]) => count > 1).map(([name]) => name);
  return new Map(names.map((name) => [name, { readAt: readBefore(body, name), valueType: toUnion(types.get(name)!) }]));
}

function isReadByMacroAbove(body: Body, name: string): boolean {
  const end = body.findIndex((statement) => assignedBy(statement).includes(name));
  return body.slice(0, end).some((statement) => statement.type === "macro" && usesName([statement], name));
}

/** Returns the names that a statement assigns in its own frame, without its branches. */
export function assignedBy(statement: Statement): string[] {
  if (statement.type === "set") return awaits(statement.value) ? [] : statement.targets.slice(0, 1).flatMap(namesOf);
  return statement.type === "setBlock" ? namesOf(statement.target) : [];
}

/** Returns the names of a target. */
export function namesOf(target: Target): string[] {
  if (target.type === "tuple") return target.items.flatMap(namesOf);
  return target.type === "name" ? [target.name] : [];
}

function toUnion(types: ReadonlySet<string | undefined>): string | undefined {
  return types.has(undefined) ? undefined : [...types, "undefined"].join(" | ");
}

function typeOfAssigned(statement: Statement): string | undefined {
  return statement.type === "set" && statement.targets[0]?.type === "name" ? findType(statement.value) : undefined;
}

/** Returns the type of a value if it is evident. */
function findType(value: Expression): string | undefined {
  if (value.type === "constant") return value.value === null ? "null" : typeof value.value;
  if (value.type === "compare" || value.type === "test") return "boolean";
  if (value.type !== "condition") return undefined;
  const [one, other] = [findType(value.consequent), value.otherwise === undefined ? "undefined" : findType(value.otherwise)];
  return one === undefined || other === undefined ? undefined : `${one} | ${other}`;
}

/** Returns the first place at which a body may read a name that it has not assigned yet. */
function readBefore(body: Body, name: string): number | undefined {
  return new ReadFinder(name).find(body);
}

/** Walks the branches of a body. */
class ReadFinder {
  readonly #name: string;
  #isAssigned = false;

  constructor(name: string) {
    this.#name = name;
  }

  find(body: Body): number | undefined {
    for (const statement of body) {
      const found = this.#statement(statement);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #statement(statement: Statement): number | undefined {
    if (this.#isAssigned) return undefined;
    const read = expressionsOf(statement).some((value) => holds(value, (part) => part.type === "name" && part.name === this.#name));
    // Assumes that all tests are read before any branch assigns. This is inexact only for later "elif" tests.
    if (read) return statement.at;
    if (statement.type === "if") return this.#if(statement);
    if (passesScope(statement) || bodiesOf(statement).some((inner) => usesName(inner, this.#name))) return statement.at;
    if (assignedBy(statement).includes(this.#name)) this.#isAssigned = true;
    return undefined;
  }

  #if({ branches, otherwise }: Extract<Statement, { type: "if" }>): number | undefined {
    let isAlways = otherwise !== undefined;
    for (const body of [...branches.map((branch) => branch.body), otherwise ?? []]) {
      this.#isAssigned = false;
      const found = this.find(body);
      if (found !== undefined) return found;
      isAlways &&= this.#isAssigned;
    }
    this.#isAssigned = isAlways;
    return undefined;
  }
}

/** Whether a statement passes all names of its scope on to another file. */
function passesScope(statement: Statement): boolean {
  let passes = false;
  walk([statement], (each) => {
    passes ||=
      (each.type === "include" && each.scope.withContext) || each.type === "extends" || (each.type === "partialdef" && each.isInline);
    passes ||= each.type === "partial" || ((each.type === "import" || each.type === "from") && each.withContext);
  });
  return passes;
}
