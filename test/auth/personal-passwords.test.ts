/** A password must not be close to its owner: the same facts count wherever a password is set. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { codeWays, openPasswords, pageWays } from "./password-ways.ts";

const passwords: ReadonlyArray<readonly [chosen: string, isTaken: boolean]> = [
  ["annabell-7", false],
  ["Josephine.1", false],
  ["hallberger22", false],
  ["redfinch99", false],
  ["darkness-4", true],
  ["marigold-55", true],
  ["quiet-lantern-88", true],
];

describe("a password close to its owner", () => {
  for (const [way, send] of Object.entries(pageWays))
    for (const [chosen, isTaken] of passwords)
      it(`is looked for at ${way}: "${chosen}" is ${isTaken ? "taken" : "refused"}`, async (test) => {
        const reply = await send(await openPasswords(test), chosen);
        assert.deepEqual([reply.status, /too close to your name or address/.test(reply.body)], isTaken ? [303, false] : [422, true]);
      });

  for (const [way, set] of Object.entries(codeWays))
    for (const [chosen, isTaken] of passwords)
      it(`is looked for by ${way}: "${chosen}" is ${isTaken ? "taken" : "refused"}`, async (test) => {
        const site = await openPasswords(test);
        if (isTaken) await set(site, chosen);
        else await assert.rejects(set(site, chosen), { code: "E_PASSWORD_WEAK", details: { rule: "personal" } });
      });
});
