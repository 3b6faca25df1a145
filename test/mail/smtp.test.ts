/** Messages over a real SMTP server, read back with an independent parser. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { simpleParser } from "mailparser";
import type { ParsedMail } from "mailparser";
import type { SMTPServerOptions } from "smtp-server";
import type { MailMessage, MailTransport, SmtpOptions } from "gable/mail";
import { createMessage } from "../../src/mail/message.ts";
import type { MailHeaderOptions } from "../../src/mail/message.ts";
import { fileMail, smtpMail } from "gable/mail";
import { createCertificate } from "../http/tls-certificate.ts";
import { startSmtpServer } from "./smtp-server.ts";
import type { TestSmtpServer } from "./smtp-server.ts";

const certificate = createCertificate();
const other = createCertificate();
const tls = { ...certificate, authOptional: true };
const plain = { disabledCommands: ["STARTTLS"], authOptional: true };

/** Runs work with a server and a transport to it, and closes both. */
async function withServer(
  server: SMTPServerOptions,
  client: Partial<SmtpOptions>,
  work: (transport: MailTransport, server: TestSmtpServer) => Promise<void>,
): Promise<void> {
  const running = await startSmtpServer(server);
  const transport = smtpMail({ host: "127.0.0.1", port: running.port, ca: certificate.cert, ...client });
  try {
    await work(transport, running);
  } finally {
    await transport.close();
    await running.close();
  }
}

function message(more: Partial<MailHeaderOptions> = {}, content = { html: undefined as string | undefined, text: "Hello" }): MailMessage {
  return createMessage({ from: "site@example.com", to: "ann@example.com", subject: "Hi", ...more }, content);
}

const names = [
  "Ann Doe",
  "Jürgen Groß",
  "Ксения Иванова",
  "김하늘",
  "山田太郎",
  "王小明",
  "مريم",
  "שרה",
  "आशा",
  "Ελένη",
  "สมชาย",
  'Quote "Q" \\ Back',
  "Comma, Semi; <Angle>",
];

const shapes: ReadonlyArray<readonly [string, Partial<MailHeaderOptions>, { html: string | undefined; text: string }]> = [
  ["plain text", {}, { html: undefined, text: "Hello\n\nWorld" }],
  ["text and HTML", {}, { html: "<p>Héllo <b>wörld</b></p>", text: "Héllo wörld" }],
  ["a line of 3,000 characters", {}, { html: undefined, text: "x".repeat(3_000) }],
  ["lines with dots and From", {}, { html: undefined, text: ".\n..\nFrom me\n. end" }],
  ["a long subject in two scripts", { subject: "Grüße aus 東京 ".repeat(15).trim() }, { html: undefined, text: "x" }],
  [
    "attachments",
    { attachments: [{ fileName: "Übersicht – 1.pdf", content: new Uint8Array([0, 13, 10, 255]), type: "application/pdf" }] },
    { html: undefined, text: "x" },
  ],
  ["an attachment and no text", { attachments: [{ fileName: "a.txt", content: "a\n" }] }, { html: undefined, text: "" }],
  [
    "inline images",
    { inline: { logo: { fileName: "logo.png", content: new Uint8Array([137, 80]), type: "image/png" } } },
    { html: '<img src="cid:logo">', text: "x" },
  ],
  [
    "more header fields",
    { headers: { "List-Unsubscribe": "<https://example.com/u>", "X-Note": "ä ö ü" }, replyTo: "Help <help@example.com>" },
    { html: undefined, text: "x" },
  ],
];

function assertSame(parsed: ParsedMail, sent: MailMessage): void {
  assert.equal(parsed.messageId, sent.messageId);
  assert.equal(parsed.subject, sent.subject);
  assert.equal(parsed.text?.trimEnd() ?? "", sent.text);
  if (sent.html !== undefined && Object.keys(sent.inline).length === 0) assert.equal(String(parsed.html).trimEnd(), sent.html);
  assert.equal(Math.floor(parsed.date!.getTime() / 1000), Math.floor(sent.date.getTime() / 1000));
  assert.deepEqual(
    parsed.from?.value.map(({ name, address }) => ({ name, address })),
    [sent.from],
  );
  assert.equal(parsed.headers.get("bcc"), undefined);
  assert.equal(parsed.headers.get("x-mailer"), undefined);
  const files = [...sent.attachments, ...Object.values(sent.inline)];
  assert.deepEqual(
    parsed.attachments.map(({ filename, content }) => [filename, [...content]]),
    files.map(({ fileName, content }) => [fileName, [...Buffer.from(content)]]),
  );
  for (const [name, value] of Object.entries(sent.headers)) {
    const header = parsed.headerLines.find(({ key }) => key === name.toLowerCase())?.line ?? "";
    assert.ok(header !== "" && (header.includes(value) || /[^\x20-\x7e]/.test(value)), header);
  }
}

