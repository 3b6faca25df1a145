/** Compiles components with slots, and the slots in a component. */
import { suggestName } from "../../errors/nearest-name.ts";
import type { ComponentStatement, Expression, OutletStatement, SlotContent } from "../syntax/nodes.ts";
import { assertNames, toPropertyName } from "./analysis.ts";
import { endOf } from "./assignments.ts";
import { mark } from "./code.ts";
import { toIncludeCode } from "./files.ts";
import type { FileWriter, Frame } from "./frame.ts";
import { writeFunctionBody, writeScope } from "./frame.ts";
import { writeMarkup, writeText } from "./output.ts";
import type { Template } from "./template.ts";

/** Writes the use of a component: a file or a function of views/components.ts. */
export function writeComponent(frame: Frame, statement: ComponentStatement): void {
  const { file } = frame;
  const { name, at } = statement;
  const target = name.includes(".") ? file.host.load(name, file.template, at) : undefined;
  if (target === undefined) assertCodeComponent(file, name, at);
  else if (file.isTyped) assertFits(file, statement, target);
  const propsType = target === undefined ? `Parameters<typeof $components.${name}>[0]` : `${file.imports.get(target.name)!}.Props`;
  const props = toComponentProps(frame, statement, target, propsType);
  if (target !== undefined) return writeMarkup(frame, statement, toIncludeCode(file, target, props, at));
  writeMarkup(frame, statement, (body) => `$.text($out, ${body}, ${mark(at)}$components.${name}(${props}))`);
}

function assertCodeComponent(file: FileWriter, name: string, at: number): void {
  const known = file.host.projectComponents;
  if (known.has(name)) return;
  const fix = suggestName(name, [...known], `Export ${name} from views/components.ts, or name a file.`);
  throw file.error("E_VIEW_NOT_FOUND", at, `there is no component "${name}"`, fix);
}

function assertFits(file: FileWriter, { named, slots }: ComponentStatement, target: Template): void {
  const props = target.props.map(({ name }) => name);
  const outlets = [...target.outlets.keys()];
  const facts = { owner: `"${target.name}"`, code: "E_VIEW_PROP" } as const;
  const { source } = file.template;
  if (target.hasProps && !props.includes("attributes"))
    assertNames(source, named, { ...facts, known: [...props, ...outlets], kind: "prop" });
  assertNames(source, slots, { ...facts, known: [...outlets, ...props], kind: "slot" });
}

/** Returns the values of a component: what its tag names, the other attributes, and its slots. */
function toComponentProps(frame: Frame, { named, slots }: ComponentStatement, target: Template | undefined, propsType: string): string {
  const { file } = frame;
  const takesRest = target?.props.some(({ name }) => name === "attributes") === true && !named.some(({ name }) => name === "attributes");
  const isRest = (name: string): boolean => takesRest && !target!.outlets.has(name) && !target!.props.some((prop) => prop.name === name);
  const toMember = ({ name, value }: { readonly name: string; readonly value: Expression }): string =>
    `${toPropertyName(name)}: ${file.expressions.sync(value)}`;
  const members = named.filter(({ name }) => !isRest(name)).map(toMember);
  const rest = named.filter(({ name }) => isRest(name)).map(toMember);
  if (rest.length > 0) members.push(`attributes: $.attributes({ ${rest.join(", ")} })`);
  const children: string[] = [];
  for (const slot of slots) {
    const id = file.createId("k");
    if (slot.name === "children") children.push(id);
    else members.push(`${toPropertyName(slot.name)}: ${slot.parameters.length === 0 ? `$.joined([${id}])` : id}`);
    writeSlot(frame, slot, id, propsType);
  }
  if (children.length > 0) members.push(`children: $.joined([${children.join(", ")}])`);
  return `{ ${members.join(", ")} }`;
}

/** Writes the content of a slot as a function. */
function writeSlot(frame: Frame, { name, at, parameters, body }: SlotContent, id: string, propsType: string): void {
  const { file } = frame;
  file.names.enter();
  let [open, close] = [`const ${id}${file.typeText(": $.HtmlWriter")} = ($out, $body) => { void $out; `, "}; "];
  if (parameters.length > 0) {
    const locals = parameters.map((parameter) => file.declareLocal(parameter.name));
    const members = parameters.map((parameter, index) => `${toPropertyName(parameter.name)}: ${locals[index]}`);
    const type = file.typeText(file.isTyped ? `: $.SlotOf<${propsType}, ${JSON.stringify(name)}>` : ": any");
    const pattern = `{ ${members.join(", ")} }${file.isTyped ? "" : file.typeText(": any")}`;
    open = `const ${id}${type} = (${pattern}) => $.joined([($out, $body) => { void [$out, ${locals.join(", ")}]; `;
    close = "}]); ";
  }
  file.code.code(open, at);
  writeFunctionBody(frame, body, at);
  file.code.code(close, endOf(body, at));
  file.names.leave();
}

/** Writes a slot: the content that the caller gives, or else its default body. */
export function writeOutlet(frame: Frame, { name, at, parameters, body }: OutletStatement): void {
  const { file } = frame;
  const isDeclared = file.names.find(name) !== undefined;
  const given = isDeclared ? file.expressions.value({ type: "name", at, name }) : `$.lookup($props, ${JSON.stringify(name)})`;
  const values = parameters.map(({ name: key, at: keyAt, fallback }) => {
    const value = fallback ?? ({ type: "name", at: keyAt, name: key } as const);
    return `${toPropertyName(key)}: ${file.expressions.sync(value)}`;
  });
  file.code.code(`if (${given} !== undefined && ${given} !== null) { `, at);
  writeText(file, parameters.length === 0 ? given : `${given}({ ${values.join(", ")} })`, at);
  file.code.code("} else { ", at);
  writeScope(frame, body, at);
  file.code.code("} ", endOf(body, at));
}
