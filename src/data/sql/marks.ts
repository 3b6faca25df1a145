/** Marks of values in SQL: the parts of a statement can be written in any order and are numbered at the end. */

/** A parameter of a finished statement: the position of its value, and the form in which it is bound. */
export interface ParameterSlot {
  readonly place: number;
  readonly form: 0 | 1;
}

/** Control characters, which names and strings of a statement cannot contain. */
const marks = /\u0001(\d+)\.([01]);/g;

/** Returns the mark of a value, from its position. */
export function writeMark(place: number, form: 0 | 1): string {
  return `\u0001${place}.${form};`;
}

const toSlot = (place: string, form: string): ParameterSlot => ({ place: Number(place), form: form === "1" ? 1 : 0 });

/** Replaces the marks of a statement by parameters: one per mention if the database does not number them. */
export function finishMarks(text: string, isPositional: boolean): { sql: string; slots: ParameterSlot[] } {
  const slots: ParameterSlot[] = [];
  const known = new Map<string, number>();
  const sql = text.replace(marks, (whole, place: string, form: string) => {
    const earlier = known.get(whole);
    if (earlier !== undefined && !isPositional) return `$${earlier}`;
    slots.push(toSlot(place, form));
    known.set(whole, slots.length);
    return isPositional ? "?" : `$${slots.length}`;
  });
  return { sql, slots };
}

/** Replaces the marks in a part of a table by the values. */
export function replaceMarks(text: string, write: (slot: ParameterSlot) => string): string {
  return text.replace(marks, (_whole, place: string, form: string) => write(toSlot(place, form)));
}
