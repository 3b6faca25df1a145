/** Parses `{% trans %}`: a string to translate, with names for its values and numbers for its tags. */
import { decodeReferences } from "../reading/places.ts";
import type { Arguments, Body, Expression, Statement, TransExpression } from "./nodes.ts";
import type { SourceText } from "./source-text.ts";

/** What the parser has read of the tag. */
export interface TransParts {
  readonly source: SourceText;
  readonly at: number;
  readonly assigns: Arguments["named"];
  /** Whether line ends and the whitespace around them become one space. */
  readonly isTrimmed: boolean;
  readonly context: string | undefined;
  readonly singular: Body;
  /** The text after `pluralize`. */
  readonly plural: Body | undefined;
  /** The name after `pluralize`. */
  readonly count: string | undefined;
}

type Wrapper = TransExpression["wrappers"][number];
type Data = Extract<Statement, { type: "data" }>;

/** Returns the message of a tag. Throws `E_VIEW_SYNTAX` for content that cannot be translated. */
export function toTransExpression(parts: TransParts): TransExpression {
  const { source, at, assigns, singular, plural, context } = parts;
  const first = new MessageReader(parts).read(singular);
  const second = plural === undefined ? undefined : new MessageReader(parts).read(plural);
  if (second !== undefined && (second.tags.length > first.tags.length || second.tags.some((tag, index) => tag !== first.tags[index]))) {
    throw source.error(
      "E_VIEW_SYNTAX",
      at,
      'the translatable text after "pluralize" has other tags',
      "Write the same tags in the same order in both.",
    );
  }
  const values = new Map(assigns.map((assign) => [assign.name, assign]));
  for (const { name, at: nameAt } of [...first.names, ...(second?.names ?? [])])
    if (!values.has(name)) values.set(name, { name, at: nameAt, value: { type: "name", at: nameAt, name } });
  const count = plural === undefined ? undefined : (parts.count ?? [...values.keys()][0]);
  if (plural !== undefined && (count === undefined || !values.has(count))) {
    throw source.error(
      "E_VIEW_SYNTAX",
      at,
      count === undefined ? '"pluralize" has no value that decides' : `"${count}" is not a value of this text`,
      "Write {% trans count=items|length %}, and use {{ count }} in it.",
    );
  }
  const replaced = new Map(assigns.map(({ name, value }) => [name, value]));
  return {
    type: "trans",
    at,
    message: first.message,
    plural: second?.message,
    count,
    context,
    values: [...values.values()],
    wrappers: first.wrappers.map((wrapper) => ({ ...wrapper, open: replaceNames(wrapper.open, replaced) })),
  };
}

const voidElements = new Set(["area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"]);

/** Reads one text. */
class MessageReader {
  readonly #source: SourceText;
  readonly #isTrimmed: boolean;
  /** Whether tags are parsed as tags: in HTML. */
  readonly #isHtml: boolean;
  #message = "";
  readonly #names: Array<{ readonly name: string; readonly at: number }> = [];
  readonly #wrappers: Wrapper[] = [];
  /** Source texts of the tags. */
  readonly #tags: string[] = [];
  readonly #open: Array<{ readonly name: string; readonly index: number; readonly at: number }> = [];
  /** Pieces of the current tag, and its open quote. */
  #tag: { readonly at: number; readonly body: Statement[]; quote: string } | undefined;

  constructor({ source, isTrimmed }: TransParts) {
    this.#source = source;
    this.#isTrimmed = isTrimmed;
    this.#isHtml = /\.(?:html|svg)$/.test(source.name);
  }

