/** The messages of one channel: checked before they are sent, parsed once for all readers of a process. */
import type { CarriedMessage } from "../channels/carrier.ts";
import { toErrorText } from "../errors/error-text.ts";
import { GableError } from "../errors/gable-error.ts";
import type { Logger } from "../handlers/logger.ts";
import type { StandardSchema } from "../handlers/standard-schema.ts";
import { validateWith } from "../handlers/standard-schema.ts";
import { findJsonLoss } from "../http/json-loss.ts";
import { toJsonText } from "../replies/json-text.ts";

/** Largest message, in bytes of JSON. */
const messageBytesMax = 65_536;
/** Deepest nesting of a message. */
const messageDepthMax = 64;

/** Something made of a message; undefined where the message is skipped. */
type Made<Value> = Promise<{ readonly value: Value } | undefined>;

/**
 * The carrier transports what was published, and each process that reads it runs the schema, once: a schema that transforms need not accept its own
 * results.
 */
export class ChannelMessages {
  readonly #pattern: string;
  readonly #schema: StandardSchema | undefined;
  readonly #parsed = new WeakMap<CarriedMessage, Made<unknown>>();
  /** Apart from the values, which their readers may change. */
  readonly #written = new WeakMap<CarriedMessage, Made<string>>();

  constructor(pattern: string, schema: StandardSchema | undefined) {
    this.#pattern = pattern;
    this.#schema = schema;
  }

  /** Checks a message, and returns its JSON. Throws `E_CHANNEL_MESSAGE`. */
  async toText(message: unknown): Promise<string> {
    const owner = `channel("${this.#pattern}")`;
    const text = this.#writeJson(message, owner);
    const bytes = new TextEncoder().encode(text).length;
    if (bytes > messageBytesMax)
      throw new GableError("E_CHANNEL_MESSAGE", `A message of ${owner} has ${bytes} bytes; at most ${messageBytesMax} are sent.`);
    const checked = await this.#check(text);
    if (checked.isValid) return text;
    const [first] = checked.errors;
    throw new GableError(
      "E_CHANNEL_MESSAGE",
      `The schema of ${owner} refuses a message: ${first?.path ?? ""} ${first?.message ?? ""}`.trimEnd(),
    );
  }

  /** Returns what the schema makes of a message. */
  parse(message: CarriedMessage, logger: Logger): Made<unknown> {
    return getOrMake(this.#parsed, message, () => this.#read(message, logger));
  }

  /** Returns what the schema makes of a message, as JSON for clients. */
  async write(message: CarriedMessage, logger: Logger): Made<string> {
    if (this.#schema === undefined) return { value: message.text };
    return getOrMake(this.#written, message, async () => {
      const parsed = await this.#read(message, logger);
      if (parsed === undefined) return undefined;
      try {
        return { value: toJsonText(parsed.value) };
      } catch (error) {
        logger.warn({ error }, `A message of the channel "${this.#pattern}" was skipped: the result of its schema is not JSON.`);
        return undefined;
      }
    });
  }

  #writeJson(message: unknown, owner: string): string {
    let loss: string | undefined;
    try {
      const text = toJsonText(message);
      loss = findJsonLoss(message, "message", { depthMax: messageDepthMax, takesToJson: true });
      if (loss === undefined) return text;
    } catch (error) {
      throw new GableError("E_CHANNEL_MESSAGE", `A message of ${owner} is not JSON: ${toErrorText(error)}`, { cause: error });
    }
    throw new GableError("E_CHANNEL_MESSAGE", `A message of ${owner} is not JSON: ${loss}.`);
  }

  #check(text: string): ReturnType<typeof validateWith> {
    const value: unknown = JSON.parse(text);
    return this.#schema === undefined ? Promise.resolve({ isValid: true, value }) : validateWith(this.#schema, value);
  }

  /** A process with other code may send what this one does not know. */
  async #read({ text }: CarriedMessage, logger: Logger): Made<unknown> {
    const checked = await this.#check(text);
    if (checked.isValid) return checked;
    // The first reader of the message.
    logger.warn({ errors: checked.errors }, `A message of the channel "${this.#pattern}" was skipped: its schema refuses it.`);
    return undefined;
  }
}

function getOrMake<Value>(made: WeakMap<CarriedMessage, Made<Value>>, message: CarriedMessage, make: () => Made<Value>): Made<Value> {
  let value = made.get(message);
  if (value === undefined) made.set(message, (value = make()));
  return value;
}
