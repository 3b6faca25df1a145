/** Template files: text with tags in it, to a tree of statements. */
import { findNearestName } from "../../errors/nearest-name.ts";
import { Cursor } from "./cursor.ts";
import { ExpressionParser } from "./expression-parser.ts";
import type { BlockStatement, Body, Parameter, Prop, Scope, Statement, Target } from "./nodes.ts";
import type { SourceText } from "./source-text.ts";

/** How blanks around tags are treated. */
export interface WhitespaceOptions {
  /** Whether the line end directly behind a `{% %}` tag is dropped. True in an application. */
  readonly trimBlocks: boolean;
  /** Whether blanks before a `{% %}` tag are dropped when it is the first thing on its line. True in an application. */
  readonly lstripBlocks: boolean;
  /** Whether one line end at the end of the file is kept. False by default. */
  readonly keepTrailingNewline: boolean;
}

/** Largest file. */
const charactersMax = 1_048_576;
const nestingMax = 100;

/** Parses a file. Throws `E_VIEW_SYNTAX`. */
export function parseTemplate(source: SourceText, options: WhitespaceOptions): Statement[] {
  if (source.text.length > charactersMax)
    throw source.error("E_VIEW_SYNTAX", 0, `the file has ${source.text.length} characters; ${charactersMax} are allowed`);
  return new TemplateParser(source, options).parse();
}

const blockTags = new Set(["if", "for", "block", "macro", "call", "filter", "with", "autoescape", "raw", "set"]);
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
];

class TemplateParser {
  readonly #source: SourceText;
  readonly #options: WhitespaceOptions;
  readonly #text: string;
  #position = 0;
  /** Whether blanks at the start of the next text are dropped: all of them, or one line end. */
  #trim: "none" | "all" | "line" = "none";
  /** Open tags, for messages. */
  readonly #open: Array<{ readonly name: string; readonly at: number }> = [];
  /** The tag that ended the last body, read up to its name. */
  #closing: { readonly name: string; readonly cursor: Cursor; readonly at: number } | undefined;

  constructor(source: SourceText, options: WhitespaceOptions) {
    this.#source = source;
    this.#options = options;
    this.#text = options.keepTrailingNewline ? source.text : source.text.replace(/\r?\n$/, "");
  }

  parse(): Statement[] {
    const body = this.#body([]);
    if (this.#closing !== undefined) throw this.#strayEnd(this.#closing.name, this.#closing.at);
    return body;
  }

  /** Statements up to one of the given tags, or to the end of the file. */
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

  /** Adds the text before a tag, with blanks trimmed as its neighbours want it. */
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

  /** Drops blanks before a tag that is the first thing on its line. */
  #stripLine(from: number, to: number): number {
    let start = to;
    while (start > 0 && (this.#text[start - 1] === " " || this.#text[start - 1] === "\t")) start--;
    const isLineStart = start === 0 || this.#text[start - 1] === "\n";
    return isLineStart ? Math.max(start, from) : to;
  }

  #skipComment(at: number): void {
    const end = this.#text.indexOf("#}", at + 2);
    if (end === -1) throw this.#source.error("E_VIEW_SYNTAX", at, "a comment is not closed", "Write #} behind it.");
    const mark = this.#text[end - 1];
    this.#trim = mark === "-" ? "all" : mark !== "+" && this.#options.trimBlocks ? "line" : "none";
    this.#position = end + 2;
  }

  #cursorAt(at: number, close: string): Cursor {
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

  /** Ends a tag, and remembers how the text behind it is trimmed. */
  #finish(cursor: Cursor): void {
    const { value: mark, end } = cursor.expectEnd();
    this.#trim = mark === "-" ? "all" : mark !== "+" && this.#options.trimBlocks ? "line" : "none";
    this.#position = end;
  }

  /** A tag; undefined when it ends the body. */
  #tag(at: number, ends: readonly string[]): Statement | Statement[] | undefined {
    const cursor = this.#cursorAt(at, "%}");
    const token = cursor.expectName("the name of a tag");
    const name = token.value;
    if (ends.includes(name)) {
      this.#closing = { name, cursor, at: token.at };
      return undefined;
    }
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
        return this.#include(cursor, parser, at);
      case "import":
        return this.#import(cursor, at);
      case "from":
        return this.#from(cursor, at);
      case "break":
      case "continue":
        if (!this.#open.some((open) => open.name === "for")) throw cursor.error(at, `"${name}" stands outside a loop`);
        return { type: name, at };
      case "do":
        return { type: "do", at, value: parser.expression() };
      case "props":
        return { type: "props", at, props: this.#props(cursor, parser) };
      default: {
        const nearest = findNearestName(name, tagNames);
        throw cursor.error(
          at,
          `there is no tag "${name}"`,
          nearest === undefined ? `Use one of: ${tagNames.join(", ")}.` : `Write "${nearest}".`,
        );
      }
    }
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
        const parameters = this.#parameters(cursor);
        return { type: "macro", at, name: macroName, parameters, body: this.#bodyOf(cursor, "endmacro", macroName) };
      }
      case "call": {
        const parameters = cursor.is("(") ? this.#parameters(cursor) : [];
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
      default:
        return this.#set(cursor, parser, at);
    }
  }

