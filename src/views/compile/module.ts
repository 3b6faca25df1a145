/** One template file as one TypeScript module. */
import { suggestName } from "../../errors/nearest-name.ts";
import type { PlanOptions } from "../reading/plan.ts";
import type {
  Arguments,
  BlockStatement,
  Body,
  Expression,
  MacroStatement,
  OutletStatement,
  Parameter,
  Statement,
} from "../syntax/nodes.ts";
import { endOf, filesOf, findBlock, hasDynamicParent, holdsInclude, listBlocks, toPropertyName } from "./analysis.ts";
import type { FileFinder } from "./analysis.ts";
import { CodeWriter, mark } from "./code.ts";
import type { Contexts } from "./context-pass.ts";
import type { Template } from "./template.ts";
import { PartWriter } from "./part-writer.ts";
import { toCodeName } from "./scope.ts";
import { contentTypeOf, fileOf, usesName, walk } from "./template.ts";

/** What compiling needs of the project around a file. */
export interface ModuleHost extends FileFinder {
  /** A file by its name, or a path relative to the one that names it. Throws `E_VIEW_NOT_FOUND`. */
  readonly load: (name: string, from: Template, at: number) => Template;
  /** The specifier under which a module imports another one. */
  readonly importPath: (from: Template, to: Template) => string;
  /** The specifier of project code that a template names relative to itself. */
  readonly codePath: (from: Template, specifier: string) => string;
  /** The specifier of globals.ts, filters.ts or tests.ts of the views folder. */
  readonly projectPath: (from: Template, file: "globals" | "filters" | "tests" | "components") => string;
  readonly projectGlobals: ReadonlySet<string>;
  readonly projectFilters: ReadonlySet<string>;
  readonly projectTests: ReadonlySet<string>;
  /** Components in code: exports of views/components.ts. */
  readonly projectComponents: ReadonlySet<string>;
  readonly options: ModuleOptions;
}

/** Options of compiling. */
interface ModuleOptions extends PlanOptions {
  /** Whether escaping may be switched off. */
  readonly unsafe: boolean;
  /** Whether types are written; without them the module is JavaScript. */
  readonly types: boolean;
  /** Whether comments with the name stand around what an include brings. */
  readonly marksIncludes?: boolean;
  /** Specifier of the run time. */
  readonly runtime: string;
}

/** A compiled file. */
export interface ModuleResult {
  readonly writer: CodeWriter;
  /** Names of the files that it uses. */
  readonly dependencies: readonly string[];
  readonly isTyped: boolean;
  /** Names that nobody declared, in an untyped file, with the first place of each. */
  readonly freeNames: ReadonlyMap<string, number>;
}

/** Compiles a file: once to see which names it needs, then for good. */
export function compileModule(template: Template, contexts: Contexts, host: ModuleHost): ModuleResult {
  if (template.hasProps) return new ModuleWriter(template, contexts, host, true, new Set()).run();
  const probe = new ModuleWriter(template, contexts, host, false, new Set());
  const { freeNames } = probe.run();
  // A file that passes its scope on to others is as open as they are.
  const passesOn = template.parent !== undefined || holdsInclude(template.body);
  return new ModuleWriter(template, contexts, host, freeNames.size === 0 && !passesOn, probe.boundMacros).run();
}

class ModuleWriter extends PartWriter {
  /** Whether the type of the props is written already. */
  protected hasPropsStatement = false;

  run(): ModuleResult {
    const { body, source } = this.template;
    this.importFiles();
    const lead = this.lead(body);
    this.openWrite(body[lead]?.at ?? source.text.length, body);
    const rest = body.slice(lead);
    if (this.template.parent === undefined) this.writeBody(rest);
    else this.child(rest);
    const end = source.text.length;
    this.closeFrame(end);
    this.writer.code(
      `} ${this.viewCode()}${this.places.join("")}void [$${[...this.aliases].map((alias) => `, ${alias}`).join("")}]; `,
      end,
    );
    return { writer: this.writer, dependencies: [...this.imports.keys()], isTyped: this.isTyped, freeNames: this.freeNames };
  }

