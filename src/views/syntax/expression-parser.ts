/** Parses expressions of template files, by precedence from low to high. */
import type { Cursor, Token } from "./cursor.ts";
import type { Arguments, BinaryOperator, Comparison, Expression, FilterCall } from "./nodes.ts";

/** Properties that give access to prototypes and constructors. */
const forbiddenProperties = /^(?:__.*|constructor|prototype)$/;
const reservedWords = new Set(["and", "or", "not", "in", "is", "if", "else"]);
const depthMax = 200;
/** Maximum number of operators, members or filters in a row. */
const chainMax = 500;

/** Parses expressions. */
export class ExpressionParser {
  readonly #cursor: Cursor;
  #depth = 0;

  constructor(cursor: Cursor) {
    this.#cursor = cursor;
  }

  /** Parses a whole expression, with conditions. */
  expression(): Expression {
    return this.#nested(() => {
      let value = this.#or();
      for (let word = this.#cursor.take("if"); word !== undefined; word = this.#cursor.take("if")) {
        const test = this.#or();
        const otherwise = this.#cursor.take("else") === undefined ? undefined : this.expression();
        value = { type: "condition", at: value.at, test, consequent: value, otherwise };
      }
      return value;
    });
  }

  /** Parses an expression, or several separated by commas: a list. */
  expressionList(): Expression {
    const first = this.expression();
    if (!this.#cursor.is(",")) return first;
    const items = [first];
    while (this.#cursor.take(",") !== undefined && this.#cursor.peek().type !== "end") items.push(this.expression());
    return { type: "list", at: first.at, items };
  }

  /** Parses an expression without `if`, for the items of a loop. */
  withoutCondition(): Expression {
    const first = this.#or();
    if (!this.#cursor.is(",")) return first;
    const items = [first];
    while (this.#cursor.take(",") !== undefined) items.push(this.#or());
    return { type: "list", at: first.at, items };
  }

  /** Parses filters in a chain: `upper|trim`. */
  filterChain(): FilterCall[] {
    const filters: FilterCall[] = [];
    do filters.push(this.#filterName());
    while (this.#cursor.take("|") !== undefined);
    return filters;
  }

  #nested<Value>(read: () => Value): Value {
    if (++this.#depth > depthMax) throw this.#cursor.error(this.#cursor.position, `an expression is nested deeper than ${depthMax}`);
    const value = read();
    this.#depth--;
    return value;
  }

  #or(): Expression {
    return this.#chain(["or"], () => this.#chain(["and"], () => this.#not()));
  }

  #chain(operators: readonly BinaryOperator[], operand: () => Expression): Expression {
    let left = operand();
    let count = 0;
    for (let operator = this.#takeOne(operators); operator !== undefined; operator = this.#takeOne(operators)) {
      this.#assertLength(++count);
      left = { type: "binary", at: left.at, operator, left, right: operand() };
    }
    return left;
  }

  /** Throws for a chain that is longer than code can be nested. */
  #assertLength(count: number): void {
    if (count > chainMax)
      throw this.#cursor.error(this.#cursor.position, `an expression has more than ${chainMax} operators in a row`, "Split it with set.");
  }

  #takeOne(operators: readonly BinaryOperator[]): BinaryOperator | undefined {
    const found = operators.find((operator) => this.#cursor.is(operator));
    if (found !== undefined) this.#cursor.next();
    return found;
  }

  #not(): Expression {
    const word = this.#cursor.take("not");
    return word === undefined
      ? this.#comparison()
      : this.#nested(() => ({ type: "unary", at: word.at, operator: "not", operand: this.#not() }));
  }

  #comparison(): Expression {
    const first = this.#sum();
    const rest: Comparison[] = [];
    for (;;) {
      const operator = this.#comparisonOperator();
      if (operator === undefined) break;
      rest.push({ operator, operand: this.#sum() });
    }
    return rest.length === 0 ? first : { type: "compare", at: first.at, first, rest };
  }

  #comparisonOperator(): Comparison["operator"] | undefined {
    for (const operator of ["==", "!=", "<=", ">=", "<", ">", "in"] as const) {
      const token = this.#cursor.take(operator);
      if (token === undefined) continue;
      if (this.#cursor.is("=")) throw this.#cursor.error(token.at, `"${operator}=" is JavaScript`, `Write "${operator}".`);
      return operator;
    }
    if (!this.#cursor.is("not")) return undefined;
    this.#cursor.next();
    this.#cursor.expect("in");
    return "not in";
  }

  #sum(): Expression {
    return this.#chain(["+", "-"], () => this.#chain(["~"], () => this.#chain(["*", "//", "/", "%"], () => this.#power())));
  }

  #power(): Expression {
    return this.#chain(["**"], () => this.#unary());
  }

  #unary(): Expression {
    const sign = this.#cursor.take("-") ?? this.#cursor.take("+");
    if (sign !== undefined) {
      // The sign belongs to the number: -1|abs is 1.
      const operator = sign.value === "-" ? "-" : "+";
      const operand = this.#nested(() => this.#postfix(this.#unaryOperand()));
      return this.#filters({ type: "unary", at: sign.at, operator, operand });
    }
    return this.#filters(this.#postfix(this.#unaryOperand()));
  }

  #unaryOperand(): Expression {
    const word = this.#cursor.take("await");
    if (word !== undefined) return this.#nested(() => ({ type: "await", at: word.at, operand: this.#postfix(this.#unaryOperand()) }));
    if (this.#cursor.is("-") || this.#cursor.is("+")) return this.#nested(() => this.#unary());
    return this.#primary();
  }

  #primary(): Expression {
    const token = this.#cursor.peek();
    if (token.type === "name") return this.#name(token);
    if (token.type === "string") return this.#string();
    if (token.type === "integer" || token.type === "float") {
      this.#cursor.next();
      return { type: "constant", at: token.at, value: Number(token.value.replaceAll("_", "")) };
    }
    if (this.#cursor.take("(") !== undefined) return this.#parenthesis(token.at);
    if (this.#cursor.take("[") !== undefined) return { type: "list", at: token.at, items: this.#items("]") };
    if (this.#cursor.take("{") !== undefined) return { type: "dict", at: token.at, entries: this.#entries() };
    if (token.value === "/")
      throw this.#cursor.error(token.at, "an expression contains a regular expression", "Write a test or a filter in views/filters.ts.");
    throw this.#cursor.unexpected("a value");
  }

  #name(token: Token): Expression {
    if (reservedWords.has(token.value)) throw this.#cursor.unexpected("a value");
    this.#cursor.next();
    const { at, value } = token;
    if (value === "true" || value === "True") return { type: "constant", at, value: true };
    if (value === "false" || value === "False") return { type: "constant", at, value: false };
    if (value === "none" || value === "None") return { type: "constant", at, value: null };
    if (value === "null" || value === "undefined" || value === "nil")
      throw this.#cursor.error(
        at,
        `"${value}" is not a value in templates`,
        'Write "none"; to test for it, "x is none" or "x is not none".',
      );
    return { type: "name", at, name: value };
  }

  #string(): Expression {
    const first = this.#cursor.next();
    let { value } = first;
    // A string before an equals sign is the name of the next value of a component.
    while (this.#cursor.peek().type === "string" && !/^\s*=(?!=)/.test(this.#cursor.source.text.slice(this.#cursor.peek().end)))
      value += this.#cursor.next().value;
    return { type: "constant", at: first.at, value };
  }

  #parenthesis(at: number): Expression {
    if (this.#cursor.take(")") !== undefined) return { type: "list", at, items: [] };
    const first = this.expression();
    if (this.#cursor.take(")") !== undefined) return first;
    const items = [first];
    while (this.#cursor.take(",") !== undefined && !this.#cursor.is(")")) items.push(this.expression());
    this.#cursor.expect(")");
    return { type: "list", at, items };
  }

  #items(close: string): Expression[] {
    const items: Expression[] = [];
    while (this.#cursor.take(close) === undefined) {
      items.push(this.expression());
      if (!this.#cursor.is(close)) this.#cursor.expect(",");
    }
    return items;
  }

  #entries(): Array<readonly [Expression, Expression]> {
    const entries: Array<readonly [Expression, Expression]> = [];
    while (this.#cursor.take("}") === undefined) {
      const key = this.expression();
      this.#cursor.expect(":");
      entries.push([key, this.expression()]);
      if (!this.#cursor.is("}")) this.#cursor.expect(",");
    }
    return entries;
  }

  #postfix(start: Expression): Expression {
    let value = start;
    for (let count = 0; ; count++) {
      this.#assertLength(count);
      if (this.#cursor.take(".") !== undefined) value = this.#member(value);
      else if (this.#cursor.take("[") !== undefined) value = this.#subscript(value);
      else if (this.#cursor.is("(")) value = { type: "call", at: value.at, callee: value, args: this.arguments() };
      else return value;
    }
  }

  #member(object: Expression): Expression {
    const token = this.#cursor.next();
    if (token.type === "integer")
      return { type: "item", at: object.at, object, key: { type: "constant", at: token.at, value: Number(token.value) } };
    if (token.type !== "name") throw this.#cursor.error(token.at, "a name is missing after a dot");
    this.#assertProperty(token.value, token.at);
    return { type: "attribute", at: token.at, object, name: token.value };
  }

  #assertProperty(name: string, at: number): void {
    if (forbiddenProperties.test(name)) throw this.#cursor.error(at, `the property "${name}" cannot be read in a view`);
  }

  #subscript(object: Expression): Expression {
    const bounds: Array<Expression | undefined> = [];
    if (!this.#cursor.is(":")) {
      const key = this.expression();
      if (this.#cursor.take("]") !== undefined) {
        if (key.type === "constant" && typeof key.value === "string") this.#assertProperty(key.value, key.at);
        return { type: "item", at: object.at, object, key };
      }
      bounds.push(key);
    } else bounds.push(undefined);
    while (this.#cursor.take(":") !== undefined) bounds.push(this.#cursor.is(":") || this.#cursor.is("]") ? undefined : this.expression());
    this.#cursor.expect("]");
    if (bounds.length > 3) throw this.#cursor.error(object.at, "a slice has more than three parts");
    return { type: "slice", at: object.at, object, bounds };
  }

  /** Parses arguments in parentheses. */
  arguments(): Arguments {
    this.#cursor.expect("(");
    const positional: Expression[] = [];
    const named: Array<{ name: string; at: number; value: Expression }> = [];
    while (this.#cursor.take(")") === undefined) {
      const value = this.expression();
      if (value.type === "name" && this.#cursor.take("=") !== undefined) {
        if (named.some(({ name }) => name === value.name))
          throw this.#cursor.error(value.at, `the argument "${value.name}" is given twice`);
        named.push({ name: value.name, at: value.at, value: this.expression() });
      } else if (named.length > 0) throw this.#cursor.error(value.at, "a positional argument follows a named one");
      else positional.push(value);
      if (!this.#cursor.is(")")) this.#cursor.expect(",");
    }
    return { positional, named };
  }

  #filters(start: Expression): Expression {
    let value = start;
    for (let count = 0; ; count++) {
      this.#assertLength(count);
      if (this.#cursor.take("|") !== undefined) {
        const { name, at, args } = this.#filterName();
        value = { type: "filter", at, input: value, name, args };
      } else if (this.#cursor.take("is") !== undefined) value = this.#test(value);
      else if (this.#cursor.is("(")) value = { type: "call", at: value.at, callee: value, args: this.arguments() };
      else return value;
    }
  }

  #filterName(): FilterCall {
    if (this.#cursor.is("|")) throw this.#cursor.error(this.#cursor.position - 1, '"||" has no meaning in an expression', 'Write "or".');
    const token = this.#cursor.expectName("the name of a filter");
    const args = this.#cursor.is("(") ? this.arguments() : { positional: [], named: [] };
    return { name: token.value, at: token.at, args };
  }

  #test(input: Expression): Expression {
    const isNegated = this.#cursor.take("not") !== undefined;
    const token = this.#cursor.expectName("the name of a test");
    let args: Arguments = { positional: [], named: [] };
    if (this.#cursor.is("(")) args = this.arguments();
    else if (this.#beginsOperand()) args = { positional: [this.#postfix(this.#primary())], named: [] };
    return { type: "test", at: token.at, input, name: token.value, args, isNegated };
  }

  #beginsOperand(): boolean {
    const { type, value } = this.#cursor.peek();
    if (type === "name") return !reservedWords.has(value) && value !== "recursive";
    return type === "string" || type === "integer" || type === "float" || (type === "operator" && (value === "[" || value === "{"));
  }
}
