/** Compiles macros, and call blocks that pass a body to one. */
import { suggestName } from "../../errors/nearest-name.ts";
import type { Expression, MacroStatement, Parameter } from "../syntax/nodes.ts";
import { endOf } from "./assignments.ts";
import { mark } from "./code.ts";
import type { FileWriter, Frame, StatementOf } from "./frame.ts";
import { writeFunctionBody } from "./frame.ts";
import { writeMarkup } from "./output.ts";
import { toCodeName, toMacroFacts } from "./scope.ts";
import type { MacroFacts } from "./scope.ts";
import { usesName } from "./template.ts";

/** Writes a macro as a function, which the module may export. */
export function writeMacro(frame: Frame, statement: MacroStatement, exported: "export " | "" = ""): void {
  const { file } = frame;
  const { name, body, at } = statement;
  const facts = toMacroFacts(statement);
  const code = toCodeName(name);
  file.names.declare(name, { kind: "macro", code, facts });
  const outer = file.macro;
  file.macro = name;
  file.names.enter();
  const written = toParameters(file, statement.parameters);
  const used = voidsOf(file, statement.parameters);
  const extras = ["caller", "varargs", "kwargs"].filter((each) => usesName(body, each));
  if (extras.length > 0) written.push(`$extra${file.typeText(": $.Extra")} = {}`);
  for (const each of extras) {
    const value = each === "caller" ? "$extra.caller" : `($extra.${each} ?? ${each === "varargs" ? "[]" : "{}"})`;
    file.names.declare(each, { kind: "local", code: value });
  }
  const place = `${name}" (${file.template.source.name}:${file.template.source.position(at).line})`;
  file.code.code(
    `${exported}function ${mark(at)}${code}(${written.join(", ")})${file.typeText(": $.Html")} { return $.macro(${JSON.stringify(place)}, ($out, $body) => { void $out; ${used}`,
    at,
  );
  writeFunctionBody(frame, body, at);
  file.code.code(`}); } ${exported === "" ? `void ${code}; ` : ""}`, endOf(body, at));
  file.names.leave();
  file.macro = outer;
}

/** Returns parameters with their types: the declared type or that of the default. Without either, the use decides. */
function toParameters(file: FileWriter, parameters: readonly Parameter[]): string[] {
  return parameters.map(({ name, tsType, fallback }) => {
    const code = file.declareLocal(name);
    const hasPlainDefault = fallback?.type === "constant" && fallback.value !== null;
    const type = tsType ?? (file.isTyped && hasPlainDefault ? undefined : "any");
    const isOptional = fallback === undefined && tsType === undefined;
    const written = type === undefined ? "" : file.typeText(`${isOptional ? "?" : ""}: ${type}`);
    return `${code}${written}${fallback === undefined ? "" : ` = ${file.expressions.sync(fallback)}`}`;
  });
}

function voidsOf(file: FileWriter, parameters: readonly Parameter[]): string {
  return file.voids(parameters.map(({ name, at }) => ({ type: "name", name, at })));
}

/** Writes a call of a macro with the body of the block as `caller()`. */
export function writeCall(frame: Frame, statement: StatementOf<"call">): void {
  const { file } = frame;
  const { parameters, call, body, at } = statement;
  if (call.type !== "call") throw file.error("E_VIEW_SYNTAX", at, "a call block needs a call", "Write {% call name(...) %}.");
  const caller = file.createId("c");
  file.names.enter();
  const written = toParameters(file, parameters);
  file.code.code(
    `const ${caller} = (${written.join(", ")})${file.typeText(": $.Html")} => $.capture($out, ($out, $body) => { void $out; ${voidsOf(file, parameters)}`,
    at,
  );
  writeFunctionBody(frame, body, at);
  file.code.code("}); ", endOf(body, at));
  file.names.leave();
  const code = toCallWithCaller(file, call, caller);
  writeMarkup(frame, statement, (before) => `$.text($out, ${before}, ${code})`, code);
}

function toCallWithCaller(file: FileWriter, call: Extract<Expression, { type: "call" }>, caller: string): string {
  const { callee } = call;
  if (callee.type === "name") {
    const binding = file.names.find(callee.name);
    if (binding?.kind === "macro") return file.expressions.macroCall(binding, call.args, call.at, caller);
  }
  if (callee.type === "attribute" && callee.object.type === "name") {
    const binding = file.names.find(callee.object.name);
    const facts = binding?.kind === "module" ? binding.macros.get(callee.name) : undefined;
    if (binding?.kind === "module" && facts !== undefined)
      return file.expressions.macroCall({ code: `${binding.code}.${toCodeName(callee.name)}`, facts }, call.args, call.at, caller);
  }
  throw file.error("E_VIEW_NAME", call.at, "a call block calls something that is not a macro", "Call a macro of this file, or import one.");
}

/** Declares the macros that a file imports from another file. */
export function writeImport(frame: Frame, statement: StatementOf<"import" | "from">): void {
  const { file } = frame;
  const target = file.host.load(statement.file, file.template, statement.at);
  const awaiting = target.body.find((each) => (each.type === "set" || each.type === "if") && awaitsIn(each));
  if (awaiting !== undefined)
    throw file.error(
      "E_VIEW_SYNTAX",
      statement.at,
      `"${target.name}" awaits a value, so its macros cannot be imported`,
      "Move the macros to a separate file.",
    );
  const alias = toModuleCode(frame, statement, file.imports.get(target.name)!);
  const macros = new Map([...target.macros].map(([name, macro]) => [name, toMacroFacts(macro)]));
  if (statement.type === "import") return file.names.declare(statement.alias, { kind: "module", code: alias, macros });
  for (const { name, alias: local, at } of statement.names) {
    const facts = macros.get(name);
    if (facts === undefined) throw unknownMacro(file, target.name, name, at, macros);
    file.names.declare(local, { kind: "macro", code: `${alias}.${toCodeName(name)}`, facts });
  }
}

function awaitsIn(statement: StatementOf<"set" | "if">): boolean {
  const values = statement.type === "set" ? [statement.value] : statement.branches.map(({ test }) => test);
  return values.some((value) => value.type === "await");
}

/** Returns the code of the imported module. With context, its macros see the names of this scope. */
function toModuleCode({ file }: Frame, { withContext, at }: StatementOf<"import" | "from">, alias: string): string {
  if (!withContext) return alias;
  const code = file.createId("i");
  const scope = [...file.names.values()]
    .filter(([, value]) => !value.startsWith("$"))
    .map(([name, value]) => `${JSON.stringify(name)}: ${value}`);
  const passed = file.isTyped ? scope : ["...$props", ...scope];
  if (!file.isTyped) file.bindMacro();
  file.code.code(`const ${code} = $.importWith(${alias}, $out, { ${passed.join(", ")} }); void ${code}; `, at);
  return code;
}

function unknownMacro(file: FileWriter, from: string, name: string, at: number, macros: ReadonlyMap<string, MacroFacts>): Error {
  const known = [...macros.keys()];
  return file.error(
    "E_VIEW_NAME",
    at,
    `"${from}" has no macro "${name}"`,
    suggestName(name, known, `It has: ${known.join(", ") || "none"}.`),
  );
}
