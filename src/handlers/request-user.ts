/** The user of a request, for the log: whoever finds out notes it, and nobody asks for it. */

/** Ids by context; an entry ends with its context. */
const users = new WeakMap<object, string>();

/** Notes whose request this is. */
export function noteUserId(context: object, userId: string): void {
  users.set(context, userId);
}

/** Returns the id of the user of a request; undefined for nobody, and while nobody has noted it. */
export function findUserIdOf(context: object): string | undefined {
  return users.get(context);
}
