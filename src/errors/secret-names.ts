/** Names whose values never appear in logs, pages and messages. */

/** Returns whether a name looks like that of a secret, such as `password` or `x-api-key`. The name `author` does not, `authorization` does. */
export function isSecretName(name: string): boolean {
  return /pass|secret|token|key|auth(?!ors?(?![a-z])|or(?:id|ities|ity|name)s?(?![a-z]))|cookie|signature|credential/i.test(name);
}
