/** Compiles conditions and loops. */
import type { Expression, ForStatement } from "../syntax/nodes.ts";
import { assignedBy, endOf } from "./assignments.ts";
import type { FileWriter, Frame, StatementOf } from "./frame.ts";
import { closeFrame, openFrame, writeBody, writeBranch, writeFunctionBody, writeScope } from "./frame.ts";
import { awaits, usesName, walk } from "./template.ts";

/** Writes `if` with its branches. */
export function writeIf(frame: Frame, statement: StatementOf<"if">): void {
  const { file } = frame;
  const { branches, otherwise, at } = statement;
  const isWaiting = awaits(branches[0]!.test);
  // Code after it may read what a branch assigns, so it waits too.
  const holdsRest = isWaiting && assigns(statement);
  if (holdsRest) assertFunction(frame, branches[0]!.test, at);
  if (isWaiting) openContinuation(file, branches[0]!.test, at, holdsRest);
  const loop = isWaiting ? "none" : frame.loop;
  branches.forEach((branch, index) => {
    const test = index === 0 && isWaiting ? "$.truthy($v)" : file.expressions.syncTest(branch.test);
    file.code.code(`${index === 0 ? "" : "} else "}if (${test}) { `, branch.at);
    writeBranch(frame, branch.body, loop);
  });
  const lastBody = branches.at(-1)!.body;
  if (otherwise !== undefined) {
    file.code.code("} else { ", endOf(lastBody, at));
    writeBranch(frame, otherwise, loop);
  }
  file.code.code("} ", endOf(otherwise ?? lastBody, at));
  if (holdsRest) frame.closers += "}); ";
  else if (isWaiting) file.code.code("return $body; }); ", at);
}

function assigns(statement: StatementOf<"if">): boolean {
  let isFound = false;
  walk([statement], (each) => (isFound ||= assignedBy(each).length > 0));
  return isFound;
}

/** Throws if the rest of a frame cannot wait. */
export function assertFunction(frame: Frame, value: Expression, at: number): void {
  if (frame.isFunction && !frame.isBranch) return;
  throw frame.file.error(
    "E_VIEW_SYNTAX",
    value.at || at,
    '"await" is not allowed here',
    "Use {% set x = await ... %} outside loops and branches, or await in an output, in the items of a loop, or in an if.",
  );
}

/** Opens the function that runs when a value arrives. */
function openContinuation(file: FileWriter, value: Expression, at: number, returns: boolean): void {
  const before = file.code.takeBody();
  const start = returns ? "return " : "$body = ";
  file.code.rawCode(
    `${start}$.defer($out, ${before}, (async () => ${file.expressions.value(value)})(), ($out, $body, $v) => { void $out; `,
    at,
  );
}

/** Writes `break` or `continue`: the body of an async loop is a function. */
export function writeJump({ file, loop }: Frame, { type, at }: StatementOf<"break" | "continue">): void {
  if (loop === "plain") return file.code.code(`${type}; `, at);
  if (loop === undefined || loop === "none") {
    throw file.error(
      "E_VIEW_SYNTAX",
      at,
      `"${type}" cannot leave the loop from here: the body around it is written later`,
      "Await the value before the loop, or leave the loop from its own body.",
    );
  }
  file.code.code(`${type === "break" ? `${loop}.stop(); ` : ""}return $body; `, at);
}

/** Writes a loop. */
export function writeFor(frame: Frame, statement: ForStatement): void {
  if (statement.isAsync) return writeAsyncLoop(frame, statement);
  const { file } = frame;
  const { at, items, test, otherwise, body, isRecursive } = statement;
  const isWaiting = awaits(items);
  if (isWaiting) openContinuation(file, items, at, false);
  const source = isWaiting ? "$v" : file.expressions.value(items);
  const inner: Frame = isWaiting ? { ...frame, loop: "none" } : frame;
  const filter = test === undefined ? undefined : toFilter(file, statement, test);
  if (isRecursive) writeRecursive(inner, statement, source, filter);
  else {
    const filtered = filter === undefined ? source : `$.where(${source}, ${filter})`;
    const loop = otherwise !== undefined || usesName(body, "loop") ? file.createId("l") : undefined;
    if (loop !== undefined) file.code.code(`const ${loop} = $.loop(${filtered}); `, at);
    writeLoopBody(inner, statement, loop ?? `$.each(${filtered})`, loop, undefined);
    if (loop !== undefined) writeElse(inner, statement, loop);
  }
  if (isWaiting) file.code.code("return $body; }); ", endOf(otherwise ?? body, at));
}

