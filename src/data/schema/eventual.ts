/** Values that may be there at once: what needs no waiting is not put off. */

/** A value that may be there at once. */
export type Eventual<Value> = Value | Promise<Value>;

/** Goes on with a value, at once when it is there. */
export function after<Value, Next>(value: Eventual<Value>, next: (value: Value) => Eventual<Next>): Eventual<Next> {
  return value instanceof Promise ? value.then(next) : next(value);
}
