/** Names that a database does not have: read from its messages, with the nearest name of the models. */
import { findNearestName } from "../../errors/nearest-name.ts";
import type { ModelClass } from "../schema/model-class.ts";

/** What a statement named. */
export interface MissingName {
  readonly kind: "table" | "column" | "function";
  /** Without its table or schema. */
  readonly name: string;
}

/** Messages of the databases, with the name as their group. */
const messages: ReadonlyArray<readonly [MissingName["kind"], RegExp]> = [
  ["column", /^no such column: (\S+)|has no column named (\S+)/],
  ["column", /^column "?([^"]+?)"?(?: of relation .+)? does not exist$|^Unknown column '([^']+)'/],
  ["function", /^no such function: (\S+)|^function ([^(]+)\(.*\) does not exist$|^FUNCTION (\S+) does not exist$/],
  ["table", /^no such table: (\S+)|^relation "([^"]+)" does not exist$|^Table '([^']+)' doesn't exist$/],
];
const nearest = new WeakMap<Error, string>();

/** Reads a message of a database; undefined if it is about something else. */
export function readMissingName(message: string): MissingName | undefined {
  for (const [kind, pattern] of messages) {
    const found = pattern
      .exec(message)
      ?.slice(1)
      .find((each) => each !== undefined);
    if (found !== undefined) return { kind, name: found.slice(found.lastIndexOf(".") + 1) };
  }
  return undefined;
}

/** Keeps the nearest name that the models have, for reports: the error itself stays as the driver made it. */
export function keepNearestName(error: Error, { kind, name }: MissingName, models: Iterable<ModelClass>): void {
  if (kind === "function") return;
  const names = [...models].flatMap(({ $meta }) => (kind === "table" ? [$meta.table] : $meta.columns.map((column) => column.column)));
  const found = findNearestName(name, names);
  if (found !== undefined && found !== name) nearest.set(error, found);
}

/** Returns the name of a table or column that an error of a database may mean. */
export function nearestNameOf(error: Error): string | undefined {
  return nearest.get(error);
}
