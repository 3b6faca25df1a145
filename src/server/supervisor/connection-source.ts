/** Where the server of a worker gets its connections: from the supervisor instead of a port. */
import type { Socket } from "node:net";

/** Connections from outside of the process. */
export interface ConnectionSource {
  /** Port that the supervisor listens on; 0 for a Unix socket. */
  readonly port: number;
  /** Takes the server that gets the connections. */
  attach(server: AttachedServer): void;
  /** A request starts. */
  onRequest(method: string, path: string): void;
}

/** What the source needs of a server. */
export interface AttachedServer {
  accept(socket: Socket): void;
  readonly connectionCount: number;
}

// A process has one supervisor or none: this is a fact of the process, as its parent is, and no setting of an application.
let source: ConnectionSource | undefined;

/** Announces the source: the next server takes it. */
export function offerConnections(offered: ConnectionSource): void {
  source = offered;
}

/** Takes the source for a server; undefined when there is none, or another server has it. */
export function takeConnectionSource(): ConnectionSource | undefined {
  const taken = source;
  source = undefined;
  return taken;
}
