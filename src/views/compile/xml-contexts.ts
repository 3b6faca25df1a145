/** Finds the contexts of values in an XML file. */
import { XmlReader } from "../formats/xml.ts";
import type { Template } from "./template.ts";
import type { Data, Placed } from "./context-pass.ts";
import { Pass } from "./context-pass.ts";

export class XmlPass extends Pass<string> {
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
    // Inserted XML has its own elements, which balance.
  }

  protected settle(): void {
    // XML has no unquoted attributes.
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
    // XML has no attributes that a branch could be part of.
  }

  protected assertText(): void {
    // An include has its own elements, which balance.
  }

  protected assertEnd(): void {
    this.#reader.end();
  }
}
