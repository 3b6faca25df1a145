/** The task that sends messages later: what the queue holds, and how it becomes a message again. */
import { GableError, isGableError } from "../errors/gable-error.ts";
import type { StandardSchema } from "../handlers/standard-schema.ts";
import { task, TaskRejected } from "../tasks/task.ts";
import type { Task } from "../tasks/task.ts";
import type { StepContext, StepCursor } from "../tasks/task-steps.ts";
import { mailers } from "./current-mailer.ts";
import type { MailAttachment, MailMessage } from "./message.ts";
import { recipientsOf } from "./nodemailer.ts";
import { sendMessage } from "./send-message.ts";

/** Largest message that waits in a queue, in bytes of JSON. Bytes of attachments take four thirds of their size. */
export const queuedBytesMax = 4_194_304;

/** A file, as JSON holds it. */
interface StoredAttachment {
  readonly fileName: string;
  readonly type: string | null;
  readonly text?: string;
  readonly base64?: string;
}

/** A message, as JSON holds it. */
interface StoredMessage {
  readonly message: Omit<MailMessage, "date" | "attachments" | "inline" | "html" | "replyTo">;
  readonly html: string | null;
  readonly replyTo: MailMessage["replyTo"] | null;
  readonly date: string;
  readonly attachments: readonly StoredAttachment[];
  readonly inline: Readonly<Record<string, StoredAttachment>>;
}

const stored: StandardSchema<StoredMessage, StoredMessage> = {
  // Only toStored() writes inputs of this task.
  "~standard": { version: 1, vendor: "gable", validate: (value) => ({ value: value as StoredMessage }) },
};

/**
 * Sends a message from the queue. Twelve attempts take about four hours. A message that the server refuses for good fails immediately.
 * If the server takes it for some recipients, later attempts are for those whom it has not refused. The table forgets a message that was
 * sent: links in it may be secret.
 */
export const mailTask: Task<typeof stored> = task(
  "gable.mail",
  { input: stored, inputBytesMax: queuedBytesMax, keepsInput: false, attemptsMax: 12 },
  ({ input, step }) => step("send", (context) => sendToWaiting(fromStored(input), context)),
);

/** Sends a message to those who have not got it, and keeps for the next attempt who is left. */
async function sendToWaiting(message: MailMessage, { cursor, advance }: StepContext): Promise<void> {
  const everyone = recipientsOf(message);
  const { waiting, refused } = readCursor(cursor, everyone);
  try {
    await sendMessage(mailers.get().transport, waiting === undefined ? message : Object.freeze({ ...message, recipients: waiting }));
  } catch (error) {
    if (!isGableError(error)) throw error;
    const { deferred, rejected = [] } = error.details;
    const isFinal = error.code === "E_MAIL_REFUSED";
    // The server may refuse the message itself, which then is for everyone who waited.
    const nowRefused = isAddresses(rejected) && rejected.length > 0 ? rejected : isFinal ? (waiting ?? everyone) : [];
    const allRefused = [...refused, ...nowRefused];
    const reason = refused.length === 0 ? error.message : `${error.message} (refused in all: ${allRefused.join(", ")})`;
    if (isFinal) throw new TaskRejected(reason, { cause: error });
    if (error.code === "E_MAIL_DEFERRED" && isAddresses(deferred) && deferred.length > 0)
      await advance(toCursor(deferred, allRefused, everyone));
    throw refused.length === 0 ? error : new GableError(error.code, reason, { cause: error, details: error.details });
  }
  if (refused.length > 0) throw new TaskRejected(`The mail server refused the message for ${refused.join(", ")}. All others got it.`);
}

function isAddresses(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === "string");
}

/** Who waits and who was refused, as places in the list of recipients: the table of tasks keeps no addresses of messages that are sent. */
function toCursor(waiting: readonly string[], refused: readonly string[], everyone: readonly string[]): string {
  return [waiting, refused].map((list) => list.map((address) => everyone.indexOf(address)).join(",")).join(";");
}

function readCursor(
  cursor: StepCursor | undefined,
  everyone: readonly string[],
): { waiting?: readonly string[]; refused: readonly string[] } {
  if (cursor === undefined) return { refused: [] };
  const [waiting, refused] = String(cursor)
    .split(";")
    .map((list) => list.split(",").flatMap((place) => (place === "" ? [] : (everyone[Number(place)] ?? []))));
  return { waiting: waiting!, refused: refused! };
}

/** Returns a message as JSON holds it. Throws `E_MAIL_TOO_LARGE` for one that is too large to wait in a queue. */
export function toStored(message: MailMessage): StoredMessage {
  const { date, attachments, inline, html, replyTo, ...rest } = message;
  const input: StoredMessage = {
    message: rest,
    html: html ?? null,
    replyTo: replyTo ?? null,
    date: date.toISOString(),
    attachments: attachments.map(storeAttachment),
    inline: Object.fromEntries(Object.entries(inline).map(([id, attachment]) => [id, storeAttachment(attachment)])),
  };
  const bytes = Buffer.byteLength(JSON.stringify(input));
  if (bytes <= queuedBytesMax) return input;
  throw new GableError("E_MAIL_TOO_LARGE", `The message has ${bytes} bytes of JSON; ${queuedBytesMax} may wait in the queue.`, {
    fix: "Store the files and put links to them into the message, or send it with sendMail().",
  });
}

function fromStored({ message, html, replyTo, date, attachments, inline }: StoredMessage): MailMessage {
  return Object.freeze({
    ...message,
    html: html ?? undefined,
    replyTo: replyTo ?? undefined,
    date: new Date(date),
    attachments: attachments.map(readAttachment),
    inline: Object.fromEntries(Object.entries(inline).map(([id, attachment]) => [id, readAttachment(attachment)])),
  });
}

function storeAttachment({ fileName, content, type }: MailAttachment): StoredAttachment {
  const kept = { fileName, type: type ?? null };
  return typeof content === "string" ? { ...kept, text: content } : { ...kept, base64: Buffer.from(content).toString("base64") };
}

function readAttachment({ fileName, type, text, base64 }: StoredAttachment): MailAttachment {
  const content = text ?? new Uint8Array(Buffer.from(base64!, "base64")); // One of the two is there.
  return { fileName, content, ...(type !== null && { type }) };
}
