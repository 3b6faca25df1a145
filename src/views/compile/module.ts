/** Compiles one template file to one TypeScript module. */
import type { Body, OutletStatement, Statement } from "../syntax/nodes.ts";
import { filesOf, holdsInclude, toPropertyName } from "./analysis.ts";
import { endOf, assignedBy } from "./assignments.ts";
import { toSelf, writeChild } from "./blocks.ts";
import type { CodeWriter } from "./code.ts";
import { mark } from "./code.ts";
import type { Contexts } from "./context-pass.ts";
import type { FileFacts, Frame, StatementOf } from "./frame.ts";
import { FileWriter, closeFrame, openFrame, writeBody, writeStatement } from "./frame.ts";
import { writeImport, writeMacro } from "./macros.ts";
import type { ModuleHost } from "./module-host.ts";
import { writeWrapper, writeData } from "./output.ts";
import { toCodeName, toMacroFacts } from "./scope.ts";
import { statementWriters } from "./statements.ts";
import type { Template } from "./template.ts";
import { awaits, contentTypeOf, fileOf, usesName, walk } from "./template.ts";

/** A compiled file. */
export interface ModuleResult {
  readonly writer: CodeWriter;
  /** Names of the files that it uses. */
  readonly dependencies: readonly string[];
  readonly isTyped: boolean;
  /** Undeclared names of an untyped file, with the first position of each. */
  readonly freeNames: ReadonlyMap<string, number>;
}

/** Compiles a file in two passes: the first finds the names it needs, the second writes it. */
export function compileModule(template: Template, contexts: Contexts, host: ModuleHost): ModuleResult {
  const write = (facts: FileFacts): FileWriter => {
    const file = new FileWriter(template, contexts, host, { ...facts, writers: statementWriters, self: toSelf, wrapper: writeWrapper });
    writeModule(file);
    return file;
  };
  if (template.hasProps) return toResult(write({ isTyped: true, boundMacros: withCallers(template, findBound(template)) }));
  const probe = write({ isTyped: false, boundMacros: new Set() });
  // A file that passes its scope to others is as open as they are; a passed value hides a global with its name.
  const isOpen = probe.freeNames.size > 0 || probe.readsGlobals || template.parent !== undefined || holdsInclude(template.body);
  return toResult(write({ isTyped: !isOpen, boundMacros: withCallers(template, probe.boundMacros) }));
}

function toResult(file: FileWriter): ModuleResult {
  return { writer: file.code, dependencies: [...file.imports.keys()], isTyped: file.isTyped, freeNames: file.freeNames };
}

/** Returns the macros of a typed file that read its props, or pass their scope on. */
function findBound({ macros, props, outlets }: Template): Set<string> {
  const names = [...props.map(({ name }) => name), ...outlets.keys()];
  const isBound = ({ body, parameters }: StatementOf<"macro">): boolean =>
    holdsInclude(body) || names.some((name) => !parameters.some((parameter) => parameter.name === name) && usesName(body, name));
  return new Set([...macros].filter(([, macro]) => isBound(macro)).map(([name]) => name));
}

/** Adds the macros that call bound macros. */
function withCallers({ macros }: Template, bound: ReadonlySet<string>): Set<string> {
  const all = new Set(bound);
  for (let size = -1; size !== all.size;) {
    size = all.size;
    for (const [name, { body }] of macros) if ([...all].some((each) => usesName(body, each))) all.add(name);
  }
  return all;
}

function writeModule(file: FileWriter): void {
  const { body, source, parent } = file.template;
  const end = source.text.length;
  for (const [name, macro] of file.template.macros)
    file.names.declare(name, { kind: "macro", code: toCodeName(name), facts: toMacroFacts(macro) });
  writeFileImports(file);
  const lead = writeLead(file);
  const rest = body.slice(lead.count);
  const frame = openWrite(file, body[lead.count]?.at ?? end, rest);
  if (parent === undefined) {
    for (const blanks of lead.blanks) writeData(frame, blanks);
    writeBody(frame, rest);
  } else writeChild(frame, rest);
  closeFrame(frame, end);
  file.names.leave();
  file.code.code("} ", end);
  writeMacroModule(file, rest, end);
  const aliases = [...file.aliases].map((alias) => `, ${alias}`).join("");
  file.code.code(`${toViewCode(file)}${file.places.join("")}void [$${aliases}]; `, end);
}

// ---- Before the function

/** Writes the imports of the runtime, of project code, and of all files that this file names by literals. */
function writeFileImports(file: FileWriter): void {
  const { options, projectGlobals, projectFilters, projectTests, projectComponents } = file.host;
  let code = `import * as $ from ${JSON.stringify(options.runtime)}; `;
  for (const [alias, names] of [
    ["globals", projectGlobals],
    ["filters", projectFilters],
    ["tests", projectTests],
    ["components", projectComponents],
  ] as const) {
    if (names.size === 0 || (alias === "components" && !usesCodeComponents(file.template.body))) continue;
    file.aliases.add(`$${alias}`);
    code += `import * as $${alias} from ${JSON.stringify(file.host.projectPath(file.template, alias))}; `;
  }
  walk(file.template.body, (statement) => {
    for (const [name, at, isOptional] of filesOf(statement)) {
      const target = isOptional ? file.host.find(name, file.template) : file.host.load(name, file.template, at);
      if (target === undefined || file.imports.has(target.name)) continue;
      const alias = `$t${file.imports.size}`;
      file.imports.set(target.name, alias);
      file.aliases.add(alias);
      code += `import * as ${alias} from ${JSON.stringify(file.host.importPath(file.template, target))}; `;
    }
  });
  file.code.code(code, 0);
}

