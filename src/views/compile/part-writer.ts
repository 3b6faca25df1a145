/** Statements that bring markup of other files and bodies: partials, components with slots, cached pieces, async loops. */
import { suggestName } from "../../errors/nearest-name.ts";
import type { ErrorCode } from "../../errors/catalogue.ts";
import type {
  Arguments,
  CacheStatement,
  ComponentStatement,
  Expression,
  ForStatement,
  SlotContent,
  Statement,
  TransExpression,
} from "../syntax/nodes.ts";
import { hashText } from "../rendering/text-hash.ts";
import { endOf, toPropertyName } from "./analysis.ts";
import { mark } from "./code.ts";
import { StatementWriter } from "./statement-writer.ts";
import type { Template } from "./template.ts";
import { fileOf } from "./template.ts";

/** Writes them. */
export abstract class PartWriter extends StatementWriter {
  /** The props for another file: what it declares and the scope has, and what is given by name. */
  protected abstract propsFor(target: Template | undefined, named: Arguments["named"], withContext: boolean): string;

  protected partialDefinition(statement: Extract<Statement, { type: "partialdef" }>): void {
    if (!statement.isInline) return;
    const target = this.host.load(`#${statement.name}`, this.template, statement.at);
    this.markup(statement, this.includeCode(target, this.propsFor(target, [], true), statement.at));
  }

  protected partialStatement(statement: Extract<Statement, { type: "partial" }>): void {
    const { name, args, at } = statement;
    const target = this.host.load(`#${name}`, this.template, at);
    const { props } = target;
    if (args.positional.length > props.length)
      throw this.template.source.error(
        "E_VIEW_SYNTAX",
        at,
        `the partial "${name}" takes ${props.length} values, and got ${args.positional.length}`,
      );
    const positional = args.positional.map((value, index) => ({ name: props[index]!.name, at: value.at, value }));
    const named = [...positional, ...args.named];
    this.assertNames(
      named,
      props.map((prop) => prop.name),
      `the partial "${name}"`,
      "value",
    );
    this.markup(statement, this.includeCode(target, this.propsFor(target, named, true), at));
  }

  /** Code that writes a file behind a text. In an untyped file nobody has checked what it passes. */
  protected includeCode(target: Template, props: string, at: number): (body: string) => string {
    const view = `${mark(at)}${this.imports.get(target.name)!}.view`;
    return (body) =>
      `$.include($out, ${body}, ${view}, ${this.isTyped && this.host.options.types ? props : `$.checked(${view}, ${props})`})`;
  }

  /** What opens a tag of a text to translate, as a function, and what closes it. */
  protected wrapper({ at, open, close }: TransExpression["wrappers"][number]): string {
    const id = this.createId("w");
    this.writer.code(`const ${id}${this.typeText(": $.HtmlWriter")} = ($out, $body) => { void $out; `, at);
    this.functionBody(open, at);
    this.writer.code("}; ", endOf(open, at));
    return `[${id}, ${JSON.stringify(close)}]`;
  }

  // ---- Components

  protected componentStatement(statement: ComponentStatement): void {
    const { name, at } = statement;
    const isFile = name.includes(".");
    const target = isFile ? this.host.load(name, this.template, at) : undefined;
    if (target === undefined) this.assertCodeComponent(name, at);
    else if (this.isTyped) this.assertComponent(statement, target);
    const propsType = target === undefined ? `Parameters<typeof $components.${name}>[0]` : `${this.imports.get(target.name)!}.Props`;
    const props = this.componentProps(statement, target, propsType);
    if (target !== undefined) return this.markup(statement, this.includeCode(target, props, at));
    this.markup(statement, (body) => `$.text($out, ${body}, ${mark(at)}$components.${name}(${props}))`);
  }

  private assertCodeComponent(name: string, at: number): void {
    const known = this.host.projectComponents;
    if (known.has(name)) return;
    throw this.template.source.error(
      "E_VIEW_NOT_FOUND",
      at,
      `there is no component "${name}"`,
      suggestName(name, [...known], `Export ${name} from views/components.ts, or name a file.`),
    );
  }

  private assertComponent({ named, slots }: ComponentStatement, target: Template): void {
    const props = target.props.map(({ name }) => name);
    const outlets = [...target.outlets.keys()];
    const what = `"${target.name}"`;
    if (target.hasProps && !props.includes("attributes")) this.assertNames(named, [...props, ...outlets], what, "prop", "E_VIEW_PROP");
    this.assertNames(slots, [...outlets, ...props], what, "slot", "E_VIEW_PROP");
  }

  private assertNames(
    given: ReadonlyArray<{ readonly name: string; readonly at: number }>,
    known: readonly string[],
    what: string,
    kind: string,
    code: ErrorCode = "E_VIEW_NAME",
  ): void {
    for (const { name, at } of given) {
      if (known.includes(name)) continue;
      const fix = suggestName(name, known, `It has: ${known.join(", ") || "none"}.`);
      throw this.template.source.error(code, at, `${what} has no ${kind} "${name}"`, fix);
    }
  }

