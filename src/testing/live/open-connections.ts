/** The live connections that tests have opened and not closed yet. */
import type { Caller } from "../caller.ts";

/** A connection of a test. */
interface OpenConnection {
  /** What it is, such as `a WebSocket to /chat`. */
  readonly what: string;
  readonly caller: Caller;
  /** Ends it. */
  readonly end: () => void;
}

const open = new Map<OpenConnection, number>();
let newest = 0;

/** Returns the number of the newest connection: later ones have greater numbers. */
export const newestConnection = (): number => newest;

/** Notes a connection. Returns what to call when it has ended. */
export function noteConnection(connection: OpenConnection): () => void {
  open.set(connection, ++newest);
  return () => void open.delete(connection);
}

/** Returns the connections that were opened after the one with a number, and are open. */
export function openConnectionsSince(number: number): readonly OpenConnection[] {
  return [...open].flatMap(([connection, own]) => (own > number ? [connection] : []));
}
