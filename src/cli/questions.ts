/** Values that a command needs and was not given: asked for at a terminal, read from standard input, or missing. */
import { GableError } from "../errors/gable-error.ts";
import type { Terminal } from "./terminal.ts";

/** Ctrl-C at a question: the command ends with 130. */
export class PromptStopped extends GableError {
  constructor(message: string) {
    super("E_COMMAND_CONFIRM", message, { fix: "Run the command again." });
  }
}

/** Loads the questions. Ctrl-D stops one, as Ctrl-C does: it closes the input, and nobody could answer any more. */
export async function loadPrompts(): Promise<typeof import("@clack/prompts")> {
  const prompts = await import("@clack/prompts");
  prompts.updateSettings({ aliases: { "\u0004": "cancel" } });
  return prompts;
}

/** Asks for a line of text. Throws {@link PromptStopped}. */
export async function askText(terminal: Terminal, question: string, isSecret = false): Promise<string> {
  const answer = await terminal.ask(question, { isSecret });
  if (answer === undefined) throw new PromptStopped("You cancelled. Nothing was changed.");
  return isSecret ? answer : answer.trim();
}

/**
 * Returns a new password: a person types it twice, and what is piped in is read to its first end of line. Throws
 * `E_COMMAND_USAGE` when there is none, when the two differ, and when standard input has several lines.
 */
export async function readNewPassword(terminal: Terminal, mayAsk: boolean): Promise<string> {
  if (!mayAsk) return readPipedPassword(terminal);
  const password = await askText(terminal, "Password", true);
  if ((await askText(terminal, "Password, once more", true)) === password) return password;
  throw new GableError("E_COMMAND_USAGE", "The two passwords differ. Nothing was changed.", { fix: "Run the command again." });
}

async function readPipedPassword(terminal: Terminal): Promise<string> {
  const password = (await terminal.readInput()).replace(/\r?\n$/, "");
  const reason = password === "" ? "has no password" : /[\r\n]/.test(password) ? "has several lines" : undefined;
  if (reason === undefined) return password;
  throw new GableError("E_COMMAND_USAGE", `Standard input ${reason}.`, {
    fix: 'Pipe one line into the command: printf %s "$PASSWORD" | npx gable user ...',
  });
}
