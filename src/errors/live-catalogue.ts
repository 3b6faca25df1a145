/** Error codes of event streams, WebSockets and channels. */
import { entry } from "./catalogue-entry.ts";

/** What cannot be sent, and who cannot connect. */
export const liveErrors = {
  E_EVENT_INVALID: entry(500, "A server-sent event cannot be sent", "Remove line breaks and NUL from its event and its id."),
  E_SOCKET_UPGRADE: entry(426, "This address opens only WebSockets", "Connect with a WebSocket client of version 13."),
  E_SOCKET_HANDSHAKE: entry(400, "The handshake of the WebSocket is malformed", "Connect with a WebSocket client."),
  E_SOCKET_UNSUPPORTED: entry(501, "This server cannot open WebSockets", "Serve the application with app.listen()."),
  E_SOCKET_CLOSE: entry(
    500,
    "A WebSocket cannot be closed like this",
    "Use 1000, 1001, 1003, 1007 to 1014 or 3000 to 4999, and a shorter reason.",
  ),
  E_CHANNEL_MESSAGE: entry(500, "A message cannot be sent on a channel", "Pass JSON that its schema accepts, at most 64 KiB."),
  E_CHANNEL_MISSING: entry(500, "This application has no channels", "Pass live: {} to gable(), and start the application."),
  E_CHANNEL_SLOW: entry(500, "A reader of a channel is too slow", "Read faster, or read again after the last id."),
  E_CHANNEL_TABLE: entry(
    500,
    "The table of the channels is missing",
    "Export channelModel() from your models, then run: npx gable db make && npx gable db migrate.",
  ),
  E_CHANNEL_CARRIER: entry(503, "The carrier of the channels cannot be reached", "Start what carries the messages, and send again."),
} as const;
