/** Finds renames: a dropped object that was added again under another name. Gable never guesses; it asks if the models do not say so. */
import { GableError } from "../../../errors/gable-error.ts";
import type { State, TableState } from "../../schema/table-state.ts";
import { applyOperation } from "./apply.ts";
import type { Operation } from "./operation.ts";
import { op } from "./operation.ts";
import type { Answers, Question, RenameHints } from "./question.ts";
import { columnLikeness, compareColumns, compareTables, tableLikeness } from "./similar.ts";

/** Returns the certain renames, and questions about possible ones. Throws `E_MIGRATION_ANSWER` for an answer without a question. */
export function findRenames(
  from: State,
  to: State,
  { renames = [], notRenames = [] }: Answers,
  hints: RenameHints,
): { renames: Operation[]; questions: Question[] } {
  const search = new RenameSearch(from, to, new Set(renames), new Set(notRenames), hints);
  search.tables();
  search.columns();
  const unused = [...renames, ...notRenames].find((answer) => !search.used.has(answer));
  if (unused !== undefined)
    throw new GableError("E_MIGRATION_ANSWER", `The answer "${unused}" does not match anything that was dropped and added.`, {
      fix: "Write it as books.body:content, or books:volumes for tables.",
    });
  return { renames: search.found, questions: search.questions };
}

class RenameSearch {
  readonly found: Operation[] = [];
  readonly questions: Question[] = [];
  /** Answers that were used. */
  readonly used = new Set<string>();
  #state: State;
  readonly #to: State;
  readonly #renames: ReadonlySet<string>;
  readonly #notRenames: ReadonlySet<string>;
  readonly #hints: RenameHints;

  constructor(from: State, to: State, renames: ReadonlySet<string>, notRenames: ReadonlySet<string>, hints: RenameHints) {
    this.#state = from;
    this.#to = to;
    this.#renames = renames;
    this.#notRenames = notRenames;
    this.#hints = hints;
  }

  tables(): void {
    const gone = [...this.#state.keys()].filter((name) => !this.#to.has(name));
    const fresh = [...this.#to.keys()].filter((name) => !this.#state.has(name));
    const likeness = (one: string, other: string): number => compareTables(this.#state.get(one)!, this.#to.get(other)!);
    this.#match(gone, fresh, {
      prefix: "",
      likeness,
      limit: tableLikeness,
      ask: (one, other) => ({
        kind: "renameTable",
        subject: one,
        candidate: other,
        text: `Was the table "${one}" renamed to "${other}"?`,
        flags: [`--rename ${one}:${other}`, `--not-rename ${one}:${other}`],
      }),
      rename: (one, other) => op.renameTable(one, other),
    });
  }

  columns(): void {
    for (const [table, to] of this.#to) {
      const from = this.#state.get(table);
      if (from === undefined) continue;
      const gone = [...from.columns.keys()].filter((name) => !to.columns.has(name));
      const fresh = [...to.columns.keys()].filter((name) => !from.columns.has(name));
      const side = (state: TableState, name: string): Parameters<typeof compareColumns>[0] => ({
        name,
        column: state.columns.get(name)!,
        neighbours: neighboursOf([...state.columns.keys()], name),
      });
      this.#match(gone, fresh, {
        prefix: `${table}.`,
        likeness: (one, other) => compareColumns(side(from, one), side(to, other)),
        limit: columnLikeness,
        ask: (one, other) => ({
          kind: "renameColumn",
          subject: `${table}.${one}`,
          candidate: other,
          text: `Was the column ${table}.${one} renamed to "${other}"?`,
          flags: [`--rename ${table}.${one}:${other}`, `--not-rename ${table}.${one}:${other}`],
        }),
        rename: (one, other) => op.renameColumn(table, one, other),
      });
    }
  }

  #match(gone: readonly string[], fresh: readonly string[], kind: RenameKind): void {
    const left = new Set(gone);
    const free = new Set(fresh);
    const take = (one: string, other: string): void => {
      left.delete(one);
      free.delete(other);
      const operation = kind.rename(one, other);
      this.found.push(operation);
      this.#state = applyOperation(this.#state, operation);
    };
    for (const one of gone)
      for (const other of fresh) {
        const answer = `${kind.prefix}${one}:${other}`;
        if (this.#notRenames.has(answer)) this.used.add(answer);
        const isHinted = this.#hints.get(`${kind.prefix}${other}`) === one;
        if (this.#renames.has(answer)) this.used.add(answer);
        else if (!isHinted) continue;
        if (left.has(one) && free.has(other)) take(one, other);
      }
    const pairs = [...left].flatMap((one) => [...free].map((other) => ({ one, other, likeness: kind.likeness(one, other) })));
    const likely = pairs.filter(
      ({ one, other, likeness }) => likeness >= kind.limit && !this.#notRenames.has(`${kind.prefix}${one}:${other}`),
    );
    // Likely pairs come first, each name once. The next run asks about the others.
    for (const { one, other } of likely.sort((first, second) => second.likeness - first.likeness)) {
      if (!left.has(one) || !free.has(other)) continue;
      left.delete(one);
      free.delete(other);
      this.questions.push(kind.ask(one, other));
    }
  }
}

/** What differs between renaming tables and renaming columns. */
interface RenameKind {
  readonly prefix: string;
  readonly likeness: (one: string, other: string) => number;
  readonly limit: number;
  readonly ask: (one: string, other: string) => Question;
  readonly rename: (one: string, other: string) => Operation;
}

function neighboursOf(names: readonly string[], name: string): string[] {
  const place = names.indexOf(name);
  return [names[place - 1], names[place + 1]].filter((each) => each !== undefined);
}
