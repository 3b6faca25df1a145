/** What the staff fills in. */
import { field as f, modelForm } from "gable/forms";
import { Book, Proposal } from "../models.ts";

/** All facts about a book. */
export const bookForm = modelForm(Book, {
  fields: ["title", "author", "year", "language", "description", "subjects", "copies", "slug", "cover"],
  override: { description: { lines: 3 }, subjects: { help: "Hold Ctrl or Cmd to choose several." } },
});

/** What a proposal still lacks to become a book. */
export const acceptForm = modelForm(Book, {
  fields: ["title", "year", "language", "description", "subjects", "copies"],
  name: "accept",
  override: { description: { lines: 3 }, subjects: { help: "Hold Ctrl or Cmd to choose several." } },
  extra: { author: f.text({ max: 100, help: "An author with this name, or a new one." }) },
});

/** Why a proposal is declined. */
export const declineForm = modelForm(Proposal, { fields: ["answer"], name: "decline", override: { answer: { lines: 4 } } });
