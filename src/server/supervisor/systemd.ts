/** What systemd says and wants to hear: an inherited listener, and states of the service. */
import { execFile } from "node:child_process";
import type { SupervisorEvent } from "./options.ts";

const firstDescriptor = 3;

/** Returns the descriptor of the listener that systemd opened; undefined when there is none for this process. */
export function findListenDescriptor(environment: NodeJS.ProcessEnv, pid: number): number | undefined {
  const count = Number(environment["LISTEN_FDS"] ?? "0");
  const isOurs = environment["LISTEN_PID"] === undefined || Number(environment["LISTEN_PID"]) === pid;
  return isOurs && Number.isInteger(count) && count >= 1 ? firstDescriptor : undefined;
}

/** Makes the function that tells systemd a state, such as `READY=1`. It does nothing without `NOTIFY_SOCKET`. */
export function createNotifier(environment: NodeJS.ProcessEnv, tell: (event: SupervisorEvent) => void): (state: string) => void {
  if (!environment["NOTIFY_SOCKET"]) return () => undefined;
  let hasWarned = false;
  // Node has no datagram sockets of Unix, so the program of systemd sends; the unit needs NotifyAccess=all.
  return (state) => {
    execFile("systemd-notify", [state], (error) => {
      if (error === null || hasWarned) return;
      hasWarned = true;
      tell({ level: "warn", message: `systemd-notify could not be run: ${error.message}` });
    });
  };
}
