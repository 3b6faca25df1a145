/** Runs the same command again in a new process, at the same terminal: Node keeps the modules of an application that it has loaded. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import type { HandedOn } from "./prompt.ts";

/** What the new process asks for. */
const question = "gable shell: what is handed on?";
/** Longest wait for the answer of a process that does not know the question, in ms. */
const waitMs = 1_000;

/** Starts the process, hands the values on, and waits until it ends. Returns its exit code. */
export async function runAgain(handedOn: HandedOn): Promise<number> {
  // Ctrl-C reaches both processes: it is for the new one.
  process.removeAllListeners("SIGINT");
  process.on("SIGINT", () => undefined);
  const child = spawn(process.execPath, [...process.execArgv, ...process.argv.slice(1)], {
    stdio: ["inherit", "inherit", "inherit", "ipc"],
    serialization: "advanced",
  });
  child.on("message", (message) => {
    if (message === question) child.send({ handedOn });
  });
  const [code] = (await once(child, "exit")) as [number | null]; // The event has these values.
  return code ?? 1;
}

/** Returns what the process before has handed on; nothing in a shell that nobody has reloaded. */
export async function readHandedOn(): Promise<HandedOn> {
  if (process.send === undefined) return {};
  const answer = new Promise<unknown>((resolve) => {
    const timer = setTimeout(resolve, waitMs, undefined);
    process.once("message", (message) => {
      clearTimeout(timer);
      resolve(message);
    });
  });
  process.send(question);
  const message = await answer;
  process.disconnect?.();
  const isAnswer = typeof message === "object" && message !== null && "handedOn" in message;
  return isAnswer ? (message.handedOn as HandedOn) : {}; // The process before has sent it.
}
