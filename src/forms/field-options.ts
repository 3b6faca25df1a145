/** Options of the types of fields. */
import type { StandardSchema } from "../handlers/standard-schema.ts";
import type { ControlName, FieldOptions, Widget } from "./definition.ts";

/** Options of texts. Lengths are counted in characters (code points). */
export interface TextOptions extends FieldOptions<string> {
  /** Fewest characters. None by default. */
  readonly min?: number;
  /** Most characters. None by default. */
  readonly max?: number;
  /** Pattern that the text must match. None by default. */
  readonly pattern?: RegExp;
  /** Whether blanks at both ends are removed. Default true. */
  readonly trim?: boolean;
  /** Height of the control in lines; with it the text may have several lines. One line by default. */
  readonly lines?: number;
}

/** Options of passwords. */
export interface PasswordOptions extends Omit<FieldOptions<string>, "initial"> {
  /** Fewest characters. None by default. */
  readonly min?: number;
  /** Most characters. By default 4,096 bytes. */
  readonly max?: number;
  /** Tells password managers whether to fill in a password or to make one. Default "current". */
  readonly purpose?: "current" | "new";
}

/** Options of numbers. */
export interface NumberOptions<Value> extends FieldOptions<Value> {
  /** Smallest value. None by default. */
  readonly min?: Value;
  /** Largest value. None by default. */
  readonly max?: Value;
  /** Distance of the values that are allowed, from the smallest one or 0. By default 1 for whole numbers, and any for others. */
  readonly step?: number;
}

/** Options of decimal numbers. */
export interface DecimalOptions extends FieldOptions<string> {
  /** Most digits in all, 1 to 38. */
  readonly digits: number;
  /** Digits after the point, 0 to `digits`. */
  readonly scale: number;
  /** Smallest value. None by default. */
  readonly min?: string;
  /** Largest value. None by default. */
  readonly max?: string;
}

/** Options of checkboxes. */
export interface BooleanOptions extends FieldOptions<boolean> {
  /** Whether the box must be ticked, as for terms of use. Default false. */
  readonly mustBeTrue?: boolean;
  /** Whether the answer may be unknown, which gives null and a list to choose from. Default false. */
  readonly unknown?: boolean;
}

/** Options of a choice. */
export interface ChoiceOptions<Key extends string> extends FieldOptions<Key> {
  /** Another control. By default radio buttons for up to 5 required choices, otherwise a list. */
  readonly widget?: Widget | ControlName;
}

/** Options of several choices. */
export interface ChoicesOptions<Key extends string> extends FieldOptions<readonly Key[]> {
  /** Fewest choices. By default 1, or 0 when the field is optional. */
  readonly min?: number;
  /** Most choices. All by default. */
  readonly max?: number;
}

/** Options of days. */
export interface DateOptions extends FieldOptions<string> {
  /** First day, as `2026-11-20`. None by default. */
  readonly min?: string;
  /** Last day. None by default. */
  readonly max?: string;
}

/** Options of times of day. */
export interface TimeOptions extends FieldOptions<string> {
  /** First time, as `10:12`. None by default. */
  readonly min?: string;
  /** Last time. None by default. */
  readonly max?: string;
  /** Whether seconds can be typed. Default false. */
  readonly seconds?: boolean;
}

/** Options of dates with a time. */
export interface DatetimeOptions extends FieldOptions<Date> {
  /** First instant. None by default. */
  readonly min?: Date;
  /** Last instant. None by default. */
  readonly max?: Date;
  /** Whether seconds can be typed. Default false. */
  readonly seconds?: boolean;
}

/** Options of JSON. */
export interface JsonOptions<Value> extends FieldOptions<Value> {
  /** Checks and types the value: any Standard Schema. By default every JSON value is allowed. */
  readonly schema?: StandardSchema<unknown, Value>;
  /** Height of the control in lines. Default 5. */
  readonly lines?: number;
}

/** Options of a relation. */
export interface RelationOptions extends Omit<FieldOptions<never>, "initial" | "validate"> {
  /** Query of the rows that can be chosen. All rows by default. */
  readonly query?: () => unknown;
}

/** Options of several rows. */
export interface RelationsOptions extends RelationOptions {
  /** Fewest rows. By default 1, or 0 when the field is optional. */
  readonly min?: number;
  /** Most rows. All by default. */
  readonly max?: number;
}

/** Options of a file. */
export interface FileOptions extends Omit<FieldOptions<never>, "initial" | "validate"> {
  /** Accepted media types, such as "image/png" or "image/*". Any by default. */
  readonly accept?: readonly string[];
  /** Largest file, in bytes. Default 10_485_760 (10 MiB). */
  readonly bytesMax?: number;
  /** Name of the stored file that a new one would replace. With it, an optional field shows a box that removes the file. */
  readonly initial?: string | (() => string);
}

/** Options of several files. */
export interface FilesOptions extends Omit<FileOptions, "initial"> {
  /** Fewest files. By default 1, or 0 when the field is optional. */
  readonly min?: number;
  /** Most files. Default 20. */
  readonly max?: number;
}

/** Options of a group. */
export interface GroupOptions extends Pick<FieldOptions, "label" | "help" | "optional" | "messages"> {}

/** Options of a set. */
export interface SetOptions extends Pick<FieldOptions, "label" | "help" | "optional" | "messages"> {
  /** Fewest rows. Default 0. */
  readonly min?: number;
  /** Most rows. Default 100. */
  readonly max?: number;
  /** Blank rows that a form begins with. Default 1. */
  readonly blankRows?: number;
  /** Name of one row, for its legend and the button that adds one. By default the label. */
  readonly rowLabel?: string;
  /** Whether rows have a number that gives their order. Default false. */
  readonly ordered?: boolean;
}
