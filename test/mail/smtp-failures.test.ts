/** What a mail server does wrong: replies of each phase, silence, recipients that it refuses, and a transport that closes meanwhile. */
import assert from "node:assert/strict";
import { createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { describe, it } from "node:test";
import type { GableError } from "gable";
import type { MailMessage, MailTransport } from "gable/mail";
import { createMessage } from "../../src/mail/message.ts";
import { createSmtpMail } from "../../src/mail/transports/smtp.ts";
import type { SmtpLimits } from "../../src/mail/transports/smtp-session.ts";

/** Answers a command, "." for the end of a message and "" for the start; false closes, and "drip" goes on for ever without an end. */
type Answer = (command: string) => string | false | "drip";

const usual = (command: string): string =>
  command === "" ? "220 hi" : command.startsWith("EHLO") ? "250-hi\r\n250 AUTH PLAIN" : command === "DATA" ? "354 go" : "250 ok";
/** A server that gives one reply to commands that start with a word. */
const refusing =
  (word: string, reply: string | false): Answer =>
  (command) =>
    command.startsWith(word) && (word !== "" || command === "") ? reply : command.startsWith("AUTH") ? "235 ok" : usual(command);

const patient: SmtpLimits = { connectMs: 10_000, sendMs: 30_000 };
const brief: SmtpLimits = { connectMs: 300, sendMs: 300 };

/** What a scripted server has seen. */
interface Seen {
  connections: number;
  /** Sockets that are open. */
  readonly open: Set<Socket>;
  /** All commands. */
  readonly commands: string[];
}

async function withAnswers(
  answer: Answer,
  { limits = patient, ...client }: { limits?: SmtpLimits; user?: string; password?: string; isTlsRequired?: boolean },
  work: (transport: MailTransport, seen: Seen) => Promise<void>,
): Promise<void> {
  const seen: Seen = { connections: 0, open: new Set(), commands: [] };
  const server = createServer((socket) => {
    seen.connections++;
    seen.open.add(socket);
    socket.on("error", () => undefined).on("close", () => seen.open.delete(socket));
    talk(socket, (command) => (command !== "" && seen.commands.push(command), answer(command)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo; // A server that listens on a port.
  const { isTlsRequired = false, ...login } = client;
  const transport = createSmtpMail(
    { host: "127.0.0.1", port, ...login, ...(!isTlsRequired && { insecure: "the test's own server" }) },
    limits,
  );
  try {
    await work(transport, seen);
  } finally {
    await transport.close();
    for (const socket of seen.open) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
}

function talk(socket: Socket, answer: Answer): void {
  let isContent = false;
  let rest = "";
  const say = (command: string): void => {
    const reply = answer(command);
    if (reply === false) return void socket.destroy();
    if (reply !== "drip") return void socket.write(`${reply}\r\n`);
    const timer = setInterval(() => socket.write("250-wait\r\n"), 20);
    socket.on("close", () => clearInterval(timer));
  };
  say("");
  socket.on("data", (chunk) => {
    const lines = (rest + chunk.toString()).split("\r\n");
    rest = lines.pop()!;
    for (const line of lines) {
      if (isContent && line !== ".") continue;
      isContent = line === "DATA";
      say(line);
    }
  });
}

const message = (to: readonly string[] = ["ann@example.com"]): MailMessage =>
  createMessage({ from: "site@example.com", to, subject: "Hi" }, { text: "Hello" });

describe("smtpMail() and the replies of a server", () => {
  const words = "5.7.1 certificate of sender is bad, use STARTTLS";
  const cases: ReadonlyArray<readonly [word: string, reply: string | false, code: string, isTlsRequired?: boolean]> = [
    ["", `421 ${words}`, "E_MAIL_DEFERRED"],
    ["", `554 ${words}`, "E_MAIL_REFUSED"],
    ["", false, "E_MAIL_DEFERRED"],
    ["EHLO", `421 ${words}`, "E_MAIL_DEFERRED", true],
    ["EHLO", `450 ${words}`, "E_MAIL_DEFERRED", true],
    ["EHLO", `502 ${words}`, "E_MAIL_INSECURE", true],
    ["EHLO", `550 ${words}`, "E_MAIL_REFUSED", true],
    ["STARTTLS", `454 ${words}`, "E_MAIL_DEFERRED", true],
    ["STARTTLS", "502 no", "E_MAIL_INSECURE", true],
    ["AUTH", `421 ${words}`, "E_MAIL_DEFERRED"],
    ["AUTH", `432 ${words}`, "E_MAIL_DEFERRED"],
    ["AUTH", `454 ${words}`, "E_MAIL_DEFERRED"],
    ["AUTH", `535 ${words}`, "E_MAIL_LOGIN"],
    ["AUTH", false, "E_MAIL_DEFERRED"],
    ["MAIL", `451 ${words}`, "E_MAIL_DEFERRED"],
    ["MAIL", `530 ${words}`, "E_MAIL_REFUSED"],
    ["RCPT", `421 ${words}`, "E_MAIL_DEFERRED"],
    ["RCPT", `450 ${words}`, "E_MAIL_DEFERRED"],
    ["RCPT", `550 ${words}`, "E_MAIL_REFUSED"],
    ["DATA", `451 ${words}`, "E_MAIL_DEFERRED"],
    ["DATA", `554 ${words}`, "E_MAIL_REFUSED"],
    [".", `421 ${words}`, "E_MAIL_DEFERRED"],
    [".", `451-4.0.0 550 in the text\r\n451 ${words}`, "E_MAIL_DEFERRED"],
    [".", `552-5.7.1 451 in the text\r\n552 ${words}`, "E_MAIL_REFUSED"],
    [".", false, "E_MAIL_DEFERRED"],
  ];
  for (const [word, reply, code, isTlsRequired = false] of cases)
    it(`gives ${code} for ${JSON.stringify(reply)} at ${word || "the greeting"}`, () =>
      withAnswers(refusing(word, reply), { user: "ann", password: "x", isTlsRequired }, (transport) =>
        assert.rejects(transport.send(message()), { code }),
      ));

  it("goes on with the same connection after a message that was refused", () => {
    let isFirst = true;
    const answer: Answer = (command) => (command.startsWith("MAIL") && isFirst ? ((isFirst = false), "550 no") : usual(command));
    return withAnswers(answer, {}, async (transport, seen) => {
      await assert.rejects(transport.send(message()), { code: "E_MAIL_REFUSED" });
      await transport.send(message());
      assert.ok(seen.commands.includes("RSET"));
      assert.equal(seen.connections, 1);
    });
  });

  it("sends over a new connection what an idle one could not take", () => {
    let messages = 0;
    const answer: Answer = (command) => {
      if (command === ".") messages++;
      return command.startsWith("MAIL") && messages === 1 && !seenOnce ? ((seenOnce = true), "421 idle for too long") : usual(command);
    };
    let seenOnce = false;
    return withAnswers(answer, {}, async (transport, seen) => {
      await transport.send(message());
      await transport.send(message());
      assert.deepEqual([messages, seen.connections], [2, 2]);
    });
  });
});

describe("smtpMail() and a server that never ends its answer", () => {
  for (const word of ["", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "."])
    it(`gives up at ${word || "the greeting"}, ends the connection, and sends the next message`, () => {
      let isSlow = true;
      const normal = refusing("AUTH", "235 ok");
      const answer: Answer = (command) =>
        isSlow && command.startsWith(word) && (word !== "" || command === "") ? ((isSlow = false), "drip") : normal(command);
      return withAnswers(answer, { limits: brief, user: "ann", password: "x" }, async (transport, seen) => {
        const sends = [transport.send(message()), transport.send(message())];
        await assert.rejects(sends[0]!, { code: "E_MAIL_DEFERRED", message: /in time/ });
        await sends[1];
        assert.deepEqual([seen.connections, seen.open.size], [2, 1]);
      });
    });
});

describe("smtpMail() and recipients that a server does not take", () => {
  const to = ["a@example.com", "b@example.com", "c@example.com"];
  const cases: ReadonlyArray<readonly [replies: Record<string, string>, code: string, details: object, text: RegExp]> = [
    [
      { b: "450 later" },
      "E_MAIL_DEFERRED",
      { accepted: [to[0], to[2]], deferred: [to[1]] },
      /took the message for a@example.com, c@example.com; it could not take the message now for b@example.com \(450 later\)\.$/,
    ],
    [
      { b: "450 later", c: "550 never" },
      "E_MAIL_DEFERRED",
      { accepted: [to[0]], deferred: [to[1]], rejected: [to[2]] },
      /now for b@example.com \(450 later\); it refused the message for c@example.com \(550 never\)\.$/,
    ],
    [
      { c: "550 never" },
      "E_MAIL_REFUSED",
      { accepted: [to[0], to[1]], rejected: [to[2]] },
      /refused the message for c@example.com \(550 never\)\.$/,
    ],
    [{ a: "550 x", b: "450 x", c: "550 x" }, "E_MAIL_DEFERRED", { deferred: [to[1]], rejected: [to[0], to[2]] }, /^(?!.*took)/],
    [{ a: "550 x", b: "551 x", c: "552 x" }, "E_MAIL_REFUSED", { responseCode: 552, rejected: to }, /^(?!.*took)/],
    [{ a: "450 x", b: "451 x", c: "452 x" }, "E_MAIL_DEFERRED", { deferred: to }, /^(?!.*took)/],
  ];
  for (const [replies, code, details, text] of cases)
    it(`gives ${code} for ${JSON.stringify(replies)}, and says who got the message`, () =>
      withAnswers(
        (command) => replies[/^RCPT TO:<(\w)@/.exec(command)?.[1] ?? ""] ?? usual(command),
        {},
        async (transport) => {
          const error = await transport.send(message(to)).then(
            () => assert.fail("It was sent."),
            (thrown: GableError) => thrown,
          );
          assert.deepEqual([error.code, error.details], [code, details]);
          assert.match(error.message, text);
        },
      ));

  it("sends a message to the recipients who are left", () =>
    withAnswers(usual, {}, async (transport, { commands }) => {
      await transport.send({ ...message(to), recipients: [to[1]!] });
      assert.deepEqual(
        commands.filter((command) => command.startsWith("RCPT")),
        ["RCPT TO:<b@example.com>"],
      );
    }));

  it("names an address once that is a recipient twice", () =>
    withAnswers(usual, {}, async (transport, { commands }) => {
      await transport.send(message([to[0]!, to[0]!]));
      assert.equal(commands.filter((command) => command.startsWith("RCPT")).length, 1);
    }));
});

describe("close() of smtpMail()", () => {
  it("waits for all messages that were begun", async () => {
    let taken = 0;
    await withAnswers(
      (command) => (command === "." && taken++, usual(command)),
      {},
      async (transport, seen) => {
        const sends = [1, 2, 3].map(() => transport.send(message()));
        await transport.close();
        assert.equal(taken, 3);
        await Promise.all(sends);
        assert.equal(seen.connections, 1);
      },
    );
  });

  it("waits no longer than one message may take", () =>
    withAnswers(
      (command) => (command === "." ? "drip" : usual(command)),
      { limits: brief },
      async (transport, seen) => {
        const sends = [1, 2, 3, 4, 5].map(() => transport.send(message()));
        const ends = Promise.allSettled(sends);
        await transport.close();
        const codes = (await ends).map((end) => end.status === "rejected" && (end.reason as GableError).code);
        assert.deepEqual(new Set(codes), new Set(["E_MAIL_DEFERRED"]));
        assert.ok(seen.connections < 5);
      },
    ));
});
