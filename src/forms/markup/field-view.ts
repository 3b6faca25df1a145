/** What the markup of a field is made from. */
import type { ChoiceRow, ControlName, FieldDefinition, MessageParams, Widget, WidgetField } from "../definition.ts";

/** A field of a form on a page. */
export interface FieldView extends WidgetField {
  /** The definition. */
  readonly definition: FieldDefinition;
  /** Time zone that dates with times are shown in. */
  readonly timeZone: string;
  /** The control: a function, or the name of a built-in one. Undefined for the one of the type. */
  readonly widget: Widget | ControlName | undefined;
  /** Help as plain text; "" without any. */
  readonly helpText: string;
  /** Whether the value was refused. */
  readonly isInvalid: boolean;
  /** Whether the browser requires a value: not in rows that may stay blank. */
  readonly showsRequired: boolean;
  /** Name of the stored file that can be removed; "" without one. */
  readonly storedName: string;
  /** Signed text that stands for the stored file; "" without one. */
  readonly storedToken: string;
  /** Whether the box that removes the stored file is ticked. */
  readonly isCleared: boolean;
  /** Fields of a group. */
  readonly children: readonly FieldView[];
  /** Rows of a set. */
  readonly rowViews: readonly RowView[];
  /** A blank row for the client script; undefined when no row can be added. */
  readonly blankRow: RowView | undefined;
  /** Returns a message of the page in the form's own words or the language of the request. */
  text(key: string, params?: MessageParams): string;
  /** Returns the id of a part of the control. */
  partId(part: string): string;
  /** Gives the rows of a relation. */
  listRows(limit: number): Promise<readonly ChoiceRow[]>;
}

/** A row of a set on a page. */
export interface RowView {
  /** Start of the names in the row: `photos.0`. */
  readonly name: string;
  /** Id of the row's element. */
  readonly id: string;
  /** Legend of the row. */
  readonly legend: string;
  /** Key of the stored row; "" for a new one. */
  readonly key: string;
  /** Whether the row was marked to be deleted. */
  readonly isDeleted: boolean;
  /** Number that gives the order; undefined for sets without an order. */
  readonly position: string | undefined;
  /** Fields of the row. */
  readonly children: readonly FieldView[];
}

/** Attributes by name; undefined and false leave one out. */
export type AttributeRecord = Record<string, string | number | boolean | undefined>;
