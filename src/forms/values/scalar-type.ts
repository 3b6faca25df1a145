/** The shape that every type of field with one value has. */
import type { FieldDefinition, Parsed } from "../definition.ts";

/** What reading a value needs besides the field. */
export interface ReadContext {
  readonly timeZone: string;
}

/** A type whose control sends one text. */
export interface ScalarType {
  /** Reads a value from a string that is not blank. */
  parse(text: string, field: FieldDefinition, context: ReadContext): Parsed;
  /** Writes a value as the text that its control shows; undefined for a value of another type. */
  toText(value: unknown, field: FieldDefinition, context: ReadContext): string | undefined;
  /** Attributes of the control that tell the browser the same rules. */
  attributes(field: FieldDefinition, context: ReadContext): Readonly<Record<string, string | number | boolean | undefined>>;
  /** Whether blanks at both ends are part of the value. Default false. */
  readonly keepsBlanks?: boolean;
}

/** Makes the result of a rule that a value breaks. */
export function broken(code: string, params: Readonly<Record<string, string | number>> = {}): Parsed {
  return { code, params };
}

/** Returns a string as it is, and undefined for every other value. */
export function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
