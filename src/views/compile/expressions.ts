/** Compiles expressions to TypeScript. */
import { findNearestName, suggestName } from "../../errors/nearest-name.ts";
import type { Arguments, Comparison, Expression, TransExpression } from "../syntax/nodes.ts";
import type { SourceText } from "../syntax/source-text.ts";
import { mark } from "./code.ts";
import type { MacroFacts, Names } from "./scope.ts";
import { contextNames, globalNames, toCodeName } from "./scope.ts";
import { awaits, holds } from "./template.ts";
import type { Signature } from "../filters/signatures.ts";
import { filterSignatures, testOperators, testSignatures } from "../filters/signatures.ts";

/** What expressions need to know about their file. */
export interface ExpressionHost {
  readonly source: SourceText;
  readonly names: Names;
  /** Whether undeclared names are errors. */
  readonly isTyped: boolean;
  /** Names that views/globals.ts exports. */
  readonly projectGlobals: ReadonlySet<string>;
  /** Filters and tests of views/filters.ts. */
  readonly projectFilters: ReadonlySet<string>;
  readonly projectTests: ReadonlySet<string>;
  /** Writes the opening tag of a string to translate, and returns the code of the pair. */
  readonly wrapper: (wrapper: TransExpression["wrappers"][number]) => string;
  /** How to declare a name in this file. */
  readonly declareHint: (name: string) => string;
  /** Returns the code of `self.name()`. */
  readonly self: (block: string, at: number) => string;
  /** Called for each name that an untyped file reads from its props. */
  readonly onFreeName: (name: string, at: number) => void;
  /** Called for each global that a passed value may hide. */
  readonly onGlobal: () => void;
}

/** Writes the expressions of one file. */
export class ExpressionWriter {
  readonly #host: ExpressionHost;

  constructor(host: ExpressionHost) {
    this.#host = host;
  }

