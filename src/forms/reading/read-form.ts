/** Reads all fields of a form: each by its type, with the rule that it breaks. */
import { currentTimeZone } from "../../input/current-time-zone.ts";
import type { FieldDefinition, FieldDefinitions, Parsed } from "../definition.ts";
import type { FormErrors } from "../form-errors.ts";
import type { StoredFile } from "../form-plan.ts";
import type { SentValues } from "../sent-values.ts";
import { scalarTypes } from "../values/scalar-types.ts";
import { readFile, readFiles, readKeptFile } from "./read-files.ts";
import { readRelation, readRelations } from "./read-relation.ts";
import { readChoices, readScalar } from "./read-scalar.ts";
import { isBlankRow, readSet } from "./read-set.ts";
import type { Reading, SentRow } from "./reading.ts";
import { initialOf } from "./reading.ts";

/** A value whose own check is still to be run. */
export interface PendingCheck {
  readonly field: FieldDefinition;
  readonly path: string;
  readonly value: unknown;
}

/** Reads one form. */
export class FormReading implements Reading {
  readonly sent: SentValues;
  readonly timeZone: string;
  readonly #errors: FormErrors;
  readonly #waiting: Array<Promise<void>> = [];
  /** Values that passed the rules of their type and still have a custom check. */
  readonly checks: PendingCheck[] = [];
  /** Stored files by the whole name of their field. */
  readonly stored = new Map<string, StoredFile>();
  /** Rows of sets by the name of the set. */
  readonly rows = new Map<string, readonly SentRow[]>();

  constructor(sent: SentValues, errors: FormErrors) {
    this.sent = sent;
    this.timeZone = errors.context.timeZone ?? currentTimeZone();
    this.#errors = errors;
  }

  /** Work that waits, such as queries; undefined when the form has been read. */
  get waiting(): Promise<unknown> | undefined {
    return this.#waiting.length === 0 ? undefined : Promise.all(this.#waiting);
  }

  fail(path: string, definition: FieldDefinition, problem: Parsed): void {
    if (problem.code === undefined) return;
    const { code, params, message } = problem;
    this.#errors.add({ field: path, code, params, message, definition });
  }

  readFields(fields: FieldDefinitions, prefix: string): Record<string, unknown> {
    const values: Record<string, unknown> = {};
    for (const [name, field] of fields) {
      const path = prefix + name;
      if (field.options.disabled === true) values[name] = initialOf(field) ?? null;
      else {
        const parsed = this.#read(field, path);
        if (parsed instanceof Promise) {
          // The place of the value is kept, so that fields stay in their order.
          values[name] = undefined;
          this.#waiting.push(parsed.then((late) => this.#take(field, path, late, (value) => (values[name] = value))));
        } else this.#take(field, path, parsed, (value) => (values[name] = value));
      }
    }
    return values;
  }

  #take(field: FieldDefinition, path: string, parsed: Parsed, keep: (value: unknown) => void): void {
    if (parsed.code !== undefined) return this.fail(path, field, parsed);
    keep(parsed.value);
    if (field.options.validate !== undefined && parsed.value !== null && parsed.value !== undefined)
      this.checks.push({ field, path, value: parsed.value });
  }

  noteRows(path: string, rows: readonly SentRow[]): void {
    this.rows.set(path, rows);
  }

  noteStored(path: string, file: StoredFile): void {
    this.stored.set(path, file);
  }

  #read(field: FieldDefinition, path: string): Parsed | Promise<Parsed> {
    const scalar = scalarTypes[field.type];
    if (scalar !== undefined) {
      const parsed = readScalar(scalar, field, path, this);
      return field.type === "json" && field.options.schema !== undefined ? checkSchema(field, parsed) : parsed;
    }
    switch (field.type) {
      case "choices":
        return readChoices(field, path, this);
      case "relation":
        return readRelation(field, path, this);
      case "relations":
        return readRelations(field, path, this);
      case "file":
        return field.options.keeps === undefined ? readFile(field, path, this) : readKeptFile(field, path, this);
      case "files":
        return readFiles(field, path, this);
      case "set":
        return readSet(field, path, this);
      default:
        return this.#readGroup(field, path);
    }
  }

  #readGroup(field: FieldDefinition, path: string): Parsed {
    if (this.sent.valuesOf(path).length > 0) return { code: "invalid" };
    if (!field.isRequired && isBlankRow(field.fields, `${path}.`, this)) return { value: null };
    return { value: this.readFields(field.fields, `${path}.`) };
  }
}

/** The part of Standard Schema that a field of JSON uses. */
interface JsonSchemaCheck {
  readonly "~standard": {
    readonly validate: (value: unknown) => SchemaAnswer | Promise<SchemaAnswer>;
  };
}

type SchemaAnswer =
  | { readonly value: unknown; readonly issues?: undefined }
  | {
      readonly issues: ReadonlyArray<{
        readonly message: string;
        readonly path?: ReadonlyArray<PropertyKey | { readonly key: PropertyKey }> | undefined;
      }>;
    };

async function checkSchema(field: FieldDefinition, parsed: Parsed): Promise<Parsed> {
  if (parsed.code !== undefined || parsed.value === null) return parsed;
  const schema = field.options.schema as JsonSchemaCheck; // Checked when the field was made.
  const answer = await schema["~standard"].validate(parsed.value);
  if (answer.issues === undefined) return { value: answer.value };
  const [first] = answer.issues;
  const path = (first?.path ?? []).map((part) => String(typeof part === "object" ? part.key : part)).join(".");
  return { code: "json", message: path === "" ? (first?.message ?? "") : `${path}: ${first?.message}` };
}
