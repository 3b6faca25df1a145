/** What readers fill in to propose a book. */
import { modelForm } from "gable/forms";
import { Proposal } from "../models.ts";

export const proposalForm = modelForm(Proposal, {
  fields: ["title", "author", "year", "language", "reason", "cover"],
  override: {
    author: { help: "As it is on the book." },
    reason: { lines: 6, help: "At least 10 characters." },
  },
});
