/** The table of sessions, as a model: migrations and development make it like every other table. */
import { Model } from "../data/model.ts";
import { field as f } from "../data/schema/field.ts";

// The type of a model is what the fields make it: writing it out would repeat them.
/**
 * Creates the model of the table `gable_sessions`. Export it from your models: `export const Session = sessionModel();`
 */
export const sessionModel = () =>
  Model("gable_sessions", {
    key: f.text({ max: 64, primary: true }),
    data: f.text({ secret: true }),
    userId: f.text({ max: 255, null: true, index: true }),
    createdAt: f.datetime(),
    seenAt: f.datetime(),
    expiresAt: f.datetime({ index: true }),
    version: f.int({ default: 0 }),
  });
