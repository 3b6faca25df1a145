import { defineCommand } from "gable";
import { remindOverdue } from "../loans/reminders.ts";

export default defineCommand({
  name: "remind overdue",
  help: "Enqueues the task that reminds readers of overdue books.",
  run: async ({ print }) => {
    await remindOverdue.enqueue();
    print("A worker sends the reminders now.");
  },
});
