/** The field that keeps browsers on https: its values, where it is sent, and which options are refused. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { gable, get } from "gable";
import type { SecurityOptions } from "gable";
import { silentLogger } from "../silent-logger.ts";

const valueOf = async (security: SecurityOptions, url = "https://localhost/", mode: "production" | "test" = "production") => {
  const app = gable({ mode, logger: silentLogger, security, routes: [get("/", () => "x")] });
  return (await app.fetch(new Request(url))).headers.get("strict-transport-security");
};

describe("strict-transport-security", () => {
  const values: ReadonlyArray<readonly [security: SecurityOptions, value: string | null]> = [
    [{}, "max-age=31536000"],
    [{ hsts: {} }, "max-age=31536000"],
    [{ hsts: false }, null],
    [{ hsts: { maxAgeSeconds: 0 } }, "max-age=0"],
    [{ hsts: { maxAgeSeconds: 63_072_000 } }, "max-age=63072000"],
    [{ hsts: { includeSubDomains: true } }, "max-age=31536000; includeSubDomains"],
    [{ hsts: { includeSubDomains: true, preload: true } }, "max-age=31536000; includeSubDomains; preload"],
  ];
  for (const [security, value] of values)
    it(`is ${value} with ${JSON.stringify(security)}`, async () => assert.equal(await valueOf(security), value));

  it("is sent on https in production only", async () => {
    assert.equal(await valueOf({}, "http://localhost/"), null);
    assert.equal(await valueOf({}, "https://localhost/", "test"), null);
  });

  const wrong: ReadonlyArray<readonly [hsts: unknown, message: RegExp]> = [
    [true, /"hsts" is true/],
    [null, /"hsts" is null/],
    [{ maxAgeSeconds: -1 }, /"maxAgeSeconds" is -1/],
    [{ maxAgeSeconds: 63_072_001 }, /"maxAgeSeconds" is 63072001/],
    [{ maxAgeSeconds: 1.5 }, /"maxAgeSeconds" is 1.5/],
    [{ maxAgeSeconds: "3600" }, /"maxAgeSeconds" is "3600"/],
    [{ includeSubDomains: 1 }, /"includeSubDomains" is 1/],
    [{ preload: true }, /"preload" is true/],
    [{ preload: true, includeSubDomains: true, maxAgeSeconds: 31_535_999 }, /"preload" is true/],
  ];
  for (const [hsts, message] of wrong)
    it(`refuses ${JSON.stringify(hsts)}`, () =>
      assert.throws(() => gable({ security: { hsts: hsts as never } }), { code: "E_OPTION_INVALID", message })); // Wrong on purpose.
});
