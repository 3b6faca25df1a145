/** What carries the messages of channels from one process to others. `testLiveCarrier()` of gable/testing checks yours. */

/** How long messages can be replayed. */
export interface ReplayLimits {
  /** Seconds for which a message is kept. */
  readonly seconds: number;
  /** Most messages that are kept of one topic. */
  readonly messagesMax: number;
}

/** A message on its way. */
export interface CarriedMessage {
  /** Names its place among the messages of its topic; "" where nothing is kept. */
  readonly id: string;
  /** JSON text. */
  readonly text: string;
}

/** What a topic has kept after some place. */
export interface ReplayedMessages {
  /** Messages in order. */
  readonly messages: readonly CarriedMessage[];
  /** Place of the last message of the topic: where a later replay goes on. */
  readonly lastId: string;
  /** Whether messages between the place and now are no longer kept. */
  readonly hasGap: boolean;
}

/** Takes the messages of a topic. */
export interface CarrierListener {
  /** Called with each message, in the order of their ids. */
  onMessage(message: CarriedMessage): void;
  /** Called when messages may be missing: the connection to the carrier was lost and is back. */
  onInterrupted(): void;
}

/**
 * Carries the messages of channels. A topic is a path such as `/posts/7`.
 * All listeners of a topic, in all processes, get its messages in the same order. An id is `epoch-number`: letters and digits, and a number
 * that grows by one with each message of the topic.
 */
export interface LiveCarrier {
  /** Opens connections; called at start. */
  open?(): Promise<void>;
  /** Sends a message to all listeners of a topic, and keeps it where `replay` is set. Resolves when it is safe. */
  publish(topic: string, text: string, replay: ReplayLimits | undefined): Promise<void>;
  /** Adds a listener. Resolves when messages that are published from now on reach it, with the function that removes it. */
  subscribe(topic: string, listener: CarrierListener): Promise<() => void>;
  /** Returns what was kept after an id; only the place of the last message where `after` is undefined. */
  replay(topic: string, after: string | undefined): Promise<ReplayedMessages>;
  /** Closes what `open()` has opened. */
  close?(): Promise<void>;
}
