/** Names whose values never appear in logs, pages and messages. */

/** Returns whether a name looks like that of a secret, such as `password` or `x-api-key`. */
export function isSecretName(name: string): boolean {
  return /pass|secret|token|key|auth|cookie|signature|credential/i.test(name);
}
