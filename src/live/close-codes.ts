/** Close codes of WebSockets (RFC 6455 section 7.4, and the registry of IANA). */
import { GableError } from "../errors/gable-error.ts";

/** How Gable closes sockets. */
export const closeCodes = {
  stopping: { code: 1012, reason: "The server restarts. Connect again." },
  slow: { code: 1013, reason: "The client reads too slowly." },
  denied: { code: 1008, reason: "The session has ended, or a guard refuses it." },
  unexpected: { code: 1008, reason: "This address takes no messages." },
  bytes: { code: 1003, reason: "This address takes texts only." },
  notJson: { code: 1007, reason: "The message is not JSON." },
  refused: { code: 1008, reason: "The message does not have the expected form." },
  failed: { code: 1011, reason: "The server failed." },
} as const;

const reasonBytesMax = 123;

/** Checks a code and a reason of the application. Throws `E_SOCKET_CLOSE`. */
export function assertClose(code: number, reason: string): void {
  const isCode =
    Number.isInteger(code) &&
    ((code >= 1000 && code <= 1003 && code !== 1002) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999));
  if (!isCode) throw new GableError("E_SOCKET_CLOSE", `A WebSocket cannot be closed with the code ${String(code)}.`);
  const bytes = new TextEncoder().encode(reason).length;
  if (bytes > reasonBytesMax)
    throw new GableError("E_SOCKET_CLOSE", `The reason for closing a WebSocket has ${bytes} bytes; at most ${reasonBytesMax} are sent.`);
}
