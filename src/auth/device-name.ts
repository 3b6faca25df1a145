/** A short name of a device that its user recognizes, from what the browser says about itself. */

/** In this order: many browsers also name those that they descend from. */
const browsers: ReadonlyArray<readonly [pattern: RegExp, name: string]> = [
  [/\bEdg(?:e|A|iOS)?\//, "Edge"],
  [/\bOPR\/|\bOpera\b/, "Opera"],
  [/\bSamsungBrowser\//, "Samsung Internet"],
  [/\b(?:Firefox|FxiOS)\//, "Firefox"],
  [/(?:Chrome|Chromium|CriOS)\//, "Chrome"],
  [/\bVersion\/[\d.]+ .*\bSafari\//, "Safari"],
];
const systems: ReadonlyArray<readonly [pattern: RegExp, name: string]> = [
  [/\biPhone\b/, "iPhone"],
  [/\biPad\b/, "iPad"],
  [/\bAndroid\b/, "Android"],
  [/\bCrOS\b/, "ChromeOS"],
  [/\bWindows\b/, "Windows"],
  [/\bMacintosh\b/, "macOS"],
  [/\bLinux\b/, "Linux"],
];
const charactersMax = 500;

/** What a device is called that says nothing, or nothing that is known. */
export const unknownDevice = "Unknown device";

/** Returns a name such as "Firefox on Linux". It consists of fixed words only, whatever the header field has. */
export function toDeviceName(userAgent: string | null): string {
  const text = (userAgent ?? "").slice(0, charactersMax);
  const browser = findName(browsers, text);
  const system = findName(systems, text);
  if (browser !== undefined && system !== undefined) return `${browser} on ${system}`;
  return browser ?? system ?? unknownDevice;
}

function findName(known: typeof browsers, text: string): string | undefined {
  return known.find(([pattern]) => pattern.test(text))?.[1];
}
