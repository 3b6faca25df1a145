/** Decides whether the connection to a server is encrypted: by default it is, unless the server is on this machine. */
import { GableError } from "../../errors/gable-error.ts";

/** How a connection is encrypted: with a verified certificate, with any certificate, or not at all. */
export type TlsMode = "verify" | "encrypt" | "off";

/** Returns the TLS options for drivers; undefined if the connection is not encrypted, or if the URL configures it. */
export function readTls(url: string, mode: TlsMode | undefined): { readonly rejectUnauthorized: boolean } | undefined {
  const { hostname, searchParams } = new URL(url);
  if (mode === undefined && ["sslmode", "ssl"].some((name) => searchParams.has(name))) return undefined;
  const chosen = mode ?? (isHere(hostname, searchParams.get("host")) ? "off" : "verify");
  return chosen === "off" ? undefined : { rejectUnauthorized: chosen === "verify" };
}

/** Returns whether a server is on this machine: by its name, or by a socket in the file system. */
function isHere(hostname: string, socket: string | null): boolean {
  if (socket !== null) return socket.startsWith("/");
  return (
    hostname === "" || hostname === "localhost" || hostname === "[::1]" || /^127(?:\.\d+){3}$/.test(hostname) || hostname.startsWith("%2F")
  );
}

/** Returns the error for a server without encryption; returns other errors unchanged. */
export function readTlsError(error: unknown): unknown {
  const { message = "", code = "" } = (error ?? {}) as { readonly message?: string; readonly code?: string }; // As drivers make them.
  if (!/does not support SSL|does not support secure connection/i.test(message) && code !== "HANDSHAKE_NO_SSL_SUPPORT") return error;
  return new GableError("E_DATABASE_TLS", "The server does not encrypt its connections.", { cause: error });
}