  read(body: Body): { message: string; names: ReadonlyArray<{ name: string; at: number }>; wrappers: Wrapper[]; tags: readonly string[] } {
    for (const statement of body) {
      if (statement.type === "data") this.#data(statement);
      else if (statement.type === "output") this.#output(statement);
      else
        throw this.#source.error(
          "E_VIEW_SYNTAX",
          statement.at,
          `"${statement.type}" is not allowed in a text to translate`,
          "Only text, {{ name }} and tags are allowed there; compute other values before.",
        );
    }
    const unclosed = this.#tag ?? this.#open.at(-1);
    if (unclosed !== undefined)
      throw this.#source.error(
        "E_VIEW_SYNTAX",
        unclosed.at,
        "a tag in a text to translate is not closed",
        "Close it before {% endtrans %}.",
      );
    const message = this.#isTrimmed ? this.#message.trim().replace(/[^\S\n]*\n\s*/g, " ") : this.#message;
    return { message, names: this.#names, wrappers: this.#wrappers, tags: this.#tags };
  }

  #output(output: Extract<Statement, { type: "output" }>): void {
    if (this.#tag !== undefined) return void this.#tag.body.push(output);
    const { value } = output;
    if (value.type !== "name") {
      throw this.#source.error(
        "E_VIEW_SYNTAX",
        output.at,
        "a text to translate contains a value without a name",
        "Name it in the tag: {% trans name=... %}, and write {{ name }}.",
      );
    }
    this.#names.push({ name: value.name, at: value.at });
    this.#message += `{${value.name}}`;
  }

  #data({ text, at }: Data): void {
    if (!this.#isHtml) {
      this.#message += escapeMessage(text);
      return;
    }
    let index = 0;
    while (index < text.length) {
      if (this.#tag !== undefined) {
        index = this.#readTag(text, index, at);
        continue;
      }
      const found = /<[A-Za-z/!?]/g;
      found.lastIndex = index;
      const start = found.exec(text)?.index ?? text.length;
      this.#message += escapeMessage(decodeReferences(text.slice(index, start)));
      if (start < text.length) this.#tag = { at: at + start, body: [], quote: "" };
      index = start;
    }
  }

  /** Reads a tag up to its end; returns where to continue. */
  #readTag(text: string, from: number, at: number): number {
    const tag = this.#tag!;
    let index = from;
    for (; index < text.length; index++) {
      const character = text[index]!;
      if (tag.quote !== "") {
        if (character === tag.quote) tag.quote = "";
      } else if (character === '"' || character === "'") tag.quote = character;
      else if (character === ">") break;
    }
    const end = Math.min(index + 1, text.length);
    tag.body.push({ type: "data", at: at + from, text: text.slice(from, end) });
    if (index < text.length) this.#endTag(tag.body, tag.at);
    return end;
  }

  #endTag(body: readonly Statement[], at: number): void {
    this.#tag = undefined;
    const start = (body[0] as Data).text; // The first piece contains the name.
    const [, slash = "", name = ""] = /^<(\/?)([A-Za-z][A-Za-z0-9-]*)/.exec(start) ?? [];
    if (name === "") throw this.#source.error("E_VIEW_SYNTAX", at, "a text to translate contains a comment", "Move it before the tag.");
    const last = body.at(-1) as Data; // A tag ends with its bracket.
    if (slash === "") {
      const index = this.#wrappers.length;
      const isEmpty = voidElements.has(name.toLowerCase()) || last.text.endsWith("/>");
      this.#wrappers.push({ at, open: body, close: isEmpty ? "" : `</${name}>` });
      this.#tags.push(body.map((each) => (each.type === "data" ? each.text : "{}")).join(""));
      this.#message += isEmpty ? `<${index}/>` : `<${index}>`;
      if (!isEmpty) this.#open.push({ name: name.toLowerCase(), index, at });
      return;
    }
    const open = this.#open.pop();
    if (open?.name !== name.toLowerCase())
      throw this.#source.error("E_VIEW_SYNTAX", at, `"</${name}>" closes nothing in a text to translate`, "Open and close each tag in it.");
    this.#message += `</${open.index}>`;
  }
}

/** Braces and backslashes have a meaning in messages. */
function escapeMessage(text: string): string {
  return text.replace(/[\\{}]/g, "\\$&").replace(/<(?=\/?[0-9])/g, "\\<");
}

/** Returns the same statements with the values that the tag names. */
function replaceNames(body: Body, values: ReadonlyMap<string, Expression>): Body {
  if (values.size === 0) return body;
  const replace = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(replace);
    if (typeof node !== "object" || node === null) return node;
    const { type, name } = node as { type?: unknown; name?: unknown }; // Nodes are plain objects; this checks whether it is a name.
    if (type === "name" && typeof name === "string" && values.has(name)) return values.get(name);
    return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, replace(value)]));
  };
  return replace(body) as Body; // One expression replaces another.
}