  // ---- The module around the function

  /** Imports of the run time and of all files that this one names by literals. */
  protected importFiles(): void {
    const { options, projectGlobals, projectFilters, projectTests, projectComponents } = this.host;
    let code = `import * as $ from ${JSON.stringify(options.runtime)}; `;
    for (const [alias, names] of [
      ["globals", projectGlobals],
      ["filters", projectFilters],
      ["tests", projectTests],
      ["components", projectComponents],
    ] as const) {
      if (names.size === 0 || (alias === "components" && !this.usesCodeComponents())) continue;
      this.aliases.add(`$${alias}`);
      code += `import * as $${alias} from ${JSON.stringify(this.host.projectPath(this.template, alias))}; `;
    }
    walk(this.template.body, (statement) => {
      for (const [name, at, isOptional] of filesOf(statement)) {
        const target = isOptional ? this.host.find(name, this.template) : this.host.load(name, this.template, at);
        if (target === undefined || this.imports.has(target.name)) continue;
        const alias = `$t${this.imports.size}`;
        this.imports.set(target.name, alias);
        this.aliases.add(alias);
        code += `import * as ${alias} from ${JSON.stringify(this.host.importPath(this.template, target))}; `;
      }
    });
    this.writer.code(code, 0);
  }

  /** Components may be made of views: only files that use them import them. */
  protected usesCodeComponents(): boolean {
    let isFound = false;
    walk(this.template.body, (statement) => (isFound ||= statement.type === "component" && !statement.name.includes(".")));
    return isFound;
  }

  /** Declarations at the top of a file stand outside its function. Gives the number of statements. */
  protected lead(body: Body): number {
    let index = 0;
    const blanks: Array<Extract<Statement, { type: "data" }>> = [];
    for (; index < body.length; index++) {
      const statement = body[index]!;
      if (statement.type === "importCode") this.importCode(statement);
      else if (statement.type === "props") this.props(statement);
      else if (statement.type === "import" || statement.type === "from") this.importMacros(statement);
      else if (statement.type === "macro" && !this.knownBound.has(statement.name) && this.template.mode === "html")
        this.macroStatement(statement, "export ");
      else if (statement.type === "data" && statement.text.trim() === "") blanks.push(statement);
      else break;
    }
    if (!this.hasPropsStatement) {
      this.writer.code(
        this.typeText(this.isTyped ? `export interface Props { ${this.propMembers().join("; ")} } ` : "export type Props = $.AnyProps; "),
        body[index]?.at ?? this.template.source.text.length,
      );
    }
    this.leadBlanks = this.template.parent === undefined ? blanks : [];
    return index;
  }

