/** Holds the state of writing one file, and the frames of its bodies: names, contexts, and types if wanted. */
import type { ErrorCode } from "../../errors/catalogue.ts";
import type { GableError } from "../../errors/gable-error.ts";
import type { Arguments, Body, Statement, Target, TransExpression } from "../syntax/nodes.ts";
import { endOf, findHoisted } from "./assignments.ts";
import type { Hoisted } from "./assignments.ts";
import { CodeWriter, mark } from "./code.ts";
import type { Contexts } from "./context-pass.ts";
import { ExpressionWriter } from "./expressions.ts";
import type { ModuleHost } from "./module-host.ts";
import { Names, toCodeName } from "./scope.ts";
import type { Template } from "./template.ts";

/** A function or a loop body while it is written. It holds the names that `set` assigns. */
export interface Frame {
  readonly file: FileWriter;
  /** Whether it is the body of a function, which may return early. */
  readonly isFunction: boolean;
  /** Whether it is a branch of its function: a return would skip the code after the branch. */
  readonly isBranch: boolean;
  /** Code names, by name, of the variables declared at its start. */
  readonly hoisted: ReadonlyMap<string, string>;
  /** What `break` leaves: an async loop by its code name, "plain" for a `for` statement, "none" in a separate function. */
  readonly loop: string | undefined;
  readonly isEscaping: boolean;
  /** Whether it has returned already. */
  isReturned: boolean;
  /** The code that closes the continuations opened by `await`. */
  closers: string;
}

/** A statement of one type. */
export type StatementOf<Type extends Statement["type"]> = Extract<Statement, { readonly type: Type }>;

/** Writes statements, one function for each type. */
export type StatementWriters = {
  readonly [Type in Statement["type"]]: (frame: Frame, statement: StatementOf<Type>) => void;
};

/** Facts about a file that the first pass finds. */
export interface FileFacts {
  readonly isTyped: boolean;
  /** Macros that read names only the page around them has. */
  readonly boundMacros: ReadonlySet<string>;
}

/** What expressions need from statements. */
export interface ExpressionCallbacks {
  readonly self: (file: FileWriter, block: string, at: number) => string;
  readonly wrapper: (file: FileWriter, wrapper: TransExpression["wrappers"][number]) => string;
}

/** The state of writing one file. */
export class FileWriter {
  readonly template: Template;
  readonly contexts: Contexts;
  readonly host: ModuleHost;
  readonly isTyped: boolean;
  /** Macros that an earlier pass found to be bound to the page. */
  readonly knownBound: ReadonlySet<string>;
  /** Macros that this pass finds to be bound to the page. */
  readonly boundMacros = new Set<string>();
  readonly writers: StatementWriters;
  readonly code: CodeWriter;
  readonly names = new Names();
  readonly expressions: ExpressionWriter;
  /** Undeclared names, with the first position of each. */
  readonly freeNames = new Map<string, number>();
  /** Code names of imported files, by file. */
  readonly imports = new Map<string, string>();
  /** Modules that are imported as a whole: a file need not use all of them. */
  readonly aliases = new Set<string>();
  /** Declarations of contexts. */
  readonly places: string[] = [];
  readonly definedBlocks = new Set<string>();
  /** Macros that the module exports as separate functions. */
  readonly exportedMacros = new Set<string>();
  /** Whether a name of this file depends on whether a value with that name was passed. */
  readsGlobals = false;
  /** The macro that is being written. */
  macro: string | undefined;
  #lastId = 0;

  constructor(
    template: Template,
    contexts: Contexts,
    host: ModuleHost,
    facts: FileFacts & ExpressionCallbacks & { writers: StatementWriters },
  ) {
    this.template = template;
    this.contexts = contexts;
    this.host = host;
    this.isTyped = facts.isTyped;
    this.knownBound = facts.boundMacros;
    this.writers = facts.writers;
    this.code = new CodeWriter(template.source);
    this.expressions = new ExpressionWriter({
      source: template.source,
      names: this.names,
      isTyped: facts.isTyped,
      projectGlobals: host.projectGlobals,
      projectFilters: host.projectFilters,
      projectTests: host.projectTests,
      self: (block, at) => facts.self(this, block, at),
      wrapper: (wrapper) => facts.wrapper(this, wrapper),
      declareHint: (name) =>
        template.partial === undefined ? `{% props ${name}: Type %}` : `{% partialdef ${template.partial.name}(${name}: Type) %}`,
      onFreeName: (name, at) => {
        if (!this.freeNames.has(name)) this.freeNames.set(name, at);
        this.bindMacro();
      },
      onGlobal: () => {
        this.readsGlobals = true;
        this.bindMacro();
      },
    });
  }

  /** Records that the macro being written reads the scope of the page. */
  bindMacro(): void {
    if (this.macro !== undefined) this.boundMacros.add(this.macro);
  }

  /** Returns the text of a type; "" if types are not written. */
  typeText(text: string): string {
    return this.host.options.types ? text : "";
  }

  /** Creates an error with its position in the file. */
  error(code: ErrorCode, at: number, reason: string, fix?: string): GableError {
    return this.template.source.error(code, at, reason, fix);
  }

