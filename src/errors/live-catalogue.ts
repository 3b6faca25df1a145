/** Error codes of event streams, WebSockets and channels. */
import { entry } from "./catalogue-entry.ts";

/** What cannot be sent, and who cannot connect. */
export const liveErrors = {
  E_EVENT_INVALID: entry(500, "A server-sent event cannot be sent", "Remove line breaks and NUL from its event and its id."),
  E_SOCKET_UPGRADE: entry(426, "This address opens WebSockets only", "Connect with a WebSocket client of version 13."),
  E_SOCKET_HANDSHAKE: entry(400, "The handshake of the WebSocket is malformed", "Connect with a WebSocket client."),
  E_SOCKET_UNSUPPORTED: entry(501, "This server cannot open WebSockets", "Serve the application with app.listen()."),
  E_SOCKET_CLOSE: entry(
    500,
    "A WebSocket cannot be closed like this",
    "Use 1000, 1001, 1003, 1007 to 1014 or 3000 to 4999, and a shorter reason.",
  ),
} as const;
