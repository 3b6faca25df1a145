/** Texts for spans of time and sizes: `15m`, `10MB`. */

const seconds: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 };
const bytes: Readonly<Record<string, number>> = {
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  kib: 1_024,
  mib: 1_048_576,
  gib: 1_073_741_824,
};

/** Parses `500ms`, `30s`, `15m`, `2h`, `7d` or `2w` to seconds; undefined for another text. */
export function parseDuration(text: string): number | undefined {
  return parseUnit(text, seconds);
}

/** Parses `1000`, `64KiB` or `10MB` to bytes; undefined for another text, and for a part of a byte. */
export function parseBytes(text: string): number | undefined {
  const parsed = /^\d+$/.test(text) ? Number(text) : parseUnit(text.toLowerCase(), bytes);
  return parsed !== undefined && Number.isSafeInteger(parsed) ? parsed : undefined;
}

function parseUnit(text: string, units: Readonly<Record<string, number>>): number | undefined {
  const match = /^(\d{1,15}(?:\.\d{1,6})?)\s?([a-z]{1,3})$/.exec(text);
  const factor = match !== null && Object.hasOwn(units, match[2]!) ? units[match[2]!] : undefined;
  return factor === undefined ? undefined : Number(match![1]) * factor;
}