  /** Returns the code of a value. */
  value(expression: Expression): string {
    switch (expression.type) {
      case "name":
        return this.#name(expression.name, expression.at, false);
      case "constant":
        return mark(expression.at) + (typeof expression.value === "string" ? JSON.stringify(expression.value) : String(expression.value));
      case "list":
        return `[${expression.items.map((item) => this.value(item)).join(", ")}]`;
      case "dict":
        return this.#dict(expression.entries);
      case "unary":
        return expression.operator === "not"
          ? `!${this.test(expression.operand)}`
          : `(${expression.operator}${this.value(expression.operand)})`;
      case "binary":
        return this.#binary(expression);
      case "compare":
        return this.#comparisons(expression.first, expression.rest);
      case "condition":
        return `(${this.test(expression.test)} ? ${this.value(expression.consequent)} : ${expression.otherwise === undefined ? "undefined" : this.value(expression.otherwise)})`;
      case "attribute":
        return this.#attribute(expression.object, expression.name, expression.at);
      case "item":
        return this.#item(expression.object, expression.key);
      case "slice":
        return `$.slice(${[this.value(expression.object), ...expression.bounds.map((bound) => (bound === undefined ? "undefined" : this.value(bound)))].join(", ")})`;
      case "call":
        return this.#call(expression);
      case "filter":
        return this.filter(this.#filterInput(expression), expression.name, expression.at, expression.args);
      case "test":
        return this.#test(expression);
      case "trans":
        return this.#trans(expression);
      default:
        return `(await ${this.value(expression.operand)})`;
    }
  }

  /** Returns the code of a condition in a form that lets TypeScript narrow. */
  test(expression: Expression): string {
    switch (expression.type) {
      case "constant":
        return String(expression.value !== null && expression.value !== "" && expression.value !== 0 && expression.value !== false);
      case "unary":
        if (expression.operator === "not") return `!${this.test(expression.operand)}`;
        break;
      case "binary":
        if (expression.operator === "and") return `(${this.test(expression.left)} && ${this.test(expression.right)})`;
        if (expression.operator === "or") return `(${this.test(expression.left)} || ${this.test(expression.right)})`;
        break;
      case "compare":
      case "test":
        return this.value(expression);
      case "name":
      case "attribute": {
        const code = expression.type === "name" ? this.#name(expression.name, expression.at, true) : this.value(expression);
        return `(${code} && $.truthy(${code}))`;
      }
      default:
    }
    return `$.truthy(${this.value(expression)})`;
  }

  /** Returns the code of a value where nothing can wait. Throws `E_VIEW_SYNTAX` for one that awaits. */
  sync(expression: Expression): string {
    this.#assertSync(expression);
    return this.value(expression);
  }

  /** Returns the code of a condition where nothing can wait. Throws `E_VIEW_SYNTAX` for one that awaits. */
  syncTest(expression: Expression): string {
    this.#assertSync(expression);
    return this.test(expression);
  }

  #assertSync(expression: Expression): void {
    if (!awaits(expression)) return;
    throw this.#host.source.error(
      "E_VIEW_SYNTAX",
      expression.at,
      '"await" is not allowed here',
      "Use {% set x = await ... %} outside loops and branches, or await in an output, in the items of a loop, or in an if.",
    );
  }

  /** Returns the code of a name's value around a frame that assigns it; undefined if it has none. */
  outer(name: string, at: number): string | undefined {
    const { names, isTyped } = this.#host;
    const binding = names.find(name);
    if (binding !== undefined) return binding.kind === "local" ? binding.code : undefined;
    return isTyped && this.#global(name) === undefined ? undefined : this.#name(name, at, true);
  }

  #name(name: string, at: number, isLenient: boolean): string {
    const { names, isTyped, source, projectGlobals } = this.#host;
    const binding = names.find(name);
    if (binding !== undefined) return mark(at) + binding.code;
    const global = this.#global(name);
    // A passed value hides a global with its name.
    if (global !== undefined && isTyped) return mark(at) + global;
    if (global !== undefined) {
      this.#host.onGlobal();
      return `${mark(at)}$.own($props, ${JSON.stringify(name)}, () => ${global})`;
    }
    if (!isTyped) {
      this.#host.onFreeName(name, at);
      const { line, column } = source.position(at);
      return isLenient
        ? `$.lookup($props, ${JSON.stringify(name)})`
        : `$.name($props, ${JSON.stringify(name)}, ${JSON.stringify(`${source.name}:${line}:${column}`)})`;
    }
    const known = [...names.list(), ...projectGlobals, ...globalNames, ...contextNames];
    const nearest = findNearestName(name, known);
    throw source.error(
      "E_VIEW_NAME",
      at,
      `"${name}" is not declared`,
      nearest === undefined
        ? `Declare it: ${this.#host.declareHint(name)}.`
        : `Write "${nearest}", or declare it: ${this.#host.declareHint(name)}.`,
    );
  }

  #trans({ message, plural, count, context, values, wrappers }: TransExpression): string {
    const facts = JSON.stringify({ message, plural, count, context });
    const members = values.map(({ name, value }) => `${JSON.stringify(name)}: ${this.value(value)}`);
    const tags = wrappers.map((wrapper) => this.#host.wrapper(wrapper));
    return `$.trans($out, ${facts}, { ${members.join(", ")} }, [${tags.join(", ")}])`;
  }

  #global(name: string): string | undefined {
    if (this.#host.projectGlobals.has(name)) return `$.global($globals.${toCodeName(name)}, $out)`;
    if (globalNames.has(name)) return `$.globals.${name}`;
    return contextNames.has(name) ? `$.contextual($out).${name}` : undefined;
  }

  #dict(entries: ReadonlyArray<readonly [Expression, Expression]>): string {
    const written = entries.map(([key, value]) => {
      const name = key.type === "constant" ? JSON.stringify(String(key.value)) : `[$.key(${this.value(key)})]`;
      return `${name}: ${this.value(value)}`;
    });
    return `{ ${written.join(", ")} }`;
  }

  #binary(expression: Extract<Expression, { type: "binary" }>): string {
    const { operator, left, right } = expression;
    if (operator === "and" || operator === "or") return this.#logical(operator, left, right);
    const [one, other] = [this.value(left), this.value(right)];
    if (operator === "~") return `$.concat(${one}, ${other})`;
    return `${mark(expression.right.at)}$.${arithmetic[operator]}(${one}, ${other})`;
  }

  /** Returns the value of `and` and `or`; in typed files, in a form that lets TypeScript narrow. */
  #logical(operator: "and" | "or", left: Expression, right: Expression): string {
    const [one, other] = [this.value(left), this.value(right)];
    if (!this.#host.isTyped || !isRepeatable(left)) return `$.${operator}(${one}, () => ${other})`;
    return operator === "and" ? `(${this.test(left)} ? ${other} : $.falsy(${one}))` : `(${this.test(left)} ? ${one} : ${other})`;
  }

  #comparisons(first: Expression, rest: readonly Comparison[]): string {
    const parts: string[] = [];
    let left = first;
    for (const { operator, operand } of rest) {
      parts.push(this.#comparison(left, operator, operand));
      left = operand;
    }
    return parts.length === 1 ? parts[0]! : `(${parts.join(" && ")})`;
  }

  #comparison(left: Expression, operator: Comparison["operator"], right: Expression): string {
    const [one, other] = [this.#comparand(left), this.#comparand(right)];
    if (operator === "in" || operator === "not in") return `${operator === "in" ? "" : "!"}$.contains(${one}, ${other})`;
    if (operator !== "==" && operator !== "!=") return `(${one} ${operator} ${other})`;
    const isNone = (side: Expression): boolean => side.type === "constant" && side.value === null;
    if (isNone(left) || isNone(right)) return `(${one} ${operator} ${other})`;
    if (left.type === "constant" || right.type === "constant") return `(${one} ${operator}= ${other})`;
    return `${operator === "==" ? "" : "!"}$.equal(${one}, ${other})`;
  }

  /** An undeclared name may be compared: it is undefined. */
  #comparand(expression: Expression): string {
    return expression.type === "name" ? this.#name(expression.name, expression.at, false) : this.value(expression);
  }

  #attribute(object: Expression, name: string, at: number): string {
    if (object.type === "name") {
      const binding = this.#host.names.find(object.name);
      if (binding?.kind === "loop") return this.#loopMember(binding.code, name, at, binding.isAsync === true);
    }
    return this.#host.isTyped ? `${this.value(object)}${mark(at)}.${name}` : `$.get(${this.value(object)}, ${JSON.stringify(name)})`;
  }

  #loopMember(code: string, name: string, at: number, isAsync: boolean): string {
    const found = loopMembers[name];
    if (isAsync && ["revindex", "revindex0", "last", "length", "nextitem"].includes(name))
      throw this.#host.source.error("E_VIEW_NAME", at, `"loop.${name}" is not known while items still arrive`, "Use a loop without async.");
    if (found !== undefined) return `${code}${mark(at)}.${found}`;
    throw this.#host.source.error("E_VIEW_NAME", at, `"loop" has no "${name}"`, suggestName(name, Object.keys(loopMembers)));
  }

  #item(object: Expression, key: Expression): string {
    return `$.item(${this.value(object)}, ${this.value(key)})`;
  }

  #call(expression: Extract<Expression, { type: "call" }>): string {
    const { callee, args, at } = expression;
    if (callee.type === "name") {
      const binding = this.#host.names.find(callee.name);
      if (binding?.kind === "macro") return this.macroCall(binding, args, at);
      if (binding?.kind === "loop") return this.#recursion(binding.recursion, args, at);
      if (callee.name === "super" && binding === undefined) {
        throw this.#host.source.error(
          "E_VIEW_BLOCK",
          at,
          'no parent has a block for "super()" here',
          "Use it inside a block of a file that extends another.",
        );
      }
      if (callee.name === "super" && binding !== undefined) return `$.super(${binding.code})`;
      if (callee.name === "caller" && binding !== undefined)
        return `$.caller(${[binding.code, ...args.positional.map((arg) => this.value(arg))].join(", ")})`;
    }
    if (callee.type === "attribute" && callee.object.type === "name") {
      const code = this.#memberCall(callee, callee.object.name, args, at);
      if (code !== undefined) return code;
    }
    if (callee.type === "attribute" && pythonMethods[callee.name] !== undefined && !this.#host.isTyped) {
      throw this.#host.source.error(
        "E_VIEW_SYNTAX",
        callee.at,
        `"${callee.name}()" is a Python method`,
        `Use the filter ${pythonMethods[callee.name]}.`,
      );
    }
    return `${this.#callee(callee)}(${this.#plainArguments(args)})`;
  }

  /** Handles calls of a name's members: macros of a file, blocks, loops. */
  #memberCall(callee: Extract<Expression, { type: "attribute" }>, object: string, args: Arguments, at: number): string | undefined {
    if (callee.name === "super" && object === "super") return "$.super($super.super)";
    const binding = this.#host.names.find(object);
    if (binding?.kind === "module") {
      const facts = binding.macros.get(callee.name);
      if (facts === undefined) throw this.#unknownMacro(object, callee.name, callee.at, [...binding.macros.keys()]);
      return this.macroCall({ code: `${binding.code}.${toCodeName(callee.name)}`, facts }, args, at);
    }
    if (binding === undefined && object === "self") return this.#host.self(callee.name, callee.at);
    if (binding?.kind === "loop" && (callee.name === "cycle" || callee.name === "changed")) {
      return `${binding.code}.${callee.name}(${args.positional.map((arg) => this.value(arg)).join(", ")})`;
    }
    return undefined;
  }

  #callee(callee: Expression): string {
    if (this.#host.isTyped) return this.value(callee);
    if (callee.type !== "attribute")
      return `$.callable(${this.value(callee)}, ${JSON.stringify(callee.type === "name" ? callee.name : "the value")})`;
    return `$.method(${this.value(callee.object)}, ${JSON.stringify(callee.name)})`;
  }

  /** Returns the arguments of a function that is not a macro: named arguments become a last object. */
  #plainArguments({ positional, named }: Arguments): string {
    const written = positional.map((arg) => this.value(arg));
    if (named.length > 0) written.push(`{ ${named.map(({ name, value }) => `${JSON.stringify(name)}: ${this.value(value)}`).join(", ")} }`);
    return written.join(", ");
  }

  #recursion(recursion: string | undefined, args: Arguments, at: number): string {
    if (recursion === undefined)
      throw this.#host.source.error(
        "E_VIEW_SYNTAX",
        at,
        '"loop()" is in a loop that is not recursive',
        "Write {% for item in items recursive %}.",
        "loop",
      );
    return `${recursion}(${args.positional.map((arg) => this.value(arg)).join(", ")})`;
  }

  #unknownMacro(module: string, name: string, at: number, known: readonly string[]): Error {
    return this.#host.source.error(
      "E_VIEW_NAME",
      at,
      `"${module}" has no macro "${name}"`,
      suggestName(name, known, `It has: ${known.join(", ") || "none"}.`),
    );
  }

  /** Returns a macro call. Its parameters are known, so named arguments become positional. */
  macroCall({ code, facts }: { readonly code: string; readonly facts: MacroFacts }, args: Arguments, at: number, caller?: string): string {
    const { parameters } = facts;
    this.#assertTakes(facts, args, at, caller !== undefined);
    const values = new Map<string, string>();
    const extraPositional = args.positional.slice(parameters.length).map((arg) => this.value(arg));
    args.positional.slice(0, parameters.length).forEach((arg, index) => values.set(parameters[index]!.name, this.value(arg)));
    const extraNamed: string[] = [];
    for (const { name, value, at: nameAt } of args.named) {
      if (values.has(name)) throw this.#host.source.error("E_VIEW_SYNTAX", nameAt, `the argument "${name}" is given twice`);
      if (parameters.some((parameter) => parameter.name === name)) values.set(name, this.value(value));
      else extraNamed.push(`${JSON.stringify(name)}: ${this.value(value)}`);
    }
    const positions = parameters.map(({ name }) => values.get(name) ?? "undefined");
    const extra = [
      ...(caller === undefined ? [] : [`caller: ${caller}`]),
      ...(extraPositional.length === 0 ? [] : [`varargs: [${extraPositional.join(", ")}]`]),
      ...(extraNamed.length === 0 ? [] : [`kwargs: { ${extraNamed.join(", ")} }`]),
    ];
    if (extra.length > 0) positions.push(`{ ${extra.join(", ")} }`);
    else while (positions.at(-1) === "undefined") positions.pop();
    return `${mark(at)}${code}(${positions.join(", ")})`;
  }

  /** Throws for arguments that a macro does not use. */
  #assertTakes(facts: MacroFacts, { positional, named }: Arguments, at: number, hasCaller: boolean): void {
    const { source } = this.#host;
    const { name, parameters, takesVarargs, takesKwargs, takesCaller } = facts;
    const what = `the macro "${name}"`;
    const reason = `${what} takes at most ${parameters.length} arguments, and got ${positional.length}`;
    if (!takesVarargs && positional.length > parameters.length) throw source.error("E_VIEW_SYNTAX", at, reason, undefined, "macro");
    const known = parameters.map((parameter) => parameter.name);
    const unknown = takesKwargs ? undefined : named.find((each) => !known.includes(each.name));
    if (unknown !== undefined) {
      const fix = suggestName(unknown.name, known, `It has: ${known.join(", ") || "none"}.`);
      throw source.error("E_VIEW_SYNTAX", unknown.at, `${what} has no argument "${unknown.name}"`, fix, "macro");
    }
    if (hasCaller && !takesCaller)
      throw source.error(
        "E_VIEW_SYNTAX",
        at,
        `${what} does not use caller()`,
        "Show the body of the call block with {{ caller() }} in the macro.",
        "macro",
      );
  }

  #filterInput(expression: Extract<Expression, { type: "filter" }>): string {
    const { input, name } = expression;
    const isLenient = (name === "default" || name === "d") && input.type === "name";
    return isLenient ? this.#name(input.name, input.at, true) : this.value(input);
  }

  /** Applies a filter to the code of its input. */
  filter(input: string, name: string, at: number, args: Arguments): string {
    const { projectFilters, source } = this.#host;
    if (projectFilters.has(name))
      return `${mark(at)}$filters.${name}(${[input, this.#plainArguments(args)].filter((part) => part !== "").join(", ")})`;
    const signature = filterSignatures.get(name);
    if (signature === undefined) {
      const known = [...filterSignatures.keys(), ...projectFilters];
      throw source.error("E_VIEW_NAME", at, `unknown filter "${name}"`, suggestName(name, known, "Add it to views/filters.ts."));
    }
    const written = this.#signatureArguments(signature, args, `the filter "${name}"`, at);
    const context = signature.needsContext === true ? ["$out.context"] : [];
    return `${mark(at)}$.filters.${name}(${[...context, input, ...written].join(", ")})`;
  }

  #signatureArguments(signature: Signature, args: Arguments, what: string, at: number): string[] {
    const { source } = this.#host;
    if (signature.isOpen === true)
      return [
        `[${args.positional.map((arg) => this.value(arg)).join(", ")}]`,
        `{ ${args.named.map(({ name, value }) => `${JSON.stringify(name)}: ${this.value(value)}`).join(", ")} }`,
      ];
    const { parameters } = signature;
    if (args.positional.length > parameters.length) {
      throw source.error("E_VIEW_SYNTAX", at, `${what} takes at most ${parameters.length} arguments, and got ${args.positional.length}`);
    }
    const values: Array<string | undefined> = parameters.map((_name, index) =>
      index < args.positional.length ? this.value(args.positional[index]!) : undefined,
    );
    for (const { name, value, at: nameAt } of args.named) {
      const index = parameters.indexOf(name);
      if (index === -1) {
        throw source.error(
          "E_VIEW_SYNTAX",
          nameAt,
          `${what} has no argument "${name}"`,
          suggestName(name, parameters, `It has: ${parameters.join(", ") || "none"}.`),
        );
      }
      if (values[index] !== undefined) throw source.error("E_VIEW_SYNTAX", nameAt, `the argument "${name}" is given twice`);
      values[index] = this.value(value);
    }
    const written = values.map((value) => value ?? "undefined");
    while (written.at(-1) === "undefined") written.pop();
    return written;
  }

  #test({ input, name, args, isNegated, at }: Extract<Expression, { type: "test" }>): string {
    const { projectTests, source } = this.#host;
    const not = isNegated ? "!" : "";
    if (name === "defined" || name === "undefined") {
      const code = input.type === "name" ? this.#name(input.name, input.at, true) : this.value(input);
      return `(${code} ${(name === "defined") === isNegated ? "===" : "!=="} undefined)`;
    }
    if (name === "none") return `(${this.value(input)} ${isNegated ? "!=" : "=="} null)`;
    if (projectTests.has(name))
      return `${not}${mark(at)}$tests.${name}(${[this.value(input), this.#plainArguments(args)].filter((part) => part !== "").join(", ")})`;
    const known = testOperators[name] ?? name;
    const signature = testSignatures.get(known);
    if (signature === undefined) {
      throw source.error(
        "E_VIEW_NAME",
        at,
        `unknown test "${name}"`,
        suggestName(name, [...testSignatures.keys(), ...projectTests], "Add it to views/tests.ts."),
      );
    }
    return `${not}${mark(at)}$.tests.${known}(${[this.value(input), ...this.#signatureArguments(signature, args, `the test "${name}"`, at)].join(", ")})`;
  }
}

/** Runtime functions for operators: JavaScript's own operators would convert lists and strings. */
const arithmetic = {
  "+": "add",
  "-": "subtract",
  "*": "multiply",
  "/": "divide",
  "//": "floorDivide",
  "%": "modulo",
  "**": "power",
} as const;

/** Whether an expression may be evaluated twice: it calls nothing. */
function isRepeatable(expression: Expression): boolean {
  return !holds(expression, ({ type }) => !["name", "attribute", "constant", "compare", "unary", "binary", "test"].includes(type));
}

const loopMembers: Readonly<Record<string, string>> = {
  index: "index",
  index0: "index0",
  revindex: "revindex",
  revindex0: "revindex0",
  first: "first",
  last: "last",
  length: "length",
  depth: "depth",
  depth0: "depth0",
  previtem: "previtem",
  nextitem: "nextitem",
  cycle: "cycle",
  changed: "changed",
};

const pythonMethods: Readonly<Record<string, string>> = {
  items: "|items",
  format: "|format",
  strip: "|trim",
  upper: "|upper",
  lower: "|lower",
  title: "|title",
  capitalize: "|capitalize",
  // JavaScript would only replace the first one.
  replace: "|replace",
};