  /** The body up to its end tag, which may repeat the name. */
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
      if (given !== name) throw cursor.error(at, `the end tag names "${given}", and "${name}" is open`, `Write "${name}", or no name.`);
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
      if (closing.name !== "elif") break;
      branchAt = closing.at;
      test = new ExpressionParser(closing.cursor).expression();
      this.#finish(closing.cursor);
    }
    const otherwise = this.#otherwise("endif");
    this.#endTag();
    return { type: "if", at, branches, otherwise };
  }

  /** The body behind `else`, when the last body ended there. */
  #otherwise(end: string): Body | undefined {
    if (this.#closing!.name !== "else") return undefined;
    this.#finish(this.#closing!.cursor);
    return this.#body([end]);
  }

  #for(cursor: Cursor, parser: ExpressionParser, at: number): Statement {
    const target = this.#target(cursor);
    cursor.expect("in");
    const items = parser.withoutCondition();
    const test = cursor.take("if") === undefined ? undefined : parser.expression();
    const isRecursive = cursor.take("recursive") !== undefined;
    this.#finish(cursor);
    const body = this.#body(["else", "endfor"]);
    const otherwise = this.#otherwise("endfor");
    this.#endTag();
    return { type: "for", at, target, items, test, isRecursive, body, otherwise };
  }

  #target(cursor: Cursor): Target {
    const first = this.#singleTarget(cursor);
    if (!cursor.is(",")) return first;
    const items = [first];
    while (cursor.take(",") !== undefined && !cursor.is("in") && !cursor.is("=")) items.push(this.#singleTarget(cursor));
    return { type: "tuple", at: first.at, items };
  }

  #singleTarget(cursor: Cursor): Target {
    const open = cursor.take("(");
    if (open !== undefined) {
      const inner = this.#target(cursor);
      cursor.expect(")");
      return inner.type === "tuple" ? inner : { type: "tuple", at: open.at, items: [inner] };
    }
    const { value: name, at } = cursor.expectName("a name to assign to");
    if (cursor.take(".") === undefined) return { type: "name", at, name };
    return { type: "member", at, object: name, name: cursor.expectName("the name of a member").value };
  }

  #block(cursor: Cursor, at: number): BlockStatement {
    const name = cursor.expectName("the name of the block").value;
    const parameters = cursor.is("(") ? this.#parameters(cursor) : [];
    let isScoped = parameters.length > 0;
    let isRequired = false;
    for (;;) {
      if (cursor.take("scoped") !== undefined) isScoped = true;
      else if (cursor.take("required") !== undefined) isRequired = true;
      else break;
    }
    return { type: "block", at, name, parameters, isScoped, isRequired, body: this.#bodyOf(cursor, "endblock", name) };
  }

  #parameters(cursor: Cursor): Parameter[] {
    const parser = new ExpressionParser(cursor);
    cursor.expect("(");
    const parameters: Parameter[] = [];
    while (cursor.take(")") === undefined) {
      const { value: name, at } = cursor.expectName("the name of a parameter");
      if (parameters.some((parameter) => parameter.name === name)) throw cursor.error(at, `the parameter "${name}" is given twice`);
      const tsType = cursor.take(":") === undefined ? undefined : cursor.takeTypeScript(",=)").text;
      const fallback = cursor.take("=") === undefined ? undefined : parser.expression();
      parameters.push({ name, at, tsType, fallback });
      if (!cursor.is(")")) cursor.expect(",");
    }
    return parameters;
  }

  #with(cursor: Cursor, parser: ExpressionParser, at: number): Statement {
    const assigns: Array<{ target: Target; value: ReturnType<ExpressionParser["expression"]> }> = [];
    while (cursor.peek().type !== "end") {
      const target = this.#singleTarget(cursor);
      cursor.expect("=");
      assigns.push({ target, value: parser.expression() });
      if (cursor.take(",") === undefined) break;
    }
    return { type: "with", at, assigns, body: this.#bodyOf(cursor, "endwith") };
  }

  /** `set` with a value is a simple tag; without one it has a body. */
  #set(cursor: Cursor, parser: ExpressionParser, at: number): Statement {
    const target = this.#target(cursor);
    if (cursor.take("=") !== undefined) {
      const value = parser.expressionList();
      this.#finish(cursor);
      return { type: "set", at, targets: [target], value };
    }
    if (target.type === "tuple") throw cursor.unexpected('"="');
    const filters = cursor.take("|") === undefined ? [] : parser.filterChain();
    return { type: "setBlock", at, target, filters, body: this.#bodyOf(cursor, "endset") };
  }

  #include(cursor: Cursor, parser: ExpressionParser, at: number): Statement {
    const names = parser.expression();
    const ignoresMissing = cursor.take("ignore") !== undefined && cursor.expect("missing") !== undefined;
    return { type: "include", at, names, ignoresMissing, scope: this.#scope(cursor, parser) };
  }

  #scope(cursor: Cursor, parser: ExpressionParser): Scope {
    let withContext = true;
    const named: Array<{ name: string; at: number; value: ReturnType<ExpressionParser["expression"]> }> = [];
    for (;;) {
      if (cursor.take("without") !== undefined) {
        cursor.expect("context");
        withContext = false;
      } else if (cursor.take("only") !== undefined) withContext = false;
      else if (cursor.take("with") !== undefined) {
        if (cursor.take("context") !== undefined) continue;
        do {
          const { value: name, at } = cursor.expectName("the name of a value");
          cursor.expect("=");
          named.push({ name, at, value: parser.expression() });
        } while (cursor.take(",") !== undefined);
      } else return { withContext, named };
    }
  }

  #import(cursor: Cursor, at: number): Statement {
    if (cursor.is("type") || cursor.is("{")) return this.#importCode(cursor, at);
    const file = cursor.expectString("the name of a file").value;
    cursor.expect("as");
    const alias = cursor.expectName("a name for the file").value;
    this.#takeContext(cursor);
    return { type: "import", at, file, alias };
  }

  /** `import type { X } from "..."` and `import { x } from "..."`: TypeScript, as it stands. */
  #importCode(cursor: Cursor, at: number): Statement {
    const isType = cursor.is("type");
    const { text } = cursor.takeTypeScript("");
    const match = /^(?:type\s+)?\{([^{}]*)\}\s*from\s*(["'])([^"']+)\2;?$/.exec(text);
    if (match === null) throw cursor.error(at, "an import of TypeScript cannot be read", 'Write {% import { name } from "./file.ts" %}.');
    const names = match[1]!
      .split(",")
      .map((part) => /(?:\bas\s+)?([\w$]+)\s*$/.exec(part.trim())?.[1] ?? "")
      .filter((name) => name !== "");
    return { type: "importCode", at, clause: `import ${text.replace(/;$/, "")};`, isType, names };
  }

  #takeContext(cursor: Cursor): void {
    if (cursor.take("with") !== undefined || cursor.take("without") !== undefined) cursor.expect("context");
  }

  #from(cursor: Cursor, at: number): Statement {
    const file = cursor.expectString("the name of a file").value;
    cursor.expect("import");
    const names: Array<{ name: string; alias: string; at: number }> = [];
    do {
      const { value: name, at: nameAt } = cursor.expectName("a name to import");
      const alias = cursor.take("as") === undefined ? name : cursor.expectName("another name for it").value;
      names.push({ name, alias, at: nameAt });
    } while (cursor.take(",") !== undefined && !cursor.is("with") && !cursor.is("without"));
    this.#takeContext(cursor);
    return { type: "from", at, file, names };
  }

  #props(cursor: Cursor, parser: ExpressionParser): Prop[] {
    const props: Prop[] = [];
    do {
      const { value: name, at } = cursor.expectName("the name of a prop");
      if (props.some((prop) => prop.name === name)) throw cursor.error(at, `the prop "${name}" is declared twice`);
      const token = this.#takeQuestion(cursor);
      cursor.expect(":");
      const { text: tsType, at: typeAt } = cursor.takeTypeScript(",=");
      const fallback = cursor.take("=") === undefined ? undefined : parser.expression();
      props.push({ name, at, isOptional: token || fallback !== undefined, tsType, typeAt, fallback });
    } while (cursor.take(",") !== undefined);
    return props;
  }

  #takeQuestion(cursor: Cursor): boolean {
    return cursor.takeCharacter("?");
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
