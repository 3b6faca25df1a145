/** Finds the contexts of values in an HTML file. */
import type { ReaderState } from "../reading/reader-state.ts";
import { describeState, isSamePlace, strictestOf } from "../reading/reader-state.ts";
import type { Part } from "../reading/tokenizer.ts";
import { HtmlReader } from "../reading/tokenizer.ts";
import type { Template } from "./template.ts";
import type { ContextOptions, Data, Placed } from "./context-pass.ts";
import { Pass } from "./context-pass.ts";

export class HtmlPass extends Pass<ReaderState<Placed>> {
  #reader: HtmlReader<Placed>;
  readonly #options: ContextOptions;
  readonly #begun: Array<ReturnType<HtmlReader<Placed>["beginBranches"]>> = [];
  #lastAt = 0;
  /** Offset of the last static text between tags: errors after it do not depend on the tags before it. */
  #betweenTagsAt = 0;
  readonly #betweenTags = new WeakMap<ReaderState<Placed>, number>();

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
          `a value is not allowed ${reason}`,
          fix === undefined ? undefined : toTemplateSyntax(fix),
          this.#betweenTagsAt,
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
    this.#betweenTags.set(this.#reader.state, this.#betweenTagsAt);
    return this.#reader.state;
  }

  protected set state(state: ReaderState<Placed>) {
    this.#reader.state = state;
    this.#betweenTagsAt = this.#betweenTags.get(state)!;
  }

  protected readData(data: Data): void {
    const parts: Array<Part<Placed>> = [];
    this.#reader.output = parts;
    this.#lastAt = data.at;
    this.#reader.text(data.text);
    const { dataIndex } = this.#reader;
    if (dataIndex !== undefined) this.#betweenTagsAt = data.at + dataIndex;
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
    const joined = strictestOf(states);
    this.#betweenTags.set(joined, Math.min(...states.map((state) => this.#betweenTags.get(state)!)));
    return joined;
  }

  protected isSame(one: ReaderState<Placed>, other: ReaderState<Placed>): boolean {
    return isSamePlace(one, other);
  }

  protected describe(state: ReaderState<Placed>): string {
    return describeState(state);
  }

  protected fresh(at: number, read: () => void): void {
    this.#withReader(at, (reader) => {
      read();
      if (!reader.isInData) throw this.source.error("E_VIEW_UNCLOSED", at, `the body ends ${reader.describe()}`);
    });
  }

  /** Reads a part of the file with another reader. */
  #withReader(at: number, work: (reader: HtmlReader<Placed>) => void): void {
    const [outer, outerAt] = [this.#reader, this.#betweenTagsAt];
    this.#reader = this.#createReader();
    this.#betweenTagsAt = at;
    work(this.#reader);
    this.#reader = outer;
    this.#betweenTagsAt = outerAt;
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
    this.#withReader(at, (reader) => {
      reader.begin(state, (reason, fix) => {
        throw this.source.error("E_VIEW_PLACE", at, reason, fix);
      });
      const start = reader.state;
      this.blocks.set(name, known);
      read();
      reader.settle();
      const wanted = state.tag === undefined ? known.end : start;
      if (isSamePlace(wanted, reader.state)) return;
      throw this.source.error(
        "E_VIEW_BRANCHES",
        at,
        `the block "${name}" begins ${describeState(start)} and ends ${describeState(reader.state)}`,
        "End it in the context where the parent has it.",
      );
    });
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
        "Move it to text; for an attribute, compute the value before with set.",
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

/** Hints are written for html``; in files, a value is between braces. */
function toTemplateSyntax(fix: string): string {
  return fix
    .replace(/\$\{toJson\((\w+)\)\}/g, "{{ $1|tojson }}")
    .replace(/toJson\((\w+)\)/g, "{{ $1|tojson }}")
    .replace(/\$\{(\w+)\}/g, "{{ $1 }}")
    .replace(/\\\$\{(\w+)\}/g, "{{ $1 }}");
}
