/** The desk: what waits for the staff. */
import { get, group, post, redirect } from "gable";
import { today } from "../loans/lending.ts";
import { remindOverdue } from "../loans/reminders.ts";
import { Loan, Proposal } from "../models.ts";
import { accounts, can } from "../readers/accounts.ts";

const showDesk = get("", async (context) => {
  const [addBooks, decide, takeBack] = await Promise.all([
    accounts.can(context, "books.add"),
    accounts.can(context, "proposals.change"),
    accounts.can(context, "loans.change"),
  ]);
  const [proposals, loans] = await Promise.all([
    Proposal.where({ status: "open" }).with({ reader: true }).orderBy("id").limit(50),
    Loan.where({ returnedAt: null }).with({ book: true, reader: true }).limit(200),
  ]);
  return context.view("staff/desk.html", { proposals, loans, may: { addBooks, decide, takeBack }, today: today() });
});

const remind = post("/reminders", { guard: can("loans.change") }, async ({ flash }) => {
  await remindOverdue.enqueue();
  flash("success", "Readers with overdue books get a mail.");
  return redirect("/staff");
});

const openReminders = get("/reminders", () => redirect("/staff"));

export const deskRoutes = group("", [showDesk, remind, openReminders]);
