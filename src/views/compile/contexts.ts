/** Finds the place of every value of a file in its HTML or XML, across conditions, loops and blocks. */
import { XmlReader } from "../formats/xml.ts";
import type { XmlPlace } from "../formats/xml.ts";
import type { Place } from "../places.ts";
import type { ReaderState } from "../reader-state.ts";
import { describeState, isSamePlace, strictestOf } from "../reader-state.ts";
import type { Part } from "../tokenizer.ts";
import { HtmlReader } from "../tokenizer.ts";
import type { Body, Statement } from "../syntax/nodes.ts";
import type { SourceText } from "../syntax/source-text.ts";
import type { PlanOptions } from "../plan.ts";
import type { Template } from "./template.ts";
import { bodiesOf } from "./template.ts";

/** Statements that write where they stand: values, and markup of other files or bodies. */
export type Placed = Extract<Statement, { type: "output" | "include" | "partial" | "partialdef" | "component" | "call" | "filterBlock" }>;
type Data = Extract<Statement, { type: "data" }>;

/** What is known of the pieces of a file. */
export interface Contexts {
  /** Static text as it is sent, with holes for nonces. */
  readonly data: ReadonlyMap<Data, ReadonlyArray<Part<Placed>>>;
  /** Places of values; none in modes without places. */
  readonly places: ReadonlyMap<Placed, () => Place | XmlPlace>;
  /** Where blocks of this file stand, for files that replace them. */
  readonly blocks: ReadonlyMap<string, BlockContext>;
}

/** Where a block stands. */
export type BlockContext = { readonly state: ReaderState<Placed>; readonly end: ReaderState<Placed> } | { readonly xml: string };

/** What the pass needs beside the file. */
export interface ContextOptions extends PlanOptions {
  /** Where the blocks of the parent stand; undefined without a parent that is known. */
  readonly parentBlocks: ReadonlyMap<string, BlockContext> | undefined;
}

/** Reads a file. Throws `E_VIEW_PLACE`, `E_VIEW_BRANCHES`, `E_VIEW_UNCLOSED`, `E_VIEW_BLOCK`. */
export function findContexts(template: Template, options: ContextOptions): Contexts {
  if (template.mode === "html") return new HtmlPass(template, options).run();
  if (template.mode === "xml") return new XmlPass(template).run();
  if (template.mode === "json") assertJsonPlaces(template);
  return { data: new Map(), places: new Map(), blocks: new Map() };
}