  /** The values of a component: what its tag names, the rest as attributes, and its slots. */
  private componentProps({ named, slots }: ComponentStatement, target: Template | undefined, propsType: string): string {
    const takesRest = target?.props.some(({ name }) => name === "attributes") === true && !named.some(({ name }) => name === "attributes");
    const isRest = (name: string): boolean => takesRest && !target!.outlets.has(name) && !target!.props.some((prop) => prop.name === name);
    const toMember = ({ name, value }: { name: string; value: Expression }): string =>
      `${toPropertyName(name)}: ${this.expressions.value(this.sync(value))}`;
    const members = named.filter(({ name }) => !isRest(name)).map(toMember);
    const rest = named.filter(({ name }) => isRest(name)).map(toMember);
    if (rest.length > 0) members.push(`attributes: $.attributes({ ${rest.join(", ")} })`);
    const children: string[] = [];
    for (const slot of slots) {
      const id = this.createId("k");
      if (slot.name === "children") children.push(id);
      else members.push(`${toPropertyName(slot.name)}: ${slot.parameters.length === 0 ? `$.joined([${id}])` : id}`);
      this.slotContent(slot, id, propsType);
    }
    if (children.length > 0) members.push(`children: $.joined([${children.join(", ")}])`);
    return `{ ${members.join(", ")} }`;
  }

  private slotContent({ name, at, parameters, body }: SlotContent, id: string, propsType: string): void {
    this.names.enter();
    let [open, close] = ["", ""];
    if (parameters.length > 0) {
      const locals = parameters.map((parameter) => this.declareLocal(parameter.name));
      const members = parameters.map((parameter, index) => `${toPropertyName(parameter.name)}: ${locals[index]}`);
      const type = this.typeText(this.isTyped ? `: $.SlotOf<${propsType}, ${JSON.stringify(name)}>` : ": any");
      open = `const ${id}${type} = ({ ${members.join(", ")} }${this.isTyped ? "" : this.typeText(": any")}) => $.joined([($out, $body) => { void [$out, ${locals.join(", ")}]; `;
      close = "}]); ";
    } else {
      open = `const ${id}${this.typeText(": $.HtmlWriter")} = ($out, $body) => { void $out; `;
      close = "}; ";
    }
    this.writer.code(open, at);
    this.functionBody(body, at);
    this.writer.code(close, endOf(body, at));
    this.names.leave();
  }

  protected outletStatement({ name, at, parameters, body }: Extract<Statement, { type: "outlet" }>): void {
    const isDeclared = this.names.find(name) !== undefined;
    const given = isDeclared ? this.expressions.value({ type: "name", at, name }) : `$.lookup($props, ${JSON.stringify(name)})`;
    const values = parameters.map(({ name: key, at: keyAt, fallback }) => {
      const value = fallback ?? ({ type: "name", at: keyAt, name: key } as const);
      return `${toPropertyName(key)}: ${this.expressions.value(this.sync(value))}`;
    });
    this.writer.code(`if (${given} !== undefined && ${given} !== null) { `, at);
    this.writeText(parameters.length === 0 ? given : `${given}({ ${values.join(", ")} })`, at);
    this.writer.code("} else { ", at);
    this.scoped(body);
    this.writer.code("} ", endOf(body, at));
  }

  // ---- Cached pieces

  protected cacheStatement({ keys, options, body, at, end }: CacheStatement): void {
    const { source } = this.template;
    const values = keys.map((key) => this.expressions.value(this.sync(key)));
    const members = options.map(({ name, value }) => `${name}: ${this.expressions.value(this.sync(value))}`);
    // A changed text is another piece: what was kept of the old one is not shown.
    const version = `${fileOf(this.template.name)}:${hashText(source.text.slice(at, end))}`;
    this.writer.rawCode(
      `$body = $.cache($out, ${this.writer.takeBody()}, { ${["key: [" + values.join(", ") + "]", ...members].join(", ")}, version: ${JSON.stringify(version)}, where: ${JSON.stringify(source.place(at))} }, ($out, $body) => { void $out; `,
      at,
    );
    this.functionBody(body, at);
    this.writer.code("}); ", endOf(body, at));
  }

  // ---- Loops over what comes one by one

  protected asyncLoop({ at, items, test, target, otherwise, body }: ForStatement): void {
    let source = this.expressions.value(this.sync(items));
    if (test !== undefined) {
      this.names.enter();
      const pattern = this.target(target);
      source = `$.whereAsync(${source}, (${pattern}${this.isTyped ? "" : this.typeText(": any")}) => ${this.expressions.test(this.sync(test))})`;
      this.names.leave();
    }
    const loop = this.createId("l");
    this.names.enter();
    this.names.declare("loop", { kind: "loop", code: loop, recursion: undefined, isAsync: true });
    const before = this.writer.takeBody();
    const pattern = this.target(target);
    this.writer.rawCode(
      `$body = $.forAsync($out, ${before}, ${source}, ($out, $body, ${pattern}, ${loop}) => { void [$out, ${loop}, ${pattern}]; `,
      at,
    );
    this.loops.push(loop);
    this.functionBody(body, at);
    this.loops.pop();
    this.names.leave();
    if (otherwise === undefined) return this.writer.code("}); ", endOf(body, at));
    this.writer.code("}, ($out, $body) => { void $out; ", endOf(body, at));
    this.loops.push("none");
    this.functionBody(otherwise, at);
    this.loops.pop();
    this.writer.code("}); ", endOf(otherwise, at));
  }
}