describe("smtpMail()", () => {
  for (const [title, options, content] of shapes)
    it(`sends ${title} over STARTTLS, equal for another parser`, () =>
      withServer(tls, {}, async (transport, server) => {
        const sent = message(options, content);
        await transport.send(sent);
        assertSame(await simpleParser(server.received[0]!.content), sent);
      }));

  /** Line ends of each kind, dots, NUL and bytes beyond ASCII. */
  const bytes = Buffer.from([65, 10, 66, 13, 10, 67, 13, 0, 255, 128, 10, 46, 10, 46, 46, 13, 10]);
  const files: ReadonlyArray<readonly [fileName: string, type?: string]> = [
    ..."a.eml A.EML eml a.mht a.mhtml a.nws a.mime a.gzip a.zip a.txt a.html a.csv a.ics a.png a".split(" ").map((name) => [name] as const),
    ..."message/rfc822 MESSAGE/RFC822 message/partial multipart/mixed multipart/x-own text/html text/plain text/calendar application/x-own"
      .split(" ")
      .map((type) => ["a", type] as const),
    ["a.eml", "message/rfc822"],
  ];
  for (const [fileName, type] of files)
    it(`sends ${fileName}${type === undefined ? "" : ` of the type ${type}`} byte for byte, as an attachment`, () =>
      withServer(tls, {}, async (transport, server) => {
        const file = { fileName, content: bytes, ...(type !== undefined && { type }) };
        const sent = message({ attachments: [file, { ...file, content: "a\nb\r\né" }] }, { html: "<p>x</p>", text: "x" });
        await transport.send(sent);
        const parsed = await simpleParser(server.received[0]!.content);
        assertSame(parsed, sent);
        for (const { contentDisposition, headers } of parsed.attachments)
          assert.deepEqual([contentDisposition, headers.get("content-transfer-encoding")], ["attachment", "base64"]);
      }));

  it("sends names of ten scripts and addresses with international domains", () =>
    withServer(tls, {}, async (transport, server) => {
      for (const name of names) {
        const sent = message({ to: { name, address: "ann@bücher.example" } });
        await transport.send(sent);
        const { to } = await simpleParser(server.received.at(-1)!.content);
        const [value] = [to].flat()[0]!.value;
        assert.equal(value!.name, name);
        assert.match(value!.address!, /^ann@(?:xn--bcher-kva|bücher)\.example$/);
      }
      assert.equal(server.connectionCount, 1, "one connection serves all messages");
    }));

  const lookalikes = [
    "=?utf-8?b?WW91ciBhY2NvdW50?=",
    "=?utf-8?q?Bank?=",
    "=?UTF-8?Q?A?= and =?utf-8?b?Qg==?=",
    "Hello =?utf-8?q?Bank?= there",
    "=?utf-8?q?Bank",
    "=?=",
    "a =? b ?= c",
    "=?iso-8859-1?q?=E9?= é 東京",
    "=?utf-8?q?x?= ".repeat(12).trim(),
  ];
  it("sends subjects and names that look encoded, equal for another parser", () =>
    withServer(tls, {}, async (transport, server) => {
      for (const text of lookalikes) {
        const sent = message({
          subject: text,
          from: { name: text, address: "site@example.com" },
          to: { name: text, address: "ann@example.com" },
        });
        await transport.send(sent);
        const parsed = await simpleParser(server.received.at(-1)!.content);
        assertSame(parsed, sent);
        assert.equal([parsed.to].flat()[0]!.value[0]!.name, text);
      }
    }));

  it("gives hidden copies to the server and to no reader", () =>
    withServer(tls, {}, async (transport, server) => {
      await transport.send(message({ cc: "ben@example.com", bcc: ["eve@example.com"] }));
      assert.deepEqual(server.received[0]!.recipients, ["ann@example.com", "ben@example.com", "eve@example.com"]);
      assert.ok(!server.received[0]!.content.includes("eve@example.com"));
    }));

  it("sends nothing to a server without STARTTLS", () =>
    withServer(plain, { user: "ann", password: "geheim" }, async (transport, server) => {
      await assert.rejects(transport.send(message()), { code: "E_MAIL_INSECURE" });
      assert.deepEqual(server.received, []);
    }));

  it("sends nothing to a server whose certificate nobody vouches for", () =>
    withServer({ ...other, authOptional: true }, {}, async (transport, server) => {
      await assert.rejects(transport.send(message()), { code: "E_MAIL_INSECURE" });
      assert.deepEqual(server.received, []);
    }));

  it("sends without TLS when the option insecure gives a reason", () =>
    withServer(plain, { insecure: "a relay on this machine" }, async (transport, server) => {
      await transport.send(message());
      assert.equal(server.received.length, 1);
    }));

  it("sends over implicit TLS", () =>
    withServer({ ...tls, secure: true }, { tls: "implicit" }, async (transport, server) => {
      await transport.send(message());
      assert.equal(server.received.length, 1);
    }));

  it("signs in, and says when the server refuses the login, without the password", () =>
    withServer(
      {
        ...certificate,
        onAuth: ({ username, password }, _session, done) =>
          username === "ann" && password === "right" ? done(null, { user: "ann" }) : done(new Error("no")),
      },
      { user: "ann", password: "right" },
      async (transport, server) => {
        await transport.send(message());
        assert.equal(server.received.length, 1);
        const wrong = smtpMail({ host: "127.0.0.1", port: server.port, ca: certificate.cert, user: "ann", password: "geheim" });
        await assert.rejects(
          wrong.send(message()),
          (error: Error & { code: string }) => error.code === "E_MAIL_LOGIN" && !error.message.includes("geheim"),
        );
        await wrong.close();
      },
    ));

  const replies: ReadonlyArray<readonly [number, string]> = [
    [421, "E_MAIL_DEFERRED"],
    [450, "E_MAIL_DEFERRED"],
    [452, "E_MAIL_DEFERRED"],
    [499, "E_MAIL_DEFERRED"],
    [500, "E_MAIL_REFUSED"],
    [550, "E_MAIL_REFUSED"],
    [554, "E_MAIL_REFUSED"],
  ];
  for (const [status, code] of replies)
    it(`answers ${status} with ${code}, and sends the next message`, () => {
      let isFirst = true;
      const refuse = (done: (error?: Error | null) => void): void => {
        const error = isFirst ? Object.assign(new Error("Not now"), { responseCode: status }) : null;
        isFirst = false;
        done(error);
      };
      return withServer({ ...tls, onRcptTo: (_address, _session, done) => refuse(done) }, {}, async (transport, server) => {
        await assert.rejects(transport.send(message()), { code });
        await transport.send(message());
        assert.equal(server.received.length, 1);
      });
    });

  it("fails when one of several recipients is refused, and names it", () =>
    withServer(
      {
        ...tls,
        onRcptTo: ({ address }, _session, done) =>
          done(address.startsWith("no") ? Object.assign(new Error("no"), { responseCode: 550 }) : null),
      },
      {},
      async (transport) => {
        await assert.rejects(transport.send(message({ to: ["ann@example.com", "nobody@example.com"] })), {
          code: "E_MAIL_REFUSED",
          details: { accepted: ["ann@example.com"], rejected: ["nobody@example.com"] },
        });
      },
    ));

  it("calls a server that is down a reason to try again", async () => {
    const server = await startSmtpServer(tls);
    await server.close();
    const transport = smtpMail({ host: "127.0.0.1", port: server.port });
    await assert.rejects(transport.send(message()), { code: "E_MAIL_DEFERRED" });
    await transport.close();
  });

  const wrong: ReadonlyArray<readonly [string, object]> = [
    ["host", { host: "" }],
    ["port", { host: "a", port: 0 }],
    ["port", { host: "a", port: 65_536 }],
    ["tls", { host: "a", tls: "yes" }],
    ["insecure", { host: "a", insecure: " " }],
    ["user", { host: "a", password: "x" }],
    ["pasword", { host: "a", pasword: "x" }],
  ];
  for (const [name, options] of wrong)
    it(`refuses the options ${JSON.stringify(options)}`, () =>
      assert.throws(() => smtpMail(options as SmtpOptions), { code: /^E_OPTION_/, message: new RegExp(name) }));
});

