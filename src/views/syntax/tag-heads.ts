/** Parses the heads of tags: the part between the name of a tag and its end. */
import type { Cursor } from "./cursor.ts";
import { ExpressionParser } from "./expression-parser.ts";
import type { Parameter, Prop, Scope, Statement, Target } from "./nodes.ts";

/** Parses the assignment target of a loop or `set`. */
export function readTarget(cursor: Cursor): Target {
  const first = readSingleTarget(cursor);
  if (!cursor.is(",")) return first;
  const items = [first];
  while (cursor.take(",") !== undefined && !cursor.is("in") && !cursor.is("=")) items.push(readSingleTarget(cursor));
  return { type: "tuple", at: first.at, items };
}

/** Parses one name, one member, or several in parentheses. */
export function readSingleTarget(cursor: Cursor): Target {
  const open = cursor.take("(");
  if (open !== undefined) {
    const inner = readTarget(cursor);
    cursor.expect(")");
    return inner.type === "tuple" ? inner : { type: "tuple", at: open.at, items: [inner] };
  }
  const { value: name, at } = cursor.expectName("a name to assign to");
  if (cursor.take(".") === undefined) return { type: "name", at, name };
  return { type: "member", at, object: name, name: cursor.expectName("the name of a member").value };
}

/** Parses parameters in parentheses. */
export function readParameters(cursor: Cursor): Parameter[] {
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

/** Parses the head of `include`. */
export function readInclude(cursor: Cursor, parser: ExpressionParser, at: number): Statement {
  const names = parser.expression();
  const ignoresMissing = cursor.take("ignore") !== undefined && cursor.expect("missing") !== undefined;
  return { type: "include", at, names, ignoresMissing, scope: readScope(cursor, parser) };
}

function readScope(cursor: Cursor, parser: ExpressionParser): Scope {
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

/** Parses the head of `import`: macros of a file, or TypeScript as written. */
export function readImport(cursor: Cursor, at: number): Statement {
  if (cursor.is("type") || cursor.is("{")) return readImportCode(cursor, at);
  const file = cursor.expectString("the name of a file").value;
  cursor.expect("as");
  const alias = cursor.expectName("a name for the file").value;
  return { type: "import", at, file, alias, withContext: takeContext(cursor) };
}

/** Parses `import type { X } from "..."` and `import { x } from "..."`: TypeScript as written. */
function readImportCode(cursor: Cursor, at: number): Statement {
  const isType = cursor.is("type");
  const { text } = cursor.takeTypeScript("");
  const match = /^(?:type\s+)?\{([^{}]*)\}\s*from\s*(["'])([^"']+)\2;?$/.exec(text);
  if (match === null) throw cursor.error(at, "an import of TypeScript cannot be parsed", 'Write {% import { name } from "./file.ts" %}.');
  const names = match[1]!
    .split(",")
    .map((part) => /(?:\bas\s+)?([\w$]+)\s*$/.exec(part.trim())?.[1] ?? "")
    .filter((name) => name !== "");
  return { type: "importCode", at, clause: `import ${text.replace(/;$/, "")};`, isType, names };
}

/** Returns whether macros see the names of the file that imports them. */
function takeContext(cursor: Cursor): boolean {
  const withContext = cursor.take("with") !== undefined;
  if (withContext || cursor.take("without") !== undefined) cursor.expect("context");
  return withContext;
}

/** Parses the head of `from`. */
export function readFrom(cursor: Cursor, at: number): Statement {
  const file = cursor.expectString("the name of a file").value;
  cursor.expect("import");
  const names: Array<{ name: string; alias: string; at: number }> = [];
  do {
    const { value: name, at: nameAt } = cursor.expectName("a name to import");
    const alias = cursor.take("as") === undefined ? name : cursor.expectName("another name for it").value;
    names.push({ name, alias, at: nameAt });
  } while (cursor.take(",") !== undefined && !cursor.is("with") && !cursor.is("without"));
  return { type: "from", at, file, names, withContext: takeContext(cursor) };
}

/** Parses the props of a file. */
export function readProps(cursor: Cursor, parser: ExpressionParser): Prop[] {
  const props: Prop[] = [];
  do {
    const { value: name, at } = cursor.expectName("the name of a prop");
    if (props.some((prop) => prop.name === name)) throw cursor.error(at, `the prop "${name}" is declared twice`);
    const token = cursor.takeCharacter("?");
    cursor.expect(":");
    const { text: tsType, at: typeAt } = cursor.takeTypeScript(",=");
    const fallback = cursor.take("=") === undefined ? undefined : parser.expression();
    props.push({ name, at, isOptional: token || fallback !== undefined, tsType, typeAt, fallback });
  } while (cursor.take(",") !== undefined);
  return props;
}
