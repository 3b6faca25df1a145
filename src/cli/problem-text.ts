/** Problems as people read them: lines, or a table on a wide terminal. */
import { removeKnownSecrets } from "../errors/secret-redactor.ts";
import type { Problem } from "./built-in.ts";
import { wrapText, widthOf } from "./text-table.ts";

/** Returns the lines of one problem. */
export function toProblemText({ id, message, fix, level = "error" }: Problem): string {
  return `${level === "error" ? "" : `${level}: `}${id}: ${message}\n${fix === undefined ? "" : `  fix: ${fix}\n`}`;
}

/** Returns a problem without secrets: what the code of the project throws may name those of its settings. */
export function withoutSecrets(problem: Problem): Problem {
  const { message, fix } = problem;
  return { ...problem, message: removeKnownSecrets(message), ...(fix !== undefined && { fix: removeKnownSecrets(fix) }) };
}

/** Fewest columns for a table. */
export const tableColumnsMin = 100;
/** Most columns of a place: a longer one is wrapped. */
const whereMax = 32;

/** Returns a table of id, level, where, what and fix. Long texts are wrapped. */
export function toProblemTable(problems: readonly Problem[], columns: number): string {
  const rows = [
    ["ID", "LEVEL", "WHERE", "WHAT", "FIX"],
    ...problems.map(({ id, level = "error", where = "", message, fix = "" }) => [
      id,
      level,
      where === "" ? "-" : where,
      // The lines for programs and pipes have the place in the message.
      where !== "" && message.startsWith(`${where}: `) ? message.slice(where.length + 2) : message,
      fix === "" ? "-" : fix,
    ]),
  ];
  const widest = (index: number): number => Math.max(...rows.map((row) => widthOf(row[index]!)));
  const [id, level, where] = [widest(0), widest(1), Math.min(widest(2), whereMax)];
  const rest = Math.max(columns - id - level - where - 8, 40);
  const what = Math.ceil(rest * 0.55);
  const widths = [id, level, where, what, rest - what];
  return rows.map((row) => toLines(row, widths)).join("");
}

function toLines(row: readonly string[], widths: readonly number[]): string {
  const cells = row.map((text, index) => wrapText(text, widths[index]!));
  const height = Math.max(...cells.map(({ length }) => length));
  const toLine = (line: number): string =>
    cells
      .map((cell, index) => {
        const text = cell[line] ?? "";
        return text + " ".repeat(Math.max(0, widths[index]! - widthOf(text)));
      })
      .join("  ")
      .trimEnd();
  return Array.from({ length: height }, (_, line) => `${toLine(line)}\n`).join("");
}
