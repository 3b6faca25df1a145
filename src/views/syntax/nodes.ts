/** Defines the syntax tree of template files. Every node has the offset where it begins. */

/** An expression. */
export type Expression =
  | { readonly type: "name"; readonly at: number; readonly name: string }
  | { readonly type: "constant"; readonly at: number; readonly value: string | number | boolean | null }
  | { readonly type: "list"; readonly at: number; readonly items: readonly Expression[] }
  | { readonly type: "dict"; readonly at: number; readonly entries: ReadonlyArray<readonly [key: Expression, value: Expression]> }
  | { readonly type: "unary"; readonly at: number; readonly operator: "not" | "-" | "+"; readonly operand: Expression }
  | {
      readonly type: "binary";
      readonly at: number;
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly type: "compare"; readonly at: number; readonly first: Expression; readonly rest: readonly Comparison[] }
  | {
      readonly type: "condition";
      readonly at: number;
      readonly test: Expression;
      readonly consequent: Expression;
      readonly otherwise: Expression | undefined;
    }
  | { readonly type: "attribute"; readonly at: number; readonly object: Expression; readonly name: string }
  | { readonly type: "item"; readonly at: number; readonly object: Expression; readonly key: Expression }
  | { readonly type: "slice"; readonly at: number; readonly object: Expression; readonly bounds: ReadonlyArray<Expression | undefined> }
  | { readonly type: "call"; readonly at: number; readonly callee: Expression; readonly args: Arguments }
  | { readonly type: "filter"; readonly at: number; readonly input: Expression; readonly name: string; readonly args: Arguments }
  | {
      readonly type: "test";
      readonly at: number;
      readonly input: Expression;
      readonly name: string;
      readonly args: Arguments;
      readonly isNegated: boolean;
    }
  | { readonly type: "await"; readonly at: number; readonly operand: Expression }
  | TransExpression;

/** A string to translate, with its values. */
export interface TransExpression {
  readonly type: "trans";
  readonly at: number;
  /** The string, with `{name}` for values and `<0>...</0>` for tags. */
  readonly message: string;
  /** The plural string; undefined without `pluralize`. */
  readonly plural: string | undefined;
  /** Name of the value that decides between singular and plural. */
  readonly count: string | undefined;
  readonly context: string | undefined;
  readonly values: ReadonlyArray<{ readonly name: string; readonly at: number; readonly value: Expression }>;
  /** Tags of the string in order: the opening and the closing tag of each. */
  readonly wrappers: ReadonlyArray<{ readonly at: number; readonly open: Body; readonly close: string }>;
}

/** Operators between two operands. */
export type BinaryOperator = "and" | "or" | "+" | "-" | "*" | "/" | "//" | "%" | "**" | "~";

/** One step of a chain of comparisons. */
export interface Comparison {
  readonly operator: "==" | "!=" | "<" | "<=" | ">" | ">=" | "in" | "not in";
  readonly operand: Expression;
}

/** Arguments of a call, a filter or a test. */
export interface Arguments {
  readonly positional: readonly Expression[];
  readonly named: ReadonlyArray<{ readonly name: string; readonly at: number; readonly value: Expression }>;
}

/** An assignment target of a loop or `set`. */
export type Target =
  | { readonly type: "name"; readonly at: number; readonly name: string }
  | { readonly type: "member"; readonly at: number; readonly object: string; readonly name: string }
  | { readonly type: "tuple"; readonly at: number; readonly items: readonly Target[] };

/** A parameter of a macro, a block, or a call block. */
export interface Parameter {
  readonly name: string;
  readonly at: number;
  /** Type as written; undefined without one. */
  readonly tsType: string | undefined;
  readonly fallback: Expression | undefined;
}

/** A prop of a file. */
export interface Prop {
  readonly name: string;
  readonly at: number;
  readonly isOptional: boolean;
  readonly tsType: string;
  /** Offset of the type. */
  readonly typeAt: number;
  readonly fallback: Expression | undefined;
}

/** How much of the scope an include or an import sees. */
export interface Scope {
  /** Whether names of the scope are passed. */
  readonly withContext: boolean;
  /** Values that are passed by name. */
  readonly named: Arguments["named"];
}

