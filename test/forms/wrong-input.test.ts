/** What JavaScript may pass to forms: refused with a fix, instead of an error in the form or a value that nobody meant. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { field as f, form } from "gable/forms";
import { describeValue } from "../../src/errors/option-errors.ts";

const named = form({ name: f.text({ optional: true }), formData: f.text({ optional: true }) });
const request = new Request("http://localhost/", { method: "POST", body: new URLSearchParams("name=Ann") });

describe("parse()", () => {
  for (const source of [undefined, null, 5, "name=Ann", request, new Response("name=Ann"), Promise.resolve({ name: "Ann" })])
    it(`refuses ${describeValue(source)}`, async () => {
      await assert.rejects(named.parse(source as never), { code: "E_OPTION_INVALID", message: /FormData, URLSearchParams, pairs/ }); // What JavaScript may pass.
    });

  it("reads a record with a field of any name", async () => {
    const sent = await named.parse({ name: "Ann", formData: "x" });
    assert.deepEqual(sent.valid && sent.data, { name: "Ann", formData: "x" });
  });
});

describe("form()", () => {
  for (const fields of [undefined, null, "name"])
    it(`refuses ${describeValue(fields)} in place of fields`, () => {
      assert.throws(() => form(fields as never), { code: "E_OPTION_INVALID", message: /^form\(\): option "fields"/ }); // As above.
    });
});

describe("a check", () => {
  const answers: ReadonlyArray<readonly [answer: unknown, message: string | undefined]> = [
    [undefined, undefined],
    [null, undefined],
    ["Choose another name.", "Choose another name."],
  ];
  for (const [answer, message] of answers)
    it(`that returns ${describeValue(answer)} ${message === undefined ? "accepts the value" : "refuses the value"}`, async () => {
      const forms = [
        form({ name: f.text({ validate: () => answer as string }) }),
        form({ name: f.text() }, { validate: () => ({ name: answer as string }) }),
        form({ name: f.text() }, { rules: [{ on: ["name"], check: () => answer as string }] }),
      ];
      for (const each of forms) {
        const sent = await each.parse({ name: "Ann" });
        assert.equal(sent.valid, message === undefined);
        assert.deepEqual(
          sent.errors().map((error) => [error.field, error.message]),
          message === undefined ? [] : [["name", message]],
        );
      }
      assert.equal(
        (await form({ name: f.text() }, { validate: () => answer as string }).parse({ name: "Ann" })).valid,
        message === undefined,
      );
    });

  for (const answer of [true, false, 0, "", {}, []])
    it(`that returns ${JSON.stringify(answer)} is a mistake of the program`, async () => {
      const refused = { code: "E_OPTION_INVALID", message: /it must return a message, or undefined\.$/ };
      await assert.rejects(form({ name: f.text({ validate: () => answer as never }) }).parse({ name: "Ann" }), refused);
      await assert.rejects(form({ name: f.text() }, { validate: () => ({ name: answer }) as never }).parse({ name: "Ann" }), refused);
      if (typeof answer !== "object")
        await assert.rejects(form({ name: f.text() }, { validate: () => answer as never }).parse({ name: "Ann" }), refused);
    });
});
