/** Makes random templates of statements that Jinja2 has as well. The same seed gives the same template. */

/** A template with the files it names, and its values. */
export interface JinjaCase {
  readonly templates: Readonly<Record<string, string>>;
  readonly props: Readonly<Record<string, unknown>>;
}

/** What the names of a template hold: each keeps its kind, so that no expression mixes kinds. */
const names = { number: ["n", "m", "k"], text: ["s", "t", "u"], list: ["l", "p"] } as const;
type Kind = keyof typeof names;

/** Makes one template. */
export class TemplateGenerator {
  #state: number;
  #blocks = 0;
  #macros: Array<{ readonly name: string; readonly parameters: number }> = [];
  #includes: Record<string, string> = {};

  constructor(seed: number) {
    this.#state = seed;
  }

  /** Returns the next case. */
  next(): JinjaCase {
    this.#blocks = 0;
    this.#macros = [];
    this.#includes = {};
    const isChild = this.#random(4) === 0;
    const body = isChild ? this.#child() : this.#body(3, true);
    return {
      templates: { ...this.#includes, "main.html": body },
      props: { n: this.#random(5), m: 7, k: 0, s: this.#text(), t: "b", u: "", l: [3, 1, 2], p: this.#random(2) === 0 ? [] : [5] },
    };
  }

  #random(limit: number): number {
    // A generator of Lehmer.
    this.#state = (this.#state * 48_271) % 2_147_483_647;
    return this.#state % limit;
  }

  #pick<Item>(items: readonly Item[]): Item {
    return items[this.#random(items.length)]!;
  }

  #text(): string {
    return this.#pick(["a", "a b", "<x>", "A&B", "word wORD", " pad "]);
  }

