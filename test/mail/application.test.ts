/** Mail of an application: views, the current application, the outbox page. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import type { Application, GableOptions } from "gable";
import { gable, post } from "gable";
import type { MailKeeper } from "gable/mail";
import { mailPart, memoryMail, sendMail } from "gable/mail";
import { silentLogger } from "../silent-logger.ts";

const folder = mkdtempSync(join(tmpdir(), "gable-mail-app-"));
after(() => rmSync(folder, { recursive: true, force: true }));
mkdirSync(join(folder, "views/mail"), { recursive: true });
writeFileSync(join(folder, "views/mail/welcome.html"), "{% props name: string %}<p>Hello {{ name }}</p>");
writeFileSync(join(folder, "views/mail/welcome.txt"), "{% props name: string %}Hello {{ name }}, as text");
writeFileSync(join(folder, "views/mail/date.html"), "{% props day: Date %}<p>{{ day|date('long') }}</p>");

const welcome = post("/welcome", async () => {
  await sendMail({ to: "ann@example.com", subject: "Hi", view: "mail/welcome", props: { name: "<Ann>" } });
  return "sent";
});

/** Runs work with an application that has mail, and closes it. */
async function withApp(options: GableOptions, work: (app: Application) => Promise<void>): Promise<void> {
  const app = gable({ mode: "development", logger: silentLogger, ...options });
  await app.start();
  try {
    await work(app);
  } finally {
    await app.close();
  }
}

const settings = (transport: MailKeeper, from = "Site <site@example.com>"): GableOptions => ({ mail: { transport, from } });
const send = (app: Application): Promise<Response> => app.request("/welcome", { method: "POST" });

describe("sendMail()", () => {
  it("renders both views of a message, escaped by their kind", async () => {
    const transport = memoryMail();
    await withApp({ ...settings(transport), views: join(folder, "views"), routes: [welcome] }, async (app) => {
      assert.equal(await (await send(app)).text(), "sent");
    });
    const [message] = transport.messages;
    assert.deepEqual([message!.html, message!.text], ["<p>Hello &lt;Ann&gt;</p>", "Hello <Ann>, as text"]);
  });

  it("formats in the language of the message", async () => {
    const transport = memoryMail();
    await withApp({ ...settings(transport), views: join(folder, "views") }, async () => {
      const day = new Date("2026-11-28T00:00:00Z");
      for (const locale of ["en", "de"]) await sendMail({ to: "ann@example.com", subject: "x", view: "mail/date", props: { day }, locale });
    });
    const [german, english] = transport.messages.map(({ text }) => text);
    assert.match(english!, /November 28/);
    assert.match(german!, /28\. November/);
  });

  it("uses the mail of the application whose request runs, also when two run at the same time", async () => {
    const [first, second] = [memoryMail(), memoryMail()];
    const make = (transport: MailKeeper, from: string): Application =>
      gable({
        mode: "development",
        logger: silentLogger,
        ...settings(transport, from),
        routes: [
          post("/welcome", async () => {
            await new Promise((resolve) => setTimeout(resolve, 1));
            await sendMail({ to: "ann@example.com", subject: "Hi", text: "x" });
            return "sent";
          }),
        ],
      });
    const apps = [make(first, "one@example.com"), make(second, "two@example.com")];
    try {
      await Promise.all(Array.from({ length: 20 }, (_, index) => send(apps[index % 2]!)));
      assert.deepEqual(new Set(first.messages.map(({ from }) => from.address)), new Set(["one@example.com"]));
      assert.deepEqual([first.messages.length, second.messages.length], [10, 10]);
      await assert.rejects(sendMail({ to: "ann@example.com", subject: "Hi", text: "x" }), {
        code: "E_MAIL_MISSING",
        message: /2 applications/,
      });
      await apps[0]!.part(mailPart).send({ to: "ann@example.com", subject: "Hi", text: "x" });
      assert.equal(first.messages.length, 11);
    } finally {
      for (const app of apps) await app.close();
    }
  });

  it("works outside of a request when one application runs, and explains itself when none does", async () => {
    const transport = memoryMail();
    await withApp(settings(transport), async () => void (await sendMail({ to: "ann@example.com", subject: "Hi", text: "x" })));
    assert.equal(transport.messages.length, 1);
    await assert.rejects(sendMail({ to: "ann@example.com", subject: "Hi", text: "x" }), { code: "E_MAIL_MISSING", fix: /option mail/ });
  });

  it("says which view is missing", () =>
    withApp({ ...settings(memoryMail()), views: join(folder, "views") }, async () => {
      await assert.rejects(sendMail({ to: "ann@example.com", subject: "Hi", view: "mail/none" }), { code: "E_VIEW_NOT_FOUND" });
    }));
});

