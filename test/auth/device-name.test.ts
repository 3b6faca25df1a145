/** Names of devices, from what browsers send. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { toDeviceName } from "../../src/auth/device-name.ts";

const apple = "AppleWebKit/605.1.15 (KHTML, like Gecko)";
const chrome = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0";

const names: ReadonlyArray<readonly [userAgent: string | null, name: string]> = [
  ["Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0", "Firefox on Linux"],
  ["Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0", "Firefox on Windows"],
  [`Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) ${apple} FxiOS/143.0 Mobile/15E148 Safari/605.1.15`, "Firefox on iPhone"],
  [`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${chrome} Safari/537.36`, "Chrome on Windows"],
  [`Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${chrome} Safari/537.36`, "Chrome on ChromeOS"],
  [`Mozilla/5.0 (Linux; Android 10; K) ${chrome} Mobile Safari/537.36`, "Chrome on Android"],
  [`Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) ${apple} CriOS/141.0.7390.41 Mobile/15E148 Safari/604.1`, "Chrome on iPhone"],
  [`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${chrome} Safari/537.36 Edg/141.0.0.0`, "Edge on Windows"],
  [`Mozilla/5.0 (Linux; Android 10; K) ${chrome} Mobile Safari/537.36 EdgA/141.0.0.0`, "Edge on Android"],
  [`Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${chrome} Safari/537.36 OPR/122.0.0.0`, "Opera on macOS"],
  ["Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile", "Samsung Internet on Android"],
  [`Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${apple} Version/18.6 Safari/605.1.15`, "Safari on macOS"],
  [`Mozilla/5.0 (iPad; CPU OS 18_6 like Mac OS X) ${apple} Version/18.6 Mobile/15E148 Safari/604.1`, "Safari on iPad"],
  ["Shelf/1.0 (iPhone; iOS 18.6)", "iPhone"],
  ["Firefox/143.0", "Firefox"],
  ["curl/8.14.1", "Unknown device"],
  ["<script>alert(1)</script>", "Unknown device"],
  ["Linuxoid/1.0", "Unknown device"],
  ["", "Unknown device"],
  [null, "Unknown device"],
  [`${"x".repeat(495)} Linux`, "Unknown device"],
  [`${"x".repeat(494)} Linux`, "Linux"],
];

describe("the name of a device", () => {
  for (const [userAgent, name] of names) {
    it(`is "${name}" for ${userAgent === null ? "no header field" : JSON.stringify(userAgent.slice(-60))}`, () => {
      assert.equal(toDeviceName(userAgent), name);
    });
  }
});