/** In JSON every value is whole: inside a string it would bring quotes of its own. */
function assertJsonPlaces({ body, source }: Template): void {
  let isInString = false;
  const visit = (statements: Body): void => {
    for (const statement of statements) {
      if (statement.type === "data") {
        const quotes = [...statement.text.matchAll(/\\[^]|"/g)].filter(([token]) => token === '"').length;
        if (quotes % 2 === 1) isInString = !isInString;
      } else if (statement.type === "output" && isInString) {
        throw source.error(
          "E_VIEW_PLACE",
          statement.at,
          "a value cannot stand inside a JSON string",
          "Drop the quotes: a value is written with its own.",
        );
      } else bodiesOf(statement).forEach(visit);
    }
  };
  visit(body);
}

/** The walk through a body, common to both kinds of markup. */
abstract class Pass<State> {
  readonly data = new Map<Data, ReadonlyArray<Part<Placed>>>();
  readonly places = new Map<Placed, () => Place | XmlPlace>();
  readonly blocks = new Map<string, BlockContext>();
  protected readonly template: Template;
  protected readonly source: SourceText;
  /** States at `break` and `continue` of the loops that are open. */
  readonly #jumps: State[][] = [];

  constructor(template: Template) {
    this.template = template;
    this.source = template.source;
  }

  protected abstract get state(): State;
  protected abstract set state(state: State);
  protected abstract readData(data: Data): void;
  protected abstract readOutput(output: Placed): void;
  /** Ends what a control tag ends: a name, or a value without quotes. */
  protected abstract settle(): void;
  protected abstract join(states: readonly State[]): State;
  protected abstract isSame(one: State, other: State): boolean;
  protected abstract describe(state: State): string;
  protected abstract fresh(at: number, read: () => void): void;
  /** Whether two states are in the same script. */
  protected abstract isSameText(one: State, other: State): boolean;
  protected abstract noteBlock(name: string, start: State): void;
  protected abstract enterBlock(name: string, at: number, read: () => void): void;
  protected abstract beginBranches(at: number, isLoop: boolean): () => void;
  protected abstract endBranches(): void;
  /** Markup between tags is written as it is; elsewhere it is a value, reduced to what its place takes. */
  protected abstract readMarkup(placed: Placed): void;
  protected abstract assertText(at: number, what: string): void;
  protected abstract assertEnd(): void;

  run(): Contexts {
    if (this.template.parent === undefined) {
      this.body(this.template.body);
      this.assertEnd();
    } else this.#childBody(this.template.body);
    return this;
  }

  /** A child's text outside blocks is dropped; blocks stand where the parent has them. */
  #childBody(body: Body): void {
    for (const statement of body) {
      if (statement.type === "block") this.enterBlock(statement.name, statement.at, () => this.body(statement.body));
      else if (statement.type === "if" || statement.type === "for" || statement.type === "with") {
        for (const inner of "branches" in statement ? statement.branches.map((branch) => branch.body) : [statement.body])
          this.#childBody(inner);
      } else if (statement.type !== "data" && statement.type !== "output") this.statement(statement);
    }
  }

  protected body(body: Body): void {
    for (const statement of body) this.statement(statement);
  }

  protected statement(statement: Statement): void {
    switch (statement.type) {
      case "data":
        return this.readData(statement);
      case "output":
        this.readOutput(statement);
        if (statement.value.type === "trans") for (const { open, at } of statement.value.wrappers) this.fresh(at, () => this.body(open));
        return;
      case "if":
        return this.#branches(
          statement.at,
          "if",
          [...statement.branches, ...(statement.otherwise === undefined ? [] : [{ at: statement.at, body: statement.otherwise }])],
          statement.otherwise === undefined,
        );
      case "for":
        if (statement.isAsync) this.assertText(statement.at, "for async");
        return this.#loop(statement);
      case "break":
      case "continue":
        this.settle();
        this.#jumps.at(-1)?.push(this.state);
        return;
      case "with":
      case "autoescape":
        return this.body(statement.body);
      case "block":
        return this.#block(statement);
      case "macro":
      case "setBlock":
        return this.fresh(statement.at, () => this.body(statement.body));
      default:
        return this.#part(statement);
    }
  }

  /** What brings markup of other files or of bodies. */
  #part(statement: Statement): void {
    switch (statement.type) {
      case "call":
      case "filterBlock":
        this.readMarkup(statement);
        return this.fresh(statement.at, () => this.body(statement.body));
      case "include":
      case "partial":
        return this.readMarkup(statement);
      case "partialdef":
        return statement.isInline ? this.readMarkup(statement) : undefined;
      case "component":
        this.readMarkup(statement);
        for (const { at, body } of statement.slots) this.fresh(at, () => this.body(body));
        return;
      case "cache":
      case "outlet":
        return this.#inPlace(statement, statement.type === "cache" ? "cache" : "slot");
      default:
        return;
    }
  }

  /** A body that is shown where it stands: what is known of the elements around it holds in it, too. */
  #inPlace({ at, body }: Extract<Statement, { type: "cache" | "outlet" }>, what: string): void {
    this.assertText(at, what);
    const start = this.state;
    this.body(body);
    this.settle();
    if (!this.isSame(start, this.state))
      throw this.#mismatch(at, `"${what}" begins ${this.describe(start)} and ends ${this.describe(this.state)}`);
  }

  /** A block must end in the place where it began; in a script, it may bring the value that is expected there. */
  #block({ name, at, body }: Extract<Statement, { type: "block" }>): void {
    this.settle();
    const start = this.state;
    this.body(body);
    this.settle();
    if (!this.isSame(start, this.state) && !this.isSameText(start, this.state)) {
      throw this.#mismatch(at, `block "${name}" begins ${this.describe(start)} and ends ${this.describe(this.state)}`);
    }
    this.noteBlock(name, start);
  }

  #branches(at: number, name: string, bodies: ReadonlyArray<{ readonly at: number; readonly body: Body }>, mayBeSkipped: boolean): void {
    this.settle();
    const start = this.state;
    const beginBranch = this.beginBranches(at, name === "for");
    const ends: Array<{ at: number; state: State }> = mayBeSkipped ? [{ at, state: start }] : [];
    if (mayBeSkipped) beginBranch();
    bodies.forEach((branch) => {
      this.state = start;
      beginBranch();
      this.body(branch.body);
      this.settle();
      // What breaks out of a loop does not come to the end of its branch.
      const last = branch.body.at(-1)?.type;
      if (last !== "break" && last !== "continue") ends.push({ at: branch.at, state: this.state });
    });
    this.endBranches();
    const [first] = ends;
    if (first === undefined) return;
    for (const end of ends.slice(1)) {
      if (this.isSame(first.state, end.state)) continue;
      const { line } = this.source.position(end.at);
      throw this.#mismatch(
        at,
        `a branch of "${name}" ends ${this.describe(first.state)}, another one (line ${line}) ends ${this.describe(end.state)}`,
      );
    }
    this.state = this.join(ends.map(({ state }) => state));
  }

  #loop(statement: Extract<Statement, { type: "for" }>): void {
    this.#jumps.push([]);
    const bodies = [
      { at: statement.at, body: statement.body },
      ...(statement.otherwise === undefined ? [] : [{ at: statement.at, body: statement.otherwise }]),
    ];
    this.settle();
    const start = this.state;
    this.#branches(statement.at, "for", bodies, true);
    for (const state of this.#jumps.pop()!) {
      if (!this.isSame(start, state))
        throw this.#mismatch(
          statement.at,
          `the loop begins ${this.describe(start)}, and a "break" or "continue" leaves it ${this.describe(state)}`,
        );
    }
  }

  #mismatch(at: number, reason: string): Error {
    return this.source.error(
      "E_VIEW_BRANCHES",
      at,
      reason,
      "End both in the same place: close each tag and each quote in the branch that opens it.",
    );
  }
}

