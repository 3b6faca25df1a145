/** Compiles includes, partials and cached fragments, and what is passed to them. */
import { hashText } from "../rendering/text-hash.ts";
import type { Arguments, CacheStatement } from "../syntax/nodes.ts";
import { assertNames, toPropertyName } from "./analysis.ts";
import { endOf } from "./assignments.ts";
import { mark } from "./code.ts";
import type { FileWriter, Frame, StatementOf } from "./frame.ts";
import { toMembers, writeFunctionBody } from "./frame.ts";
import { writeMarkup } from "./output.ts";
import { fileOf } from "./template.ts";
import type { Template } from "./template.ts";

/** Writes an include. */
export function writeInclude(frame: Frame, statement: StatementOf<"include">): void {
  const { file } = frame;
  const { names, at, scope, ignoresMissing } = statement;
  const { named, withContext } = scope;
  if (names.type !== "constant" || typeof names.value !== "string") {
    const value = file.expressions.sync(names);
    const props = toPassedProps(file, undefined, named, withContext);
    return writeMarkup(frame, statement, (body) => `$.includeAny($out, ${body}, ${value}, ${props}, ${ignoresMissing})`);
  }
  const target = ignoresMissing ? file.host.find(names.value, file.template) : file.host.load(names.value, file.template, at);
  if (target === undefined) return;
  const isMarked = file.host.options.marksIncludes === true && target.mode === "html" && !file.contexts.places.has(statement);
  const comment = target.source.name.replaceAll("--", "- -");
  if (isMarked) file.code.static(`<!-- ${comment} -->`, at);
  writeMarkup(frame, statement, toIncludeCode(file, target, toPassedProps(file, target, named, withContext), at));
  if (isMarked) file.code.static(`<!-- /${comment} -->`, at);
}

/** Returns code that writes a file after a string. In an untyped file, nothing else checks the passed names. */
export function toIncludeCode(file: FileWriter, target: Template, props: string, at: number): (body: string) => string {
  const view = `${mark(at)}${file.imports.get(target.name)!}.view`;
  const checked = file.isTyped && file.host.options.types ? props : `$.checked(${view}, ${props})`;
  return (body) => `$.include($out, ${body}, ${view}, ${checked})`;
}

/** Returns the props for another file: the declared names that the scope has, or the whole scope for a file without declarations. */
export function toPassedProps(file: FileWriter, target: Template | undefined, named: Arguments["named"], withContext: boolean): string {
  const given = toMembers(file, named);
  const scope = withContext ? file.names.values() : new Map<string, string>();
  if (withContext && !file.isTyped) file.bindMacro();
  return `{ ${(target?.hasProps === true ? toDeclared(file, target, given, scope, withContext) : toAll(file, given, scope, withContext)).join(", ")} }`;
}

function toDeclared(
  file: FileWriter,
  target: Template,
  given: ReadonlyMap<string, string>,
  scope: ReadonlyMap<string, string>,
  withContext: boolean,
): string[] {
  const parts: string[] = [];
  for (const { name } of target.props) {
    const code = given.get(name) ?? scope.get(name);
    if (code !== undefined) parts.push(`${toPropertyName(name)}: ${code}`);
    else if (withContext && !file.isTyped) parts.push(`${toPropertyName(name)}: ${toPassedOn(file, name, target)}`);
  }
  for (const [name, code] of given) if (!target.props.some((prop) => prop.name === name)) parts.push(`${toPropertyName(name)}: ${code}`);
  return parts;
}

function toAll(file: FileWriter, given: ReadonlyMap<string, string>, scope: ReadonlyMap<string, string>, withContext: boolean): string[] {
  // Names that only generated code has, for example that of super(), are not passed.
  const own = [...scope].filter(([name, code]) => !code.includes("$") && !given.has(name));
  const renamed = [...scope].filter(([name, code]) => /^[A-Za-z_]\w*\$\d*$/.test(code) && !given.has(name));
  const parts = [...own, ...renamed, ...given].map(([name, code]) => `${toPropertyName(name)}: ${code}`);
  return withContext && !file.isTyped ? ["...$props", ...parts] : parts;
}

/** Returns a value that was passed to this file, for another one. A partial of this file reads it the same way. */
function toPassedOn(file: FileWriter, name: string, { partial }: Template): string {
  if (partial !== undefined && !file.freeNames.has(name)) file.freeNames.set(name, partial.at);
  return `$.lookup($props, ${JSON.stringify(name)})`;
}

/** Writes a partial where it is defined, if it is inline. */
export function writePartialDefinition(frame: Frame, statement: StatementOf<"partialdef">): void {
  if (!statement.isInline) return;
  const { file } = frame;
  const target = file.host.load(`#${statement.name}`, file.template, statement.at);
  writeMarkup(frame, statement, toIncludeCode(file, target, toPassedProps(file, target, [], true), statement.at));
}

/** Writes a partial of this file again. */
export function writePartial(frame: Frame, statement: StatementOf<"partial">): void {
  const { file } = frame;
  const { name, args, at } = statement;
  const target = file.host.load(`#${name}`, file.template, at);
  const { props } = target;
  const given = args.positional.length;
  if (given > props.length) throw file.error("E_VIEW_SYNTAX", at, `the partial "${name}" takes ${props.length} values, and got ${given}`);
  const positional = args.positional.map((value, index) => ({ name: props[index]!.name, at: value.at, value }));
  const named = [...positional, ...args.named];
  const known = props.map((prop) => prop.name);
  assertNames(file.template.source, named, { known, owner: `the partial "${name}"`, kind: "value", code: "E_VIEW_NAME" });
  writeMarkup(frame, statement, toIncludeCode(file, target, toPassedProps(file, target, named, true), at));
}

/** Writes a cached fragment. */
export function writeCache(frame: Frame, { keys, options, body, at, end }: CacheStatement): void {
  const { file } = frame;
  const { source } = file.template;
  const values = keys.map((key) => file.expressions.sync(key));
  const members = options.map(({ name, value }) => `${name}: ${file.expressions.sync(value)}`);
  // A changed body is another fragment: the cached old one is not shown.
  const version = JSON.stringify(`${fileOf(file.template.name)}:${hashText(source.text.slice(at, end))}`);
  const facts = [`key: [${values.join(", ")}]`, ...members, `version: ${version}`, `where: ${JSON.stringify(source.place(at))}`];
  file.code.rawCode(`$body = $.cache($out, ${file.code.takeBody()}, { ${facts.join(", ")} }, ($out, $body) => { void $out; `, at);
  writeFunctionBody(frame, body, at);
  file.code.code("}); ", endOf(body, at));
}
