import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createMailer } from "./mailer.ts";
import { memoryMail } from "./transports/memory.ts";
import { createMailTransport } from "./transport-from-url.ts";
import { consoleMail } from "./transports/console.ts";

const views: Readonly<Record<string, string>> = {
  "both.html": "<p>Hi</p>",
  "both.txt": "Hi there",
  "page.html": "<p>Hi</p>",
  "plain.txt": "Only text",
};
const create = (): { mailer: ReturnType<typeof createMailer>; transport: ReturnType<typeof memoryMail> } => {
  const transport = memoryMail();
  const renderView = (name: string): Promise<string> | undefined => (views[name] === undefined ? undefined : Promise.resolve(views[name]));
  return { mailer: createMailer({ enqueue: noQueue, transport, from: "Site <site@example.com>", renderView }), transport };
};
const noQueue = (): Promise<void> => Promise.reject(new Error("not enqueued here"));
const to = { to: "ann@example.com", subject: "Hi" };

describe("createMailer()", () => {
  const contents: ReadonlyArray<readonly [object, string | undefined, string]> = [
    [{ view: "both" }, "<p>Hi</p>", "Hi there"],
    [{ view: "page" }, "<p>Hi</p>", "Hi"],
    [{ view: "plain" }, undefined, "Only text"],
    [{ html: "<b>x</b>" }, "<b>x</b>", "x"],
    [{ text: "x" }, undefined, "x"],
    [{ html: "<b>x</b>", text: "y" }, "<b>x</b>", "y"],
  ];
  for (const [options, html, text] of contents)
    it(`makes the parts of ${JSON.stringify(options)}`, async () => {
      const { mailer, transport } = create();
      const sent = await mailer.send({ ...to, ...options });
      assert.deepEqual([sent.html, sent.text, sent.from.address], [html, text, "site@example.com"]);
      assert.deepEqual(transport.messages, [sent]);
    });

  it("refuses a view without files, a message without content, both at the same time, and unknown options", async () => {
    const { mailer, transport } = create();
    await assert.rejects(mailer.send({ ...to, view: "none" }), { code: "E_VIEW_NOT_FOUND", message: /none\.html nor none\.txt/ });
    await assert.rejects(mailer.send(to), { code: "E_OPTION_INVALID" });
    await assert.rejects(mailer.send({ ...to, view: "both", text: "x" }), { code: "E_OPTION_INVALID" });
    await assert.rejects(mailer.send({ ...to, text: "x", subjekt: "x" } as never), { code: "E_OPTION_UNKNOWN", fix: /subject/ });
    assert.deepEqual(transport.messages, []);
  });

  for (const [what, options] of [
    ["a promise of HTML", { html: Promise.resolve("<p>Hi</p>") }],
    ["an object that is not markup", { html: { body: "<p>Hi</p>" } }],
    ["a promise of props", { view: "both", props: Promise.resolve({ a: 1 }) }],
    ["a map of props", { view: "both", props: new Map([["a", 1]]) }],
    ["a map of header fields", { text: "x", headers: new Map([["X-A", "1"]]) }],
    ["a map of images", { text: "x", inline: new Map() }],
    ["a set of header fields", { text: "x", headers: new Set(["X-A"]) }],
  ] as const)
    it(`refuses ${what}, which would be sent as nothing or as another text`, async () => {
      const { mailer, transport } = create();
      await assert.rejects(mailer.send({ ...to, ...options } as never), { code: "E_OPTION_INVALID" });
      assert.deepEqual(transport.messages, []);
    });

  it("refuses a sender that is not an address when it is made", () => {
    assert.throws(() => createMailer({ enqueue: noQueue, transport: memoryMail(), from: "nobody", renderView: () => undefined }), {
      code: "E_MAIL_ADDRESS",
    });
  });
});

describe("memoryMail()", () => {
  it("keeps the newest messages first, and at most as many as it may", async () => {
    const transport = memoryMail({ messagesMax: 2 });
    const mailer = createMailer({ enqueue: noQueue, transport, from: "site@example.com", renderView: () => undefined });
    for (const text of ["1", "2", "3"]) await mailer.send({ ...to, text });
    assert.deepEqual(
      transport.messages.map(({ text }) => text),
      ["3", "2"],
    );
    transport.clear();
    assert.deepEqual(transport.messages, []);
  });
});

describe("consoleMail()", () => {
  it("prints the head, the names of files, and the text", async () => {
    let printed = "";
    const mailer = createMailer({
      enqueue: noQueue,
      transport: consoleMail((text) => (printed += text)),
      from: "site@example.com",
      renderView: () => undefined,
    });
    await mailer.send({ ...to, text: "Body", attachments: [{ fileName: "a.txt", content: "x" }] });
    assert.equal(printed, "From: site@example.com\nTo: ann@example.com\nSubject: Hi\nAttachment: a.txt\n\nBody\n");
  });
});

describe("createMailTransport()", () => {
  const known: ReadonlyArray<readonly [string, string]> = [
    ["smtp://user:pass@host:587", "smtp"],
    ["smtps://host", "smtp"],
    ["file:var/mail", "file"],
    ["console:", "console"],
    ["memory:", "memory"],
    ["outbox:", "outbox"],
  ];
  for (const [url, name] of known) it(`makes ${name} of ${url}`, () => assert.equal(createMailTransport(url).name, name));

  for (const url of ["", "smtp", "http://user:geheim@host", "smtp://", "file:", "outbox:x", "SMTP://host"])
    it(`refuses ${JSON.stringify(url)} without repeating it`, () =>
      assert.throws(
        () => createMailTransport(url),
        (error: Error & { code: string }) => {
          assert.equal(error.code, "E_OPTION_INVALID");
          assert.ok(!error.message.includes("geheim"));
          return true;
        },
      ));
});
