/** Channels of the processes of one machine: their parent puts all messages in order, and keeps those that can be replayed. */
import type { CarriedMessage, ReplayedMessages, ReplayLimits } from "./carrier.ts";
import { MessageLog } from "./message-log.ts";

/** What a process asks its parent. */
export type HubRequest =
  | {
      readonly kind: "publish";
      readonly number: number;
      readonly topic: string;
      readonly text: string;
      readonly replay: ReplayLimits | undefined;
    }
  | { readonly kind: "replay"; readonly number: number; readonly topic: string; readonly after: string | undefined };

/** What the parent says to its processes. */
export type HubMessage =
  | { readonly kind: "message"; readonly topic: string; readonly message: CarriedMessage }
  | { readonly kind: "published"; readonly number: number }
  | { readonly kind: "replayed"; readonly number: number; readonly replayed: ReplayedMessages };

/** The side of the parent. */
export class Hub {
  readonly #log = new MessageLog();
  readonly #broadcast: (message: HubMessage) => void;

  /** `broadcast` sends a message to all processes. */
  constructor(broadcast: (message: HubMessage) => void) {
    this.#broadcast = broadcast;
  }

  /** Does what a process asks; `answer` sends to that process. */
  receive(request: HubRequest, answer: (message: HubMessage) => void): void {
    const { topic, number } = request;
    if (request.kind === "replay") return answer({ kind: "replayed", number, replayed: this.#log.after(topic, request.after) });
    const { text, replay } = request;
    const message = replay === undefined ? { id: "", text } : this.#log.add(topic, text, replay);
    this.#broadcast({ kind: "message", topic, message: { id: message.id, text } });
    answer({ kind: "published", number });
  }
}
