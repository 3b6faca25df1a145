/** The statements of a file as code: output, conditions, loops, assignments. */
import { kinds } from "../reading/places.ts";
import type { Place } from "../reading/places.ts";
import { keepNewline } from "../reading/plan.ts";
import { nonceRef } from "../reading/tokenizer.ts";
import type { BlockStatement, Body, Expression, ForStatement, MacroStatement, Statement, Target } from "../syntax/nodes.ts";
import { awaits, endOf } from "./analysis.ts";
import type { Placed } from "./context-pass.ts";
import { mark } from "./code.ts";
import type { Frame } from "./frame-writer.ts";
import { FrameWriter } from "./frame-writer.ts";
import { usesName } from "./template.ts";

/** Functions of the run time for the usual places; the others go through one for all. */
const writers: Readonly<Record<number, string>> = {
  [kinds.attribute]: "part",
};

/** Functions of the run time for attributes that may be left out. */
const wholeWriters: Readonly<Record<number, string>> = {
  [kinds.wholeAttribute]: "whole",
  [kinds.wholeUrl]: "address",
};

/** Writes statements; what other files are a part of is left to {@link ModuleWriter}. */
export abstract class StatementWriter extends FrameWriter {
  protected abstract blockStatement(statement: BlockStatement): void;
  protected abstract includeStatement(statement: Extract<Statement, { type: "include" }>): void;
  protected abstract importMacros(statement: Extract<Statement, { type: "import" | "from" }>): void;
  protected abstract macroStatement(statement: MacroStatement, exported: string): void;
  protected abstract callStatement(statement: Extract<Statement, { type: "call" }>): void;
  protected abstract partialDefinition(statement: Extract<Statement, { type: "partialdef" }>): void;
  protected abstract partialStatement(statement: Extract<Statement, { type: "partial" }>): void;
  protected abstract componentStatement(statement: Extract<Statement, { type: "component" }>): void;
  protected abstract outletStatement(statement: Extract<Statement, { type: "outlet" }>): void;
  protected abstract cacheStatement(statement: Extract<Statement, { type: "cache" }>): void;
  protected abstract asyncLoop(statement: ForStatement): void;
  /** What `break` leaves: an async loop by its name, "plain" for one of the language, "none" in a function of its own. */
  protected readonly loops: string[] = [];

  protected writeBody(body: Body): void {
    for (const statement of body) this.statement(statement);
  }

  protected statement(statement: Statement): void {
    const { source } = this.template;
    switch (statement.type) {
      case "data":
        return this.dataStatement(statement);
      case "output":
        return this.outputStatement(statement);
      case "if":
        return this.ifStatement(statement);
      case "for":
        return this.forStatement(statement);
      case "break":
      case "continue":
        return this.jump(statement.type, statement.at);
      case "set":
        return this.setStatement(statement);
      case "setBlock":
        return this.setBlock(statement);
      case "with":
        return this.withStatement(statement);
      case "block":
        return this.blockStatement(statement);
      case "include":
        return this.includeStatement(statement);
      case "import":
      case "from":
        return this.importMacros(statement);
      case "macro":
        return this.macroStatement(statement, "");
      case "call":
        return this.callStatement(statement);
      case "filterBlock": {
        const code = this.filtered(statement);
        return this.markup(statement, (before) => `$.text($out, ${before}, ${code})`, code);
      }
      case "do":
        return this.writer.code(`${this.expressions.value(this.sync(statement.value))}; `, statement.at);
      case "autoescape":
        return this.autoescape(statement);
      case "extends":
        return;
      case "props":
      case "importCode":
        throw source.error(
          "E_VIEW_SYNTAX",
          statement.at,
          statement.type === "props" ? "props stand behind other text" : "an import stands behind other text",
          "Move it to the top of the file.",
        );
      default:
        return this.partStatement(statement);
    }
  }

  protected partStatement(statement: Extract<Statement, { type: "partialdef" | "partial" | "component" | "outlet" | "cache" }>): void {
    switch (statement.type) {
      case "partialdef":
        return this.partialDefinition(statement);
      case "partial":
        return this.partialStatement(statement);
      case "component":
        return this.componentStatement(statement);
      case "outlet":
        return this.outletStatement(statement);
      default:
        return this.cacheStatement(statement);
    }
  }

  /** `break` and `continue`: the body of an async loop is a function. */
  protected jump(type: "break" | "continue", at: number): void {
    const loop = this.loops.at(-1);
    if (loop === "plain") return this.writer.code(`${type}; `, at);
    if (loop === undefined || loop === "none") {
      throw this.template.source.error(
        "E_VIEW_SYNTAX",
        at,
        `"${type}" cannot leave the loop from here: what it stands in is written later`,
        "Await the value before the loop, or leave the loop from its own body.",
      );
    }
    this.writer.code(`${type === "break" ? `${loop}.stop(); ` : ""}return $body; `, at);
  }

