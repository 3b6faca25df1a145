/** Mail addresses: read from text, checked, and never repaired. */
import { domainToASCII } from "node:url";
import { GableError } from "../errors/gable-error.ts";
import { describeValue, optionInvalid } from "../errors/option-errors.ts";

/** An address with the name that mail programs show. */
export interface MailAddress {
  /** Name of the person or the site; empty when there is none. */
  readonly name: string;
  /** The address itself, with its domain in lower-case ASCII: `ann@example.com`. */
  readonly address: string;
}

/** An address as you write it: `ann@example.com`, `Ann <ann@example.com>`, or the name and the address apart. */
export type AddressInput = string | { readonly name?: string; readonly address: string };

/** Longest part before the `@`, in bytes (RFC 5321 section 4.5.3.1.1). */
const localBytesMax = 64;
/** Longest address, in bytes (RFC 5321 section 4.5.3.1.3: a path of 256 with its angle brackets). */
const addressBytesMax = 254;

/** Characters of a part before the `@` without quotes (RFC 5322 section 3.2.3), and letters beyond ASCII (RFC 6531). */
const localPart = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u0080-\u{10ffff}-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u0080-\u{10ffff}-]+)*$/u;
const domainLabel = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
/** Also lone surrogates: no text in UTF-8 has them, so that another text would be sent. */
const control = /[\p{Cc}\p{Cs}\u2028\u2029]/u;

/** Parses one address. Throws `E_MAIL_ADDRESS`, and `E_MAIL_HEADER` for line breaks and other control characters. */
export function parseAddress(input: AddressInput, field: string): MailAddress {
  const isObject = typeof input === "object" && input !== null && typeof input.address === "string";
  if (typeof input !== "string" && !(isObject && (input.name === undefined || typeof input.name === "string")))
    throw optionInvalid("mail", field, input, "an address, or an object with address and name");
  // Before anything is trimmed: a line break at the end is one, too.
  for (const text of typeof input === "string" ? [input] : [input.name ?? "", input.address]) assertNoControl(field, text);
  const { name, address } = typeof input === "string" ? splitAddress(input) : { name: input.name ?? "", address: input.address };
  const at = address.lastIndexOf("@");
  const local = address.slice(0, at);
  const domain = toAsciiDomain(address.slice(at + 1));
  const complete = `${local}@${domain}`;
  const problem =
    at < 1 || !localPart.test(local)
      ? "the part before the @ is missing or has characters that are not allowed"
      : !isDomain(domain)
        ? "the part after the @ is not a domain"
        : byteLength(local) > localBytesMax
          ? `the part before the @ is longer than ${localBytesMax} bytes`
          : byteLength(complete) > addressBytesMax
            ? `the address is longer than ${addressBytesMax} bytes`
            : undefined;
  if (problem !== undefined)
    throw new GableError("E_MAIL_ADDRESS", `${field}: ${describeValue(address)} is not a mail address: ${problem}.`);
  return Object.freeze({ name: name.trim(), address: complete });
}

/** Parses one address or a list of them. */
export function parseAddresses(input: AddressInput | readonly AddressInput[] | undefined, field: string): readonly MailAddress[] {
  if (input === undefined) return [];
  // `Array.isArray` does not narrow a read-only list.
  const list = Array.isArray(input) ? (input as readonly AddressInput[]) : [input as AddressInput];
  return list.map((each) => parseAddress(each, field));
}

/** Returns the address for people: `Ann <ann@example.com>`. */
export function toAddressText({ name, address }: MailAddress): string {
  return name === "" ? address : `${name} <${address}>`;
}

/** Throws `E_MAIL_HEADER` where a value of a header field could start another field, or has half of a character. */
export function assertNoControl(field: string, value: string): void {
  if (control.test(value))
    throw new GableError(
      "E_MAIL_HEADER",
      `${field}: ${describeValue(value)} contains a line break, another control character, or half of a character.`,
    );
}

function splitAddress(text: string): { name: string; address: string } {
  const match = /^(?<name>[^<>]*)<(?<address>[^<>]+)>$/.exec(text.trim());
  if (match?.groups === undefined) return { name: "", address: text.trim() };
  const name = match.groups["name"]!.trim();
  const quoted = /^"(?<inner>(?:[^"\\]|\\.)*)"$/.exec(name)?.groups?.["inner"];
  return { name: quoted === undefined ? name : quoted.replaceAll(/\\(.)/g, "$1"), address: match.groups["address"]!.trim() };
}

/**
 * Returns a domain in ASCII; "" for what only the rules of URLs take for one. They decode `%61`, and read `0x7f.1` as the IP address 127.0.0.1:
 * the mail would go elsewhere.
 */
function toAsciiDomain(text: string): string {
  const ascii = domainToASCII(text).toLowerCase();
  return text.includes("%") || /(?:^|\.)[0-9]+$/.test(ascii) ? "" : ascii;
}

function isDomain(domain: string): boolean {
  return domain !== "" && domain.length <= 253 && domain.split(".").every((label) => domainLabel.test(label));
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
