/** Rows as a table of text. */
import { stripVTControlCharacters } from "node:util";

/** A row: values by the title of their column. */
export type Row = Readonly<Record<string, unknown>>;

/** Returns the lines of a table with a head; none for no rows. Control characters of values are removed. */
export function toTable(rows: readonly Row[]): string[] {
  const [first] = rows;
  if (first === undefined) return [];
  const titles = Object.keys(first);
  const cells = rows.map((row) => titles.map((title) => toCell(row[title])));
  const widths = titles.map((title, column) => Math.max(widthOf(title), ...cells.map((row) => widthOf(row[column]!))));
  const toLine = (row: readonly string[]): string =>
    row
      .map((cell, column) => cell + " ".repeat(widths[column]! - widthOf(cell)))
      .join("  ")
      .trimEnd();
  return [toLine(titles.map((title) => title.toUpperCase())), ...cells.map(toLine)];
}

function toCell(value: unknown): string {
  if (value === undefined || value === null || value === "") return "-";
  const text = typeof value === "object" ? JSON.stringify(value) : String(value);
  return stripVTControlCharacters(text).replaceAll(/\p{Cc}+/gu, " ");
}

/** Width in columns: letters of East Asian scripts take two. */
export function widthOf(text: string): number {
  let width = 0;
  for (const { segment } of new Intl.Segmenter().segment(text))
    width += /^[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u.test(
      segment,
    )
      ? 2
      : 1;
  return width;
}

/** Breaks a string into lines of at most some columns, at spaces where it has any. Control characters are removed. */
export function wrapText(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of toCell(text).split(" ")) {
    if (line !== "" && widthOf(line) + 1 + widthOf(word) > columns) {
      lines.push(line);
      line = "";
    }
    line = line === "" ? word : `${line} ${word}`;
    while (widthOf(line) > columns) {
      lines.push(line.slice(0, columns));
      line = line.slice(columns);
    }
  }
  return [...lines, line];
}
