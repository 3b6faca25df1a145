/** A parsed template file, and what other files need to know of it. */
import type { Arguments, BlockStatement, Body, Expression, MacroStatement, Prop, Statement } from "../syntax/nodes.ts";
import type { SourceText } from "../syntax/source-text.ts";

/** How the values of a file are escaped. */
export type Mode = "html" | "xml" | "json" | "csv" | "text";

/** The mode of a file by its extension; undefined for a file that is no view. */
export function modeOf(name: string): Mode | "refused" | undefined {
  const extension = /\.([a-z]+)$/.exec(name)?.[1] ?? "";
  if (["html", "svg"].includes(extension)) return "html";
  if (["xml", "atom", "rss", "opml"].includes(extension)) return "xml";
  if (["json", "webmanifest"].includes(extension)) return "json";
  if (extension === "csv") return "csv";
  if (["txt", "md", "eml"].includes(extension)) return "text";
  return ["js", "css"].includes(extension) ? "refused" : undefined;
}

const contentTypes: Readonly<Record<string, string>> = {
  svg: "image/svg+xml",
  xml: "application/xml; charset=utf-8",
  atom: "application/atom+xml; charset=utf-8",
  rss: "application/rss+xml; charset=utf-8",
  opml: "text/x-opml; charset=utf-8",
  json: "application/json",
  webmanifest: "application/manifest+json",
  csv: "text/csv; charset=utf-8",
  txt: "text/plain; charset=utf-8",
  md: "text/markdown; charset=utf-8",
  eml: "message/rfc822",
};

/** The media type of a file that is no HTML page. */
export function contentTypeOf(name: string): string | undefined {
  return contentTypes[/\.([a-z]+)$/.exec(name)?.[1] ?? ""];
}

/** A file after parsing. */
export interface Template {
  /** Name below the views folder: `blog/show.html`. */
  readonly name: string;
  readonly source: SourceText;
  readonly mode: Mode;
  readonly body: Body;
  readonly props: readonly Prop[];
  /** Whether `{% props %}` is there. */
  readonly hasProps: boolean;
  /** The parent, when it is named by a literal. */
  readonly parent: { readonly name: string | undefined; readonly at: number; readonly expression: Expression } | undefined;
  /** All blocks, by name, nested ones included. */
  readonly blocks: ReadonlyMap<string, BlockStatement>;
  /** Macros at the top, which other files may import. */
  readonly macros: ReadonlyMap<string, MacroStatement>;
}

/** Finds what a body declares. Throws `E_VIEW_SYNTAX` for what is declared twice. */
export function describeTemplate(name: string, source: SourceText, mode: Mode, body: Body): Template {
  const blocks = new Map<string, BlockStatement>();
  walk(body, (statement) => {
    if (statement.type !== "block") return;
    const first = blocks.get(statement.name);
    if (first !== undefined) {
      throw source.error(
        "E_VIEW_SYNTAX",
        statement.at,
        `the block "${statement.name}" is defined twice, first in line ${source.position(first.at).line}`,
        "Rename one of them; self.name() shows a block again.",
      );
    }
    blocks.set(statement.name, statement);
  });
  const propStatements = body.filter((statement) => statement.type === "props");
  if (propStatements.length > 1)
    throw source.error("E_VIEW_SYNTAX", propStatements[1]!.at, "props are declared twice", "Write one {% props %}.");
  const parents = body.filter((statement) => statement.type === "extends");
  if (parents.length > 1) throw source.error("E_VIEW_SYNTAX", parents[1]!.at, "a file extends two others");
  const [parent] = parents;
  const isLiteral = parent?.parent.type === "constant" && typeof parent.parent.value === "string";
  return {
    name,
    source,
    mode,
    body,
    props: propStatements[0]?.props ?? [],
    hasProps: propStatements.length > 0,
    parent:
      parent === undefined
        ? undefined
        : { name: isLiteral ? String((parent.parent as { value: unknown }).value) : undefined, at: parent.at, expression: parent.parent }, // The line before has told a constant.
    blocks,
    macros: new Map(body.filter((statement) => statement.type === "macro").map((macro) => [macro.name, macro])),
  };
}

