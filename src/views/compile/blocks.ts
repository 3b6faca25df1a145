/** Blocks: where a file defines them, and where a child replaces them. */
import { suggestName } from "../../errors/nearest-name.ts";
import type { BlockStatement, Body } from "../syntax/nodes.ts";
import { findBlock, hasDynamicParent, listBlocks, toPropertyName } from "./analysis.ts";
import { endOf } from "./assignments.ts";
import { mark } from "./code.ts";
import { toPassedProps } from "./files.ts";
import type { FileWriter, Frame } from "./frame.ts";
import { writeFunctionBody, writeStatement } from "./frame.ts";
import type { Template } from "./template.ts";

/** Writes a block where it is defined. The block of a child takes precedence over its own body. */
export function writeBlock(frame: Frame, statement: BlockStatement): void {
  const { file } = frame;
  const { name, at, body } = statement;
  const own = `$block_${name}`;
  file.code.code(`const ${own}${file.typeText(": $.Block")} = ($out, $body${toScopeParameter(file, statement)}) => { `, at);
  file.code.code(statement.isScoped ? "void [$out, $scope]; " : "void $out; ", at);
  writeBlockBody(frame, statement, true);
  file.code.code("}; ", endOf(body, at));
  file.definedBlocks.add(name);
  const scope = statement.isScoped ? `, ${toScopeObject(file, statement)}` : "";
  file.code.code(`$body = ($blocks.${name} ?? ${own})($out, $body, ${own}${scope}); `, endOf(body, at));
}

function toScopeParameter(file: FileWriter, { isScoped }: BlockStatement): string {
  if (!isScoped) return "";
  return `, _super${file.typeText("?: $.BlockWriter")}, $scope${file.typeText("?: any")}`;
}

function toScopeObject(file: FileWriter, { parameters }: BlockStatement): string {
  const all = file.names.values();
  const wanted = parameters.length === 0 ? [...all] : parameters.map(({ name }) => [name, all.get(name) ?? "undefined"] as const);
  return `{ ${wanted.map(([name, code]) => `${toPropertyName(name)}: ${code}`).join(", ")} }`;
}

function writeBlockBody(frame: Frame, statement: BlockStatement, isBase: boolean): void {
  const { file } = frame;
  const { body, at, isRequired, name, parameters, isScoped } = statement;
  file.names.enter();
  for (const parameter of isScoped ? parameters : []) {
    const code = file.declareLocal(parameter.name);
    const type = file.typeText(`: ${parameter.tsType ?? "any"}`);
    file.code.code(`const ${code}${type} = $scope${file.typeText("!")}.${parameter.name}; void ${code}; `, at);
  }
  if (isBase && isRequired) {
    const place = file.template.source.place(at);
    file.code.code(`$.requireBlock(${JSON.stringify(name)}, ${JSON.stringify(place)}); `, at);
  }
  writeFunctionBody(frame, body, at);
  file.names.leave();
}

/** Returns the code of `self.name()`. */
export function toSelf(file: FileWriter, block: string, at: number): string {
  if (file.definedBlocks.has(block)) {
    const isBase = file.template.parent === undefined;
    return isBase ? `$.super($blocks.${block} ?? $block_${block}, $block_${block})` : `$.super($own.${block})`;
  }
  const fix = suggestName(block, [...file.definedBlocks], "Show a block again only after its definition.");
  throw file.error("E_VIEW_BLOCK", at, `no block "${block}" is defined above`, fix);
}

/** Writes a file that extends another: its blocks replace those of the parent, then the parent writes. */
export function writeChild(frame: Frame, body: Body): void {
  const { file } = frame;
  const parent = file.template.parent!;
  const target = parent.name === undefined ? undefined : file.host.load(parent.name, file.template, parent.at);
  file.code.code(`const $own${file.typeText(": $.Blocks")} = { ...$blocks }; `, parent.at);
  // Blocks run when the parent writes, so they see every assignment of this file.
  for (const statement of body)
    if (statement.type !== "block" && statement.type !== "data" && statement.type !== "output") writeStatement(frame, statement);
  for (const statement of body) if (statement.type === "block") writeChildBlock(frame, statement, target);
  const end = file.template.source.text.length;
  frame.isReturned = true;
  const props = toPassedProps(file, target, [], true);
  if (target === undefined)
    return file.code.code(`return $.extend($out, $body, ${file.expressions.sync(parent.expression)}, ${props}, $own); `, end);
  const view = `${mark(parent.at)}${file.imports.get(target.name)!}`;
  // In an untyped file, nothing else checks the passed names.
  const checked = file.isTyped && file.host.options.types ? props : `$.checked(${view}.view, ${props})`;
  file.code.code(`return ${view}.write($out, $body, ${checked}, $own); `, end);
}

function writeChildBlock(frame: Frame, statement: BlockStatement, parent: Template | undefined): void {
  const { file } = frame;
  const { name, at, body } = statement;
  if (parent !== undefined) assertBlock(file, name, at, parent);
  const declared = findBlock(name, parent, file.host);
  const isScoped = statement.isScoped || declared?.isScoped === true;
  const parameters = statement.parameters.length > 0 ? statement.parameters : (declared?.parameters ?? []);
  // A name that an untyped file does not declare may come from the scope of the block.
  const seesScope = isScoped && !file.isTyped;
  const start = seesScope ? `(($props${file.typeText(": $.AnyProps")}) => { void $props; ` : "{ ";
  file.code.code(`$own.${name} = $.override($blocks.${name}, ($out, $body, $super, $scope) => ${start}void [$out, $super, $scope]; `, at);
  file.names.enter();
  file.names.declare("super", { kind: "local", code: "$super" });
  writeBlockBody(frame, { ...statement, isScoped, parameters }, false);
  file.names.leave();
  file.code.code(seesScope ? "})({ ...$props, ...$scope })); " : "}); ", endOf(body, at));
  file.definedBlocks.add(name);
}

function assertBlock(file: FileWriter, name: string, at: number, parent: Template): void {
  if (findBlock(name, parent, file.host) !== undefined || hasDynamicParent(parent, file.host)) return;
  const known = listBlocks(parent, file.host);
  const fix = suggestName(name, known, `It has: ${known.join(", ") || "none"}.`);
  throw file.error("E_VIEW_BLOCK", at, `"${parent.name}" has no block "${name}"`, fix);
}