  #child(): string {
    this.#includes["base.html"] =
      `[{{ ${this.#any()} }}{% block one %}${this.#body(1, false)}{% endblock %}|{% block two %}2{% endblock %}]`;
    const block = `{% block one %}${this.#body(2, false)}${this.#random(2) === 0 ? "{{ super() }}" : ""}{% endblock %}`;
    return `{% extends "base.html" %}${this.#set()}${this.#macro(1)}${block}${this.#random(2) === 0 ? this.#set() : ""}`;
  }

  /** A body; blocks and macros are only at the top. */
  #body(depth: number, isTop: boolean): string {
    let text = "";
    for (let count = 1 + this.#random(4); count > 0; count--) text += this.#statement(depth, isTop);
    return text;
  }

  #statement(depth: number, isTop: boolean): string {
    const inner = (): string => this.#body(depth - 1, false);
    const simple = [() => "x", () => `{{ ${this.#any()} }}`, () => `{{ ${this.#any()} }};`, () => this.#set(), () => this.#macroCall()];
    if (depth === 0) return this.#pick(simple)();
    const nested = [
      () => this.#if(inner),
      () => this.#if(inner),
      () => this.#for(inner),
      () => `{% with ${this.#assign()} %}${inner()}{% endwith %}`,
      () => `{% set ${this.#pick(names.text)} %}${inner()}{% endset %}`,
      () => `{% filter ${this.#pick(["upper", "trim", "lower"])} %}${inner()}{% endfilter %}`,
      () => this.#include(),
    ];
    const top = [() => this.#macro(depth - 1), () => `{% block b${++this.#blocks} %}${inner()}{% endblock %}`];
    return this.#pick([...simple, ...nested, ...(isTop ? top : [])])();
  }

  #set(): string {
    return this.#random(6) === 0 ? `{% set n, s = ${this.#number(1)}, ${this.#string(1)} %}` : `{% set ${this.#assign()} %}`;
  }

  #assign(): string {
    const kind = this.#pick(["number", "text", "list"] as const);
    return `${this.#pick(names[kind])} = ${this.#value(kind, 1)}`;
  }

  #if(inner: () => string): string {
    const more = this.#random(3) === 0 ? `{% elif ${this.#test()} %}${inner()}` : "";
    return `{% if ${this.#test()} %}${inner()}${more}${this.#random(2) === 0 ? `{% else %}${inner()}` : ""}{% endif %}`;
  }

  #for(inner: () => string): string {
    const name = this.#pick(names.number);
    const test = this.#random(3) === 0 ? ` if ${name} ${this.#pick(["<", ">", "=="])} ${this.#random(4)}` : "";
    const loop = this.#pick(["", "{{ loop.index }}", "{{ loop.first }}{{ loop.last }}", "{{ loop.revindex0 }}{{ loop.length }}"]);
    const jump = this.#random(5) === 0 ? `{% if ${name} > 2 %}{% ${this.#pick(["break", "continue"])} %}{% endif %}` : "";
    const other = this.#random(3) === 0 ? `{% else %}${inner()}` : "";
    return `{% for ${name} in ${this.#value("list", 1)}${test} %}${loop}${jump}${inner()}${other}{% endfor %}`;
  }

  #macro(depth: number): string {
    const name = `f${this.#macros.length}`;
    const parameters = this.#random(3);
    const listed = ["n", "s = 'd'"].slice(0, parameters).join(", ");
    const body = this.#body(Math.max(0, depth), false);
    this.#macros.push({ name, parameters });
    return `{% macro ${name}(${listed}) %}(${body}){% endmacro %}`;
  }

  #macroCall(): string {
    if (this.#macros.length === 0) return "-";
    const { name, parameters } = this.#pick(this.#macros);
    return `{{ ${name}(${[this.#number(1), this.#string(1)].slice(0, Math.max(Math.min(parameters, 1), this.#random(parameters + 1))).join(", ")}) }}`;
  }

  #include(): string {
    const name = `i${Object.keys(this.#includes).length}.html`;
    const macros = this.#macros;
    this.#macros = [];
    this.#includes[name] = this.#body(1, false);
    this.#macros = macros;
    return `{% include "${name}" %}`;
  }

  #test(): string {
    return this.#pick([
      () => this.#any(),
      () => `${this.#number(1)} ${this.#pick(["<", "<=", "==", "!=", ">"])} ${this.#number(1)}`,
      () => `${this.#string(1)} == ${this.#string(1)}`,
      () => `not ${this.#any()}`,
      () => `${this.#any()} ${this.#pick(["and", "or"])} ${this.#any()}`,
      () => `${this.#number(0)} ${this.#pick(["is odd", "is even", "is divisibleby 3", "is not odd", "in l", "not in p"])}`,
      () => `${this.#pick(names.text)} is ${this.#pick(["string", "defined", "upper", "lower", "not none"])}`,
    ])();
  }

  #any(): string {
    const kind = this.#pick(["number", "text"] as const);
    return this.#value(kind, 2);
  }

  #value(kind: Kind, depth: number): string {
    return kind === "number" ? this.#number(depth) : kind === "text" ? this.#string(depth) : this.#list(depth);
  }

  #number(depth: number): string {
    if (depth === 0) return this.#pick([...names.number, "2", "5"]);
    const inner = (): string => this.#number(depth - 1);
    return this.#pick([
      () => inner(),
      () => `(${inner()} ${this.#pick(["+", "-", "*"])} ${inner()})`,
      () => `(${inner()} ${this.#pick(["//", "%"])} ${this.#pick(["2", "3"])})`,
      () => `${this.#string(depth - 1)}|length`,
      () => `${this.#list(depth - 1)}|${this.#pick(["length", "sum"])}`,
      () => `(${inner()}|${this.#pick(["abs", "int", "default(3)"])})`,
      () => `(${inner()} if ${inner()} else ${inner()})`,
      () => `(${inner()} ${this.#pick(["and", "or"])} ${inner()})`,
    ])();
  }

  #string(depth: number): string {
    if (depth === 0) return this.#pick([...names.text, "'q'", "'Q r'"]);
    const inner = (): string => this.#string(depth - 1);
    const filters = [
      "upper",
      "lower",
      "capitalize",
      "title",
      "trim",
      "replace('a', 'o')",
      "truncate(3, true, '.', 0)",
      "center(7)",
      "default('z')",
    ];
    return this.#pick([
      () => inner(),
      () => `(${inner()} ~ ${inner()})`,
      () => `(${inner()} ~ ${this.#number(depth - 1)})`,
      () => `(${inner()}|${this.#pick(filters)})`,
      () => `(${this.#list(depth - 1)}|join(${this.#pick(["", "', '", "s"])}))`,
      () => `(${inner()} if ${this.#number(depth - 1)} else ${inner()})`,
      () => `(${inner()} ${this.#pick(["and", "or"])} ${inner()})`,
    ])();
  }

  #list(depth: number): string {
    if (depth === 0) return this.#pick([...names.list, "[1, 2]", "[]"]);
    const inner = (): string => this.#list(depth - 1);
    return this.#pick([
      () => inner(),
      () => `(${inner()} + ${inner()})`,
      () =>
        `(${inner()}|${this.#pick(["sort", "reverse|list", "unique|list", "list", "sort(reverse=true)", "select('odd')|list", "map('abs')|list"])})`,
      () => `${inner()}[${this.#pick([":2", "1:", "::-1", ":-1"])}]`,
      () => `range(${this.#random(4)})|list`,
    ])();
  }
}
