/** Defines a parsed template file, and what other files need to know about it. */
import type {
  Arguments,
  BlockStatement,
  Body,
  Expression,
  MacroStatement,
  OutletStatement,
  PartialDefinition,
  Prop,
  Statement,
} from "../syntax/nodes.ts";
import type { GableError } from "../../errors/gable-error.ts";
import type { SourceText } from "../syntax/source-text.ts";

/** How the values of a file are escaped. */
export type Mode = "html" | "xml" | "json" | "csv" | "text";

/** Returns the mode of a file by its extension; undefined for a file that is not a view. */
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

/** Returns the media type of a file that is not an HTML page. */
export function contentTypeOf(name: string): string | undefined {
  return contentTypes[/\.([a-z]+)$/.exec(name)?.[1] ?? ""];
}

/** A file after parsing. */
export interface Template {
  /** Name relative to the views folder: `blog/show.html`. */
  readonly name: string;
  readonly source: SourceText;
  readonly mode: Mode;
  readonly body: Body;
  readonly props: readonly Prop[];
  /** Whether the file has `{% props %}`. */
  readonly hasProps: boolean;
  /** The parent if a literal names it. */
  readonly parent: { readonly name: string | undefined; readonly at: number; readonly expression: Expression } | undefined;
  /** All blocks by name, including nested ones. */
  readonly blocks: ReadonlyMap<string, BlockStatement>;
  /** Macros at the top, which other files may import. */
  readonly macros: ReadonlyMap<string, MacroStatement>;
  /** Parts that can be rendered on their own, by name. */
  readonly partials: ReadonlyMap<string, PartialDefinition>;
  /** Slots that users of this component may fill, by name. */
  readonly outlets: ReadonlyMap<string, OutletStatement>;
  /** The partial that this is, if it is not a whole file. */
  readonly partial: PartialDefinition | undefined;
}

/** Finds what a body declares. Throws `E_VIEW_SYNTAX` for duplicate declarations. */
export function describeTemplate(name: string, source: SourceText, mode: Mode, body: Body): Template {
  const blocks = new Map<string, BlockStatement>();
  walk(body, (statement) => {
    if (statement.type !== "block") return;
    const first = blocks.get(statement.name);
    if (first !== undefined) throw definedTwice(source, "block", statement, first.at, "self.name() shows a block again.");
    blocks.set(statement.name, statement);
  });
  const macros = new Map<string, MacroStatement>();
  for (const statement of body) {
    if (statement.type !== "macro") continue;
    const first = macros.get(statement.name);
    if (first !== undefined) throw definedTwice(source, "macro", statement, first.at, "a parameter can decide between two outputs.");
    macros.set(statement.name, statement);
  }
  const partials = findPartials(body, source);
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
        : { name: isLiteral ? String((parent.parent as { value: unknown }).value) : undefined, at: parent.at, expression: parent.parent }, // The line before has set a constant.
    blocks,
    macros,
    partials,
    outlets: findOutlets(body, source),
    partial: undefined,
  };
}

/** A partial of a file as a separate template: it sees its parameters, and the macros and imports of the file. */
export function toPartialTemplate(file: Template, partial: PartialDefinition): Template {
  const { name, at, parameters, body } = partial;
  const imports = file.body.filter(({ type }) => type === "importCode" || type === "import" || type === "from");
  const macros = [...file.macros.keys()].filter((macro) => usesName(body, macro));
  const own: Statement[] =
    macros.length === 0
      ? []
      : [{ type: "from", at, file: file.name, names: macros.map((macro) => ({ name: macro, alias: macro, at })), withContext: false }];
  const props = parameters.map((parameter) => ({
    name: parameter.name,
    at: parameter.at,
    isOptional: parameter.fallback !== undefined,
    tsType: parameter.tsType ?? (file.hasProps ? "$.Hole" : "any"),
    typeAt: parameter.at,
    fallback: parameter.fallback,
  }));
  const described = describeTemplate(`${file.name}#${name}`, file.source, file.mode, [...imports, ...own, ...body]);
  if (described.blocks.size > 0) {
    const [block] = described.blocks.values();
    throw file.source.error(
      "E_VIEW_SYNTAX",
      block!.at,
      `the block "${block!.name}" is inside a partial`,
      "Put the block around the partial.",
    );
  }
  return { ...described, props, hasProps: file.hasProps || props.length > 0, partials: file.partials, partial };
}

