export { socket } from "./handlers/define-socket.ts";
export { livePart } from "./live/part.ts";
export type { Live } from "./live/live.ts";
export type { LiveOptions, LiveSetting } from "./live/part.ts";
export type { LiveTimes } from "./live/times.ts";
export type {
  MessageOf,
  RawMessage,
  SocketConnection,
  SocketEnd,
  SocketFactory,
  SocketHandlers,
  SocketOptions,
} from "./handlers/define-socket.ts";
export type { EventsOptions, SendEvents } from "./replies/events.ts";
export type { ServerEvent } from "./http/event-stream.ts";
