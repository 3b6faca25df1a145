/** What readers fill in to propose a book. */
import { field as f, modelForm } from "gable/forms";
import { Proposal } from "../models.ts";
import { coverOptions } from "./covers.ts";

export const proposalForm = modelForm(Proposal, {
  fields: ["title", "author", "year", "language", "reason"],
  override: {
    author: { help: "As it is on the book." },
    reason: { lines: 6, help: "At least 10 characters." },
  },
  extra: { cover: f.file({ ...coverOptions, label: "Cover image", help: "PNG, JPEG or WebP, at most 2 MB." }) },
});
