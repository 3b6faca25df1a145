/** Statements that assign or scope: `set`, `with`, `do`, `filter`, `autoescape`. */
import type { FilterCall, Body, Target } from "../syntax/nodes.ts";
import { endOf, namesOf } from "./assignments.ts";
import { mark } from "./code.ts";
import { assertFunction } from "./control.ts";
import type { Frame, StatementOf } from "./frame.ts";
import { closeFrame, openFrame, writeBody, writeFunctionBody, writeScope } from "./frame.ts";
import { writeMarkup } from "./output.ts";
import { awaits } from "./template.ts";

/** Writes `{% set x = value %}`. */
export function writeSet(frame: Frame, statement: StatementOf<"set">): void {
  const { value, at } = statement;
  if (awaits(value)) return writeSetLater(frame, statement);
  assign(frame, statement.targets[0]!, frame.file.expressions.value(value), at);
}

/** Writes a `set` that awaits: the rest of the function runs when the value arrives. */
function writeSetLater(frame: Frame, { value, at, targets }: StatementOf<"set">): void {
  const { file } = frame;
  const [target] = targets;
  assertFunction(frame, value, at);
  if (target?.type !== "name") throw file.error("E_VIEW_SYNTAX", at, '"await" is not allowed here', "Assign the value to one name first.");
  const code = file.expressions.value(value);
  const before = file.code.takeBody();
  const hoisted = frame.hoisted.get(target.name);
  const parameter = hoisted === undefined ? file.declareLocal(target.name) : "$v";
  const set = hoisted === undefined ? `void ${parameter}; ` : `${hoisted} = $v; void ${hoisted}; `;
  file.code.rawCode(`return $.defer($out, ${before}, (async () => ${code})(), ($out, $body, ${parameter}) => { void $out; ${set}`, at);
  frame.closers += "}); ";
}

function assign(frame: Frame, target: Target, code: string, at: number): void {
  const { file } = frame;
  if (target.type === "member") {
    const binding = file.names.find(target.object);
    if (binding?.kind !== "local")
      throw file.error(
        "E_VIEW_NAME",
        target.at,
        `"${target.object}" is not a namespace`,
        `Write {% set ${target.object} = namespace(${target.name}=...) %} before.`,
      );
    return file.code.code(`${mark(target.at)}${binding.code}.${target.name} = ${code}; `, at);
  }
  const names = namesOf(target);
  if (names.some((name) => frame.hoisted.has(name))) return assignHoisted(frame, target, code, at);
  const type = file.isTyped || target.type === "tuple" ? "" : file.typeText(": any");
  file.code.code(`const ${file.target(target)}${type} = ${code}; ${file.voids([target])}`, at);
}

/** Assigns to variables that the frame has declared. Declares a name of a list here if the frame has not. */
function assignHoisted({ file, hoisted }: Frame, target: Target, code: string, at: number): void {
  const toPattern = (each: Target): string => {
    if (each.type === "tuple") return `[${each.items.map(toPattern).join(", ")}]`;
    return (each.type === "name" && hoisted.get(each.name)) || file.target(each);
  };
  const names = namesOf(target);
  const own = names.filter((name) => !hoisted.has(name));
  const pattern = toPattern(target);
  const declared = own.map((name) => `let ${file.names.find(name)!.code}${file.typeText(file.isTyped ? "" : ": any")}; `);
  file.code.code(
    `${declared.join("")}${pattern} = ${code}; ${names.map((name) => `void ${hoisted.get(name) ?? file.names.find(name)!.code}; `).join("")}`,
    at,
  );
}

/** Writes `{% set x %}...{% endset %}`. */
export function writeSetBlock(frame: Frame, statement: StatementOf<"setBlock">): void {
  assign(frame, statement.target, writeFiltered(frame, statement), statement.at);
}

/** Writes a body as markup that goes through filters. */
export function writeFilterBlock(frame: Frame, statement: StatementOf<"filterBlock">): void {
  const code = writeFiltered(frame, statement);
  writeMarkup(frame, statement, (before) => `$.text($out, ${before}, ${code})`, code);
}

/** Writes a body on its own lines; returns the code of its markup after all filters. */
function writeFiltered(
  frame: Frame,
  { body, filters, at }: { readonly body: Body; readonly filters: readonly FilterCall[]; readonly at: number },
): string {
  const { file } = frame;
  const name = file.createId("c");
  file.code.code(`const ${name} = $.capture($out, ($out, $body) => { void $out; `, at);
  writeFunctionBody(frame, body, at);
  file.code.code("}); ", endOf(body, at));
  return filters.reduce((code, filter) => file.expressions.filter(code, filter.name, filter.at, filter.args), name);
}

/** Writes `with`: a scope that starts with given values. */
export function writeWith(outer: Frame, { assigns, body, at }: StatementOf<"with">): void {
  const { file } = outer;
  const values = assigns.map(({ value }) => file.expressions.sync(value));
  file.names.enter();
  file.code.code("{ ", at);
  assigns.forEach(({ target }, index) => {
    file.code.code(`const ${file.target(target)} = ${values[index]}; ${file.voids([target])}`, at);
  });
  const frame = openFrame(outer, body, at, { isFunction: false });
  writeBody(frame, body);
  closeFrame(frame, endOf(body, at));
  file.code.code("} ", endOf(body, at));
  file.names.leave();
}

/** Writes `do`: evaluates a value without output. */
export function writeDo({ file }: Frame, { value, at }: StatementOf<"do">): void {
  file.code.code(`${file.expressions.sync(value)}; `, at);
}

/** Writes a body with escaping on or off. */
export function writeAutoescape(frame: Frame, { isOn, body, at }: StatementOf<"autoescape">): void {
  const { file } = frame;
  const isEscaping = isOn.type === "constant" && isOn.value !== false;
  if (!isEscaping && !file.host.options.unsafe) throw file.error("E_VIEW_UNSAFE", at, "escaping is switched off");
  file.code.code("{ ", at);
  writeScope({ ...frame, isEscaping }, body, at);
  file.code.code("} ", endOf(body, at));
}
