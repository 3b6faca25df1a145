/** The desk: what waits for the staff. */
import { get, group, post, redirect } from "gable";
import { today } from "../loans/lending.ts";
import { remindOverdue } from "../loans/reminders.ts";
import { Loan, Proposal } from "../models.ts";

const showDesk = get("", async ({ view }) => {
  const [proposals, loans] = await Promise.all([
    Proposal.where({ status: "open" }).with({ reader: true }).orderBy("id").limit(50),
    Loan.where({ returnedAt: null }).with({ book: true, reader: true }).limit(200),
  ]);
  return view("staff/desk.html", { proposals, loans, today: today() });
});

const remind = post("/reminders", async ({ flash }) => {
  await remindOverdue.enqueue();
  flash("success", "Readers with overdue books get a mail.");
  return redirect("/staff");
});

const openReminders = get("/reminders", () => redirect("/staff"));

export const deskRoutes = group("", [showDesk, remind, openReminders]);
