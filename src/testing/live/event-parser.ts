/** Reads server-sent events as browsers do (HTML standard, section 9.2.6). */

/** An event that a test has received. */
export interface TestEvent {
  /** Name of the event; "message" without one. */
  readonly event: string;
  /** Its data, as it was sent: JSON unless it was a string. */
  readonly data: string;
  /** The last id that the stream has sent; "" without one. */
  readonly id: string;
  /** Parses the data as JSON. Throws `E_TEST_LIVE` when it is not JSON. */
  json(): unknown;
}

/** The fields of an event. */
export type EventFields = Omit<TestEvent, "json">;

/** Parses a stream that comes in pieces. */
export class EventParser {
  readonly #decoder = new TextDecoder();
  #text = "";
  #name = "";
  #data: string[] = [];
  #id = "";

  /** Takes the next bytes. Returns the events that they complete. */
  push(bytes: Uint8Array): EventFields[] {
    this.#text += this.#decoder.decode(bytes, { stream: true });
    const events: EventFields[] = [];
    // A CR at the end may be the first half of CR LF.
    for (let match = /\r\n|\n|\r(?!$)/.exec(this.#text); match !== null; match = /\r\n|\n|\r(?!$)/.exec(this.#text)) {
      const line = this.#text.slice(0, match.index);
      this.#text = this.#text.slice(match.index + match[0].length);
      if (line === "") events.push(...this.#dispatch());
      else this.#readField(line);
    }
    return events;
  }

  #readField(line: string): void {
    const colon = line.indexOf(":");
    const name = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (name === "event") this.#name = value;
    else if (name === "data") this.#data.push(value);
    else if (name === "id" && !value.includes("\0")) this.#id = value;
  }

  /** An event without data happens in no browser: only its id counts. */
  #dispatch(): EventFields[] {
    const event = { event: this.#name === "" ? "message" : this.#name, data: this.#data.join("\n"), id: this.#id };
    const hasData = this.#data.length > 0;
    this.#name = "";
    this.#data = [];
    return hasData ? [event] : [];
  }
}