/** Whether a body uses components in code. Those may import views, so only files that use them import them. */
function usesCodeComponents(body: Body): boolean {
  let isFound = false;
  walk(body, (statement) => (isFound ||= statement.type === "component" && !statement.name.includes(".")));
  return isFound;
}

/** What a file declares at its top. */
interface Lead {
  /** Number of statements. */
  readonly count: number;
  /** Whitespace between them, which the function writes. */
  readonly blanks: ReadonlyArray<StatementOf<"data">>;
}

/** Writes the declarations at the top of a file, which are outside its function. */
function writeLead(file: FileWriter): Lead {
  const { body, parent, source } = file.template;
  const blanks: Array<StatementOf<"data">> = [];
  let hasProps = false;
  let index = 0;
  for (; index < body.length; index++) {
    const statement = body[index]!;
    if (statement.type === "props") {
      hasProps = true;
      if (file.host.options.types)
        file.code.code(`${mark(statement.at)}export interface Props { ${toPropMembers(file).join("; ")} } `, statement.at);
    } else if (statement.type === "data" && statement.text.trim() === "") blanks.push(statement);
    else if (!writeLeadStatement(file, statement)) break;
  }
  if (!hasProps) file.code.code(file.typeText(toPropsType(file)), body[index]?.at ?? source.text.length);
  return { count: index, blanks: parent === undefined ? blanks : [] };
}

/** Writes a declaration outside the function; returns whether that is possible. */
function writeLeadStatement(file: FileWriter, statement: Statement): boolean {
  if (statement.type === "importCode") writeImportedCode(file, statement);
  else if ((statement.type === "import" || statement.type === "from") && !statement.withContext) writeImport(file.rootFrame(), statement);
  else if (statement.type === "macro" && !file.knownBound.has(statement.name) && file.template.mode === "html") {
    writeMacro(file.rootFrame(), statement, "export ");
    file.exportedMacros.add(statement.name);
  } else return false;
  return true;
}

