/** The mails that tests have sent. */
import type { Application } from "gable";
import { isGableError } from "gable";
import type { AppMail, MailKeeper, MailMessage, MailTransport } from "gable/mail";
import { mailPart } from "gable/mail";
import { testError } from "./test-error.ts";
import { findTestApp } from "./test-apps.ts";

/**
 * Returns the mails that the current test has sent, the first one first.
 *
 * `testDatabase()` empties the outbox before each test. Throws `E_TEST_SETUP` for an application without mail, or whose transport really sends.
 *
 * @example
 * assert.equal(outbox()[0]?.subject, "Your post is online");
 */
export function outbox(app: Application = findTestApp({ call: "outbox()", option: "mail" })): readonly MailMessage[] {
  const transport = findMail(app)?.transport;
  if (transport === undefined) return [];
  if (!isKeeper(transport))
    throw testError(
      "E_TEST_SETUP",
      `outbox(): the transport "${transport.name}" of the application keeps no messages.`,
      'Use the outbox in tests: gable({ mail: "outbox:" }), or MAIL_URL=outbox: in .env.test.',
    );
  return transport.messages.toReversed();
}

/** Empties the outbox of an application. */
export function clearOutbox(app: Application): void {
  const transport = findMail(app)?.transport;
  if (transport !== undefined && isKeeper(transport)) transport.clear();
}

function isKeeper(transport: MailTransport): transport is MailKeeper {
  return "messages" in transport;
}

/** The mail of an application; undefined before it starts. */
function findMail(app: Application): AppMail | undefined {
  try {
    return app.part(mailPart);
  } catch (error) {
    if (isGableError(error) && error.code === "E_PART_MISSING") return undefined;
    throw error;
  }
}