describe("the option mail of gable()", () => {
  for (const mail of [7, null, { transport: 7 }, { transport: {} }, { from: "a@example.com", transports: "x" }])
    it(`refuses ${JSON.stringify(mail)}`, () => assert.throws(() => gable({ mail: mail as never }), { code: /^E_OPTION_/ }));

  it("demands a transport in production", async () => {
    const app = gable({ mode: "production", logger: silentLogger, mail: { from: "a@example.com" } });
    await assert.rejects(app.start(), { code: "E_OPTION_INVALID", message: /transport.*production/ });
  });

  it("refuses an address without repeating its password", async () => {
    const app = gable({ mode: "test", logger: silentLogger, mail: "imap://ann:geheim@host" });
    await assert.rejects(app.start(), (error: Error) => !error.message.includes("geheim"));
  });
});

describe("the outbox page", () => {
  const outbox: GableOptions = { mail: { from: "site@example.com" } };
  const message = { to: "ann@example.com", subject: "<b>Bold</b>", html: '<p style="color:red">Hi</p><script>alert(1)</script>' };

  it("lists messages, and shows each as HTML, as text and as source", () =>
    withApp(outbox, async (app) => {
      assert.match(await (await app.request("/_gable/mail")).text(), /No message was sent/);
      await sendMail(message);
      const list = await (await app.request("/_gable/mail")).text();
      assert.match(list, /&lt;b>Bold&lt;\/b>|&lt;b&gt;Bold/);
      const [page] = /\/_gable\/mail\/[0-9a-f-]+\/html/.exec(list)!;
      const shown = await app.request(page);
      assert.equal(await shown.text(), message.html);
      assert.equal(
        shown.headers.get("content-security-policy"),
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox",
      );
      assert.equal(await (await app.request(page.replace("/html", "/text"))).text(), "Hi");
      assert.match(await (await app.request(page.replace("/html", "/source"))).text(), /^Message-ID: .*\r\n/im);
      for (const wrong of [page.replace("/html", "/other"), "/_gable/mail/none/html"]) assert.equal((await app.request(wrong)).status, 404);
    }));

  it("shows each inline image with its own bytes and the type of its name", () =>
    withApp(outbox, async (app) => {
      const image = (fileName: string, byte: number): { fileName: string; content: Uint8Array } => ({
        fileName,
        content: new Uint8Array([byte]),
      });
      await sendMail({
        ...message,
        html: '<img src="cid:logo"><img src=CID:logo2><b style="background:url(cid:a.b)">cid:none acid:logo cid:constructor',
        inline: { logo: image("a.PNG", 1), logo2: image("b.jpg", 2), "a.b": { ...image("c", 3), type: "image/webp" } },
      });
      const [page] = /\/_gable\/mail\/[0-9a-f-]+\/html/.exec(await (await app.request("/_gable/mail")).text())!;
      assert.equal(
        await (await app.request(page)).text(),
        '<img src="data:image/png;base64,AQ=="><img src=data:image/jpeg;base64,Ag==><b style="background:url(data:image/webp;base64,Aw==)">cid:none acid:logo cid:constructor',
      );
    }));

  it("is not there in production, in tests, and for a transport that keeps nothing", async () => {
    for (const options of [
      { mode: "production", mail: "memory:" },
      { mode: "test", mail: "outbox:" },
      { mail: "console:" },
    ] as GableOptions[])
      await withApp(options, async (app) => assert.equal((await app.request("/_gable/mail")).status, 404));
  });
});