class HtmlPass extends Pass<ReaderState<Placed>> {
  #reader: HtmlReader<Placed>;
  readonly #options: ContextOptions;
  readonly #begun: Array<ReturnType<HtmlReader<Placed>["beginBranches"]>> = [];
  #lastAt = 0;

  constructor(template: Template, options: ContextOptions) {
    super(template);
    this.#options = options;
    this.#reader = this.#createReader();
  }

  #createReader(): HtmlReader<Placed> {
    return new HtmlReader<Placed>({
      fail: (output, reason, fix) => {
        throw this.source.error(
          "E_VIEW_PLACE",
          output.at,
          `a value cannot stand ${reason}`,
          fix === undefined ? undefined : toTemplateSyntax(fix),
        );
      },
      failText: (reason, fix) => {
        throw this.source.error("E_VIEW_PLACE", this.#lastAt, reason, fix);
      },
      attributes: this.#options.attributes ?? {},
      inlineHandlers: this.#options.inlineHandlers ?? false,
      keepsComments: this.#options.keepsComments ?? false,
      foldBlanks: this.#options.foldBlanks ?? false,
    });
  }

  protected get state(): ReaderState<Placed> {
    return this.#reader.state;
  }

  protected set state(state: ReaderState<Placed>) {
    this.#reader.state = state;
  }

  protected readData(data: Data): void {
    const parts: Array<Part<Placed>> = [];
    this.#reader.output = parts;
    this.#lastAt = data.at;
    this.#reader.text(data.text);
    this.data.set(data, parts);
  }

  protected readOutput(output: Placed): void {
    this.#reader.output = [];
    this.#lastAt = output.at;
    const part = this.#reader.hole(output);
    this.places.set(output, () => part.place!);
  }

