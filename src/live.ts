export { channel } from "./live/channel.ts";
export { memoryCarrier } from "./live/memory-carrier.ts";
export { channelModel } from "./live/channel-model.ts";
export { postgresCarrier } from "./live/postgres-carrier.ts";
export type { PostgresCarrierOptions } from "./live/postgres-carrier.ts";
export { redisCarrier } from "./live/redis-carrier.ts";
export type { RedisCarrierOptions } from "./live/redis-carrier.ts";
export { processCarrier } from "./live/process-carrier.ts";
export type { Channel, ChannelEntry, ChannelOptions, ResumingRequest, SubscribeOptions } from "./live/channel.ts";
export type { PipedSocket } from "./live/socket-pipe.ts";
export type { CarriedMessage, CarrierListener, LiveCarrier, ReplayedMessages, ReplayLimits } from "./channels/carrier.ts";
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