  protected importCode({ clause, at }: Extract<Statement, { type: "importCode" }>): void {
    const match = /^(import (type )?\{)([^}]*)\}\s*from\s*(["'])([^"']+)\4;$/.exec(clause)!;
    const names = match[3]!
      .split(",")
      .map((part) => part.trim())
      .filter((part) => part !== "");
    const isType = match[2] !== undefined;
    if (!this.host.options.types) {
      if (!isType) throw this.template.source.error("E_VIEW_SYNTAX", at, "code cannot be imported here", "Pass it as a value.");
      return;
    }
    for (const name of isType ? [] : names) {
      const local = /(?:\bas\s+)?([\w$]+)$/.exec(name)![1]!;
      this.names.declare(local, { kind: "local", code: local });
    }
    // A partial has the imports of its file, and need not use them all.
    const locals = names.map((name) => /(?:\bas\s+)?([\w$]+)$/.exec(name)![1]!);
    const exported = locals.map((local) => [local, `$${local}`].join(" as "));
    const used = isType ? `export type { ${exported.join(", ")} }; ` : "";
    if (!isType) for (const local of locals) this.aliases.add(local);
    this.writer.code(
      `${mark(at)}${match[1]} ${this.markNames(names, at).join(", ")} } from ${JSON.stringify(this.host.codePath(this.template, match[5]!))}; ${used}`,
      at,
    );
  }

  /** Names of an import, each with its own place. */
  protected markNames(names: readonly string[], at: number): string[] {
    let from = this.template.source.text.indexOf("{", at);
    return names.map((name) => {
      from = this.template.source.text.indexOf(name, from);
      return mark(from) + name;
    });
  }

  protected props({ at }: Extract<Statement, { type: "props" }>): void {
    if (!this.host.options.types) return;
    this.hasPropsStatement = true;
    this.writer.code(`${mark(at)}export interface Props { ${this.propMembers().join("; ")} } `, at);
  }

  /** Members of the type of the props: what is declared, and the slots. */
  protected propMembers(): string[] {
    const members = this.template.props.map(({ name, isOptional, fallback, tsType, typeAt }) => {
      const optional = isOptional ? `${tsType} | ${fallback === undefined ? "null | " : ""}undefined` : tsType;
      return `${toPropertyName(name)}${isOptional ? "?" : ""}: ${mark(typeAt)}${optional}`;
    });
    for (const { name, parameters, at } of this.outlets) {
      const values = parameters.map((parameter) => `${toPropertyName(parameter.name)}: ${parameter.tsType ?? "any"}`);
      const type = values.length === 0 ? "$.Hole" : `(values: { ${values.join("; ")} }) => $.Hole`;
      members.push(`${toPropertyName(name)}?: ${mark(at)}${values.length === 0 ? type : `(${type})`} | null | undefined`);
    }
    return members;
  }

  /** Slots that are no props as well. */
  protected get outlets(): OutletStatement[] {
    const { outlets, props } = this.template;
    return [...outlets.values()].filter(({ name }) => !props.some((prop) => prop.name === name));
  }

  protected openWrite(at: number, body: Body): void {
    this.names.enter();
    let parameter = "$props";
    let used = "";
    if (this.isTyped) {
      const members = [...this.template.props, ...this.outlets.map(({ name }) => ({ name, fallback: undefined }))];
      for (const { name } of members) this.names.declare(name, { kind: "local", code: toCodeName(name) });
      parameter = `{ ${members.map(({ name, fallback }) => `${toPropertyName(name)}: ${toCodeName(name)}${fallback === undefined ? "" : ` = ${this.expressions.value(fallback)}`}`).join(", ")} }`;
      used = members.map(({ name }) => `void ${toCodeName(name)}; `).join("");
    }
    // A file without blocks makes no object for them: it may be a small one that is shown often.
    const takesBlocks = this.template.blocks.size > 0 || this.template.parent !== undefined;
    const blocks = takesBlocks ? `$blocks${this.typeText(": $.Blocks")} = {}` : `_blocks${this.typeText("?: $.Blocks")}`;
    this.writer.code(
      `export function write($out${this.typeText(": $.Output")}, $body${this.typeText(": string")}, ${parameter}${this.typeText(": Props")}, ${blocks})${this.typeText(": string")} { ${used}${takesBlocks ? "void $blocks; " : ""}void $out; ${this.isTyped ? "" : "void $props; "}`,
      at,
    );
    this.openFrame(true, body, at);
    for (const blanks of this.leadBlanks) this.dataStatement(blanks);
  }

  protected viewCode(): string {
    const { name, mode, props } = this.template;
    const type = contentTypeOf(fileOf(name)) ?? "text/html; charset=utf-8";
    const required = this.template.hasProps ? props.filter((prop) => !prop.isOptional).map((prop) => prop.name) : [];
    const tests = required.map((prop) => `$props[${JSON.stringify(prop)}] === undefined ? ${JSON.stringify(prop)} : `);
    const missing = required.length === 0 ? "" : `, ($props) => ${tests.join("")}undefined`;
    return `export const view = $.view${this.typeText("<Props>")}(${JSON.stringify({ name, mode, type })}, write${missing}); `;
  }

  // ---- Blocks

  protected blockStatement(statement: BlockStatement): void {
    const { name, at, body } = statement;
    const own = `$block_${name}`;
    this.writer.code(`const ${own}${this.typeText(": $.Block")} = ($out, $body${this.scopeParameter(statement)}) => { `, at);
    this.writer.code(statement.isScoped ? "void [$out, $scope]; " : "void $out; ", at);
    this.blockBody(statement, true);
    this.writer.code("}; ", endOf(body, at));
    this.definedBlocks.add(name);
    const scope = statement.isScoped ? `, ${this.scopeObject(statement)}` : "";
    this.writer.code(`$body = ($blocks.${name} ?? ${own})($out, $body, ${own}${scope}); `, endOf(body, at));
  }

  protected scopeParameter({ isScoped }: BlockStatement): string {
    if (!isScoped) return "";
    return `, _super${this.typeText("?: $.BlockWriter")}, $scope${this.typeText("?: any")}`;
  }

  protected scopeObject({ parameters }: BlockStatement): string {
    const all = this.names.values();
    const wanted = parameters.length === 0 ? [...all] : parameters.map(({ name }) => [name, all.get(name) ?? "undefined"] as const);
    return `{ ${wanted.map(([name, code]) => `${toPropertyName(name)}: ${code}`).join(", ")} }`;
  }

  protected blockBody({ body, at, isRequired, name, parameters, isScoped }: BlockStatement, isBase: boolean): void {
    this.names.enter();
    if (isScoped) {
      for (const parameter of parameters) {
        const code = this.declareLocal(parameter.name);
        this.writer.code(
          `const ${code}${this.typeText(`: ${parameter.tsType ?? "any"}`)} = $scope${this.typeText("!")}.${parameter.name}; void ${code}; `,
          at,
        );
      }
    }
    if (isBase && isRequired)
      this.writer.code(`$.requireBlock(${JSON.stringify(name)}, ${JSON.stringify(this.template.source.place(at))}); `, at);
    this.functionBody(body, at);
    this.names.leave();
  }

  protected self(block: string, at: number): string {
    if (this.definedBlocks.has(block))
      return this.template.parent === undefined
        ? `$.super($blocks.${block} ?? $block_${block}, $block_${block})`
        : `$.super($own.${block})`;
    const known = [...this.definedBlocks];
    throw this.template.source.error(
      "E_VIEW_BLOCK",
      at,
      `no block "${block}" is defined above`,
      suggestName(block, known, "Show a block again below its definition."),
    );
  }

  /** A file that extends another: its blocks replace those of the parent, which then writes. */
  protected child(body: Body): void {
    const parent = this.template.parent!;
    const target = parent.name === undefined ? undefined : this.host.load(parent.name, this.template, parent.at);
    this.writer.code(`const $own${this.typeText(": $.Blocks")} = { ...$blocks }; `, parent.at);
    for (const statement of body) {
      if (statement.type === "block") this.childBlock(statement, target);
      else if (statement.type !== "data" && statement.type !== "output") this.statement(statement);
    }
    const end = this.template.source.text.length;
    this.frames.at(-1)!.isReturned = true;
    if (target === undefined) {
      this.writer.code(
        `return $.extend($out, $body, ${this.expressions.value(this.sync(parent.expression))}, ${this.propsFor(undefined, [], true)}, $own); `,
        end,
      );
      return;
    }
    const alias = this.imports.get(target.name)!;
    this.writer.code(`return ${mark(parent.at)}${alias}.write($out, $body, ${this.propsFor(target, [], true)}, $own); `, end);
  }

  protected childBlock(statement: BlockStatement, parent: Template | undefined): void {
    const { name, at, body } = statement;
    if (parent !== undefined) this.assertBlock(name, at, parent);
    const declared = findBlock(name, parent, this.host);
    const isScoped = statement.isScoped || declared?.isScoped === true;
    const parameters = statement.parameters.length > 0 ? statement.parameters : (declared?.parameters ?? []);
    // What an untyped file does not declare may come from the scope of the block.
    const seesScope = isScoped && !this.isTyped;
    const start = seesScope ? `(($props${this.typeText(": $.AnyProps")}) => { void $props; ` : "{ ";
    this.writer.code(
      `$own.${name} = $.override($blocks.${name}, ($out, $body, $super, $scope) => ${start}void [$out, $super, $scope]; `,
      at,
    );
    this.names.enter();
    this.names.declare("super", { kind: "local", code: "$super" });
    this.blockBody({ ...statement, isScoped, parameters }, false);
    this.names.leave();
    this.writer.code(seesScope ? "})({ ...$props, ...$scope })); " : "}); ", endOf(body, at));
    this.definedBlocks.add(name);
  }

  protected assertBlock(name: string, at: number, parent: Template): void {
    if (findBlock(name, parent, this.host) !== undefined || hasDynamicParent(parent, this.host)) return;
    const known = listBlocks(parent, this.host);
    throw this.template.source.error(
      "E_VIEW_BLOCK",
      at,
      `"${parent.name}" has no block "${name}"`,
      suggestName(name, known, `It has: ${known.join(", ") || "none"}.`),
    );
  }

  // ---- Files

  protected includeStatement(statement: Extract<Statement, { type: "include" }>): void {
    const { names, at, scope, ignoresMissing } = statement;
    const { named } = scope;
    if (names.type === "constant" && typeof names.value === "string") {
      const target = ignoresMissing ? this.host.find(names.value, this.template) : this.host.load(names.value, this.template, at);
      if (target === undefined) return;
      const isMarked = this.host.options.marksIncludes === true && target.mode === "html" && !this.contexts.places.has(statement);
      const comment = target.source.name.replaceAll("--", "- -");
      if (isMarked) this.writer.static(`<!-- ${comment} -->`, at);
      this.markup(statement, this.includeCode(target, this.propsFor(target, named, scope.withContext), at));
      if (isMarked) this.writer.static(`<!-- /${comment} -->`, at);
      return;
    }
    const value = this.expressions.value(this.sync(names));
    const props = this.propsFor(undefined, named, scope.withContext);
    this.markup(statement, (body_) => `$.includeAny($out, ${body_}, ${value}, ${props}, ${ignoresMissing})`);
  }

  /** The props for another file: what it declares and the scope has; all of the scope for a file without declarations. */
  protected propsFor(target: Template | undefined, named: Arguments["named"], withContext: boolean): string {
    const given = new Map(named.map(({ name, value }) => [name, this.expressions.value(this.sync(value))]));
    const parts: string[] = [];
    const scope = withContext ? this.names.values() : new Map<string, string>();
    if (target?.hasProps === true) {
      for (const { name } of target.props) {
        const code = given.get(name) ?? scope.get(name);
        if (code !== undefined) parts.push(`${toPropertyName(name)}: ${code}`);
        else if (withContext && !this.isTyped) parts.push(`${toPropertyName(name)}: ${this.passedOn(name, target)}`);
      }
      for (const [name, code] of given)
        if (!target.props.some((prop) => prop.name === name)) parts.push(`${toPropertyName(name)}: ${code}`);
    } else {
      if (withContext && !this.isTyped) parts.push("...$props");
      for (const [name, code] of new Map([...scope, ...given])) if (!code.startsWith("$")) parts.push(`${toPropertyName(name)}: ${code}`);
    }
    return `{ ${parts.join(", ")} }`;
  }

  /** A value that was passed to this file, for another one. A partial of this file reads it as the file itself would. */
  protected passedOn(name: string, { partial }: Template): string {
    if (partial !== undefined && !this.freeNames.has(name)) this.freeNames.set(name, partial.at);
    return `$.lookup($props, ${JSON.stringify(name)})`;
  }

  protected importMacros(statement: Extract<Statement, { type: "import" | "from" }>): void {
    const target = this.host.load(statement.file, this.template, statement.at);
    const alias = this.imports.get(target.name)!;
    const macros = new Map([...target.macros].map(([name, macro]) => [name, macro.parameters]));
    if (statement.type === "import") return this.names.declare(statement.alias, { kind: "module", code: alias, macros });
    for (const { name, alias: local, at } of statement.names) {
      const parameters = macros.get(name);
      if (parameters === undefined) {
        throw this.template.source.error(
          "E_VIEW_NAME",
          at,
          `"${target.name}" has no macro "${name}"`,
          suggestName(name, [...macros.keys()], `It has: ${[...macros.keys()].join(", ") || "none"}.`),
        );
      }
      this.names.declare(local, { kind: "macro", code: `${alias}.${toCodeName(name)}`, parameters });
    }
  }

  // ---- Macros

  protected macroStatement(statement: MacroStatement, exported: string): void {
    const { name, parameters, body, at } = statement;
    const code = toCodeName(name);
    this.names.declare(name, { kind: "macro", code, parameters });
    const outer = this.macro;
    this.macro = name;
    this.names.enter();
    const written = this.parameters(parameters);
    const extras = ["caller", "varargs", "kwargs"].filter((each) => usesName(body, each));
    if (extras.length > 0) written.push(`$extra${this.typeText(": $.Extra")} = {}`);
    for (const each of extras)
      this.names.declare(each, {
        kind: "local",
        code: each === "caller" ? "$extra.caller" : `($extra.${each} ?? ${each === "varargs" ? "[]" : "{}"})`,
      });
    const place = `${name}" (${this.template.source.name}:${this.template.source.position(at).line})`;
    this.writer.code(
      `${exported}function ${mark(at)}${code}(${written.join(", ")})${this.typeText(": $.Html")} { return $.macro(${JSON.stringify(place)}, ($out, $body) => { void $out; `,
      at,
    );
    this.functionBody(body, at);
    this.writer.code("}); } ", endOf(body, at));
    this.names.leave();
    this.macro = outer;
  }

  /** Parameters with their types: the declared one, that of the default, or what a hole takes. */
  protected parameters(parameters: readonly Parameter[]): string[] {
    return parameters.map(({ name, tsType, fallback }) => {
      const code = this.declareLocal(name);
      const type = tsType ?? (!this.isTyped ? "any" : fallback === undefined ? "$.Hole" : undefined);
      const isOptional = fallback === undefined && tsType === undefined;
      return `${code}${type === undefined ? "" : this.typeText(`${isOptional ? "?" : ""}: ${type}`)}${fallback === undefined ? "" : ` = ${this.expressions.value(this.sync(fallback))}`}`;
    });
  }

  protected callStatement(statement: Extract<Statement, { type: "call" }>): void {
    const { parameters, call, body, at } = statement;
    if (call.type !== "call") return;
    const caller = this.createId("c");
    this.names.enter();
    const written = this.parameters(parameters);
    this.writer.code(
      `const ${caller} = (${written.join(", ")})${this.typeText(": $.Html")} => $.capture($out, ($out, $body) => { void $out; `,
      at,
    );
    this.functionBody(body, at);
    this.writer.code("}); ", endOf(body, at));
    this.names.leave();
    const code = this.callWithCaller(call, caller);
    this.markup(statement, (before) => `$.text($out, ${before}, ${code})`, code);
  }

  protected callWithCaller(call: Extract<Expression, { type: "call" }>, caller: string): string {
    const { callee } = call;
    if (callee.type === "name") {
      const binding = this.names.find(callee.name);
      if (binding?.kind === "macro") return this.expressions.macroCall(binding.code, binding.parameters, call.args, call.at, caller);
    }
    if (callee.type === "attribute" && callee.object.type === "name") {
      const binding = this.names.find(callee.object.name);
      const parameters = binding?.kind === "module" ? binding.macros.get(callee.name) : undefined;
      if (binding?.kind === "module" && parameters !== undefined)
        return this.expressions.macroCall(`${binding.code}.${toCodeName(callee.name)}`, parameters, call.args, call.at, caller);
    }
    throw this.template.source.error("E_VIEW_NAME", call.at, "a call block calls what is no macro");
  }
}
