/** What writing a file needs at every place: names, frames, places, and types where they are wanted. */
import type { Body, Statement, Target, TransExpression } from "../syntax/nodes.ts";
import { findHoisted } from "./analysis.ts";
import { CodeWriter, mark } from "./code.ts";
import type { Contexts } from "./context-pass.ts";
import { ExpressionWriter } from "./expressions.ts";
import type { ModuleHost } from "./module.ts";
import { Names, toCodeName } from "./scope.ts";
import type { Template } from "./template.ts";

/** A function or a loop body: what `set` declares lives in it. */
export interface Frame {
  readonly isFunction: boolean;
  /** Code names of what is declared at its start, by name. */
  readonly hoisted: Map<string, string>;
  /** Whether it has returned already. */
  isReturned: boolean;
  /** What closes continuations that `await` has opened. */
  closers: string;
}

/** The state of writing one file. */
export abstract class FrameWriter {
  readonly boundMacros = new Set<string>();
  protected readonly template: Template;
  protected readonly contexts: Contexts;
  protected readonly host: ModuleHost;
  protected readonly isTyped: boolean;
  protected readonly knownBound: ReadonlySet<string>;
  protected readonly writer: CodeWriter;
  protected readonly names = new Names();
  protected readonly expressions: ExpressionWriter;
  protected readonly freeNames = new Map<string, number>();
  protected readonly imports = new Map<string, string>();
  /** What is imported as a whole; a file need not use all of it. */
  protected readonly aliases = new Set<string>();
  protected readonly frames: Frame[] = [];
  protected readonly places: string[] = [];
  protected readonly definedBlocks = new Set<string>();
  /** Blanks between declarations at the top, which the function writes. */
  protected leadBlanks: ReadonlyArray<Extract<Statement, { type: "data" }>> = [];
  protected lastId = 0;
  protected isEscaping = true;
  protected macro: string | undefined;

  constructor(template: Template, contexts: Contexts, host: ModuleHost, isTyped: boolean, boundMacros: ReadonlySet<string>) {
    this.template = template;
    this.contexts = contexts;
    this.host = host;
    this.isTyped = isTyped;
    this.knownBound = boundMacros;
    this.writer = new CodeWriter(template.source);
    this.expressions = new ExpressionWriter({
      source: template.source,
      names: this.names,
      isTyped,
      projectGlobals: host.projectGlobals,
      projectFilters: host.projectFilters,
      projectTests: host.projectTests,
      self: (block, at) => this.self(block, at),
      wrapper: (wrapper) => this.wrapper(wrapper),
      declareHint: (name) =>
        template.partial === undefined ? `{% props ${name}: Type %}` : `{% partialdef ${template.partial.name}(${name}: Type) %}`,
      onFreeName: (name, at) => {
        if (!this.freeNames.has(name)) this.freeNames.set(name, at);
        if (this.macro !== undefined) this.boundMacros.add(this.macro);
      },
    });
  }

  protected abstract self(block: string, at: number): string;
  protected abstract wrapper(wrapper: TransExpression["wrappers"][number]): string;

  protected typeText(text: string): string {
    return this.host.options.types ? text : "";
  }

  protected openFrame(isFunction: boolean, body: Body, at: number): void {
    const hoisted = new Map<string, string>();
    this.frames.push({ isFunction, hoisted, isReturned: false, closers: "" });
    for (const name of findHoisted(body)) {
      const code = this.declareLocal(name);
      hoisted.set(name, code);
      this.writer.code(`let ${code}${this.isTyped ? "" : this.typeText(": any")}; `, at);
    }
  }

  protected closeFrame(at: number): void {
    const frame = this.frames.pop()!;
    if (frame.isFunction) this.writer.code(frame.isReturned ? frame.closers : `return $body; ${frame.closers}`, at);
    else this.writer.flush();
  }

  /** A name of its own in the code: an outer one may be read while the new one is made. */
  protected declareLocal(name: string): string {
    const base = toCodeName(name);
    const code = this.names.find(name) === undefined ? base : `${base}$${++this.lastId}`;
    this.names.declare(name, { kind: "local", code });
    return code;
  }

  protected createId(prefix: string): string {
    return `$${prefix}${++this.lastId}`;
  }

  /** Code names of what a pattern has declared. */
  protected targetNames(target: Target): string[] {
    if (target.type === "tuple") return target.items.flatMap((item) => this.targetNames(item));
    const binding = target.type === "name" ? this.names.find(target.name) : undefined;
    return binding === undefined ? [] : [binding.code];
  }

  /** A pattern for what is assigned to, with its names declared. */
  protected target(target: Target): string {
    if (target.type === "name") return mark(target.at) + this.declareLocal(target.name);
    if (target.type === "tuple") return `[${target.items.map((item) => this.target(item)).join(", ")}]`;
    throw this.template.source.error("E_VIEW_SYNTAX", target.at, `"${target.object}.${target.name}" cannot be a loop variable`);
  }
}
