/** Reads and writes the field `traceparent` of W3C Trace Context: the span of another program that a request belongs to. */

/** The other span. */
export interface TraceParent {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits. */
  readonly spanId: string;
  /** 1 when the trace is recorded, else 0. */
  readonly traceFlags: number;
}

const pattern = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** Parses the field; undefined for one that is malformed, or of version ff. Versions above 00 may have more at their end. */
export function parseTraceParent(field: string): TraceParent | undefined {
  const [, version, traceId, spanId, flags, rest] = pattern.exec(field) ?? [];
  if (version === undefined || traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  if (version === "ff" || (version === "00" && rest !== undefined)) return undefined;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & 1 };
}

/** Returns the field for a span; undefined for one without ids, such as that of an application without an SDK. */
export function toTraceParent({ traceId, spanId, traceFlags }: TraceParent): string | undefined {
  const field = `00-${traceId}-${spanId}-0${traceFlags & 1}`;
  return parseTraceParent(field) === undefined ? undefined : field;
}
