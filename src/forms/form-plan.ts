/** A form, ready to be read and drawn. It is made once, when `form()` or `modelForm()` is called. */
import type { FieldDefinitions, FieldType, FormContext, Widget } from "./definition.ts";
import type { MessageLayers } from "./messages.ts";
import type { SentValues } from "./sent-values.ts";
import type { KeptChecks } from "./validation.ts";

/** Controls by type that replace the built-in ones. */
export type Widgets = Readonly<Partial<Record<FieldType, Widget>>>;

/** A form, as it is kept. */
export interface FormPlan extends KeptChecks {
  /** Start of all ids, and the name in lists. */
  readonly name: string;
  /** "get" forms are read from the query. */
  readonly method: "post" | "get";
  readonly fields: FieldDefinitions;
  /** Messages of the form and of `createForms()`, the strongest first. */
  readonly layers: MessageLayers;
  readonly widgets: Widgets;
  /** Whether a field takes files. */
  readonly hasFiles: boolean;
  /** Whether a field is a column whose files the storage keeps. */
  readonly keepsFiles: boolean;
}

/** What a form shows of a stored file. */
export interface StoredFile {
  /** Name for people. */
  readonly name: string;
  /** Signed text that stands for the file. */
  readonly token: string;
}

/** What a form shows. */
export interface FormState {
  /** Start of all ids. */
  readonly id: string;
  /** What was sent; undefined of a form that was not sent. */
  readonly sent: SentValues | undefined;
  /** Values by name that the form began with. */
  readonly initial: Readonly<Record<string, unknown>>;
  /** Hidden values by name, such as the version of a row. */
  readonly hidden: Readonly<Record<string, string>>;
  readonly context: FormContext;
  /** Stored files by the whole name of their field. */
  readonly stored: Map<string, StoredFile>;
}

/** Where a field is in its form. */
export interface FieldPlace {
  /** Name that its control sends. */
  readonly name: string;
  /** Its id. */
  readonly id: string;
  /** Value that it began with. */
  readonly initial: unknown;
  /** Whether it is in a row that may stay blank. Default false. */
  readonly isOptionalRow?: boolean;
}

/** Returns the name of the set that was asked for one more row; undefined when none was. */
export function findAddedSet({ fields }: Pick<FormPlan, "fields">, sent: SentValues, prefix = ""): string | undefined {
  for (const [key, field] of fields) {
    const name = prefix + key;
    if (field.type === "set" && sent.has(`${name}.add`)) return name;
    const found = field.type === "group" ? findAddedSet(field, sent, `${name}.`) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}
