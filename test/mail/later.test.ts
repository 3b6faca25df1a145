/** Messages that are sent later: the queue, transactions, retries, limits, and what the queue keeps. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Application, GableOptions, RouteEntry } from "gable";
import { gable, GableError, post } from "gable";
import { transaction } from "gable/data";
import type { MailMessage, MailOptions, MailTransport } from "gable/mail";
import { mailPart, memoryMail, sendMail, smtpMail } from "gable/mail";
import { memoryTasks, task, taskModel, tasksPart } from "gable/tasks";
import { queuedBytesMax, toStored } from "../../src/mail/mail-task.ts";
import { databaseKinds } from "../data/databases.ts";
import { silentLogger } from "../silent-logger.ts";
import { startSmtpServer } from "./smtp-server.ts";

const from = "Site <site@example.com>";
const hello = { to: "ann@example.com", subject: "Hi", text: "Hello" };
/** Every option of a message, in forms that JSON does not know. */
const whole: MailOptions = {
  ...hello,
  to: [{ name: "Änn", address: "ann@example.com" }],
  cc: "bob@example.com",
  bcc: "eve@example.com",
  replyTo: "desk@example.com",
  headers: { "X-Kind": "invoice" },
  html: '<img src="cid:logo">',
  attachments: [
    { fileName: "a.bin", content: new Uint8Array([0, 255, 128]), type: "application/x-own" },
    { fileName: "b.txt", content: "Grüße" },
  ],
  inline: { logo: { fileName: "logo.png", content: new Uint8Array([137, 80]) } },
};

async function withApp(options: GableOptions, work: (app: Application) => Promise<void>): Promise<void> {
  const app = gable({ mode: "test", logger: silentLogger, ...options });
  await app.start();
  try {
    await work(app);
  } finally {
    await app.close();
  }
}