describe("fileMail()", () => {
  const folder = mkdtempSync(join(tmpdir(), "gable-mail-"));
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("writes no hidden copies", async () => {
    const directory = join(folder, "hidden");
    await fileMail(directory).send(message({ bcc: "eve@example.com" }));
    assert.doesNotMatch(readFileSync(join(directory, readdirSync(directory)[0]!), "utf8"), /eve@example\.com/);
  });

  it("writes whole messages to a folder that it creates", async () => {
    const directory = join(folder, "deep", "mail");
    const transport = fileMail(directory);
    const sent = message({ attachments: [{ fileName: "a.txt", content: "x" }] }, { html: "<p>Hi</p>", text: "Hi" });
    await transport.send(sent);
    const [name, ...more] = readdirSync(directory);
    assert.match(name!, /\.eml$/);
    assert.deepEqual(more, []);
    assertSame(await simpleParser(readFileSync(join(directory, name!))), sent);
  });
});

describe("a project without nodemailer", () => {
  it("says how to install it", () => {
    const hook = `import { registerHooks } from "node:module";
registerHooks({ resolve: (name, context, next) => { if (name === "nodemailer") throw new Error("Cannot find package"); return next(name, context); } });`;
    const program = `import { fileMail } from "gable/mail";
await fileMail("never").send({}).catch(({ code, fix }) => console.log(code, fix));`;
    const words = [
      "--import",
      `data:text/javascript,${encodeURIComponent(hook)}`,
      "--import",
      "./scripts/source.mjs",
      "--input-type=module",
      "--eval",
      program,
    ];
    const root = new URL("../..", import.meta.url).pathname;
    assert.match(execFileSync(process.execPath, words, { cwd: root, encoding: "utf8" }), /^E_MAIL_PACKAGE .*npm install nodemailer/);
  });
});
