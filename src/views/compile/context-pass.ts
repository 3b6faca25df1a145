/** Walks a file and finds the contexts of its values: the part that HTML and XML share. */
import type { XmlPlace } from "../formats/xml.ts";
import type { Place } from "../reading/places.ts";
import type { ReaderState } from "../reading/reader-state.ts";
import type { Part } from "../reading/tokenizer.ts";
import type { Body, Statement } from "../syntax/nodes.ts";
import type { SourceText } from "../syntax/source-text.ts";
import type { PlanOptions } from "../reading/plan.ts";
import type { Template } from "./template.ts";

/** Statements that write in place: values, and markup of other files or bodies. */
export type Placed = Extract<Statement, { type: "output" | "include" | "partial" | "partialdef" | "component" | "call" | "filterBlock" }>;
/** Static text. */
export type Data = Extract<Statement, { type: "data" }>;

/** What the pass knows about the pieces of a file. */
export interface Contexts {
  /** Static text as it is sent, with holes for nonces. */
  readonly data: ReadonlyMap<Data, ReadonlyArray<Part<Placed>>>;
  /** Contexts of values; none in modes without contexts. */
  readonly places: ReadonlyMap<Placed, () => Place | XmlPlace>;
  /** Positions of the blocks of this file, for files that replace them. */
  readonly blocks: ReadonlyMap<string, BlockContext>;
}

/** The position of a block. */
export type BlockContext = { readonly state: ReaderState<Placed>; readonly end: ReaderState<Placed> } | { readonly xml: string };

/** Inputs of the pass besides the file. */
export interface ContextOptions extends PlanOptions {
  /** Positions of the parent's blocks; undefined without a known parent. */
  readonly parentBlocks: ReadonlyMap<string, BlockContext> | undefined;
}

/** Walks through a body; shared by both kinds of markup. */
export abstract class Pass<State> {
  readonly data = new Map<Data, ReadonlyArray<Part<Placed>>>();
  readonly places = new Map<Placed, () => Place | XmlPlace>();
  readonly blocks = new Map<string, BlockContext>();
  protected readonly template: Template;
  protected readonly source: SourceText;
  /** States at `break` and `continue` of the open loops. */
  readonly #jumps: State[][] = [];

  constructor(template: Template) {
    this.template = template;
    this.source = template.source;
  }

  protected abstract get state(): State;
  protected abstract set state(state: State);
  protected abstract readData(data: Data): void;
  protected abstract readOutput(output: Placed): void;
  /** Ends what a control tag ends: a name or an unquoted value. */
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
  /** Markup between tags is written unchanged. Elsewhere it is a value, reduced to what its context accepts. */
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

  /** Text of a child outside blocks is dropped; blocks have the position that the parent gives them. */
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

  /** Handles statements that insert markup of other files or of bodies. */
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

  /** A body that is shown in place: the surrounding elements are known inside it, too. */
  #inPlace({ at, body }: Extract<Statement, { type: "cache" | "outlet" }>, what: string): void {
    this.assertText(at, what);
    const start = this.state;
    this.body(body);
    this.settle();
    if (!this.isSame(start, this.state))
      throw this.#mismatch(at, `"${what}" begins ${this.describe(start)} and ends ${this.describe(this.state)}`);
  }

  /** A block must end in the context where it began; in a script, it may supply the expected value. */
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
      // A branch that breaks out of a loop does not reach its end.
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
      "End both in the same context: close each tag and each quote in the branch that opens it.",
    );
  }
}
