/** The syntax tree of template files. Every node knows the offset where it begins. */

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
  | { readonly type: "await"; readonly at: number; readonly operand: Expression };

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

/** What a loop or `set` assigns to. */
export type Target =
  | { readonly type: "name"; readonly at: number; readonly name: string }
  | { readonly type: "member"; readonly at: number; readonly object: string; readonly name: string }
  | { readonly type: "tuple"; readonly at: number; readonly items: readonly Target[] };

/** A parameter of a macro, a block, or a call block. */
export interface Parameter {
  readonly name: string;
  readonly at: number;
  /** Type as it was written; undefined without one. */
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
  | { readonly type: "break" | "continue"; readonly at: number }
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
  | { readonly type: "import"; readonly at: number; readonly file: string; readonly alias: string }
  | {
      readonly type: "from";
      readonly at: number;
      readonly file: string;
      readonly names: ReadonlyArray<{ readonly name: string; readonly alias: string; readonly at: number }>;
    }
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

/** A loop. */
export interface ForStatement {
  readonly type: "for";
  readonly at: number;
  readonly target: Target;
  readonly items: Expression;
  readonly test: Expression | undefined;
  readonly isRecursive: boolean;
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

/** A filter in a chain without its input. */
export interface FilterCall {
  readonly name: string;
  readonly at: number;
  readonly args: Arguments;
}
