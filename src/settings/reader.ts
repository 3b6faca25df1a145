/** Readers of variables: each turns the text of one variable into a typed value, or describes the problem. */
import type { Mode } from "../parts/mode.ts";

/** Options that every reader takes. */
export interface SettingOptions<Value> {
  /** Value without the variable, in every mode. Without it and without `optional`, the variable is required. */
  default?: Value;
  /** Value without the variable in development. Default: `default`. */
  development?: Value;
  /** Value without the variable in tests. Default: `default`. */
  test?: Value;
  /** Value without the variable in production. Default: `default`. */
  production?: Value;
  /** Whether the setting may be missing; its value is then `undefined`. Default false. */
  optional?: boolean;
  /** Checks the value: returns the problem, such as "is not a port", or undefined. None by default. */
  check?: (value: Value) => string | undefined;
  /** What the setting is for, in one sentence, for `.env.example`. None by default. */
  help?: string;
}

/** A value, or the problem of the string: `is not a whole number`, and what to write. */
export type ReadResult<Value> = { readonly value: Value } | { readonly problem: string; readonly fix: string };

/** Reads one variable. */
export interface SettingReader<Value> {
  /** Name of the variable, such as `DATABASE_URL`. */
  readonly variable: string;
  /** Kind of the value, such as `int`, for lists of settings. */
  readonly kind: string;
  /** Whether the value is never shown. */
  readonly isSecret: boolean;
  /** What to write, such as `a whole number from 1 to 500`. */
  readonly rule: string;
  /** Options as they were given. */
  readonly options: SettingOptions<Value>;
  /** Reads the text of the variable. */
  parse(text: string): ReadResult<Value>;
}

/** A reader whatever it reads. */
export type AnySettingReader = Pick<SettingReader<unknown>, "variable" | "kind" | "isSecret" | "rule" | "parse"> & {
  readonly options: Pick<SettingOptions<unknown>, "default" | Mode | "optional" | "help"> & {
    readonly check?: (value: never) => string | undefined;
  };
};

/** The value without the variable; `found: false` when the variable is required. */
export function findDefault(options: AnySettingReader["options"], mode: Mode): { readonly found: boolean; readonly value?: unknown } {
  for (const name of [mode, "default"] as const) if (options[name] !== undefined) return { found: true, value: options[name] };
  return { found: options.optional === true };
}
