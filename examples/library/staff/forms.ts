/** What the staff fills in. */
import { field as f, modelForm } from "gable/forms";
import { Book, Proposal } from "../models.ts";
import { coverOptions } from "../proposals/covers.ts";

const cover = { label: "Cover image", help: "PNG, JPEG or WebP, at most 2 MB. A new one replaces the old one." };

/** All facts about a book. */
export const bookForm = modelForm(Book, {
  fields: ["title", "author", "year", "language", "description", "subjects", "copies", "slug"],
  override: { description: { lines: 3 }, subjects: { help: "Hold Ctrl or Cmd to choose several." } },
  extra: { cover: f.file({ ...coverOptions, ...cover }) },
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