  protected dataStatement(statement: Extract<Statement, { type: "data" }>): void {
    const parts = this.contexts.data.get(statement);
    if (parts === undefined) return this.writer.static(statement.text, statement.at);
    for (const part of parts) {
      if (part.type === "text") this.writer.static(part.text, statement.at);
      else if ((part.ref as unknown) === nonceRef) this.nonce(part.place!, statement.at); // The reader's own symbol.
    }
  }

  protected nonce({ address, addressRef }: Place, at: number): void {
    // The front of this reader knows holes by their statements.
    const output = addressRef as Extract<Statement, { type: "output" }> | undefined;
    const code =
      address !== undefined ? JSON.stringify(address) : output === undefined ? "undefined" : this.expressions.value(output.value);
    this.writer.rawCode(`$body = $.nonce($out, ${this.writer.takeBody()}, ${code}); `, at);
  }

  protected outputStatement(statement: Extract<Statement, { type: "output" }>): void {
    const { mode } = this.template;
    const { at } = statement;
    const code = this.outputValue(statement.value);
    if (mode !== "html") {
      const place = this.contexts.places.get(statement)?.();
      const arguments_ = mode === "xml" ? `, ${JSON.stringify(place)}` : "";
      return this.writer.rawCode(
        `$body = $.${this.template.name.endsWith(".eml") ? "mail" : mode}Value($out, ${this.writer.takeBody()}, ${code}${arguments_}); `,
        at,
      );
    }
    // In HTML every value has been placed by the reader.
    const place = this.contexts.places.get(statement)!() as Place;
    if (place.kind === kinds.grouped || place.kind === kinds.comment) return;
    if (!this.isEscaping && place.kind === kinds.text)
      return this.writer.rawCode(`$body = $.unescaped($out, ${this.writer.takeBody()}, ${code}); `, at);
    if (place.kind === kinds.text) return this.writeText(code, at);
    this.writePlace(place, code, at);
  }

  /** Markup where it stands; in an attribute or a title it is a value, reduced to what its place takes. */
  protected markup(statement: Placed, write: (body: string) => string, value?: string): void {
    const { at, type } = statement;
    const place = this.contexts.places.get(statement)?.() as Place | undefined; // Only HTML has markup in places.
    if (place === undefined) return this.writer.rawCode(`$body = ${write(this.writer.takeBody(keepNewline))}; `, at);
    if (place.kind === kinds.comment) return;
    if (place.kind !== kinds.attribute && place.kind !== kinds.wholeAttribute && place.kind !== kinds.rcdata) {
      const what = place.attribute === "" ? `<${place.element}>` : `"${place.attribute}" of <${place.element}>`;
      throw this.template.source.error(
        "E_VIEW_PLACE",
        at,
        `"${type === "filterBlock" ? "filter" : type}" brings markup, which cannot stand in ${what}`,
        "Put it into text; here, compose the value before with set.",
      );
    }
    this.writePlace(place, value ?? `$.joined([($out, $body) => ${write("$body")}])`, at);
  }

  private writePlace(place: Place, code: string, at: number): void {
    const name = `$p${this.places.length}`;
    const { refs, addressRef: _addressRef, ...facts } = place;
    const tagAttributes = facts.tagAttributes === undefined ? "" : `, new Map(${JSON.stringify([...facts.tagAttributes])})`;
    this.places.push(
      `const ${name} = $.definePlace(${JSON.stringify({ ...facts, tagAttributes: undefined, ...(/\.svg(?:#|$)/.test(this.template.name) && { isSvg: true }), where: this.template.source.place(at) })}${tagAttributes}); `,
    );
    const whole = wholeWriters[place.kind];
    if (whole !== undefined) {
      // The static text comes in both forms: with the name and the quote, and without the attribute.
      const text = this.writer.takeText();
      const forms = `${JSON.stringify(`${text} ${place.attribute}="`)}, ${JSON.stringify(text)}`;
      return this.writer.attribute(`$body = $.${whole}($out, $body, ${name}, ${forms}, ${code}`, at);
    }
    const body = place.kind === kinds.rcdata ? this.writer.takeBody(keepNewline) : this.writer.takeBody();
    if (refs === undefined)
      return this.writer.rawCode(`$body = $.${writers[place.kind] ?? "place"}($out, ${body}, ${name}, ${code}); `, at);
    const values = (refs as Placed[]).map((each) => this.groupedValue(each)); // As in #nonce.
    this.writer.rawCode(`$body = $.urlGroup($out, ${body}, ${name}, [${values.join(", ")}]); `, at);
  }

