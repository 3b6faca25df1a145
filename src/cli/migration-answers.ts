/** Answers to the questions of migrations: from flags, and from a person at the terminal. */
import { GableError } from "gable";
import type { Answers, Question } from "gable/migrations";
import { parseFill, parseRollbackFill } from "gable/migrations";
import { loadPrompts, PromptStopped } from "./questions.ts";

/** Flags of `gable db make` that answer questions. */
export interface AnswerFlags {
  readonly rename: readonly string[];
  readonly notRename: readonly string[];
  readonly default: readonly string[];
  readonly shorten: readonly string[];
  readonly recreate: readonly string[];
}

type Models = Parameters<typeof parseFill>[0]["models"];

/** Reads the answers that flags give. Throws `E_COMMAND_USAGE` for a default without `=`, and what `parseFill()` throws. */
export function toAnswers(models: Models, flags: AnswerFlags): Answers {
  const fills = flags.default.map((flag) => {
    const { column, text } = splitDefault(flag);
    return [column, parseFill({ models, column, text })] as const;
  });
  return {
    renames: flags.rename,
    notRenames: flags.notRename,
    shortens: flags.shorten,
    recreates: flags.recreate,
    fills: Object.fromEntries(fills),
  };
}

/** Reads the values for columns that a rollback restores. Throws what {@link toAnswers} throws. */
export async function toRollbackFills(folder: string, flags: readonly string[]): Promise<NonNullable<Answers["fills"]>> {
  const fills = await Promise.all(
    flags.map(async (flag) => {
      const { column, text } = splitDefault(flag);
      return [column, await parseRollbackFill({ folder, column, text })] as const;
    }),
  );
  return Object.fromEntries(fills);
}

function splitDefault(flag: string): { readonly column: string; readonly text: string } {
  const [, column, text] = /^([^=]+)=(.*)$/s.exec(flag) ?? [];
  if (column !== undefined) return { column, text: text! };
  throw new GableError("E_COMMAND_USAGE", `--default "${flag}" has no value.`, { fix: "Write --default books.isbn=VALUE." });
}

/** Adds the answer of one question: the text that the person chose or typed. */
export function addAnswer(models: Models, answers: Answers, [{ kind, subject, candidate }, answer]: readonly [Question, string]): Answers {
  const { renames = [], notRenames = [], fills = {}, shortens = [], recreates = [] } = answers;
  if (kind === "renameTable" || kind === "renameColumn") {
    const pair = `${subject}:${candidate}`;
    return answer === "rename" ? { ...answers, renames: [...renames, pair] } : { ...answers, notRenames: [...notRenames, pair] };
  }
  if (kind === "fill") return { ...answers, fills: { ...fills, [subject]: parseFill({ models, column: subject, text: answer }) } };
  return kind === "shorten" ? { ...answers, shortens: [...shortens, subject] } : { ...answers, recreates: [...recreates, subject] };
}

/** Asks a person. Throws `E_COMMAND_CONFIRM` when they say no, and {@link PromptStopped}. */
export async function askQuestion({ kind, text }: Question): Promise<string> {
  const { confirm, isCancel, select, text: ask } = await loadPrompts();
  const answer =
    kind === "fill"
      ? await ask({ message: text })
      : kind === "renameTable" || kind === "renameColumn"
        ? await select({
            message: text,
            options: [
              { value: "rename", label: "It was renamed: keep the values" },
              { value: "other", label: "They are different: drop the old one, add the new one" },
            ],
          })
        : await confirm({ message: text, initialValue: false });
  if (isCancel(answer)) throw new PromptStopped("You cancelled. Nothing was written.");
  if (answer === false || answer === undefined) throw new GableError("E_COMMAND_CONFIRM", "You cancelled. Nothing was written.");
  return String(answer);
}