function writeImportedCode(file: FileWriter, { clause, at }: StatementOf<"importCode">): void {
  const match = /^(import (type )?\{)([^}]*)\}\s*from\s*(["'])([^"']+)\4;$/.exec(clause)!;
  const names = match[3]!
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
  const isType = match[2] !== undefined;
  if (!file.host.options.types) {
    if (isType) return;
    throw file.error("E_VIEW_SYNTAX", at, "code cannot be imported here", "Pass it as a value.");
  }
  const locals = names.map((name) => /(?:\bas\s+)?([\w$]+)$/.exec(name)![1]!);
  if (!isType)
    for (const local of locals) {
      file.names.declare(local, { kind: "local", code: local });
      file.aliases.add(local);
    }
  // A partial has the imports of its file and need not use all of them.
  const used = isType ? `export type { ${locals.map((local) => `${local} as $${local}`).join(", ")} }; ` : "";
  const path = JSON.stringify(file.host.codePath(file.template, match[5]!));
  file.code.code(`${mark(at)}${match[1]} ${toMarkedNames(file, names, at).join(", ")} } from ${path}; ${used}`, at);
}

/** Returns the names of an import, each with its position. */
function toMarkedNames({ template }: FileWriter, names: readonly string[], at: number): string[] {
  let from = template.source.text.indexOf("{", at);
  return names.map((name) => {
    from = template.source.text.indexOf(name, from);
    return mark(from) + name;
  });
}

/** Returns the props type of a file that declares none. An untyped child must get the props that its parent needs. */
function toPropsType(file: FileWriter): string {
  if (file.isTyped) return `export interface Props { ${toPropMembers(file).join("; ")} } `;
  const { parent, body } = file.template;
  const target = parent?.name === undefined ? undefined : file.host.load(parent.name, file.template, parent.at);
  const assigned = new Set(body.flatMap(assignedBy));
  walk(body, (statement) => assignedBy(statement).forEach((name) => assigned.add(name)));
  const needed = target?.hasProps === true ? target.props.filter(({ name, isOptional }) => !isOptional && !assigned.has(name)) : [];
  if (needed.length === 0) return "export type Props = $.AnyProps; ";
  const names = needed.map(({ name }) => JSON.stringify(name)).join(" | ");
  return `export type Props = $.AnyProps & Pick<${file.imports.get(target!.name)!}.Props, ${names}>; `;
}

/** Returns the members of the props type: the declared props and the slots. */
function toPropMembers(file: FileWriter): string[] {
  const members = file.template.props.map(({ name, isOptional, fallback, tsType, typeAt }) => {
    const optional = isOptional ? `${tsType} | ${fallback === undefined ? "null | " : ""}undefined` : tsType;
    return `${toPropertyName(name)}${isOptional ? "?" : ""}: ${mark(typeAt)}${optional}`;
  });
  for (const { name, parameters, at } of outletsOf(file.template)) {
    const values = parameters.map((parameter) => `${toPropertyName(parameter.name)}: ${parameter.tsType ?? "any"}`);
    const type = values.length === 0 ? "$.Hole" : `((values: { ${values.join("; ")} }) => $.Hole)`;
    members.push(`${toPropertyName(name)}?: ${mark(at)}${type} | null | undefined`);
  }
  return members;
}

/** Slots that are not also props. */
function outletsOf({ outlets, props }: Template): OutletStatement[] {
  return [...outlets.values()].filter(({ name }) => !props.some((prop) => prop.name === name));
}

// ---- The function

/** Writes the head of the function and opens its frame. */
function openWrite(file: FileWriter, at: number, body: Body): Frame {
  file.names.enter();
  const { pattern, used } = declareProps(file);
  // A file without blocks creates no object for them: it may be a small file that is shown often.
  const takesBlocks = file.template.blocks.size > 0 || file.template.parent !== undefined;
  const blocks = takesBlocks ? `$blocks${file.typeText(": $.Blocks")} = {}` : `$blocks${file.typeText("?: $.Blocks")}`;
  const parameters = [
    `$out${file.typeText(": $.Output")}`,
    `$body${file.typeText(": string")}`,
    `${pattern}${file.typeText(": Props")}`,
    blocks,
  ];
  file.code.code(`export function write(${parameters.join(", ")})${file.typeText(": string")} { ${used}void [$out, $blocks]; `, at);
  return openFrame(file.rootFrame(), body, at, { isFunction: true, hoistsAll: callsMacroAbove(body) });
}

/** Declares the props, and returns them as a parameter. */
function declareProps(file: FileWriter): { readonly pattern: string; readonly used: string } {
  if (!file.isTyped) return { pattern: "$props", used: "void $props; " };
  const members = [...file.template.props, ...outletsOf(file.template).map(({ name }) => ({ name, fallback: undefined }))];
  for (const { name } of members) file.names.declare(name, { kind: "local", code: toCodeName(name) });
  const toMember = ({ name, fallback }: Pick<(typeof members)[number], "name" | "fallback">): string =>
    `${toPropertyName(name)}: ${toCodeName(name)}${fallback === undefined ? "" : ` = ${file.expressions.value(fallback)}`}`;
  return { pattern: `{ ${members.map(toMember).join(", ")} }`, used: members.map(({ name }) => `void ${toCodeName(name)}; `).join("") };
}

/** Whether a macro is used before its definition: what it reads must be declared earlier. */
function callsMacroAbove(body: Body): boolean {
  return body.some((statement, index) => statement.type === "macro" && usesName(body.slice(0, index), statement.name));
}

function toViewCode(file: FileWriter): string {
  const { name, mode, props, hasProps } = file.template;
  const type = contentTypeOf(fileOf(name)) ?? "text/html; charset=utf-8";
  const required = hasProps ? props.filter((prop) => !prop.isOptional).map((prop) => prop.name) : [];
  const tests = required.map((prop) => `$props[${JSON.stringify(prop)}] === undefined ? ${JSON.stringify(prop)} : `);
  const missing = required.length === 0 ? "" : `, ($props) => ${tests.join("")}undefined`;
  return `export const view = $.view${file.typeText("<Props>")}(${JSON.stringify({ name, mode, type })}, write${missing}); `;
}

// ---- Macros inside the function

/** Writes statements that run when another file imports this file's macros. Their output is dropped. */
const declaring: ReadonlySet<Statement["type"]> = new Set(["set", "setBlock", "if", "do", "import", "from", "macro"]);

/** Writes the function's macros a second time, for files that import them: a module whose state they share. */
function writeMacroModule(file: FileWriter, rest: Body, at: number): void {
  const body = rest.filter((statement) => declaring.has(statement.type));
  const macros = body.filter((statement) => statement.type === "macro");
  const isWaiting = body.some((statement) => statement.type === "set" && awaits(statement.value));
  if (macros.length === 0 || isWaiting) return;
  file.names.enter();
  const { pattern, used } = declareProps(file);
  file.code.code(
    `export function $module($out${file.typeText(": $.Output")}, ${pattern}${file.typeText(": Props")}) { ${used}let $body = ""; const $blocks${file.typeText(": $.Blocks")} = {}; void [$out, $blocks]; `,
    at,
  );
  const frame = openFrame(file.rootFrame(), body, at, { isFunction: false, loop: "none", hoistsAll: callsMacroAbove(body) });
  for (const statement of body) writeStatement(frame, statement);
  closeFrame(frame, endOf(body, at));
  file.names.leave();
  const names = [...new Set(macros.map(({ name }) => toCodeName(name)))];
  file.code.code(`void $body; return { ${names.join(", ")} }; } const $shared = $.shareMacros($module); `, at);
  for (const name of names) file.code.code(`export const ${name} = $.sharedMacro($shared, ${JSON.stringify(name)}); `, at);
}