  private groupedValue(placed: Placed): string {
    if (placed.type === "output") return this.outputValue(placed.value);
    throw this.template.source.error("E_VIEW_PLACE", placed.at, "markup stands inside an address", "Compose the value before with set.");
  }

  protected writeText(code: string, at: number): void {
    this.writer.rawCode(`$body = $.text($out, ${this.writer.takeBody(keepNewline)}, ${code}); `, at);
  }

  /** A value that waits is a promise in its place: what follows is not held up. */
  protected outputValue(value: Expression): string {
    const code = this.expressions.value(value);
    return awaits(value) ? `(async () => ${code})()` : code;
  }

  protected sync(value: Expression): Expression {
    if (awaits(value)) {
      throw this.template.source.error(
        "E_VIEW_SYNTAX",
        value.at,
        '"await" cannot stand here',
        "Use {% set x = await ... %} outside loops, or await in an output, in the items of a loop, or in an if.",
      );
    }
    return value;
  }

  protected ifStatement(statement: Extract<Statement, { type: "if" }>): void {
    const [first, ...others] = statement.branches;
    const isWaiting = awaits(first!.test);
    if (isWaiting) {
      this.openContinuation(first!.test, "$v", statement.at);
      this.loops.push("none");
    }
    [first!, ...others].forEach((branch, index) => {
      const test = index === 0 && isWaiting ? "$.truthy($v)" : this.expressions.test(this.sync(branch.test));
      this.writer.code(`${index === 0 ? "" : "} else "}if (${test}) { `, branch.at);
      this.scoped(branch.body);
    });
    if (statement.otherwise !== undefined) {
      this.writer.code("} else { ", endOf(statement.branches.at(-1)!.body, statement.at));
      this.scoped(statement.otherwise);
    }
    this.writer.code("} ", endOf(statement.otherwise ?? statement.branches.at(-1)!.body, statement.at));
    if (!isWaiting) return;
    this.writer.code("return $body; }); ", statement.at);
    this.loops.pop();
  }

  /** Names of a branch end with it, but those that were declared before it. */
  protected scoped(body: Body): void {
    this.names.enter();
    this.writeBody(body);
    this.writer.flush();
    this.names.leave();
  }

  /** What follows runs when a value is there. */
  protected openContinuation(value: Expression, name: string, at: number): void {
    const before = this.writer.takeBody();
    this.writer.rawCode(
      `$body = $.defer($out, ${before}, (async () => ${this.expressions.value(value)})(), ($out, $body, ${name}) => { void $out; `,
      at,
    );
  }

  protected forStatement(statement: ForStatement): void {
    const { at, items, test, target, otherwise, body, isRecursive } = statement;
    if (statement.isAsync) return this.asyncLoop(statement);
    const isWaiting = awaits(items);
    if (isWaiting) this.openContinuation(items, "$v", at);
    let source = isWaiting ? "$v" : this.expressions.value(items);
    this.names.enter();
    if (test !== undefined) {
      const pattern = this.target(target);
      source = `$.where(${source}, (${pattern}${this.isTyped ? "" : this.typeText(": any")}) => ${this.expressions.test(this.sync(test))})`;
      this.names.leave();
      this.names.enter();
    }
    if (isRecursive) this.recursive(statement, source);
    else {
      const loop = otherwise !== undefined || usesName(body, "loop") ? this.createId("l") : undefined;
      if (loop !== undefined) this.writer.code(`const ${loop} = $.loop(${source}); `, at);
      this.loopBody(statement, loop ?? `$.each(${source})`, loop, undefined);
      if (otherwise !== undefined) {
        if (isWaiting) this.loops.push("none");
        this.writer.code(`if (${loop}.isEmpty) { `, endOf(body, at));
        this.scoped(otherwise);
        this.writer.code("} ", endOf(otherwise, at));
        if (isWaiting) this.loops.pop();
      }
    }
    this.names.leave();
    if (isWaiting) this.writer.code("return $body; }); ", endOf(otherwise ?? body, at));
  }

  protected loopBody({ target, body, at }: ForStatement, iterable: string, loop: string | undefined, recursion: string | undefined): void {
    this.names.enter();
    if (loop !== undefined) this.names.declare("loop", { kind: "loop", code: loop, recursion });
    const pattern = this.target(target);
    const used = this.isTyped ? this.targetNames(target).map((name) => `void ${name}; `) : [];
    this.writer.code(`for (const ${pattern} of ${iterable}) { ${used.join("")}`, at);
    this.openFrame(false, body, at);
    this.loops.push("plain");
    this.writeBody(body);
    this.loops.pop();
    this.closeFrame(endOf(body, at));
    this.writer.code("} ", endOf(body, at));
    this.names.leave();
  }

