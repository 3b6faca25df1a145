/** Whether the way to a server is encrypted: to another machine it is, unless somebody says that it is not. */
import { GableError } from "../../errors/gable-error.ts";

/** How the way to a server is encrypted: with a certificate that is checked, with any, or not at all. */
export type TlsMode = "verify" | "encrypt" | "off";

/** What drivers take; undefined where the way is not encrypted, or the address says itself how it is. */
export function readTls(url: string, mode: TlsMode | undefined): { readonly rejectUnauthorized: boolean } | undefined {
  const { hostname, searchParams } = new URL(url);
  if (mode === undefined && ["sslmode", "ssl"].some((name) => searchParams.has(name))) return undefined;
  const chosen = mode ?? (isHere(hostname, searchParams.get("host")) ? "off" : "verify");
  return chosen === "off" ? undefined : { rejectUnauthorized: chosen === "verify" };
}

/** Whether a server is on this machine: by its name, or by a socket in the file system. */
function isHere(hostname: string, socket: string | null): boolean {
  if (socket !== null) return socket.startsWith("/");
  return (
    hostname === "" || hostname === "localhost" || hostname === "[::1]" || /^127(?:\.\d+){3}$/.test(hostname) || hostname.startsWith("%2F")
  );
}

/** The error of a server that does not encrypt; others are given back as they are. */
export function readTlsError(error: unknown): unknown {
  const { message = "", code = "" } = (error ?? {}) as { readonly message?: string; readonly code?: string }; // As drivers make them.
  if (!/does not support SSL|does not support secure connection/i.test(message) && code !== "HANDSHAKE_NO_SSL_SUPPORT") return error;
  return new GableError("E_DATABASE_TLS", "The server does not encrypt its connections.", { cause: error });
}
