/** A Unix socket that takes commands for a supervisor, so that `gable reload` learns whether the reload has worked. */
import { connect, createServer } from "node:net";
import type { Server, Socket } from "node:net";
import { toErrorText } from "../../errors/error-text.ts";
import { GableError } from "../../errors/gable-error.ts";
import { listenOn } from "../listen-socket.ts";

/** A command. */
export type ControlCommand = "reload" | "stop" | "status";

/** Answer to a command: whether it has worked, and the reason or the status. */
export interface ControlAnswer {
  /** Whether the command has worked. */
  readonly isDone: boolean;
  /** The status, how the supervisor ended, or the reason of the failure. */
  readonly details: unknown;
}

const commandBytesMax = 64;

/** Listens on a path; `run` runs a command. */
export async function listenForCommands(path: string, run: (command: ControlCommand) => Promise<ControlAnswer>): Promise<Server> {
  const server = createServer((socket) => takeCommand(socket, run));
  await listenOn(server, { unixPath: path });
  server.unref();
  return server;
}

function takeCommand(socket: Socket, run: (command: ControlCommand) => Promise<ControlAnswer>): void {
  let text = "";
  socket.on("error", () => undefined);
  socket.on("data", (chunk) => {
    text += chunk.toString("latin1");
    if (text.length > commandBytesMax) return void socket.destroy();
    if (!text.endsWith("\n")) return;
    const command = text.trimEnd();
    if (command !== "reload" && command !== "stop" && command !== "status")
      return void socket.end(toLine({ isDone: false, details: "unknown command" }));
    run(command).then(
      (answer) => socket.end(toLine(answer)),
      (error: unknown) => socket.end(toLine({ isDone: false, details: toErrorText(error) })),
    );
  });
}

function toLine(answer: ControlAnswer): string {
  return `${JSON.stringify(answer)}\n`;
}

/** Sends a command to the supervisor that listens on a path. Throws `E_SUPERVISOR_MISSING` when there is none. */
export function sendSupervisorCommand(path: string, command: ControlCommand): Promise<ControlAnswer> {
  return new Promise((resolve, reject) => {
    const missing = (cause?: Error): GableError =>
      new GableError("E_SUPERVISOR_MISSING", `No supervisor answers at ${path}.`, cause === undefined ? {} : { cause });
    const socket = connect(path, () => socket.write(`${command}\n`));
    let text = "";
    socket.on("data", (chunk) => (text += chunk.toString()));
    socket.on("error", (error) => reject(missing(error)));
    socket.on("end", () => {
      socket.destroy();
      if (!text.endsWith("\n")) return reject(missing());
      resolve(JSON.parse(text) as ControlAnswer); // Our own supervisor wrote it.
    });
  });
}