  /** Declares a name in the innermost scope and returns its code name. The outer name may be read while the value is computed. */
  declareLocal(name: string): string {
    const base = toCodeName(name);
    const code = this.names.find(name) === undefined ? base : `${base}$${++this.#lastId}`;
    this.names.declare(name, { kind: "local", code });
    return code;
  }

  /** Returns a new code name. */
  createId(prefix: string): string {
    return `$${prefix}${++this.#lastId}`;
  }

  /** Returns the code names that a pattern has declared. */
  targetNames(target: Target): string[] {
    if (target.type === "tuple") return target.items.flatMap((item) => this.targetNames(item));
    const binding = target.type === "name" ? this.names.find(target.name) : undefined;
    return binding === undefined ? [] : [binding.code];
  }

  /** Returns code that uses the names of patterns: a template may declare a name that it does not read. */
  voids(targets: readonly Target[]): string {
    return targets
      .flatMap((target) => this.targetNames(target))
      .map((name) => `void ${name}; `)
      .join("");
  }

  /** Returns a pattern for an assignment target, and declares its names. */
  target(target: Target): string {
    if (target.type === "name") return mark(target.at) + this.declareLocal(target.name);
    if (target.type === "tuple") return `[${target.items.map((item) => this.target(item)).join(", ")}]`;
    throw this.error("E_VIEW_SYNTAX", target.at, `"${target.object}.${target.name}" cannot be a loop variable`);
  }

  /** Returns the frame around all others. */
  rootFrame(): Frame {
    return {
      file: this,
      isFunction: true,
      isBranch: false,
      hoisted: new Map(),
      loop: undefined,
      isEscaping: true,
      isReturned: false,
      closers: "",
    };
  }
}

/** Writes statements one after the other. */
export function writeBody(frame: Frame, body: Body): void {
  for (const statement of body) writeStatement(frame, statement);
}

/** Writes a statement with the function for its type. */
export function writeStatement(frame: Frame, statement: Statement): void {
  // For each type, the table has a function that takes statements of this type.
  const write = frame.file.writers[statement.type] as (frame: Frame, statement: Statement) => void;
  write(frame, statement);
}

/** Options for {@link openFrame}. */
export interface FrameOptions {
  readonly isFunction: boolean;
  /** What `break` leaves in it. Default: the same as in the outer frame. */
  readonly loop?: string;
  /** Whether every `set` is declared at the start, because a macro above may read it. False by default. */
  readonly hoistsAll?: boolean;
}

/** Opens a frame in a new scope: declares what its body assigns in branches. A read before an assignment sees the outer value. */
export function openFrame(outer: Frame, body: Body, at: number, options: FrameOptions): Frame {
  const { file } = outer;
  file.names.enter();
  const hoisted = new Map<string, string>();
  const found = findHoisted(body, options.hoistsAll ?? false);
  const before = new Map([...found].map(([name, facts]) => [name, outerValue(file, name, facts)]));
  for (const [name, facts] of found) {
    const value = before.get(name);
    const code = file.declareLocal(name);
    hoisted.set(name, code);
    file.code.code(`let ${code}${typeOfHoisted(file, facts, value)}${value === undefined ? "" : ` = ${value}`}; `, at);
  }
  const { loop = outer.loop, isFunction } = options;
  return { file, isFunction, isBranch: false, hoisted, loop, isEscaping: outer.isEscaping, isReturned: false, closers: "" };
}

/** Returns the code of the outer value if the body may read the name before it assigns it. */
function outerValue(file: FileWriter, name: string, { readAt }: Hoisted): string | undefined {
  return readAt === undefined ? undefined : file.expressions.outer(name, readAt);
}

/** Returns the type of a variable: closures need one that TypeScript cannot infer. */
function typeOfHoisted(file: FileWriter, { valueType }: Hoisted, outer: string | undefined): string {
  if (!file.isTyped) return file.typeText(": any");
  if (outer !== undefined || valueType === undefined) return "";
  return file.typeText(`: ${valueType}`);
}

/** Closes a frame and its scope. */
export function closeFrame(frame: Frame, at: number): void {
  const { file } = frame;
  if (frame.isFunction) file.code.code(frame.isReturned ? frame.closers : `return $body; ${frame.closers}`, at);
  else file.code.flush();
  file.names.leave();
}

/** Writes the body of a function that writes output. */
export function writeFunctionBody(outer: Frame, body: Body, at: number): void {
  const frame = openFrame(outer, body, at, { isFunction: true, loop: "none" });
  writeBody(frame, body);
  closeFrame(frame, endOf(body, at));
}

/** Writes a body with its own scope, between braces that the caller writes. */
export function writeScope(outer: Frame, body: Body, at: number): void {
  const frame = openFrame(outer, body, at, { isFunction: false });
  writeBody(frame, body);
  closeFrame(frame, endOf(body, at));
}

/** Writes a branch: its assignments belong to the surrounding frame. */
export function writeBranch(outer: Frame, body: Body, loop = outer.loop): void {
  const { file } = outer;
  file.names.enter();
  writeBody({ ...outer, isBranch: true, loop }, body);
  file.code.flush();
  file.names.leave();
}

/** Returns the code of given values by name. */
export function toMembers(file: FileWriter, named: Arguments["named"]): Map<string, string> {
  return new Map(named.map(({ name, value }) => [name, file.expressions.sync(value)]));
}
