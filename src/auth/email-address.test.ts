import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { normalizeEmail } from "./email-address.ts";

describe("normalizeEmail()", () => {
  for (const [given, stored] of [
    ["ann@example.com", "ann@example.com"],
    [" Ann@Example.COM\n", "ann@example.com"],
    ["ANN@EXAMPLE.COM", "ann@example.com"],
    ["AZ[]@EXAMPLE.COM", "az[]@example.com"],
    ["Änn@Example.COM", "Änn@example.com"],
    // The Kelvin sign is another letter than K.
    ["\u212Aen@Example.COM", "\u212Aen@example.com"],
    ["Ann@B\u00dcCHER.example", "Ann@b\u00dccher.example"],
    ['"a@b"@Example.COM', '"a@b"@example.com'],
    ["\u00c4@B@C.COM", "\u00c4@B@c.com"],
  ] as const)
    it(`stores ${JSON.stringify(given)} as ${stored}`, () => assert.equal(normalizeEmail(given), stored));
});
