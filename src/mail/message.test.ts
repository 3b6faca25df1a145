import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { MailHeaderOptions } from "./message.ts";
import { attachmentBytesMax, createMessage, recipientsMax } from "./message.ts";

const content = { text: "Hello" };
const base = { to: "ben@example.com", subject: "Hi", from: "ann@example.com" };
const make = (more: Partial<Record<keyof MailHeaderOptions, unknown>>): unknown =>
  createMessage({ ...base, ...more } as MailHeaderOptions, content);

describe("createMessage()", () => {
  it("gives each message its own id at the domain of the sender, and a date", () => {
    const [first, second] = [createMessage(base, content), createMessage(base, content)];
    assert.match(first.messageId, /^<[0-9a-f-]{36}@example\.com>$/);
    assert.notEqual(first.messageId, second.messageId);
    assert.ok(Math.abs(first.date.getTime() - Date.now()) < 60_000);
  });

  it("takes the sender of the application, and demands one", () => {
    assert.equal(createMessage({ to: "ben@example.com", subject: "Hi" }, content, "Site <site@example.com>").from.name, "Site");
    assert.throws(() => createMessage({ to: "ben@example.com", subject: "Hi" }, content), { code: "E_OPTION_INVALID", message: /from/ });
  });

  for (const field of ["to", "cc", "bcc", "replyTo", "from", "subject"])
    for (const end of ["\r\n", "\n", "\r", "\0", "\u2028", "\ud800", "\udc00"])
      it(`refuses ${JSON.stringify(end)} in ${field}`, () =>
        assert.throws(() => make({ [field]: `ann@example.com${end}Bcc: eve@example.com` }), { code: "E_MAIL_HEADER" }));

  for (const headers of [
    { "X-A": "a\r\nBcc: x" },
    { "X-A": "a\ud800" },
    { "X-A\r\nBcc": "x" },
    { "X A": "x" },
    { "": "x" },
    { Bcc: "x" },
    { "content-TYPE": "x" },
  ])
    it(`refuses the header field ${JSON.stringify(headers)}`, () => assert.throws(() => make({ headers }), { code: "E_MAIL_HEADER" }));

  for (const fileName of ["a\r\nX: y.pdf", "a\ud800.pdf"])
    it(`refuses the name ${JSON.stringify(fileName)} of an attachment`, () =>
      assert.throws(() => make({ attachments: [{ fileName, content: "" }] }), { code: "E_MAIL_HEADER" }));

  it("takes 255 characters of subject, and no more", () => {
    make({ subject: "😀".repeat(255) });
    for (const subject of ["😀".repeat(256), "", "  ", 7]) assert.throws(() => make({ subject }), { code: "E_OPTION_INVALID" });
  });

  it("takes 100 recipients in all, and no more", () => {
    const list = (count: number): string[] => Array.from({ length: count }, (_, index) => `a${index}@example.com`);
    make({ to: list(recipientsMax - 2), cc: list(1), bcc: list(1) });
    assert.throws(() => make({ to: list(recipientsMax - 1), cc: list(1), bcc: list(1) }), { code: "E_MAIL_TOO_LARGE" });
    assert.throws(() => make({ to: [] }), { code: "E_OPTION_INVALID" });
  });

  it("takes 25 MB of attachments together, and no more", () => {
    const file = (bytes: number): object => ({ fileName: "a.bin", content: new Uint8Array(bytes) });
    make({ attachments: [file(attachmentBytesMax - 1)], inline: { logo: file(1) } });
    assert.throws(() => make({ attachments: [file(attachmentBytesMax)], inline: { logo: file(1) } }), { code: "E_MAIL_TOO_LARGE" });
  });

  const wrong: ReadonlyArray<readonly [string, unknown]> = [
    ["attachments", [{ fileName: "", content: "" }]],
    ["attachments", [{ fileName: "a", content: 1 }]],
    ["attachments", [{ fileName: "a", content: "", type: "pdf" }]],
    ["attachments", [{ name: "a", content: "" }]],
    ["inline", { "a b": { fileName: "a.png", content: "" } }],
    ["headers", { "X-A": 1 }],
  ];
  for (const [field, value] of wrong)
    it(`refuses ${field}: ${JSON.stringify(value)}`, () => assert.throws(() => make({ [field]: value }), { code: /^E_OPTION_/ }));
});
