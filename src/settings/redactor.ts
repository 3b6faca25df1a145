/** Finds and removes the passwords of addresses. */
import { secretMark } from "../errors/secret-redactor.ts";

/** Finds the passwords of addresses such as `postgres://user:password@host`, as they are written and decoded. */
export function findUrlPasswords(text: string): string[] {
  const password = /^[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:([^\s/]+)@/i.exec(text)?.[1];
  if (password === undefined) return [];
  try {
    return [password, decodeURIComponent(password)];
  } catch {
    // A "%" that starts no escape.
    return [password];
  }
}

/** The password of an address is a secret, whatever its setting is called. */
export function redactUrl(value: unknown): unknown {
  return typeof value === "string" ? value.replace(/^([a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:)[^\s/]+@/i, `$1${secretMark}@`) : value;
}