/** Returns the file part of a name such as `blog/show.html#row`. */
export function fileOf(name: string): string {
  const at = name.indexOf("#");
  return at === -1 ? name : name.slice(0, at);
}

function definedTwice(
  source: SourceText,
  kind: string,
  { name, at }: { readonly name: string; readonly at: number },
  firstAt: number,
  way: string,
): GableError {
  const { line } = source.position(firstAt);
  return source.error("E_VIEW_SYNTAX", at, `the ${kind} "${name}" is defined twice, first in line ${line}`, `Rename one of them; ${way}`);
}

function findPartials(body: Body, source: SourceText): Map<string, PartialDefinition> {
  const partials = new Map<string, PartialDefinition>();
  const visit = (inner: Body): void =>
    walk(inner, (statement) => {
      if (statement.type !== "partialdef") return;
      const first = partials.get(statement.name);
      if (first !== undefined && first.at !== statement.at)
        throw definedTwice(source, "partial", statement, first.at, "{% partial name %} renders a partial again.");
      partials.set(statement.name, statement);
      visit(statement.body);
    });
  visit(body);
  return partials;
}

function findOutlets(body: Body, source: SourceText): Map<string, OutletStatement> {
  const outlets = new Map<string, OutletStatement>();
  walk(body, (statement) => {
    if (statement.type !== "outlet") return;
    const first = outlets.get(statement.name);
    const toShape = ({ parameters }: OutletStatement): string => parameters.map(({ name, tsType }) => `${name}:${tsType}`).join();
    if (first !== undefined && toShape(first) !== toShape(statement)) {
      throw source.error(
        "E_VIEW_SYNTAX",
        statement.at,
        `the slot "${statement.name}" passes other values than in line ${source.position(first.at).line}`,
        "Write the same names and types in both.",
      );
    }
    outlets.set(statement.name, first ?? statement);
  });
  return outlets;
}

/** Resolves the name that one file uses for another: `./` and `../` are relative to the file, others to the folder. */
export function resolveName(name: string, from: Template | undefined): string {
  if (from !== undefined && name.startsWith("#")) return fileOf(from.name) + name;
  if (from === undefined || !/^\.{1,2}\//.test(name)) return name;
  // A package's file that names a neighbouring file gets the project's file with that name, too.
  const parts = from.name
    .replace(/^~package\//, "")
    .split("/")
    .slice(0, -1);
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

/** Returns the bodies inside a statement. */
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
    case "outlet":
    case "cache":
      return [statement.body];
    case "component":
      return statement.slots.map(({ body }) => body);
    case "output":
      return statement.value.type === "trans" ? statement.value.wrappers.map(({ open }) => open) : [];
    default:
      // A partial is compiled as a separate file.
      return [];
  }
}

/** Returns the expressions of a statement, without those of its bodies. */
export function expressionsOf(statement: Statement): Expression[] {
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
    case "outlet":
      return statement.parameters.flatMap(({ fallback }) => fallback ?? []);
    case "partial":
      return argumentsOf(statement.args);
    case "component":
      return statement.named.map(({ value }) => value);
    case "cache":
      return [...statement.keys, ...statement.options.map(({ value }) => value)];
    default:
      return [];
  }
}

/** Returns the parts of an expression. */
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
    case "trans":
      return expression.values.map(({ value }) => value);
    default:
      return [];
  }
}

function argumentsOf({ positional, named }: Arguments): Expression[] {
  return [...positional, ...named.map(({ value }) => value)];
}

/** Whether an expression contains one that passes a check. */
export function holds(expression: Expression, check: (part: Expression) => boolean): boolean {
  return check(expression) || partsOf(expression).some((part) => holds(part, check));
}

/** Whether a body reads a name; inner loops have their own `loop`. */
export function usesName(body: Body, name: string): boolean {
  return body.some((statement) => {
    if (expressionsOf(statement).some((expression) => holds(expression, (part) => part.type === "name" && part.name === name))) return true;
    if (statement.type === "for" && name === "loop") return false;
    return bodiesOf(statement).some((inner) => usesName(inner, name));
  });
}

/** Whether an expression waits for a promise. */
export function awaits(expression: Expression): boolean {
  return holds(expression, (part) => part.type === "await");
}
