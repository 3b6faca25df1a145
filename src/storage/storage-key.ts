/** The rules of keys: the same for all stores, so that a site can move from one to another. */
import { describeValue } from "../errors/option-errors.ts";
import { GableError } from "../errors/gable-error.ts";

const keyBytesMax = 512;
/** Longest name that file systems take. */
const segmentBytesMax = 255;
// Controls and marks without width, line separators, private and unassigned characters, and what Windows and shells keep for themselves.
const forbidden = /[\p{C}\p{Zl}\p{Zp}\\:*?"<>|]/u;
/** Names that Windows keeps for devices, with any extension. */
const devices = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(?:\.|$)/iu;

/** Returns which rule a key breaks; undefined for a good one. */
export function findKeyProblem(key: unknown): string | undefined {
  if (typeof key !== "string") return "it is not a string";
  if (key === "") return "it is empty";
  if (key.length > keyBytesMax || byteLength(key) > keyBytesMax) return `it is longer than ${keyBytesMax} bytes`;
  if (!key.isWellFormed() || forbidden.test(key)) return "it has a character that keys cannot have";
  if (key !== key.normalize("NFC")) return "it is not in the Unicode form NFC";
  return key
    .split("/")
    .map(findSegmentProblem)
    .find((problem) => problem !== undefined);
}

function findSegmentProblem(segment: string): string | undefined {
  if (segment === "") return "it has an empty segment";
  if (segment.startsWith(".")) return `its segment "${segment}" starts with a dot`;
  if (/[. ]$/.test(segment) || segment.startsWith(" "))
    return `its segment "${segment}" starts with a space, or ends with a space or a dot`;
  if (byteLength(segment) > segmentBytesMax) return `it has a segment of more than ${segmentBytesMax} bytes`;
  return devices.test(segment) ? `its segment "${segment}" is the name of a device` : undefined;
}

/** Throws `E_STORAGE_KEY` for a key that breaks a rule. */
export function assertStorageKey(key: unknown): asserts key is string {
  const problem = findKeyProblem(key);
  if (problem !== undefined) throw storageKeyError(key, problem);
}

/** Creates the error about a key. */
export function storageKeyError(key: unknown, problem: string): GableError {
  return new GableError("E_STORAGE_KEY", `The key ${describeValue(key)} cannot be used: ${problem}.`);
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
