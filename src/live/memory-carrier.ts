/** Channels inside one process. */
import type { LiveCarrier } from "../channels/carrier.ts";
import { Listeners } from "../channels/listeners.ts";
import { MessageLog } from "../channels/message-log.ts";

/** Creates a carrier for an application that is one process. Messages that are kept for replays are lost when it ends. */
export function memoryCarrier(): LiveCarrier {
  const listeners = new Listeners();
  const log = new MessageLog();
  return {
    publish: async (topic, text, replay) =>
      listeners.deliver(topic, replay === undefined ? { id: "", text } : log.add(topic, text, replay)),
    subscribe: async (topic, listener) => listeners.add(topic, listener),
    replay: async (topic, after) => log.after(topic, after),
  };
}
