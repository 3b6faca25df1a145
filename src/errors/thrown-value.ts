/** Looks at values that somebody threw. Code may throw every value, and a proxy or a getter may throw again when it is asked. */

/** Returns whether a value is an error. A value that refuses to be looked at, such as a revoked proxy, is none. */
export function isErrorValue(value: unknown): value is Error {
  try {
    return value instanceof Error;
  } catch {
    return false;
  }
}

/** Reads a property of any value. Undefined when there is none, or when reading it throws. */
export function readProperty(value: unknown, name: string): unknown {
  try {
    return (value as Record<string, unknown> | null | undefined)?.[name]; // Any value but null and undefined has properties.
  } catch {
    return undefined;
  }
}
