/** Parses template files: text with tags, to a tree of statements. */
import { suggestName } from "../../errors/nearest-name.ts";
import { Cursor } from "./cursor.ts";
import { ExpressionParser } from "./expression-parser.ts";
import { toTransExpression } from "./messages.ts";
import type { Arguments, BlockStatement, Body, SlotContent, Statement, Target } from "./nodes.ts";
import { readFrom, readImport, readInclude, readParameters, readProps, readSingleTarget, readTarget } from "./tag-heads.ts";
import type { SourceText } from "./source-text.ts";

/** Options for whitespace around tags. */
export interface WhitespaceOptions {
  /** Whether the line end directly after a `{% %}` tag is dropped. True in an application. */
  readonly trimBlocks: boolean;
  /** Whether whitespace before a `{% %}` tag is dropped if the tag is first on its line. True in an application. */
  readonly lstripBlocks: boolean;
  /** Whether one line end at the end of the file is kept. False by default. */
  readonly keepTrailingNewline: boolean;
}

/** Maximum size of a file. */
const charactersMax = 1_048_576;
/** Maximum number of branches of one `if`. */
const branchesMax = 500;
const nestingMax = 100;

/** Parses a file. Calls `onTag` with the offset of each tag before it reads the tag. Throws `E_VIEW_SYNTAX`. */
export function parseTemplate(source: SourceText, options: WhitespaceOptions, onTag?: (at: number) => void): Statement[] {
  if (source.text.length > charactersMax)
    throw source.error("E_VIEW_SYNTAX", 0, `the file has ${source.text.length} characters; ${charactersMax} are allowed`);
  return new TemplateParser(source, options, onTag).parse();
}

const blockTags = new Set(
  ["if", "for", "block", "macro", "call", "filter", "with", "autoescape", "raw", "set"].concat(
    ["partialdef", "component", "slot", "cache", "trans"], // Gable's tags, and those of Jinja's extensions.
  ),
);
const tagNames = [
  "extends",
  "block",
  "include",
  "import",
  "from",
  "macro",
  "call",
  "for",
  "break",
  "continue",
  "if",
  "set",
  "with",
  "filter",
  "do",
  "raw",
  "autoescape",
  "props",
  "partialdef",
  "partial",
  "component",
  "slot",
  "cache",
  "trans",
];

class TemplateParser {
  readonly #source: SourceText;
  readonly #options: WhitespaceOptions;
  readonly #onTag: ((at: number) => void) | undefined;
  readonly #text: string;
  #position = 0;
  /** What is dropped at the start of the next text: all whitespace, or one line end. */
  #trim: "none" | "all" | "line" = "none";
  /** Open tags, for messages. */
  readonly #open: Array<{ readonly name: string; readonly at: number; isInElse?: boolean }> = [];
  /** The tag that ended the last body, read up to its name. */
  #closing: { readonly name: string; readonly cursor: Cursor; readonly at: number } | undefined;

  constructor(source: SourceText, options: WhitespaceOptions, onTag?: (at: number) => void) {
    this.#source = source;
    this.#options = options;
    this.#onTag = onTag;
    this.#text = options.keepTrailingNewline ? source.text : source.text.replace(/\r?\n$/, "");
  }

