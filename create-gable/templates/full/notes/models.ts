import { field as f, Model } from "gable/data";

/** A note that visitors leave. */
export class Note extends Model("notes", {
  id: f.id(),
  author: f.text({ max: 60, label: "Your name" }),
  text: f.text({ max: 500, label: "Note" }),
  createdAt: f.datetime({ auto: "create" }),
}) {}
