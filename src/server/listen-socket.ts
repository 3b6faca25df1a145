/** Where a server listens: TCP, a Unix socket, or an inherited descriptor. */
import { chmod, lstat, unlink } from "node:fs/promises";
import { connect } from "node:net";
import type { Server } from "node:net";
import { GableError } from "../errors/gable-error.ts";

/** Where to listen. */
export interface ListenAddress {
  /** Port; 0 takes a free one. Default 3000. */
  port?: number;
  /** Address or name to bind. Default 127.0.0.1: loopback. */
  host?: string;
  /** Path of a Unix socket instead of a port; made with mode 0660, a stale one is removed. None by default. */
  unixPath?: string;
  /** Descriptor of a socket that listens already, for example from systemd. None by default. */
  fd?: number;
}

const backlog = 2048;

/** Starts to listen. Throws `E_LISTEN` with the reason. */
export async function listenOn(server: Server, address: ListenAddress): Promise<void> {
  if (address.unixPath !== undefined) await removeStaleSocket(address.unixPath);
  await new Promise<void>((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException): void => reject(listenError(error, address));
    server.once("error", onError);
    server.listen(toListenOptions(address), () => {
      server.removeListener("error", onError);
      resolve();
    });
  });
  if (address.unixPath !== undefined) await chmod(address.unixPath, 0o660);
}

function toListenOptions(address: ListenAddress): object {
  if (address.unixPath !== undefined) return { path: address.unixPath, backlog };
  if (address.fd !== undefined) return { fd: address.fd };
  return { port: address.port ?? 3000, host: address.host ?? "127.0.0.1", backlog };
}

/** A socket file that nobody listens on is left over from a crash; one that answers is in use. */
async function removeStaleSocket(path: string): Promise<void> {
  const facts = await lstat(path).catch(() => undefined);
  // A file of another kind was named by mistake: listening fails, and the file stays.
  if (facts?.isSocket() !== true) return;
  const isInUse = await new Promise<boolean>((resolve) => {
    const probe = connect(path);
    probe.once("connect", () => {
      probe.destroy();
      resolve(true);
    });
    probe.once("error", () => resolve(false));
  });
  if (!isInUse) await unlink(path).catch(() => undefined);
}

function listenError(error: NodeJS.ErrnoException, address: ListenAddress): GableError {
  const place =
    address.unixPath ?? (address.fd === undefined ? `${address.host ?? "127.0.0.1"}:${address.port ?? 3000}` : `descriptor ${address.fd}`);
  const reasons: Record<string, string> = {
    EADDRINUSE: "it is in use",
    EACCES: "it is not allowed",
    EADDRNOTAVAIL: "no such address on this machine",
  };
  return new GableError("E_LISTEN", `Cannot listen on ${place}: ${reasons[error.code ?? ""] ?? error.message}.`, { cause: error });
}
