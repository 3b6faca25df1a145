/** What a request must say to open a WebSocket (RFC 6455 section 4.2.1). */
import { GableError } from "../errors/gable-error.ts";
import type { HeaderReader } from "../http/header-table.ts";

/** 16 bytes in base64. */
const keyPattern = /^[A-Za-z0-9+/]{21}[AQgw]==$/;

/** Checks the handshake. Throws `E_SOCKET_UPGRADE` and `E_SOCKET_HANDSHAKE`. */
export function assertHandshake(method: string, headers: HeaderReader): void {
  if (method !== "GET" || headers.get("upgrade")?.trim().toLowerCase() !== "websocket" || !hasToken(headers.get("connection"), "upgrade"))
    throw new GableError("E_SOCKET_UPGRADE", "This address opens only WebSockets.");
  if (headers.get("sec-websocket-version") !== "13")
    throw new GableError("E_SOCKET_UPGRADE", "The handshake has another Sec-WebSocket-Version than 13.", {
      headers: [["sec-websocket-version", "13"]],
    });
  if (!keyPattern.test(headers.get("sec-websocket-key") ?? ""))
    throw new GableError("E_SOCKET_HANDSHAKE", "The Sec-WebSocket-Key is not 16 bytes in base64.");
  if (headers.has("transfer-encoding") || (headers.get("content-length") ?? "0") !== "0")
    throw new GableError("E_SOCKET_HANDSHAKE", "The handshake has a body.");
}

function hasToken(value: string | null, token: string): boolean {
  return value !== null && value.split(",").some((item) => item.trim().toLowerCase() === token);
}

/** Returns the client's first protocol that the route speaks; undefined when there is none. */
export function chooseProtocol(headers: HeaderReader, protocols: readonly string[]): string | undefined {
  const offered = (headers.get("sec-websocket-protocol") ?? "").split(",").map((item) => item.trim());
  return offered.find((item) => protocols.includes(item));
}
