/** Rows of sets on a page. */
import type { FieldDefinition } from "./definition.ts";
import type { FieldPlace } from "./form-plan.ts";
import type { FieldView, RowView } from "./markup/field-view.ts";
import { countShownRows } from "./reading/read-set.ts";
import type { SentValues } from "./sent-values.ts";
import { rowsMax } from "../input/file-fields.ts";

/** A row of a set on a page. */
export interface BoundRow<Field> extends Omit<RowView, "children"> {
  /** Fields of the row, by name. */
  readonly fields: Readonly<Record<string, Field>>;
  readonly children: readonly (Field & FieldView)[];
}

/** What rows are made from. */
export interface SetState<Field> {
  readonly definition: FieldDefinition;
  readonly name: string;
  readonly id: string;
  /** Label of the set, with which the rows are numbered. */
  readonly label: string;
  /** Rows that the form began with. */
  readonly initial: unknown;
  readonly sent: SentValues | undefined;
  /** Whether one more row was asked for. */
  readonly isGrown: boolean;
  /** Makes the fields of a row. */
  readonly bind: (place: FieldPlace) => Readonly<Record<string, Field & FieldView>>;
}

/** Makes the rows of a set: those that were sent, or else those that the form began with and the blank ones. */
export function createRows<Field>(state: SetState<Field>): ReadonlyArray<BoundRow<Field>> {
  const { definition, sent, initial, isGrown } = state;
  const max = rowsMax(definition);
  const stored: readonly unknown[] = Array.isArray(initial) ? initial : [];
  const least = typeof definition.options.min === "number" ? definition.options.min : 0;
  const blank = Math.max(definition.options.blankRows ?? 1, least - stored.length);
  const count = sent === undefined ? stored.length + blank : countShownRows(state.name, sent) + (isGrown ? 1 : 0);
  return Array.from({ length: Math.min(count, max) }, (_, index) => createRow(state, index, stored[index]));
}

/** Stands for the number of a row that the client script adds. */
const numberMark = "__row__";

/** Makes the row that the client script copies. */
export function createBlankRow<Field>(state: SetState<Field>): BoundRow<Field> {
  return createRow({ ...state, sent: undefined }, numberMark, undefined);
}

function createRow<Field>({ sent, bind, ...set }: SetState<Field>, index: number | string, stored: unknown): BoundRow<Field> {
  const name = `${set.name}.${index}`;
  const id = `${set.id}-${index}`;
  const values = typeof stored === "object" && stored !== null ? (stored as Readonly<Record<string, unknown>>) : {}; // Values by name.
  const key = sent === undefined ? toKey(values["id"]) : (sent.textOf(`${name}.id`) ?? "");
  const fields = bind({ name: `${name}.`, id, initial: values, isOptionalRow: key === "" });
  const number = typeof index === "number" ? index + 1 : index;
  return Object.freeze({
    name,
    id,
    key,
    legend: `${set.label} ${number}`,
    isDeleted: sent?.has(`${name}.delete`) ?? false,
    position: set.definition.options.ordered === true ? (sent?.textOf(`${name}.position`) ?? String(number)) : undefined,
    fields,
    children: Object.values(fields),
  });
}

function toKey(key: unknown): string {
  return typeof key === "string" || typeof key === "number" || typeof key === "bigint" ? String(key) : "";
}