  protected readMarkup(placed: Placed): void {
    if (!this.#reader.isInData) this.readOutput(placed);
  }

  protected settle(): void {
    this.#reader.settle();
  }

  protected join(states: ReadonlyArray<ReaderState<Placed>>): ReaderState<Placed> {
    return strictestOf(states);
  }

  protected isSame(one: ReaderState<Placed>, other: ReaderState<Placed>): boolean {
    return isSamePlace(one, other);
  }

  protected describe(state: ReaderState<Placed>): string {
    return describeState(state);
  }

  protected fresh(at: number, read: () => void): void {
    const outer = this.#reader;
    this.#reader = this.#createReader();
    read();
    if (!this.#reader.isInData) throw this.source.error("E_VIEW_UNCLOSED", at, `the body ends ${this.#reader.describe()}`);
    this.#reader = outer;
  }

  protected isSameText(one: ReaderState<Placed>, other: ReaderState<Placed>): boolean {
    return one.rawElement === "script" && isSamePlace(one, { ...other, script: one.script });
  }

  protected noteBlock(name: string, start: ReaderState<Placed>): void {
    this.#reader.noteBlock();
    this.blocks.set(name, { state: start, end: this.#reader.state });
  }

  protected enterBlock(name: string, at: number, read: () => void): void {
    const known = this.#options.parentBlocks?.get(name);
    if (known === undefined || !("state" in known)) return this.fresh(at, read);
    const { state } = known;
    const outer = this.#reader;
    this.#reader = this.#createReader();
    this.#reader.begin(state, (reason, fix) => {
      throw this.source.error("E_VIEW_PLACE", at, reason, fix);
    });
    const start = this.#reader.state;
    this.blocks.set(name, known);
    read();
    this.#reader.settle();
    const wanted = state.tag === undefined ? known.end : start;
    if (!isSamePlace(wanted, this.#reader.state)) {
      throw this.source.error(
        "E_VIEW_BRANCHES",
        at,
        `the block "${name}" begins ${describeState(start)} and ends ${describeState(this.#reader.state)}`,
        "End it in the place where the parent has it.",
      );
    }
    this.#reader = outer;
  }

  protected beginBranches(at: number, isLoop: boolean): () => void {
    this.#lastAt = at;
    const begun = this.#reader.beginBranches(isLoop);
    this.#begun.push(begun);
    return () => this.#reader.beginBranch(begun);
  }

  protected endBranches(): void {
    this.#reader.endBranches(this.#begun.pop()!);
  }

  protected assertText(at: number, what: string): void {
    if (!this.#reader.isInData) {
      throw this.source.error(
        "E_VIEW_PLACE",
        at,
        `"${what}" stands ${this.#reader.describe()}`,
        "Put it into text; for an attribute, compose the value before with set.",
      );
    }
  }

  protected assertEnd(): void {
    if (this.#reader.isInData) return;
    const { partial } = this.template;
    throw partial === undefined
      ? this.source.error("E_VIEW_UNCLOSED", this.source.text.length, `the file ends ${this.#reader.describe()}`)
      : this.source.error("E_VIEW_UNCLOSED", partial.at, `the partial "${partial.name}" ends ${this.#reader.describe()}`);
  }
}

class XmlPass extends Pass<string> {
  #reader: XmlReader;

  constructor(template: Template) {
    super(template);
    this.#reader = new XmlReader(template.source.name);
  }

  protected get state(): string {
    return this.#reader.state;
  }

  protected set state(state: string) {
    this.#reader.state = state;
  }

  protected readData(data: Data): void {
    this.#reader.text(data.text);
    this.data.set(data, [{ type: "text", text: data.text }]);
  }

  protected readOutput(output: Placed): void {
    const place = this.#reader.hole();
    this.places.set(output, () => place);
  }

  protected readMarkup(): void {
    // What stands in XML brings its own elements, which balance.
  }

  protected settle(): void {
    // XML has no attributes without quotes.
  }

  protected join(states: readonly string[]): string {
    return states[0]!;
  }

  protected isSame(one: string, other: string): boolean {
    return one === other;
  }

  protected describe(state: string): string {
    return `at ${state}`;
  }

  protected fresh(_at: number, read: () => void): void {
    const outer = this.#reader;
    this.#reader = new XmlReader(this.source.name);
    read();
    this.#reader.end();
    this.#reader = outer;
  }

  protected isSameText(): boolean {
    return false;
  }

  protected noteBlock(name: string, start: string): void {
    this.blocks.set(name, { xml: start });
  }

  protected enterBlock(_name: string, at: number, read: () => void): void {
    this.fresh(at, read);
  }

  protected beginBranches(): () => void {
    return () => undefined;
  }

  protected endBranches(): void {
    // XML has no attributes that a branch could be a part of.
  }

  protected assertText(): void {
    // An include brings its own elements, which balance.
  }

  protected assertEnd(): void {
    this.#reader.end();
  }
}

/** Hints are written for html``; in files a value stands between braces. */
function toTemplateSyntax(fix: string): string {
  return fix
    .replace(/\$\{toJson\((\w+)\)\}/g, "{{ $1|tojson }}")
    .replace(/toJson\((\w+)\)/g, "{{ $1|tojson }}")
    .replace(/\$\{(\w+)\}/g, "{{ $1 }}")
    .replace(/\\\$\{(\w+)\}/g, "{{ $1 }}");
}
