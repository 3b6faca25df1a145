/** Marks of values in a text of SQL: its parts may be written in any order, until it is whole. */

/** A parameter of a finished statement: the place of its value, and which form of it is bound. */
export interface ParameterSlot {
  readonly place: number;
  readonly form: 0 | 1;
}

/** Control characters, which no name and no text of a statement may hold. */
const marks = /\u0001(\d+)\.([01]);/g;

/** The mark of a value by its place. */
export function writeMark(place: number, form: 0 | 1): string {
  return `\u0001${place}.${form};`;
}

const toSlot = (place: string, form: string): ParameterSlot => ({ place: Number(place), form: form === "1" ? 1 : 0 });

/** A statement with parameters in place of its marks: each mention is one of its own where they have no numbers. */
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

/** A part of a table, with its values in place of the marks. */
export function replaceMarks(text: string, write: (slot: ParameterSlot) => string): string {
  return text.replace(marks, (_whole, place: string, form: string) => write(toSlot(place, form)));
}
