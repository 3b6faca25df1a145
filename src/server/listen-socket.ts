/** Where a server listens: TCP, a Unix socket, or an inherited descriptor. */
import { chmod, lstat, stat, unlink } from "node:fs/promises";
import { connect } from "node:net";
import type { Server } from "node:net";
import { dirname } from "node:path";
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

/** Options that name different places to listen. */
const contradictions = [
  ["unixPath", "fd"],
  ["unixPath", "port"],
  ["unixPath", "host"],
  ["fd", "port"],
  ["fd", "host"],
] as const;

/** Throws `E_OPTION_INVALID` for options of which one would be ignored. */
export function assertOneAddress(owner: string, address: ListenAddress): void {
  for (const [one, other] of contradictions)
    if (address[one] !== undefined && address[other] !== undefined)
      throw new GableError("E_OPTION_INVALID", `${owner} got "${one}" and "${other}", but it listens on one address.`, {
        fix: `Remove "${one}" or "${other}".`,
      });
}

const backlog = 2048;
/** Longest path of a socket, in bytes. */
const pathBytesMax = process.platform === "linux" ? 107 : 103;

/** Starts to listen. Throws `E_LISTEN` with the reason. */
export async function listenOn(server: Server, address: ListenAddress): Promise<void> {
  const { unixPath } = address;
  // Node 22 would cut the path off, and listen at another one.
  if (unixPath !== undefined && process.platform !== "win32" && Buffer.byteLength(unixPath) > pathBytesMax)
    throw await listenError(Object.assign(new Error("The path is too long"), { code: "ENAMETOOLONG" }), address);
  if (unixPath !== undefined) await removeStaleSocket(unixPath);
  await new Promise<void>((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException): void => void listenError(error, address).then(reject);
    server.once("error", onError);
    server.listen(toListenOptions(address), () => {
      server.removeListener("error", onError);
      resolve();
    });
  });
  if (unixPath !== undefined) await chmod(unixPath, 0o660);
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

/** Why listening failed, and what to do. */
interface Reason {
  readonly reason: string;
  readonly fix?: string;
}

async function listenError(error: NodeJS.ErrnoException, address: ListenAddress): Promise<GableError> {
  const { unixPath, fd, host = "127.0.0.1", port = 3000 } = address;
  const [place, found] =
    unixPath !== undefined
      ? [unixPath, await explainPath(error, unixPath)]
      : fd !== undefined
        ? [`descriptor ${fd}`, explainDescriptor(error)]
        : [`${host.includes(":") ? `[${host}]` : host}:${port}`, explainPort(error, host, port)];
  const { reason, fix } = found ?? { reason: error.message };
  return new GableError("E_LISTEN", `Cannot listen on ${place}: ${reason}.`, { cause: error, ...(fix !== undefined && { fix }) });
}

function explainPort({ code }: NodeJS.ErrnoException, host: string, port: number): Reason | undefined {
  const reasons: Readonly<Record<string, Reason>> = {
    EADDRINUSE: { reason: "it is in use", fix: "Stop the process that uses it, or choose another port." },
    EACCES:
      port < 1024
        ? { reason: "this user may not use ports below 1024", fix: "Choose a port from 1024 on, and put a proxy before it." }
        : { reason: "this user may not use it", fix: "Choose another port." },
    EADDRNOTAVAIL: {
      reason: "this machine does not have this address",
      fix: "Use 127.0.0.1 for this machine only, 0.0.0.0 for all its addresses, or one of them.",
    },
    EAFNOSUPPORT: { reason: "this machine has no IPv6", fix: "Use 127.0.0.1 or 0.0.0.0." },
    ENOTFOUND: { reason: `no address has the name "${host}"`, fix: "Give host a name or an IP address, without scheme, brackets or port." },
    EAI_AGAIN: { reason: `the name "${host}" cannot be looked up now`, fix: "Give an IP address as host, or repair the name server." },
  };
  return reasons[code ?? ""];
}

/** libuv reports a missing folder as EACCES, and any file at the path as EADDRINUSE. */
async function explainPath({ code }: NodeJS.ErrnoException, path: string): Promise<Reason | undefined> {
  const byteCount = Buffer.byteLength(path);
  if (byteCount > pathBytesMax && (code === "EINVAL" || code === "ENAMETOOLONG"))
    return {
      reason: `the path of a socket cannot have ${byteCount} bytes`,
      fix: "Choose a shorter path: at most 107 bytes on Linux, 103 on macOS.",
    };
  const facts = await stat(path).catch(() => undefined);
  if (code === "EADDRINUSE")
    return facts === undefined || facts.isSocket()
      ? { reason: "it is in use", fix: "Stop the process that uses it, or choose another path." }
      : { reason: `a ${facts.isDirectory() ? "folder" : "file"} has this name`, fix: "Choose another path." };
  const folder = dirname(path);
  const found = await stat(folder).catch(() => undefined);
  if (found === undefined && (code === "EACCES" || code === "ENOENT"))
    return { reason: `the folder ${folder} does not exist`, fix: "Create the folder, or choose another path." };
  if (code === "ENOTDIR" || found?.isDirectory() === false) return { reason: "a part of the path is a file", fix: "Choose another path." };
  if (code === "EACCES" || code === "EROFS")
    return { reason: `this user may not write to ${folder}`, fix: "Choose a path in a folder that this user may write to." };
  return undefined;
}

function explainDescriptor({ code }: NodeJS.ErrnoException): Reason | undefined {
  if (!["EINVAL", "EBADF", "ENOTSOCK", "EEXIST"].includes(code ?? "")) return undefined;
  return { reason: "it is not a socket that listens", fix: "Pass the number of a listening socket: systemd gives 3 to the first one." };
}
