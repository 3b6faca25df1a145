/** The contract of mail transports: what each of them does the same way, whoever wrote it. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { MailMessage, MailTransport } from "gable/mail";

/** A transport under test, and a way to read what it took. */
export interface MailTransportUnderTest {
  /** The transport; each test closes it. */
  readonly transport: MailTransport;
  /** Subjects of all messages that arrived, in any order. */
  readSubjects(): Promise<readonly string[]>;
}

/** A message as a transport gets it. */
function createMessage(subject: string): MailMessage {
  const address = Object.freeze({ name: "Ann", address: "ann@example.com" });
  return Object.freeze({
    messageId: `<${crypto.randomUUID()}@example.com>`,
    date: new Date(),
    from: address,
    to: [address],
    cc: [],
    bcc: [],
    replyTo: undefined,
    subject,
    headers: {},
    attachments: [],
    inline: {},
    html: "<p>Hello</p>",
    text: "Hello",
  });
}

const contracts: ReadonlyArray<readonly [title: string, check: (tested: MailTransportUnderTest) => Promise<void>]> = [
  [
    "has a name, and says whether messages reach people",
    async ({ transport }) => {
      assert.match(transport.name, /^[a-z][a-z0-9-]*$/);
      assert.equal(typeof transport.delivers, "boolean");
    },
  ],
  [
    "takes a message, and leaves it as it was",
    async ({ transport, readSubjects }) => {
      const message = createMessage("One");
      const before = JSON.stringify(message);
      await transport.send(message);
      assert.equal(JSON.stringify(message), before);
      assert.deepEqual(await readSubjects(), ["One"]);
    },
  ],
  [
    "takes twenty messages that are sent at the same time, each once",
    async ({ transport, readSubjects }) => {
      const subjects = Array.from({ length: 20 }, (_, index) => `Message ${String(index).padStart(2, "0")}`);
      await Promise.all(subjects.map((subject) => transport.send(createMessage(subject))));
      assert.deepEqual([...(await readSubjects())].sort(), subjects);
    },
  ],
  [
    "can be closed twice, and before any message",
    async ({ transport }) => {
      await transport.close();
      await transport.close();
    },
  ],
];

/** Defines the tests of a transport in the current file. Each test makes its own with `create`. */
export function testMailTransport(name: string, create: () => Promise<MailTransportUnderTest>): void {
  describe(`mail transport contract: ${name}`, () => {
    for (const [title, check] of contracts)
      it(title, async () => {
        const tested = await create();
        try {
          await check(tested);
        } finally {
          await tested.transport.close();
        }
      });
  });
}
