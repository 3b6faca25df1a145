/** Extracts the strings of a project that need translation. */
import { holds, walk, expressionsOf } from "../compile/template.ts";
import type { Expression, TransExpression } from "../syntax/nodes.ts";
import { SourceText } from "../syntax/source-text.ts";
import { parseTemplate } from "../syntax/template-parser.ts";
import { scanCode } from "./scan-code.ts";

/** A string to translate and its position. */
export interface Message {
  /** The string. Translations are found by it. */
  readonly message: string;
  /** The plural string; "" without one. */
  readonly plural: string;
  /** The context of the string, which tells its meanings apart; "" without one. */
  readonly context: string;
  /** The preceding comment for translators: `{# translators: ... #}` or `// translators: ...`; "" without one. */
  readonly comment: string;
  /** The file that contains the string. */
  readonly file: string;
  /** Line, from 1. */
  readonly line: number;
}

/**
 * Returns the strings of one file: `{% trans %}` and `t("...")` in a template file, `t("...")` in a TypeScript file.
 * Throws `E_VIEW_SYNTAX` for a template that cannot be parsed.
 */
export function extractMessages(text: string, file: string): Message[] {
  const source = new SourceText(file, text);
  return /\.[cm]?tsx?$|\.[cm]?js$/.test(file) ? extractFromCode(source) : extractFromTemplate(source);
}

function extractFromCode(source: SourceText): Message[] {
  const { calls, comments } = scanCode(source.text);
  return calls
    .filter(({ name, text }) => name === "t" && text !== undefined)
    .map(({ text, at }) => {
      // Returns the last comment that ends on the line of the call or on the line before it.
      const line = source.position(at).line;
      const before = comments.findLast((comment) => comment.at < at);
      const end = before === undefined ? -1 : source.position(before.at + before.text.length).line;
      const comment = before !== undefined && end >= line - 1 ? toComment(before.text) : "";
      return { message: text!, plural: "", context: "", comment, file: source.name, line };
    });
}

/** Returns the note for translators in a comment. */
function toComment(text: string): string {
  return /^(?:\/\/|\/\*+|\{#-?)\s*translators:\s*([^]*?)\s*(?:\*\/|-?#\})?$/i.exec(text)?.[1] ?? "";
}

/** Returns the comment before a tag if only markup is between them. */
function findComment(text: string, at: number): string {
  const end = text.lastIndexOf("#}", at);
  const start = text.lastIndexOf("{#", end);
  if (end === -1 || start === -1) return "";
  const between = text.slice(end + 2, at).replace(/\{[{%][^{}]*$/, "");
  return /[{}]/.test(between) ? "" : toComment(text.slice(start, end + 2));
}

function extractFromTemplate(source: SourceText): Message[] {
  const found: Array<Message & { readonly at: number }> = [];
  const add = (at: number, message: string, facts: Partial<Message> = {}): void => {
    const comment = findComment(source.text, at);
    found.push({ message, plural: "", context: "", ...facts, comment, file: source.name, line: source.position(at).line, at });
  };
  const visit = (expression: Expression): void =>
    void holds(expression, (part) => {
      if (part.type === "trans") addTrans(part);
      const text = part.type === "call" && part.callee.type === "name" && part.callee.name === "t" ? part.args.positional[0] : undefined;
      if (text?.type === "constant" && typeof text.value === "string") add(part.at, text.value);
      return false;
    });
  const addTrans = ({ at, message, plural, context }: TransExpression): void =>
    add(at, message, { plural: plural ?? "", context: context ?? "" });
  const body = parseTemplate(source, { trimBlocks: true, lstripBlocks: true, keepTrailingNewline: false });
  const walkAll = (statements: typeof body): void =>
    walk(statements, (statement) => {
      expressionsOf(statement).forEach(visit);
      if (statement.type === "partialdef") walkAll([...statement.body]);
    });
  walkAll(body);
  return found.sort((one, other) => one.at - other.at).map(({ at: _at, ...message }) => message);
}
