/** Writes server-sent events, and reads them as the HTML standard says. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { ServerEvent } from "./event-stream.ts";
import { eventComment, toEventText, toRetryField } from "./event-stream.ts";

/** What a browser dispatches. */
interface Dispatched {
  readonly event: string;
  readonly id: string;
  readonly data: string;
}

/** Parses a stream as the HTML standard says, section 9.2.6. */
function readStream(text: string): Dispatched[] {
  const events: Dispatched[] = [];
  let [data, event, id] = ["", "", ""];
  for (const line of text.replace(/^\uFEFF/, "").split(/\r\n|\r|\n/)) {
    if (line === "") {
      if (data !== "") events.push({ event: event === "" ? "message" : event, id, data: data.slice(0, -1) });
      [data, event] = ["", ""];
      continue;
    }
    const colon = line.indexOf(":");
    if (colon === 0) continue;
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (name === "data") data += `${value}\n`;
    else if (name === "event") event = value;
    else if (name === "id" && !value.includes("\0")) id = value;
  }
  return events;
}

const cases: ReadonlyArray<readonly [title: string, event: ServerEvent, text: string]> = [
  ["a text", { data: "hello" }, "data: hello\n\n"],
  ["an empty text", { data: "" }, "data: \n\n"],
  ["a name and an id", { event: "post", id: "7", data: "x" }, "event: post\nid: 7\ndata: x\n\n"],
  ["an empty id, which forgets the last one", { id: "", data: "x" }, "id: \ndata: x\n\n"],
  ["LF in data", { data: "a\nb" }, "data: a\ndata: b\n\n"],
  ["CR in data", { data: "a\rb" }, "data: a\ndata: b\n\n"],
  ["CR LF in data", { data: "a\r\nb" }, "data: a\ndata: b\n\n"],
  ["LF CR in data", { data: "a\n\rb" }, "data: a\ndata: \ndata: b\n\n"],
  ["LF at the end of data", { data: "a\n" }, "data: a\ndata: \n\n"],
  ["data that looks like a field", { data: "x\nid: 9\n\nevent: stolen" }, "data: x\ndata: id: 9\ndata: \ndata: event: stolen\n\n"],
  ["a blank at the start of data", { data: " a" }, "data:  a\n\n"],
  ["U+2028, which does not break lines here", { data: "a\u2028b" }, "data: a\u2028b\n\n"],
  ["an object", { data: { name: "a\nb" } }, 'data: {"name":"a\\nb"}\n\n'],
  ["null", { data: null }, "data: null\n\n"],
  ["a number", { data: 0 }, "data: 0\n\n"],
  ["an id without an event", { id: "7", data: undefined }, "id: 7\n\n"],
];

describe("toEventText()", () => {
  for (const [title, event, text] of cases) it(`writes ${title}`, () => assert.equal(toEventText(event), text));

  for (const field of ["event", "id"] as const)
    for (const [title, value] of [
      ["LF", "a\nb"],
      ["CR", "a\rb"],
      ["NUL", "a\0b"],
      ["a number", 7 as unknown as string],
    ] as const)
      it(`refuses ${title} in the ${field}`, () =>
        assert.throws(() => toEventText({ [field]: value, data: "" }), {
          code: "E_EVENT_INVALID",
          message: `The ${field} of a server-sent event is ${typeof value === "number" ? value : JSON.stringify(value)}: expected a string without line breaks and NUL.`,
        }));

  it("writes any strings so that a reader reads them back", () => {
    const word = fc.string({ unit: "grapheme" }).map((text) => text.replace(/[\r\n\0]/g, ""));
    fc.assert(
      fc.property(fc.array(fc.record({ event: word, id: word, data: fc.string({ unit: "binary" }) }), { maxLength: 5 }), (events) => {
        const text = events.map((event) => toEventText(event)).join("");
        assert.deepEqual(
          // A browser gives LF for each kind of line break.
          readStream(eventComment + toRetryField(2_000) + text),
          events.map(({ event, id, data }) => ({ event: event === "" ? "message" : event, id, data: data.replace(/\r\n|\r/g, "\n") })),
        );
      }),
    );
  });
});
