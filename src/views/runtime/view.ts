/** Describes a compiled template file: its function, its blocks, and what its macros get. */
import type { Output } from "../rendering/output.ts";
import type { Html } from "../values.ts";

/** Props of a file that declares none. */
export type AnyProps = Readonly<Record<string, unknown>>;

/** Writes a block; a child's block gets the block of the parent. */
export type Block = (out: Output, body: string, parent?: BlockWriter, scope?: any) => string;

/** A block of a parent and, through `super`, that of its parent. */
export interface BlockWriter {
  (out: Output, body: string): string;
  super?: BlockWriter | undefined;
}

/** Blocks that a child replaces, by name. */
export type Blocks = Record<string, Block | undefined>;

/** What a macro gets besides its parameters. */
export interface Extra {
  readonly caller?: (...args: any[]) => Html;
  readonly varargs?: readonly unknown[];
  readonly kwargs?: Readonly<Record<string, unknown>>;
}

/** Writes a whole file. */
export type Write<Props> = (out: Output, body: string, props: Props, blocks?: Blocks) => string;

/** A template file that is ready to render. */
export interface View<Props = AnyProps> {
  readonly name: string;
  readonly mode: "html" | "xml" | "json" | "csv" | "text";
  /** Media type of its output. */
  readonly type: string;
  /** Returns the first missing required prop; undefined in a file without required props. */
  readonly missing?: ((props: Props) => string | undefined) | undefined;
  readonly write: Write<Props>;
}
