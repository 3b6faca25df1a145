import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { compileString } from "gable/testing";

const late = async (): Promise<never> => {
  throw new Error("late");
};
/** Templates whose second line fails, and the message. */
const rows: ReadonlyArray<readonly [source: string, message: RegExp]> = [
  ["\n{{ v.f() }}", /^a\.html:2: inner$/],
  ['\n<a href="{{ v.f() }}">', /^a\.html:2: inner$/],
  ["\n{% if v.f() %}{% endif %}", /^a\.html:2: inner$/],
  ["\n{{ v.boom }}", /^a\.html:2: boom$/],
  ["\n{% for a, b in [1] %}{{ a }}{% endfor %}", /^a\.html:2: Several names got a value that is not a list\.$/],
  ["\n{% set a, b = 5 %}", /^a\.html:2: Several names got a value that is not a list\.$/],
  // What is only known when a value has arrived.
  ["\n{{ await v.nope() }}", /^a\.html:2: "nope" is not a function/],
  ["{{ await v.soon }}\n{{ v.f() }}", /^a\.html:2: inner$/],
  ["{{ v.soon }}{% set x = await v.soon %}\n{{ v.f() }}", /^a\.html:2: inner$/],
  ["{% for a in await v.soon %}\n{{ v.f() }}{% endfor %}", /^a\.html:2: inner$/],
  ["{% if await v.soon %}\n{{ (await v.soon).x.y }}{% endif %}", /^a\.html:2: The property "y"/],
  ["\n{{ await v.late() }}", /^a\.html:2: late$/],
  ["\n{{ v.late() }}", /^a\.html:2: late$/],
  ["\n{% for a in await v.late() %}{% endfor %}", /^a\.html:2: late$/],
  // A promise that was made elsewhere: only the file is known.
  ["\n{{ await v.made }}", /^a\.html: late$/],
  ["\n{{ v.made }}", /^a\.html: late$/],
];

describe("errors of values in a template", () => {
  for (const [source, message] of rows)
    it(`name file and line for ${JSON.stringify(source)}`, async () => {
      const made = new Promise((_resolve, reject) => setImmediate(() => reject(new Error("late"))));
      made.catch(() => undefined);
      const v = {
        made,
        f: () => {
          throw new TypeError("inner");
        },
        get boom() {
          throw new Error("boom");
        },
        late,
        soon: Promise.resolve([1]),
      };
      await assert.rejects(async () => compileString(source, { name: "a.html" }).render({ v }), { message });
    });
});