/** A name as one file gives it to another: `./` and `../` are relative to the file, others begin at the folder. */
export function resolveName(name: string, from: Template | undefined): string {
  if (from === undefined || !/^\.{1,2}\//.test(name)) return name;
  const parts = from.name.split("/").slice(0, -1);
  for (const part of name.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== ".") parts.push(part);
  }
  return parts.join("/");
}

/** Visits all statements, outer ones first. */
export function walk(body: Body, visit: (statement: Statement) => void): void {
  for (const statement of body) {
    visit(statement);
    for (const inner of bodiesOf(statement)) walk(inner, visit);
  }
}

/** The bodies inside a statement. */
export function bodiesOf(statement: Statement): Body[] {
  switch (statement.type) {
    case "if":
      return [...statement.branches.map(({ body }) => body), ...(statement.otherwise === undefined ? [] : [statement.otherwise])];
    case "for":
      return statement.otherwise === undefined ? [statement.body] : [statement.body, statement.otherwise];
    case "block":
    case "macro":
    case "call":
    case "with":
    case "filterBlock":
    case "autoescape":
    case "setBlock":
      return [statement.body];
    default:
      return [];
  }
}

/** The expressions of a statement, without those of its bodies. */
function expressionsOf(statement: Statement): Expression[] {
  switch (statement.type) {
    case "output":
    case "do":
    case "set":
      return [statement.value];
    case "if":
      return statement.branches.map(({ test }) => test);
    case "for":
      return statement.test === undefined ? [statement.items] : [statement.items, statement.test];
    case "with":
      return statement.assigns.map(({ value }) => value);
    case "extends":
      return [statement.parent];
    case "include":
      return [statement.names, ...statement.scope.named.map(({ value }) => value)];
    case "call":
      return [statement.call];
    case "autoescape":
      return [statement.isOn];
    case "filterBlock":
    case "setBlock":
      return statement.filters.flatMap(({ args }) => [...args.positional, ...args.named.map(({ value }) => value)]);
    case "block":
    case "macro":
      return statement.parameters.flatMap(({ fallback }) => fallback ?? []);
    default:
      return [];
  }
}

/** The parts of an expression. */
function partsOf(expression: Expression): Expression[] {
  switch (expression.type) {
    case "list":
      return [...expression.items];
    case "dict":
      return expression.entries.flat();
    case "unary":
    case "await":
      return [expression.operand];
    case "binary":
      return [expression.left, expression.right];
    case "compare":
      return [expression.first, ...expression.rest.map(({ operand }) => operand)];
    case "condition":
      return [expression.test, expression.consequent, ...(expression.otherwise === undefined ? [] : [expression.otherwise])];
    case "attribute":
      return [expression.object];
    case "item":
      return [expression.object, expression.key];
    case "slice":
      return [expression.object, ...expression.bounds.flatMap((bound) => bound ?? [])];
    case "call":
      return [expression.callee, ...argumentsOf(expression.args)];
    case "filter":
    case "test":
      return [expression.input, ...argumentsOf(expression.args)];
    default:
      return [];
  }
}

function argumentsOf({ positional, named }: Arguments): Expression[] {
  return [...positional, ...named.map(({ value }) => value)];
}

/** Whether an expression holds one that a check is true for. */
export function holds(expression: Expression, check: (part: Expression) => boolean): boolean {
  return check(expression) || partsOf(expression).some((part) => holds(part, check));
}

/** Whether a body reads a name; loops inside have a `loop` of their own. */
export function usesName(body: Body, name: string): boolean {
  return body.some((statement) => {
    if (expressionsOf(statement).some((expression) => holds(expression, (part) => part.type === "name" && part.name === name))) return true;
    if (statement.type === "for" && name === "loop") return false;
    return bodiesOf(statement).some((inner) => usesName(inner, name));
  });
}
