/**
 * Header fields of a reply: an ordered table that reads like the web's `Headers`.
 *
 * A table can extend a frozen base whose wire form was joined once, so that a reply with the usual fields
 * costs one string concatenation.
 */
import { describeValue } from "../errors/option-errors.ts";
import { GableError } from "../errors/gable-error.ts";
import { isFieldValue, isToken } from "./byte-classes.ts";

/** What can be read of header fields: those of a request, and those of a reply. */
export interface HeaderReader {
  /** Value of a field, lines of one name joined; null when absent. Names have no case. */
  get(name: string): string | null;
  /** Whether the field is there. */
  has(name: string): boolean;
  /** One value per line of the field; an empty array when absent. */
  all(name: string): string[];
  /** Pairs of lower-case name and value, one per line, in order. */
  [Symbol.iterator](): IterableIterator<[string, string]>;
}

/** Pairs of name and value, or a table. */
export type HeaderInit = HeaderReader | ReadonlyArray<readonly [string, string]>;

/** Fields that the engine writes itself (RFC 9110 section 7.6.1, RFC 9112 section 6). */
const reservedNames = new Set(["date", "connection", "keep-alive", "transfer-encoding", "trailer", "upgrade"]);

/** Names that passed the checks, in lower case: most programs set the same few. */
const checkedNames = new Map<string, string>();
const checkedNamesMax = 512;

/** Checks a name, and gives it in lower case. Throws `E_HEADER_NAME_FORBIDDEN` or `E_HEADER_RESERVED`. */
function checkName(name: string): string {
  const known = checkedNames.get(name);
  if (known !== undefined) return known;
  if (typeof name !== "string" || !isToken(name)) {
    throw new GableError("E_HEADER_NAME_FORBIDDEN", `The header name ${describeValue(name)} is not a token.`);
  }
  const lower = name.toLowerCase();
  if (reservedNames.has(lower)) {
    throw new GableError("E_HEADER_RESERVED", `The header "${name}" is written by the engine alone.`);
  }
  if (checkedNames.size < checkedNamesMax) checkedNames.set(name, lower);
  return lower;
}

function checkValue(name: string, value: string): string {
  // A character above 0xFF would be cut to its low byte on the wire: U+010A would become LF (response splitting).
  if (typeof value === "string" && isFieldValue(value)) return value;
  if (typeof value !== "string")
    throw new GableError("E_HEADER_VALUE_FORBIDDEN", `The header "${name}" is ${describeValue(value)}; it must be a string.`, {
      fix: "Pass a string, or leave the header out.",
    });
  throw new GableError("E_HEADER_VALUE_FORBIDDEN", `The header "${name}" has a forbidden character in ${describeValue(value)}.`);
}

/** Header fields of a reply, in order, with names in lower case. */
export class HeaderTable implements HeaderReader {
  #base: HeaderTable | null;
  #names: string[] = [];
  #values: string[] = [];
  #wire: string | null = null;
  #isFrozen = false;
  #statesLength = false;

  /** Makes a table from pairs or a copy of another one; checks every name and value. */
  constructor(init?: HeaderInit) {
    this.#base = null;
    if (init !== undefined) for (const [name, value] of init) this.append(name, value);
  }

  /** Makes a table that starts with the fields of a frozen one, without copying them. */
  static on(base: HeaderTable): HeaderTable {
    const table = new HeaderTable();
    table.#base = base.freeze();
    table.#statesLength = base.#statesLength;
    return table;
  }

  /** Makes further changes an error, and gives the table itself. */
  freeze(): this {
    this.#isFrozen = true;
    return this;
  }

  /** Value of a field, its lines joined; null when absent. */
  get(name: string): string | null {
    const values = this.all(name);
    if (values.length === 0) return null;
    return values.length === 1 ? values[0]! : values.join(name.toLowerCase() === "cookie" ? "; " : ", ");
  }

  /** Whether the field is there. */
  has(name: string): boolean {
    const lower = name.toLowerCase();
    return this.#names.includes(lower) || (this.#base?.has(lower) ?? false);
  }

  /** One value per line of the field. */
  all(name: string): string[] {
    const lower = name.toLowerCase();
    const values = this.#base?.all(lower) ?? [];
    this.#names.forEach((own, index) => {
      if (own === lower) values.push(this.#values[index]!);
    });
    return values;
  }

  /** Replaces all lines of a field by one. */
  set(name: string, value: string): this {
    const lower = checkName(name);
    checkValue(name, value);
    if (this.has(lower)) this.delete(lower);
    return this.#add(lower, value);
  }

  /** Adds a line to a field. */
  append(name: string, value: string): this {
    return this.#add(checkName(name), checkValue(name, value));
  }

  /** @internal Adds a line whose name is in lower case and whose value was made by us: nothing is checked again. */
  appendTrusted(name: string, value: string): this {
    return this.#add(name, value);
  }

  /** Removes all lines of a field. */
  delete(name: string): this {
    this.#assertNotFrozen();
    const lower = name.toLowerCase();
    if (this.#base?.has(lower)) this.#flatten();
    for (let index = this.#names.length - 1; index >= 0; index--) {
      if (this.#names[index] !== lower) continue;
      this.#names.splice(index, 1);
      this.#values.splice(index, 1);
    }
    if (lower === "content-length") this.#statesLength = false;
    this.#wire = null;
    return this;
  }

  /** @internal Whether Content-Length is among the fields. */
  get statesLength(): boolean {
    return this.#statesLength;
  }

  /** Pairs of lower-case name and value, one per line, in order. */
  *[Symbol.iterator](): IterableIterator<[string, string]> {
    if (this.#base !== null) yield* this.#base;
    for (let index = 0; index < this.#names.length; index++) yield [this.#names[index]!, this.#values[index]!];
  }

  /** The fields as they go over the wire, each line ended by CR LF. */
  toWire(): string {
    if (this.#wire !== null) return this.#wire;
    let wire = this.#base === null ? "" : this.#base.toWire();
    for (let index = 0; index < this.#names.length; index++) wire += `${this.#names[index]}: ${this.#values[index]}\r\n`;
    this.#wire = wire;
    return wire;
  }

  #add(name: string, value: string): this {
    this.#assertNotFrozen();
    if (name === "content-length") this.#statesLength = true;
    this.#names.push(name);
    this.#values.push(value);
    this.#wire = null;
    return this;
  }

  #flatten(): void {
    const fields = [...this];
    this.#base = null;
    this.#names = fields.map(([name]) => name);
    this.#values = fields.map(([, value]) => value);
  }

  #assertNotFrozen(): void {
    if (this.#isFrozen) throw new TypeError("This header table is frozen: make one on it with HeaderTable.on(table).");
  }
}
