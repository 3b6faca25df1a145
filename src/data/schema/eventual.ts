/** Values that may be available without waiting, so that synchronous work stays synchronous. */

/** A value, or a promise of it. */
export type Eventual<Value> = Value | Promise<Value>;

/** Continues with a value: immediately if it is not a promise. */
export function after<Value, Next>(value: Eventual<Value>, next: (value: Value) => Eventual<Next>): Eventual<Next> {
  return value instanceof Promise ? value.then(next) : next(value);
}