/** Returns the condition of a loop as a function. */
function toFilter(file: FileWriter, { target }: ForStatement, test: Expression): string {
  file.names.enter();
  const pattern = file.target(target);
  const used = file.voids([target]);
  const code = `(${pattern}${file.isTyped ? "" : file.typeText(": any")}) => { ${used}return ${file.expressions.syncTest(test)}; }`;
  file.names.leave();
  return code;
}

function writeLoopBody(
  frame: Frame,
  { target, body, at }: ForStatement,
  iterable: string,
  loop: string | undefined,
  recursion: string | undefined,
): void {
  const { file } = frame;
  file.names.enter();
  if (loop !== undefined) file.names.declare("loop", { kind: "loop", code: loop, recursion });
  const pattern = file.target(target);
  file.code.code(`for (const ${pattern} of ${iterable}) { ${file.voids([target])}`, at);
  const inner = openFrame(frame, body, at, { isFunction: false, loop: "plain" });
  writeBody(inner, body);
  closeFrame(inner, endOf(body, at));
  file.code.code("} ", endOf(body, at));
  file.names.leave();
}

function writeElse(frame: Frame, { otherwise, body, at }: ForStatement, loop: string): void {
  if (otherwise === undefined) return;
  const { file } = frame;
  file.code.code(`if (${loop}.isEmpty) { `, endOf(body, at));
  writeScope(frame, otherwise, at);
  file.code.code("} ", endOf(otherwise, at));
}

/** Writes a recursive loop. Its condition applies at every level. */
function writeRecursive(frame: Frame, statement: ForStatement, source: string, filter: string | undefined): void {
  const { file } = frame;
  const { at, body, otherwise } = statement;
  const [loop, again] = [file.createId("l"), file.createId("r")];
  file.code.rawCode(
    `$body = $.recursive($out, ${file.code.takeBody()}, ${source}, { ${filter === undefined ? "" : `test: ${filter}, `}run: ($out, $body, ${loop}, ${again}) => { void [$out, ${again}]; `,
    at,
  );
  const inner: Frame = { ...frame, isFunction: false, loop: "none" };
  writeLoopBody(inner, statement, loop, loop, again);
  writeElse(inner, statement, loop);
  file.code.code("return $body; } }); ", endOf(otherwise ?? body, at));
}

/** Writes a loop over async items. */
function writeAsyncLoop(frame: Frame, { at, items, test, target, otherwise, body }: ForStatement): void {
  const { file } = frame;
  let source = file.expressions.sync(items);
  if (test !== undefined) source = `$.whereAsync(${source}, ${toFilter(file, { target } as ForStatement, test)})`; // Only the loop variable is read.
  const loop = file.createId("l");
  file.names.enter();
  file.names.declare("loop", { kind: "loop", code: loop, recursion: undefined, isAsync: true });
  const before = file.code.takeBody();
  const pattern = file.target(target);
  file.code.rawCode(
    `$body = $.forAsync($out, ${before}, ${source}, ($out, $body, ${pattern}, ${loop}) => { void [$out, ${loop}, ${pattern}]; `,
    at,
  );
  const inner = openFrame(frame, body, at, { isFunction: true, loop });
  writeBody(inner, body);
  closeFrame(inner, endOf(body, at));
  file.names.leave();
  if (otherwise === undefined) return file.code.code("}); ", endOf(body, at));
  file.code.code("}, ($out, $body) => { void $out; ", endOf(body, at));
  writeFunctionBody(frame, otherwise, at);
  file.code.code("}); ", endOf(otherwise, at));
}
