/** Measures the similarity of two definitions, to find whether a dropped and an added object are one that was renamed. */
import type { ColumnState, TableState } from "../../schema/table-state.ts";
import { isSame } from "./table-data.ts";

/** Returns the Jaro-Winkler similarity of two names, 0 to 1 (Winkler 1990): early letters count more. */
export function compareNames(one: string, other: string): number {
  const jaro = jaroOf(one, other);
  let prefix = 0;
  while (prefix < 4 && prefix < one.length && one[prefix] === other[prefix]) prefix++;
  return jaro + prefix * 0.1 * (1 - jaro);
}

function jaroOf(one: string, other: string): number {
  if (one === other) return 1;
  const reach = Math.max(0, Math.floor(Math.max(one.length, other.length) / 2) - 1);
  const taken = new Set<number>();
  const matched: string[] = [];
  for (let place = 0; place < one.length; place++) {
    for (let at = Math.max(0, place - reach); at < Math.min(other.length, place + reach + 1); at++) {
      if (taken.has(at) || other[at] !== one[place]) continue;
      taken.add(at);
      matched.push(one[place]!);
      break;
    }
  }
  if (matched.length === 0) return 0;
  const there = [...taken].sort((first, second) => first - second).map((at) => other[at]!);
  const moved = matched.filter((letter, index) => letter !== there[index]).length / 2;
  const count = matched.length;
  return (count / one.length + count / other.length + (count - moved) / count) / 3;
}

/** Similarity of columns, and of tables, above which Gable asks whether one was renamed. */
export const [columnLikeness, tableLikeness] = [0.6, 0.5];

/** Returns the similarity of two columns, 0 to 1. Neighbours are the names of the columns before and after. */
export function compareColumns(
  one: { readonly name: string; readonly column: ColumnState; readonly neighbours: readonly string[] },
  other: { readonly name: string; readonly column: ColumnState; readonly neighbours: readonly string[] },
): number {
  const { type, ...options } = one.column;
  const { type: otherType, ...otherOptions } = other.column;
  const isNear = one.neighbours.some((name) => other.neighbours.includes(name));
  return (
    (type === otherType ? 0.4 : 0) +
    (isSame(options, otherOptions) ? 0.2 : 0) +
    0.3 * compareNames(one.name, other.name) +
    (isNear ? 0.1 : 0)
  );
}

/** Returns the similarity of two tables, 0 to 1: the share of columns that both have (Jaccard). */
export function compareTables(one: TableState, other: TableState): number {
  const toSet = ({ columns }: TableState): Set<string> => new Set([...columns].map(([name, { type }]) => `${name}:${type}`));
  const [left, right] = [toSet(one), toSet(other)];
  const both = [...left].filter((column) => right.has(column)).length;
  return both / (left.size + right.size - both || 1);
}
