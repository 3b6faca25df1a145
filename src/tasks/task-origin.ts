/**
 * Keeps the span and the request that enqueued a task in the stored input: the input of each queue holds any JSON, so queues and tables
 * need nothing for it. Without both, the stored text is the input itself.
 */
import type { TaskOrigin } from "../traces/traces.ts";

/** An input with its origin. */
export interface StoredInput {
  /** Input as JSON. */
  readonly input: string;
  readonly origin: TaskOrigin | undefined;
  /** Id of the request that enqueued the task; undefined for a task that no request has enqueued. */
  readonly requestId: string | undefined;
}

const mark = "gable.task";
const quotedMark = `"${mark}"`;

/** The JSON of an input with an origin. `traceParent` is null for an input that only looks like one of these. */
interface Envelope {
  readonly [mark]: 1;
  readonly traceParent: string | null;
  readonly isDelayed: boolean;
  readonly requestId?: string;
  readonly input: unknown;
}

/** Returns the text to store for an input as JSON. */
export function writeOrigin(input: string, origin: TaskOrigin | undefined, requestId?: string): string {
  if (origin === undefined && requestId === undefined && !input.includes(quotedMark)) return input;
  const { traceParent = null, isDelayed = false } = origin ?? {};
  const request = requestId === undefined ? "" : `"requestId":${JSON.stringify(requestId)},`;
  return `{${quotedMark}:1,"traceParent":${JSON.stringify(traceParent)},"isDelayed":${isDelayed},${request}"input":${input}}`;
}

/** Reads a stored text. A queue may have formatted the JSON again, with other spaces and in another order. */
export function readOrigin(stored: string): StoredInput {
  if (!stored.includes(quotedMark)) return { input: stored, origin: undefined, requestId: undefined };
  const envelope = parseEnvelope(stored);
  if (envelope === undefined) return { input: stored, origin: undefined, requestId: undefined };
  const { traceParent, isDelayed, requestId, input } = envelope;
  return { input: JSON.stringify(input), origin: traceParent === null ? undefined : { traceParent, isDelayed }, requestId };
}

/** Returns what has a stored input, with the input itself in its place. */
export function withoutOrigin<Stored extends { readonly input: string }>(stored: Stored): Stored {
  const { input } = readOrigin(stored.input);
  return input === stored.input ? stored : { ...stored, input };
}

function parseEnvelope(stored: string): Envelope | undefined {
  let value: unknown;
  try {
    value = JSON.parse(stored);
  } catch {
    // The reader of the input meets the same error, and fails the task.
    return undefined;
  }
  // Only this file writes the mark at the top: writeOrigin() puts inputs with the mark inside another one.
  return typeof value === "object" && value !== null && mark in value ? (value as Envelope) : undefined;
}
