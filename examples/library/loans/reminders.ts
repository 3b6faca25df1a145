/** Mails to readers whose books are overdue. */
import { sendMail } from "gable/mail";
import { field as f } from "gable/forms";
import { schedule, task } from "gable/tasks";
import { or } from "gable/data";
import { Loan } from "../models.ts";
import { settings } from "../settings.ts";
import { today } from "./lending.ts";

const weekMs = 7 * 86_400_000;

/** Finds the loans that are overdue, and reminds each reader of each book at most once a week. */
export const remindOverdue = task("remind-overdue", {}, async () => {
  const aWeekAgo = new Date(Date.now() - weekMs);
  const overdue = Loan.where({
    returnedAt: null,
    dueOn: { lt: today() },
    [or]: [{ remindedAt: null }, { remindedAt: { lt: aWeekAgo } }],
  });
  for await (const { id } of overdue.stream()) await remindReader.enqueue({ loanId: id });
});

/** Every morning, also when the site was down at that time. */
export const remindDaily = schedule("remind-daily", "0 6 * * *", remindOverdue, { timeZone: settings.timeZone, catchUp: true });

/** Mails one reminder. */
export const remindReader = task("remind-reader", { input: { loanId: f.int() } }, async ({ input }) => {
  const loan = await Loan.where({ id: input.loanId, returnedAt: null }).with({ book: true, reader: true }).first();
  // It came back in the meantime, or another worker has sent the mail.
  if (loan === undefined || (loan.remindedAt !== null && loan.remindedAt.getTime() > Date.now() - weekMs)) return;
  const { book, reader, dueOn } = loan;
  await sendMail({
    to: { name: reader.name, address: reader.email },
    subject: `Please bring back ${book.title}`,
    view: "mail/overdue",
    props: { name: reader.name, title: book.title, dueOn, url: new URL("/loans", settings.origin).href },
  });
  await Loan.where({ id: loan.id }).update({ remindedAt: new Date() });
});
