/** Server-sent events as text (HTML standard, section 9.2). */
import { describeValue } from "../errors/option-errors.ts";
import { GableError } from "../errors/gable-error.ts";

/** An event of a stream. */
export interface ServerEvent {
  /** Name of the event; "message" without one. No line breaks. */
  readonly event?: string | undefined;
  /** Where a client goes on after its connection broke: it sends it as `Last-Event-ID`. No line breaks, no NUL. */
  readonly id?: string | undefined;
  /** A string, sent unchanged, or any other value, sent as JSON. With undefined, a client only notes the id: no event happens. */
  readonly data: unknown;
}

/** A comment: clients ignore it, and everything on the way sees that the connection lives. */
export const eventComment = ":\n\n";

/** Returns the field that tells a client how long it waits before it connects again. */
export function toRetryField(retryMs: number): string {
  return `retry: ${Math.round(retryMs)}\n\n`;
}

/** Writes an event. Line breaks in `data` split it into lines, so that no value can begin a field. Throws `E_EVENT_INVALID`. */
export function toEventText(given: ServerEvent, toJson: (value: unknown) => string = JSON.stringify): string {
  assertEvent(given);
  const { event, id, data } = given;
  let text = "";
  if (event !== undefined) text += `event: ${checkField("event", event)}\n`;
  if (id !== undefined) text += `id: ${checkField("id", id)}\n`;
  if (data === undefined) return `${text}\n`;
  const content = typeof data === "string" ? data : toJson(data);
  // A stream ends its lines with LF, CR or both.
  for (const line of content.split(/\r\n|\r|\n/)) text += `data: ${line}\n`;
  return `${text}\n`;
}

/** Anything else would be a blank line, which clients ignore. */
function assertEvent(event: unknown): void {
  if (typeof event === "object" && event !== null && !Array.isArray(event) && ("data" in event || "id" in event)) return;
  throw new GableError("E_EVENT_INVALID", `A server-sent event is ${describeValue(event)}: expected an object with data.`, {
    fix: 'Yield { data: ... }; with a name { event: "tick", data: ... }.',
  });
}

/** A line break would begin another field; a NUL makes clients ignore an id. */
function checkField(name: "event" | "id", value: unknown): string {
  if (typeof value === "string" && !/[\r\n\0]/.test(value)) return value;
  throw new GableError(
    "E_EVENT_INVALID",
    `The ${name} of a server-sent event is ${describeValue(value)}: expected a string without line breaks and NUL.`,
  );
}
