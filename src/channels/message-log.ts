/** The messages that one process keeps for replays. An id is `epoch-number`; the numbers of a topic have no holes. */
import type { CarriedMessage, ReplayedMessages, ReplayLimits } from "./carrier.ts";

interface KeptMessage extends CarriedMessage {
  readonly endsAt: number;
}

interface Topic {
  /** Ids of a topic that was forgotten name no message of the one that follows. */
  readonly epoch: string;
  last: number;
  messages: KeptMessage[];
  /** When it can be forgotten. */
  endsAt: number;
}

/** How long a topic without messages remembers its place, in milliseconds. */
const placeMs = 600_000;
/** Messages between two looks for topics that can be forgotten. */
const sweepEvery = 1_000;

/** Keeps messages. */
export class MessageLog {
  readonly #topics = new Map<string, Topic>();
  readonly #now: () => number;
  #count = 0;

  /** `now` gives milliseconds on a clock that is never put back. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Number of topics that are remembered. */
  get size(): number {
    return this.#topics.size;
  }

  /** Keeps a message, and returns it with its id. */
  add(topic: string, text: string, { seconds, messagesMax }: ReplayLimits): CarriedMessage {
    if (++this.#count % sweepEvery === 0) this.#sweep();
    const kept = this.#find(topic);
    const endsAt = this.#now() + seconds * 1_000;
    const message = { id: toId(kept, ++kept.last), text, endsAt };
    kept.messages.push(message);
    kept.endsAt = Math.max(kept.endsAt, endsAt);
    this.#drop(kept, messagesMax);
    return plain(message);
  }

  /** Returns what is kept after an id. */
  after(topic: string, id: string | undefined): ReplayedMessages {
    const kept = this.#find(topic);
    this.#drop(kept, Number.POSITIVE_INFINITY);
    return selectAfter(kept, kept.messages, id);
  }

  #find(name: string): Topic {
    let topic = this.#topics.get(name);
    if (topic === undefined) {
      topic = { epoch: createEpoch(), last: 0, messages: [], endsAt: 0 };
      this.#topics.set(name, topic);
    }
    topic.endsAt = Math.max(topic.endsAt, this.#now() + placeMs);
    return topic;
  }

  #drop(topic: Topic, messagesMax: number): void {
    const now = this.#now();
    let count = Math.max(0, topic.messages.length - messagesMax);
    while (count < topic.messages.length && topic.messages[count]!.endsAt <= now) count++;
    if (count > 0) topic.messages.splice(0, count);
  }

  #sweep(): void {
    const now = this.#now();
    for (const [name, topic] of this.#topics) if (topic.endsAt <= now) this.#topics.delete(name);
  }
}

/** Place of a topic. */
interface TopicPlace {
  readonly epoch: string;
  readonly last: number;
}

/** Selects the messages after an id; `kept` are the latest ones of the topic, without holes. */
export function selectAfter(place: TopicPlace, kept: readonly CarriedMessage[], id: string | undefined): ReplayedMessages {
  const lastId = toId(place, place.last);
  if (id === undefined) return { messages: [], lastId, hasGap: false };
  const number = readNumber(id, place.epoch);
  // An id of another epoch, or of the future, names nothing that is known here.
  if (number === undefined || number > place.last) return { messages: kept.map(plain), lastId, hasGap: true };
  const missing = place.last - number;
  return { messages: kept.slice(Math.max(0, kept.length - missing)).map(plain), lastId, hasGap: missing > kept.length };
}

function plain({ id, text }: CarriedMessage): CarriedMessage {
  return { id, text };
}

/** Returns the id of a message. */
export function toId({ epoch }: Pick<TopicPlace, "epoch">, number: number): string {
  return `${epoch}-${number}`;
}

/** Reads an id; undefined for other strings. */
export function parseId(id: string): TopicPlace | undefined {
  const [, epoch, digits] = /^([0-9a-z]{1,20})-(0|[1-9][0-9]{0,15})$/.exec(id) ?? [];
  return epoch === undefined ? undefined : { epoch, last: Number(digits) };
}

function readNumber(id: string, epoch: string): number | undefined {
  const place = parseId(id);
  return place?.epoch === epoch ? place.last : undefined;
}

/** Whether a message was delivered before the one with the id `last`, or is that one. */
export function isKnown(id: string, last: string | undefined): boolean {
  if (last === undefined) return false;
  const epoch = last.slice(0, last.indexOf("-"));
  const number = readNumber(id, epoch);
  return number !== undefined && number <= (readNumber(last, epoch) ?? -1);
}

/** Creates an epoch: no other start and no other process has the same one. */
export function createEpoch(): string {
  return Date.now().toString(36) + Math.floor(Math.random() * 36 ** 6).toString(36);
}
