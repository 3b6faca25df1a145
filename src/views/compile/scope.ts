/** Resolves the names of a file: what each name means, and where. */
import type { MacroStatement, Parameter } from "../syntax/nodes.ts";
import { usesName } from "./template.ts";

/** What calls of a macro need to know. */
export interface MacroFacts {
  readonly name: string;
  readonly parameters: readonly Parameter[];
  readonly takesVarargs: boolean;
  readonly takesKwargs: boolean;
  readonly takesCaller: boolean;
}

/** Returns what calls of a macro need to know. */
export function toMacroFacts({ name, parameters, body }: MacroStatement): MacroFacts {
  return {
    name,
    parameters,
    takesVarargs: usesName(body, "varargs"),
    takesKwargs: usesName(body, "kwargs"),
    takesCaller: usesName(body, "caller"),
  };
}

/** What a name refers to. */
export type Binding =
  | { readonly kind: "local"; readonly code: string }
  | { readonly kind: "macro"; readonly code: string; readonly facts: MacroFacts }
  | { readonly kind: "module"; readonly code: string; readonly macros: ReadonlyMap<string, MacroFacts> }
  | { readonly kind: "loop"; readonly code: string; readonly recursion: string | undefined; readonly isAsync?: boolean };

/** Names by nesting level. */
export class Names {
  readonly #levels: Array<Map<string, Binding>> = [new Map()];

  /** Opens a level. */
  enter(): void {
    this.#levels.push(new Map());
  }

  /** Closes the level. */
  leave(): void {
    this.#levels.pop();
  }

  /** Declares a name in the innermost level. */
  declare(name: string, binding: Binding): void {
    this.#levels.at(-1)!.set(name, binding);
  }

  /** Returns the innermost binding of a name. */
  find(name: string): Binding | undefined {
    return this.#levels.findLast((level) => level.has(name))?.get(name);
  }

  /** Whether the innermost level itself has a name. */
  hasOwn(name: string): boolean {
    return this.#levels.at(-1)!.has(name);
  }

  /** Returns all names that hold values, for statements that take the whole scope. */
  values(): Map<string, string> {
    const all = new Map<string, string>();
    for (const level of this.#levels) for (const [name, binding] of level) if (binding.kind === "local") all.set(name, binding.code);
    return all;
  }

  /** Returns all names, for messages. */
  list(): string[] {
    return [...new Set(this.#levels.flatMap((level) => [...level.keys()]))];
  }
}

const reserved = new Set(
  (
    "arguments async await break case catch class const continue debugger default delete do else enum eval export extends false finally for " +
    "function get if implements import in instanceof interface let new null of package private protected public return set static super " +
    "switch this throw true try typeof undefined var void while with yield NaN Infinity " +
    // Names that generated modules use themselves.
    "view write Props Math Map Parameters Pick _super"
  ).split(" "),
);

/** Returns a name for generated code. Names reserved by JavaScript or the module get a dollar sign. */
export function toCodeName(name: string): string {
  return reserved.has(name) ? `${name}$` : name;
}

/** Names that every template sees; those of the request are read on use. */
export const globalNames = new Set(["range", "dict", "cycler", "joiner", "namespace", "lipsum"]);
/** Names that come from the context of the render. */
export const contextNames = new Set(["route", "asset", "csrf", "nonce", "request", "locale", "now", "t", "user", "flash", "query"]);