  parse(): Statement[] {
    const body = this.#body([]);
    if (this.#closing !== undefined) throw this.#strayEnd(this.#closing.name, this.#closing.at);
    return body;
  }

  /** Parses statements up to one of the given tags, or to the end of the file. */
  #body(ends: readonly string[]): Statement[] {
    const body: Statement[] = [];
    this.#closing = undefined;
    for (;;) {
      const found = /\{[{%#]/g;
      found.lastIndex = this.#position;
      const open = found.exec(this.#text);
      const end = open?.index ?? this.#text.length;
      this.#pushData(body, end, open?.[0]);
      if (open === null) {
        const unclosed = this.#open.at(-1);
        if (unclosed !== undefined) {
          throw this.#source.error("E_VIEW_SYNTAX", unclosed.at, `"${unclosed.name}" is not closed`, `Add {% end${unclosed.name} %}.`);
        }
        return body;
      }
      if (open[0] === "{#") this.#skipComment(end);
      else if (open[0] === "{{") body.push(this.#output(end));
      else {
        const statement = this.#tag(end, ends);
        if (statement === undefined) return body;
        if (Array.isArray(statement)) body.push(...statement);
        else body.push(statement);
      }
    }
  }

  /** Adds the text before a tag, with whitespace trimmed as its neighbours require. */
  #pushData(body: Statement[], end: number, open: string | undefined): void {
    let from = this.#position;
    let to = end;
    if (this.#trim === "all") while (from < to && /\s/.test(this.#text[from]!)) from++;
    else if (this.#trim === "line") {
      if (this.#text.startsWith("\r\n", from) && from + 1 < to) from += 2;
      else if (this.#text[from] === "\n" && from < to) from++;
    }
    this.#trim = "none";
    const mark = this.#text[end + 2];
    if (open !== undefined && mark === "-") while (to > from && /\s/.test(this.#text[to - 1]!)) to--;
    else if (open !== undefined && open !== "{{" && mark !== "+" && this.#options.lstripBlocks) to = this.#stripLine(from, to);
    if (to > from) body.push({ type: "data", at: from, text: this.#text.slice(from, to) });
    this.#position = end;
  }

  /** Drops whitespace before a tag that is first on its line. */
  #stripLine(from: number, to: number): number {
    let start = to;
    while (start > 0 && (this.#text[start - 1] === " " || this.#text[start - 1] === "\t")) start--;
    const isLineStart = start === 0 || this.#text[start - 1] === "\n";
    return isLineStart ? Math.max(start, from) : to;
  }

  #skipComment(at: number): void {
    const end = this.#text.indexOf("#}", at + 2);
    if (end === -1) throw this.#source.error("E_VIEW_SYNTAX", at, "a comment is not closed", "Write #} after it.");
    const mark = this.#text[end - 1];
    this.#trim = mark === "-" ? "all" : mark !== "+" && this.#options.trimBlocks ? "line" : "none";
    this.#position = end + 2;
  }

  #cursorAt(at: number, close: string): Cursor {
    this.#onTag?.(at);
    const mark = this.#text[at + 2];
    return new Cursor(this.#source, at + 2 + (mark === "-" || mark === "+" ? 1 : 0), close);
  }

  #output(at: number): Statement {
    const cursor = this.#cursorAt(at, "}}");
    if (cursor.peek().type === "end") throw this.#source.error("E_VIEW_SYNTAX", at, "an output tag is empty", "Write {{ value }}.");
    const value = new ExpressionParser(cursor).expressionList();
    const { value: mark, end } = cursor.expectEnd();
    this.#trim = mark === "-" ? "all" : "none";
    this.#position = end;
    return { type: "output", at: value.at, value };
  }

  /** Ends a tag, and records how the text after it is trimmed. */
  #finish(cursor: Cursor): void {
    const { value: mark, end } = cursor.expectEnd();
    this.#trim = mark === "-" ? "all" : mark !== "+" && this.#options.trimBlocks ? "line" : "none";
    this.#position = end;
  }

  /** Parses a tag; undefined if it ends the body. */
  #tag(at: number, ends: readonly string[]): Statement | Statement[] | undefined {
    const cursor = this.#cursorAt(at, "%}");
    const token = cursor.expectName("the name of a tag");
    const name = token.value;
    if (ends.includes(name)) {
      this.#closing = { name, cursor, at: token.at };
      return undefined;
    }
    if (/^els(?:e?if|eif)$/.test(name)) throw cursor.error(token.at, `there is no tag "${name}"`, 'Write "elif".');
    if (name.startsWith("end") || name === "else" || name === "elif") throw this.#strayEnd(name, token.at);
    if (blockTags.has(name)) return this.#blockTag(name, cursor, token.at);
    const statement = this.#simpleTag(name, cursor, token.at);
    this.#finish(cursor);
    return statement;
  }

  #strayEnd(name: string, at: number): Error {
    const open = this.#open.at(-1);
    if (open === undefined)
      return this.#source.error("E_VIEW_SYNTAX", at, `"${name}" closes nothing`, "Remove it, or open its tag before.");
    const { line } = this.#source.position(open.at);
    return this.#source.error(
      "E_VIEW_SYNTAX",
      at,
      `"${name}" closes nothing; "${open.name}" of line ${line} is open`,
      `Add {% end${open.name} %} before it.`,
    );
  }

  #simpleTag(name: string, cursor: Cursor, at: number): Statement {
    const parser = new ExpressionParser(cursor);
    switch (name) {
      case "extends":
        return { type: "extends", at, parent: parser.expression() };
      case "include":
        return readInclude(cursor, parser, at);
      case "import":
        return readImport(cursor, at);
      case "from":
        return readFrom(cursor, at);
      case "break":
      case "continue":
        if (!this.#isInLoop()) throw cursor.error(at, `"${name}" is outside a loop`);
        return { type: name, at };
      case "do":
        return { type: "do", at, value: parser.expression() };
      case "props":
        return { type: "props", at, props: readProps(cursor, parser) };
      case "partial": {
        const partial = cursor.expectName("the name of the partial").value;
        const args = cursor.is("(") ? parser.arguments() : { positional: [], named: [] };
        return { type: "partial", at, name: partial, args };
      }
      default: {
        throw cursor.error(at, `there is no tag "${name}"`, suggestName(name, tagNames));
      }
    }
  }

  /** Whether a loop can be left here: bodies that become separate markup are not part of it. */
  #isInLoop(): boolean {
    // The else of a loop is not part of it, but may be inside an outer loop.
    const around = this.#open.findLast(({ name, isInElse = false }) => !isInElse && !["if", "with", "autoescape"].includes(name));
    return around?.name === "for";
  }

  #blockTag(name: string, cursor: Cursor, at: number): Statement | Statement[] {
    if (this.#open.length >= nestingMax) throw cursor.error(at, `tags are nested deeper than ${nestingMax}`);
    if (name === "raw") return this.#raw(cursor, at);
    this.#open.push({ name, at });
    const statement = this.#openTag(name, cursor, at);
    this.#open.pop();
    return statement;
  }

  #openTag(name: string, cursor: Cursor, at: number): Statement {
    const parser = new ExpressionParser(cursor);
    switch (name) {
      case "if":
        return this.#if(cursor, parser, at);
      case "for":
        return this.#for(cursor, parser, at);
      case "block":
        return this.#block(cursor, at);
      case "macro": {
        const macroName = cursor.expectName("the name of the macro").value;
        const parameters = readParameters(cursor);
        return { type: "macro", at, name: macroName, parameters, body: this.#bodyOf(cursor, "endmacro", macroName) };
      }
      case "call": {
        const parameters = cursor.is("(") ? readParameters(cursor) : [];
        const call = parser.expression();
        if (call.type !== "call") throw cursor.error(call.at, "a call block needs a call", "Write {% call name(...) %}.");
        return { type: "call", at, parameters, call, body: this.#bodyOf(cursor, "endcall") };
      }
      case "filter": {
        const filters = parser.filterChain();
        return { type: "filterBlock", at, filters, body: this.#bodyOf(cursor, "endfilter") };
      }
      case "with":
        return this.#with(cursor, parser, at);
      case "autoescape": {
        const isOn = parser.expression();
        return { type: "autoescape", at, isOn, body: this.#bodyOf(cursor, "endautoescape") };
      }
      case "partialdef": {
        const partial = cursor.expectName("the name of the partial").value;
        const parameters = cursor.is("(") ? readParameters(cursor) : [];
        const isInline = cursor.take("inline") !== undefined;
        return { type: "partialdef", at, name: partial, parameters, isInline, body: this.#bodyOf(cursor, "endpartialdef", partial) };
      }
      case "component":
        return this.#component(cursor, parser, at);
      case "slot": {
        const { name: slot, parameters, body } = this.#slot(cursor, at);
        return { type: "outlet", at, name: slot, parameters, body };
      }
      case "cache":
        return this.#cache(cursor, parser, at);
      case "trans":
        return this.#trans(cursor, parser, at);
      default:
        return this.#set(cursor, parser, at);
    }
  }

  /** Parses the body up to its end tag, which may repeat the name. */
  #bodyOf(cursor: Cursor, end: string, name?: string): Body {
    this.#finish(cursor);
    const body = this.#body([end]);
    this.#endTag(name);
    return body;
  }

  #endTag(name?: string): void {
    const { cursor, at } = this.#closing!;
    this.#closing = undefined;
    if (cursor.peek().type === "name" && name !== undefined) {
      const given = cursor.next().value;
      if (given !== name) throw cursor.error(at, `the end tag names "${given}", but "${name}" is open`, `Write "${name}", or no name.`);
    }
    this.#finish(cursor);
  }

  #if(cursor: Cursor, parser: ExpressionParser, at: number): Statement {
    const branches: Array<{ at: number; test: ReturnType<ExpressionParser["expression"]>; body: Body }> = [];
    let test = parser.expression();
    let branchAt = at;
    this.#finish(cursor);
    for (;;) {
      const body = this.#body(["elif", "else", "endif"]);
      const closing = this.#closing!;
      branches.push({ at: branchAt, test, body });
      if (branches.length > branchesMax)
        throw cursor.error(closing.at, `an "if" has more than ${branchesMax} branches`, "Look the value up in a dict.");
      if (closing.name !== "elif") break;
      branchAt = closing.at;
      test = new ExpressionParser(closing.cursor).expression();
      this.#finish(closing.cursor);
    }
    const otherwise = this.#otherwise("endif");
    this.#endTag();
    return { type: "if", at, branches, otherwise };
  }

  /** Parses the body after `else`, if the last body ended there. */
  #otherwise(end: string): Body | undefined {
    if (this.#closing!.name !== "else") return undefined;
    const { cursor } = this.#closing!;
    if (cursor.is("if")) throw cursor.error(this.#closing!.at, '"else if" is not a tag', 'Write "elif".');
    this.#finish(this.#closing!.cursor);
    return this.#body([end]);
  }

  #for(cursor: Cursor, parser: ExpressionParser, at: number): Statement {
    const isAsync = cursor.take("async") !== undefined;
    const target = readTarget(cursor);
    cursor.expect("in");
    const items = parser.withoutCondition();
    const test = cursor.take("if") === undefined ? undefined : parser.expression();
    const isRecursive = cursor.take("recursive") !== undefined;
    if (isAsync && isRecursive) throw cursor.error(at, "a loop cannot be both async and recursive");
    this.#finish(cursor);
    const body = this.#body(["else", "endfor"]);
    this.#open.at(-1)!.isInElse = true;
    const otherwise = this.#otherwise("endfor");
    this.#endTag();
    return { type: "for", at, target, items, test, isRecursive, isAsync, body, otherwise };
  }

  #block(cursor: Cursor, at: number): BlockStatement {
    const name = cursor.expectName("the name of the block").value;
    const parameters = cursor.is("(") ? readParameters(cursor) : [];
    let isScoped = parameters.length > 0;
    let isRequired = false;
    for (;;) {
      if (cursor.take("scoped") !== undefined) isScoped = true;
      else if (cursor.take("required") !== undefined) isRequired = true;
      else break;
    }
    return { type: "block", at, name, parameters, isScoped, isRequired, body: this.#bodyOf(cursor, "endblock", name) };
  }

  /** Parses a component: its own slots, and pieces of "children" between them. */
  #component(cursor: Cursor, parser: ExpressionParser, at: number): Statement {
    const name = cursor.expectString("the name of a component").value;
    const named: Array<Arguments["named"][number]> = [];
    while (cursor.peek().type !== "end") {
      const { value, at: nameAt } = cursor.peek().type === "string" ? cursor.next() : cursor.expectName("the name of a value");
      if (named.some((each) => each.name === value)) throw cursor.error(nameAt, `the value "${value}" is given twice`);
      cursor.expect("=");
      named.push({ name: value, at: nameAt, value: parser.expression() });
      cursor.take(",");
    }
    this.#finish(cursor);
    const slots: SlotContent[] = [];
    for (;;) {
      const from = this.#position;
      const body = this.#body(["slot", "endcomponent"]);
      if (body.some((statement) => statement.type !== "data" || statement.text.trim() !== ""))
        slots.push({ name: "children", at: body[0]?.at ?? from, parameters: [], body });
      const closing = this.#closing!;
      if (closing.name === "endcomponent") break;
      this.#open.push({ name: "slot", at: closing.at });
      const slot = this.#slot(closing.cursor, closing.at);
      this.#open.pop();
      if (slot.name === "children") throw cursor.error(slot.at, 'the slot "children" is what stands outside of all slots');
      if (slots.some((each) => each.name === slot.name)) throw cursor.error(slot.at, `the slot "${slot.name}" is filled twice`);
      slots.push(slot);
    }
    this.#endTag();
    return { type: "component", at, name, named, slots };
  }

  #slot(cursor: Cursor, at: number): SlotContent {
    const { value: name } = cursor.expectName("the name of the slot");
    const parameters = cursor.is("(") ? readParameters(cursor) : [];
    return { name, at, parameters, body: this.#bodyOf(cursor, "endslot", name) };
  }

  #cache(cursor: Cursor, parser: ExpressionParser, at: number): Statement {
    const keys = [parser.expression()];
    while (cursor.take(",") !== undefined) keys.push(parser.expression());
    const options: Array<Arguments["named"][number]> = [];
    while (cursor.peek().type === "name") {
      const { value: name, at: nameAt } = cursor.next();
      if (!["ttlSeconds", "tags", "vary"].includes(name) || options.some((option) => option.name === name))
        throw cursor.error(nameAt, `cache has no option "${name}" here`, "It takes ttlSeconds, tags and vary, each once.");
      cursor.expect("=");
      options.push({ name, at: nameAt, value: parser.expression() });
    }
    const body = this.#bodyOf(cursor, "endcache");
    return { type: "cache", at, keys, options, body, end: this.#position };
  }

  #trans(cursor: Cursor, parser: ExpressionParser, at: number): Statement {
    const assigns: Array<Arguments["named"][number]> = [];
    let isTrimmed = false;
    let context: string | undefined;
    while (cursor.peek().type !== "end") {
      const { value: name, at: nameAt } = cursor.expectName("the name of a value");
      if (name === "trimmed" && !cursor.is("=")) isTrimmed = true;
      else if (name === "context" && cursor.peek().type === "string") context = cursor.next().value;
      else
        assigns.push({
          name,
          at: nameAt,
          value: cursor.take("=") === undefined ? { type: "name", at: nameAt, name } : parser.expression(),
        });
      cursor.take(",");
    }
    this.#finish(cursor);
    const singular = this.#body(["pluralize", "endtrans"]);
    const { name: end, cursor: endCursor } = this.#closing!;
    let plural: Body | undefined;
    let count: string | undefined;
    if (end === "pluralize") {
      count = endCursor.peek().type === "name" ? endCursor.next().value : undefined;
      this.#finish(endCursor);
      plural = this.#body(["endtrans"]);
    }
    this.#endTag();
    const value = toTransExpression({ source: this.#source, at, assigns, isTrimmed, context, singular, plural, count });
    return { type: "output", at, value };
  }

  #with(cursor: Cursor, parser: ExpressionParser, at: number): Statement {
    const assigns: Array<{ target: Target; value: ReturnType<ExpressionParser["expression"]> }> = [];
    while (cursor.peek().type !== "end") {
      const target = readSingleTarget(cursor);
      cursor.expect("=");
      assigns.push({ target, value: parser.expression() });
      if (cursor.take(",") === undefined) break;
    }
    return { type: "with", at, assigns, body: this.#bodyOf(cursor, "endwith") };
  }

  /** `set` with a value is a simple tag; without one, it has a body. */
  #set(cursor: Cursor, parser: ExpressionParser, at: number): Statement {
    const target = readTarget(cursor);
    if (cursor.take("=") !== undefined) {
      const value = parser.expressionList();
      this.#finish(cursor);
      return { type: "set", at, targets: [target], value };
    }
    if (target.type === "tuple") throw cursor.unexpected('"="');
    const filters = cursor.take("|") === undefined ? [] : parser.filterChain();
    return { type: "setBlock", at, target, filters, body: this.#bodyOf(cursor, "endset") };
  }

  #raw(cursor: Cursor, at: number): Statement[] {
    this.#finish(cursor);
    const end = /\{%[-+]?\s*endraw\s*[-+]?%\}/g;
    end.lastIndex = this.#position;
    const match = end.exec(this.#text);
    if (match === null) throw this.#source.error("E_VIEW_SYNTAX", at, '"raw" is not closed', "Add {% endraw %}.");
    const body: Statement[] = [];
    this.#pushData(body, match.index, "{%");
    const mark = match[0].at(-3);
    this.#trim = mark === "-" ? "all" : mark !== "+" && this.#options.trimBlocks ? "line" : "none";
    this.#position = match.index + match[0].length;
    return body;
  }
}
