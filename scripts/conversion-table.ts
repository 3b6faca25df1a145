/** Writes the rules of type changes as a Markdown table, for the guide. */
import type { ColumnState } from "../src/data/schema/table-state.ts";
import { conversionOf } from "../src/data/migrations/state/conversion.ts";

/** A column of each type, with options that its type needs. */
const examples: ReadonlyArray<ColumnState> = [
  { type: "id" },
  { type: "int" },
  { type: "bigint" },
  { type: "duration" },
  { type: "float" },
  { type: "decimal", digits: 10, scale: 2 },
  { type: "boolean" },
  { type: "text" },
  { type: "choice", choices: ["a"] },
  { type: "uuid" },
  { type: "date" },
  { type: "time" },
  { type: "datetime" },
  { type: "ip" },
  { type: "json" },
  { type: "bytes" },
  { type: "array", items: { type: "text" } },
];

/** Returns a row for each type: what all of its values convert to, and what you are asked about. */
export function writeConversionTable(): string {
  const rows = examples.map((before) => {
    const others = examples.filter((after) => after !== before).map((after) => [after.type, conversionOf(before, after)] as const);
    const list = (isWanted: (conversion: string) => boolean): string =>
      others
        .filter(([, conversion]) => isWanted(conversion))
        .map(([type]) => `\`${type}\``)
        .join(", ") || "-";
    return `| \`${before.type}\` | ${list((found) => found === "free" || found === "converts")} | ${list((found) => found === "fits")} |`;
  });
  return ["| From | Every value converts to | You are asked; values must fit |", "| --- | --- | --- |", ...rows].join("\n");
}
