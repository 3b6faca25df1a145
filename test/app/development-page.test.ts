/** The error page of development: what a developer sees when something breaks. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { gable } from "gable";
import type { GableOptions } from "gable";
import { silentLogger } from "../silent-logger.ts";

const make = (options: GableOptions = {}) => gable({ mode: "test", logger: silentLogger, ...options });

describe("the error page of development", () => {
  it("shows message, place, fix and request in development, and no secret", async () => {
    // Put together here, so that the code frame of this file does not hold it.
    const secret = ["hunter", "2-planted"].join("");
    const app = make({ mode: "development" });
    app.get("/boom/:x", () => {
      throw new Error("broken <here>", { cause: new Error("the root") });
    });
    const response = await app.request(`/boom/1?token=${secret}&a=shown`, {
      headers: { accept: "text/html", authorization: `Bearer ${secret}`, cookie: `s=${secret}`, "x-plain": "visible" },
    });
    const body = await response.text();
    for (const part of [
      "broken &lt;here&gt;",
      "E_INTERNAL",
      "Fix:",
      "development-page.test.ts",
      "throw new Error(&quot;".replaceAll("&quot;", '"'),
      "the root",
      "visible",
      "/boom/:x",
      "shown",
    ])
      assert.ok(body.includes(part), part);
    assert.ok(!body.includes(secret));
    const missing = await (await app.request("/bom/1", { headers: { accept: "text/html" } })).text();
    assert.match(missing, /\/boom\/:x/);
    const asJson = (await (await app.request("/boom/1", { headers: { accept: "application/json" } })).json()) as {
      detail: string;
      fix: string;
    };
    assert.equal(asJson.detail, "broken <here>");
    assert.ok(asJson.fix.length > 5);
  });

  it("survives values that cannot be shown, and parts of an AggregateError", async () => {
    const app = make({ mode: "development" });
    app.get("/", () => {
      throw new AggregateError(
        [
          new Error("part one"),
          {
            toJSON: () => {
              throw new Error("no");
            },
          },
        ],
        "several",
      );
    });
    app.get("/string", () => {
      throw "a text";
    });
    const body = await (await app.request("/", { headers: { accept: "text/html" } })).text();
    for (const part of ["several", "part one", "cannot be shown: no"]) assert.ok(body.includes(part), part);
    assert.match(
      await (await app.request("/string", { headers: { accept: "text/html" } })).text(),
      /<h1>The handler threw "a text", which is not an Error\.<\/h1>/,
    );
  });
});
