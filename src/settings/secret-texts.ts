/** Secrets within strings: passwords of addresses, and values with the name of a secret. */
import { isSecretName } from "../errors/secret-names.ts";
import { secretMark } from "../errors/secret-redactor.ts";

/** A secret within a string. */
export interface TextSecret {
  /** The secret as it is written. */
  readonly text: string;
  /** The name in front of it, such as `token` in `?token=...`; "password" for that of an address. */
  readonly name: string;
}

/** The password of an address that is all of a string: it may contain blanks. */
const wholeAddress = /^[a-z][a-z0-9+.-]*:\/\/[^\s/:]*:([^/]+)@/i;
/** Passwords of addresses within a string. One with "/" is not allowed there, but people write it; digits before "/" are a port. */
const addresses = /\/\/[^\s/:]*:([^\s/]+|(?!\d{1,5}[/?#])[^\s@]+)@/g;
/** Values such as `?token=...` and `password='...'`. */
const pairs = /(?:^|[?&;,\s])([\w.-]+)=("[^"]*"|'[^']*'|[^&#;,\s]+)/g;
/** The same in a string of JSON. */
const jsonPairs = /"((?:[^"\\]|\\.)*)"\s*:\s*"((?:[^"\\]|\\.)*)"/g;

/** Finds the secrets of a string, as they are written there. */
export function findTextSecrets(text: string): TextSecret[] {
  const passwords = [wholeAddress.exec(text)?.[1], ...Array.from(text.matchAll(addresses), ([, password]) => password)];
  const named = [...text.matchAll(pairs), ...(isJsonLike(text) ? text.matchAll(jsonPairs) : [])];
  return [
    ...passwords.flatMap((password) => (password === undefined ? [] : [{ text: password, name: "password" }])),
    ...named.flatMap(([, name, value]) => (isSecretName(name!) ? [{ text: value!.replace(/^(["'])(.*)\1$/s, "$2"), name: name! }] : [])),
  ];
}

/** Replaces the passwords of addresses and the values with secret names. */
export function redactText(text: string): string {
  const hidePassword = (whole: string, password: string): string => `${whole.slice(0, -password.length - 1)}${secretMark}@`;
  const hideValue = (whole: string, name: string, value: string): string =>
    isSecretName(name) ? `${whole.slice(0, -value.length)}${secretMark}` : whole;
  const hideJson = (whole: string, name: string, value: string): string =>
    isSecretName(name) ? `${whole.slice(0, -value.length - 1)}${secretMark}"` : whole;
  const shown = text.replace(wholeAddress, hidePassword).replaceAll(addresses, hidePassword).replaceAll(pairs, hideValue);
  return isJsonLike(text) ? shown.replaceAll(jsonPairs, hideJson) : shown;
}

/** Whether a string is meant as JSON: an object or a list. */
export function isJsonLike(text: string): boolean {
  return /^\s*[[{]/.test(text);
}

/** Finds the passwords of addresses such as `postgres://user:password@host`, as they are written and decoded. */
export function findUrlPasswords(text: string): string[] {
  return findTextSecrets(text).flatMap(({ text: secret, name }) => (name === "password" ? withDecoded(secret) : []));
}

/** Returns a secret of an address as it is written and decoded. */
export function withDecoded(secret: string): string[] {
  try {
    return [secret, decodeURIComponent(secret)];
  } catch {
    // A "%" that starts no escape.
    return [secret];
  }
}
