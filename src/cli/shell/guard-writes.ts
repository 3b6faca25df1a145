/** What keeps a shell from changing rows: a transaction of all databases, or a question before the first write. */
import type { Application } from "gable";
import { GableError } from "gable";
import type { Database } from "gable/data";

/** How a shell treats writes. */
export interface WriteRules {
  /** Whether all of them are rolled back at the end. */
  readonly isSandbox: boolean;
  /** Whether all of them are refused. */
  readonly isReadOnly: boolean;
  /** Asks before the first write; undefined where nobody is asked. */
  readonly ask: (() => Promise<boolean>) | undefined;
}

/** Databases that take writes: replicas take none. */
function databasesOf(app: Application): readonly Database[] {
  return Object.entries(app.describe().databases).flatMap(([name, { of }]) => (of === undefined ? [app.database(name)] : []));
}

/** Applies the rules to all databases of an application. Returns the function that ends them. */
export async function guardWrites(app: Application, { isSandbox, isReadOnly, ask }: WriteRules): Promise<() => Promise<void>> {
  const databases = databasesOf(app);
  const ends: Array<() => Promise<void>> = [];
  const end = async (): Promise<void> => {
    for (const each of ends.toReversed()) await each();
  };
  try {
    if (isSandbox || isReadOnly) for (const database of databases) ends.push(await database.isolate({ readOnly: isReadOnly }));
  } catch (error) {
    await end();
    throw error;
  }
  if (ask !== undefined && !isSandbox && !isReadOnly) {
    const allow = askOnce(ask);
    for (const database of databases) database.guardWrites(allow);
    ends.push(async () => {
      for (const database of databases) database.guardWrites(undefined);
    });
  }
  return end;
}

/** Writes at the same time share one question. After a no, the next write asks again. */
function askOnce(ask: () => Promise<boolean>): () => Promise<void> {
  let answer: Promise<boolean> | undefined;
  return async () => {
    answer ??= ask();
    try {
      if (await answer) return;
    } catch (error) {
      answer = undefined;
      throw error;
    }
    answer = undefined;
    throw new GableError("E_COMMAND_CONFIRM", "You cancelled. Nothing was written.", { fix: "Answer yes, or read with --read-only." });
  };
}