/** A transport that fails a number of times, with an error. */
function failing(
  failures: number,
  code: "E_MAIL_DEFERRED" | "E_MAIL_REFUSED",
): MailTransport & { readonly sent: MailMessage[]; tries: number } {
  const transport = {
    name: "failing",
    delivers: true,
    sent: [] as MailMessage[],
    tries: 0,
    send(message: MailMessage) {
      if (transport.tries++ < failures) return Promise.reject(new GableError(code, "The server said no."));
      transport.sent.push(message);
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
  };
  return transport;
}

/** Runs what is due, hours later: retries wait. */
async function runDue(app: Application, hours: number): Promise<void> {
  await app.part(tasksPart).runAll({ now: () => Date.now() + hours * 3_600_000 });
}

for (const { name, skip, place } of databaseKinds)
  describe(`sendMail.later() in ${name}`, { skip }, () => {
    it("sends the whole message after the commit, nothing after a rollback, and the table forgets it", async () => {
      const placed = await place();
      const transport = memoryMail();
      const Row = taskModel();
      const tasks = { tasks: [], queue: "database", run: "elsewhere" } as const;
      try {
        await withApp({ mail: { transport, from }, models: [Row], database: placed.url, tasks }, async (app) => {
          await app.database().createTables();
          await app.database().run(async () => {
            await assert.rejects(
              transaction(async () => {
                await sendMail.later(hello);
                throw new Error("no");
              }),
              /no/,
            );
            assert.equal(await Row.all().count(), 0);
            await transaction(() => sendMail.later(whole));
            assert.equal(transport.messages.length, 0);
            await app.part(tasksPart).runAll();
            const [sent] = transport.messages;
            assert.deepEqual(sent!.attachments, whole.attachments);
            const [row] = await Row.all();
            assert.deepEqual([row!.state, row!.input], ["done", "null"]);
          });
        });
      } finally {
        await placed.remove();
      }
    });

    it("keeps the largest message", async () => {
      const placed = await place();
      const transport = memoryMail();
      const tasks = { tasks: [], queue: "database", run: "elsewhere" } as const;
      try {
        await withApp({ mail: { transport, from }, models: [taskModel()], database: placed.url, tasks }, async (app) => {
          await app.database().createTables();
          const { text } = await sendMail.later({ ...hello, text: await largestText() });
          await app.part(tasksPart).runAll();
          assert.equal(transport.messages[0]?.text === text, true);
        });
      } finally {
        await placed.remove();
      }
    });
  });

/** The longest text that fits: all that else is in the message has the same length each time. */
async function largestText(): Promise<string> {
  let length = 0;
  await withApp({ mail: { transport: memoryMail(), from } }, async (app) => {
    const message = await app.part(mailPart).send({ ...hello, text: "x" });
    length = queuedBytesMax - Buffer.byteLength(JSON.stringify(toStored(message))) + 1;
  });
  return "x".repeat(length);
}

describe("sendMail.later()", () => {
  const inMemory = (transport: MailTransport): GableOptions => ({
    mail: { transport, from },
    tasks: { tasks: [], queue: memoryTasks(), run: "elsewhere" },
  });

  it("sends every part of a message as sendMail() does", async () => {
    const transport = memoryMail();
    await withApp(inMemory(transport), async (app) => {
      await sendMail(whole);
      const later = await sendMail.later(whole);
      assert.equal(transport.messages.length, 1);
      await app.part(tasksPart).runAll();
      const [second, first] = transport.messages;
      assert.deepEqual({ ...second, messageId: "", date: 0 }, { ...first, messageId: "", date: 0 });
      assert.deepEqual([second!.messageId, second!.date], [later.messageId, later.date]);
    });
  });

  it("tries a message again that the server cannot take now, with the same id", async () => {
    const transport = failing(2, "E_MAIL_DEFERRED");
    await withApp(inMemory(transport), async (app) => {
      const { messageId } = await sendMail.later(hello);
      for (const hours of [0, 1, 2, 3]) await runDue(app, hours);
      assert.deepEqual([transport.tries, transport.sent.map((message) => message.messageId)], [3, [messageId]]);
    });
  });

  it("does not try a message again that the server refuses", async () => {
    const transport = failing(1, "E_MAIL_REFUSED");
    await withApp(inMemory(transport), async (app) => {
      await sendMail.later(hello);
      for (const hours of [0, 1, 2]) await runDue(app, hours);
      const [row] = await app.part(tasksPart).list();
      assert.deepEqual([transport.tries, row!.state], [1, "failed"]);
      assert.match(row!.error!, /The server said no/);
    });
  });

  const partial: ReadonlyArray<
    readonly [title: string, replies: Record<string, number[]>, got: string[][], state: string, error?: RegExp]
  > = [
    ["sends it once to each", { b: [450, 451] }, [["a", "c"], ["b"]], "done"],
    ["names those it refuses when all others have it", { b: [450], c: [550] }, [["a"], ["b"]], "failed", /for c@example\.com\. All others/],
    ["names all it refuses", { b: [450, 554], c: [550] }, [["a"]], "failed", /b@example\.com.*c@example\.com/s],
    ["takes each at its own time", { a: [450], b: [450, 450], c: [451, 450, 452] }, [["a"], ["b"], ["c"]], "done"],
    ["tries nobody again whom it refuses", { a: [550], c: [550] }, [["b"]], "failed", /a@example\.com.*c@example\.com/],
  ];
  for (const [title, replies, got, state, error] of partial)
    it(`when the server takes a message for some recipients, ${title}`, async () => {
      const left = structuredClone(replies);
      const tried: string[] = [];
      const server = await startSmtpServer({
        disabledCommands: ["STARTTLS"],
        authOptional: true,
        onRcptTo({ address }, _session, done) {
          tried.push(address[0]!);
          const responseCode = left[address[0]!]?.shift();
          done(responseCode === undefined ? null : Object.assign(new Error("no"), { responseCode }));
        },
      });
      try {
        await withApp(inMemory(smtpMail({ host: "127.0.0.1", port: server.port, insecure: "the test's own server" })), async (app) => {
          await sendMail.later({ ...hello, to: ["a@example.com", "b@example.com"], bcc: "c@example.com" });
          for (const hours of [0, 1, 2, 3, 4]) await runDue(app, hours);
          const [row] = await app.part(tasksPart).list();
          assert.deepEqual([server.received.map(({ recipients }) => recipients.map((each) => each[0])), row!.state], [got, state]);
          if (error !== undefined) assert.match(row!.error!, error);
          const attempts = (name: string): number => (replies[name]?.length ?? 0) + Number(got.flat().includes(name));
          for (const name of ["a", "b", "c"]) assert.equal(tried.filter((each) => each === name).length, attempts(name), name);
          for (const { content } of server.received) assert.match(content, /^To: a@example\.com, b@example\.com\r$/m);
        });
      } finally {
        await server.close();
      }
    });

  it("in tests that record tasks sends immediately, or at the commit, and records nothing", async () => {
    const transport = memoryMail();
    const own = task("own", {}, () => undefined);
    await withApp({ mail: { transport, from }, tasks: [own], models: [taskModel()], database: "sqlite::memory:" }, async (app) => {
      await sendMail.later(hello);
      assert.equal(transport.messages.length, 1);
      await transaction(async () => {
        await sendMail.later(hello);
        assert.equal(transport.messages.length, 1);
      });
      assert.equal(transport.messages.length, 2);
      await assert.rejects(
        transaction(async () => {
          await sendMail.later(hello);
          throw new Error("no");
        }),
        /no/,
      );
      assert.deepEqual([transport.messages.length, await app.part(tasksPart).list()], [2, []]);
    });
  });

  it("takes the mail of the application whose request runs", async () => {
    const transports = [memoryMail(), memoryMail()];
    const route = (): RouteEntry => post("/", async () => (await sendMail.later(hello)).subject);
    await withApp({ ...inMemory(transports[0]!), routes: [route()] }, (one) =>
      withApp({ ...inMemory(transports[1]!), routes: [route()] }, async (two) => {
        assert.equal(await (await two.request("/", { method: "POST" })).text(), "Hi");
        await one.part(tasksPart).runAll();
        await two.part(tasksPart).runAll();
        assert.deepEqual(
          transports.map(({ messages }) => messages.length),
          [0, 1],
        );
      }),
    );
  });

  it("refuses a message without tasks, and checks it when it is enqueued", async () => {
    await withApp({ mail: { transport: memoryMail(), from } }, async (app) => {
      await assert.rejects(sendMail.later(hello), { code: "E_TASK_MISSING" });
      await assert.rejects(app.part(mailPart).later(hello), { code: "E_TASK_MISSING" });
      await assert.rejects(sendMail.later({ ...hello, to: "nobody" }), { code: "E_MAIL_ADDRESS" });
    });
  });

  it("takes the largest message, and refuses one byte more", async () => {
    const transport = memoryMail();
    await withApp(inMemory(transport), async (app) => {
      const text = await largestText();
      await sendMail.later({ ...hello, text });
      await assert.rejects(sendMail.later({ ...hello, text: `${text}x` }), { code: "E_MAIL_TOO_LARGE" });
      await app.part(tasksPart).runAll();
      assert.deepEqual(
        transport.messages.map((message) => message.text.length),
        [text.length],
      );
    });
  });
});