/** A statement, or a piece of output. */
export type Statement =
  | { readonly type: "data"; readonly at: number; readonly text: string }
  | { readonly type: "output"; readonly at: number; readonly value: Expression }
  | {
      readonly type: "if";
      readonly at: number;
      readonly branches: ReadonlyArray<{ readonly at: number; readonly test: Expression; readonly body: Body }>;
      readonly otherwise: Body | undefined;
    }
  | ForStatement
  | { readonly type: "break"; readonly at: number }
  | { readonly type: "continue"; readonly at: number }
  | { readonly type: "set"; readonly at: number; readonly targets: readonly Target[]; readonly value: Expression }
  | {
      readonly type: "setBlock";
      readonly at: number;
      readonly target: Target;
      readonly filters: readonly FilterCall[];
      readonly body: Body;
    }
  | {
      readonly type: "with";
      readonly at: number;
      readonly assigns: ReadonlyArray<{ readonly target: Target; readonly value: Expression }>;
      readonly body: Body;
    }
  | BlockStatement
  | { readonly type: "extends"; readonly at: number; readonly parent: Expression }
  | { readonly type: "include"; readonly at: number; readonly names: Expression; readonly ignoresMissing: boolean; readonly scope: Scope }
  | { readonly type: "import"; readonly at: number; readonly file: string; readonly alias: string; readonly withContext: boolean }
  | FromStatement
  | PartialDefinition
  | { readonly type: "partial"; readonly at: number; readonly name: string; readonly args: Arguments }
  | ComponentStatement
  | OutletStatement
  | CacheStatement
  | MacroStatement
  | {
      readonly type: "call";
      readonly at: number;
      readonly parameters: readonly Parameter[];
      readonly call: Expression;
      readonly body: Body;
    }
  | { readonly type: "filterBlock"; readonly at: number; readonly filters: readonly FilterCall[]; readonly body: Body }
  | { readonly type: "do"; readonly at: number; readonly value: Expression }
  | { readonly type: "autoescape"; readonly at: number; readonly isOn: Expression; readonly body: Body }
  | { readonly type: "props"; readonly at: number; readonly props: readonly Prop[] }
  | {
      readonly type: "importCode";
      readonly at: number;
      readonly clause: string;
      readonly isType: boolean;
      readonly names: readonly string[];
    };

/** A list of statements. */
export type Body = readonly Statement[];

/** Macros of another file. */
interface FromStatement {
  readonly type: "from";
  readonly at: number;
  readonly file: string;
  readonly names: ReadonlyArray<{ readonly name: string; readonly alias: string; readonly at: number }>;
  /** Whether its macros see the names of this file. */
  readonly withContext: boolean;
}

/** A part of a file that can be rendered on its own. */
export interface PartialDefinition {
  readonly type: "partialdef";
  readonly at: number;
  readonly name: string;
  readonly parameters: readonly Parameter[];
  /** Whether it is also rendered in place. */
  readonly isInline: boolean;
  readonly body: Body;
}

/** A file that is used as a component: with values, and with markup for its slots. */
export interface ComponentStatement {
  readonly type: "component";
  readonly at: number;
  readonly name: string;
  readonly named: Arguments["named"];
  readonly slots: readonly SlotContent[];
}

/** Markup for a slot of a component; content outside of all slots is part of "children". */
export interface SlotContent {
  readonly name: string;
  readonly at: number;
  readonly parameters: readonly Parameter[];
  readonly body: Body;
}

/** A slot: shows the content that the component got, otherwise its own body. */
export interface OutletStatement {
  readonly type: "outlet";
  readonly at: number;
  readonly name: string;
  /** Values for the content of the slot, each with its expression as the default. */
  readonly parameters: readonly Parameter[];
  readonly body: Body;
}

/** A cached fragment. */
export interface CacheStatement {
  readonly type: "cache";
  readonly at: number;
  readonly keys: readonly Expression[];
  readonly options: Arguments["named"];
  readonly body: Body;
  /** Offset after the body. */
  readonly end: number;
}

/** A loop. */
export interface ForStatement {
  readonly type: "for";
  readonly at: number;
  readonly target: Target;
  readonly items: Expression;
  readonly test: Expression | undefined;
  readonly isRecursive: boolean;
  /** Whether items come from an async iterable. */
  readonly isAsync: boolean;
  readonly body: Body;
  readonly otherwise: Body | undefined;
}

/** A block that a child may replace. */
export interface BlockStatement {
  readonly type: "block";
  readonly at: number;
  readonly name: string;
  readonly parameters: readonly Parameter[];
  readonly isScoped: boolean;
  readonly isRequired: boolean;
  readonly body: Body;
}

/** A macro. */
export interface MacroStatement {
  readonly type: "macro";
  readonly at: number;
  readonly name: string;
  readonly parameters: readonly Parameter[];
  readonly body: Body;
}

/** A filter in a chain, without its input. */
export interface FilterCall {
  readonly name: string;
  readonly at: number;
  readonly args: Arguments;
}