  protected recursive(statement: ForStatement, source: string): void {
    const { at, body, otherwise } = statement;
    const [loop, again] = [this.createId("l"), this.createId("r")];
    this.writer.rawCode(
      `$body = $.recursive($out, ${this.writer.takeBody()}, ${source}, ($out, $body, ${loop}, ${again}) => { void [$out, ${again}]; `,
      at,
    );
    this.loopBody(statement, loop, loop, again);
    if (otherwise !== undefined) {
      this.loops.push("none");
      this.writer.code(`if (${loop}.isEmpty) { `, endOf(body, at));
      this.scoped(otherwise);
      this.writer.code("} ", endOf(otherwise, at));
      this.loops.pop();
    }
    this.writer.code("return $body; }); ", endOf(otherwise ?? body, at));
  }

  protected setStatement(statement: Extract<Statement, { type: "set" }>): void {
    const { value, at } = statement;
    const target = statement.targets[0]!;
    const frame = this.frames.at(-1)!;
    if (awaits(value)) return this.setLater(statement, frame);
    const code = this.expressions.value(value);
    this.assign(target, code, at);
  }

  protected setLater({ value, at, targets }: Extract<Statement, { type: "set" }>, frame: Frame): void {
    const [target] = targets;
    if (!frame.isFunction || target?.type !== "name") this.sync(value);
    const code = this.expressions.value(value);
    const name = this.declareLocal((target as { name: string }).name); // #sync has thrown for every other target.
    const before = this.writer.takeBody();
    this.writer.rawCode(`return $.defer($out, ${before}, (async () => ${code})(), ($out, $body, ${name}) => { void $out; `, at);
    frame.closers += "}); ";
  }

  protected assign(target: Target, code: string, at: number): void {
    if (target.type === "member") {
      const binding = this.names.find(target.object);
      if (binding?.kind !== "local")
        throw this.template.source.error(
          "E_VIEW_NAME",
          target.at,
          `"${target.object}" is no namespace`,
          `Write {% set ${target.object} = namespace(${target.name}=...) %} before.`,
        );
      return this.writer.code(`${mark(target.at)}${binding.code}.${target.name} = ${code}; `, at);
    }
    const hoisted = target.type === "name" ? this.frames.at(-1)!.hoisted.get(target.name) : undefined;
    if (hoisted !== undefined) return this.writer.code(`${hoisted} = ${code}; `, at);
    this.writer.code(
      `const ${this.target(target)}${this.isTyped || target.type === "tuple" ? "" : this.typeText(": any")} = ${code}; `,
      at,
    );
  }

  protected setBlock(statement: Extract<Statement, { type: "setBlock" }>): void {
    this.assign(statement.target, this.filtered(statement), statement.at);
  }

  /** A body as markup, through filters. The code of the body is written at its own lines, before. */
  protected filtered({
    body,
    filters,
    at,
  }: {
    readonly body: Body;
    readonly filters: ReadonlyArray<{
      readonly name: string;
      readonly at: number;
      readonly args: Extract<Expression, { type: "call" }>["args"];
    }>;
    readonly at: number;
  }): string {
    const name = this.createId("c");
    this.writer.code(`const ${name} = $.capture($out, ($out, $body) => { void $out; `, at);
    this.functionBody(body, at);
    this.writer.code("}); ", endOf(body, at));
    return filters.reduce((code, filter) => this.expressions.filter(code, filter.name, filter.at, filter.args), name);
  }

  /** The body of a function that writes. */
  protected functionBody(body: Body, at: number): void {
    this.names.enter();
    this.openFrame(true, body, at);
    this.writeBody(body);
    this.closeFrame(endOf(body, at));
    this.names.leave();
  }

  protected withStatement({ assigns, body, at }: Extract<Statement, { type: "with" }>): void {
    const values = assigns.map(({ value }) => this.expressions.value(this.sync(value)));
    this.names.enter();
    this.writer.code("{ ", at);
    this.openFrame(false, body, at);
    assigns.forEach(({ target }, index) => this.writer.code(`const ${this.target(target)} = ${values[index]}; `, at));
    this.writeBody(body);
    this.closeFrame(endOf(body, at));
    this.writer.code("} ", endOf(body, at));
    this.names.leave();
  }

  protected autoescape({ isOn, body, at }: Extract<Statement, { type: "autoescape" }>): void {
    const isEscaping = isOn.type === "constant" && isOn.value !== false;
    if (!isEscaping && !this.host.options.unsafe) throw this.template.source.error("E_VIEW_UNSAFE", at, "escaping is switched off");
    const before = this.isEscaping;
    this.isEscaping = isEscaping;
    this.scoped(body);
    this.isEscaping = before;
  }
}
