/** Questions at a terminal. They go to standard error, as those of `gable` do. */
import type { Option, Questions } from "./choices.ts";
import { Stopped } from "./choices.ts";

/** Oldest Node that can load the package of the questions. */
const nodeMin = [20, 12] as const;

/** Whether a version of Node can ask. */
export function canAsk(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > nodeMin[0] || (major === nodeMin[0] && minor >= nodeMin[1]);
}

/** Loads the questions: only a person at a terminal waits for that. */
export async function loadQuestions(): Promise<Questions> {
  const prompts = await import("@clack/prompts");
  // Ctrl-D closes the input: nobody could answer any more.
  prompts.updateSettings({ aliases: { "\u0004": "cancel" } });
  const output = process.stderr;
  const finish = <Answer>(answer: Answer): Exclude<Answer, symbol> => {
    if (prompts.isCancel(answer)) throw new Stopped("You cancelled. Nothing was written.");
    return answer as Exclude<Answer, symbol>; // The only symbol is the one of Ctrl-C and Ctrl-D.
  };
  return {
    text: async (message, initial) => finish(await prompts.text({ message, placeholder: initial, defaultValue: initial, output })),
    choice: async <Value extends string>(message: string, options: ReadonlyArray<Option<Value>>) => {
      const listed = options.map(({ value, label, hint }) => ({ value: value as string, label, ...(hint !== undefined && { hint }) }));
      // The answer is one of the values.
      return finish(await prompts.select<string>({ message, options: listed, output })) as Value;
    },
    confirm: async (message) => finish(await prompts.confirm({ message, output })),
  };
}
