/** The table of tasks, as a model: migrations and development create it like every other table. */
import { Model } from "../data/model.ts";
import { field as f } from "../data/schema/field.ts";

/** State of a task that waits to move to a queue elsewhere. No worker takes it from the table. */
export const outboxState = "outbox";
/** State of a task that somebody has deleted. Its row stays for a while, without what it says: a schedule must not add it again. */
export const discardedState = "discarded";

// The type of a model is what the fields make it: writing it out would repeat them.
/** Creates the model of the table `gable_tasks`. Export it from your models: `export const TaskRow = taskModel();` */
export const taskModel = () =>
  Model(
    "gable_tasks",
    {
      id: f.id({ kind: "uuid" }),
      name: f.text({ max: 100 }),
      queue: f.text({ max: 50 }),
      state: f.text({ max: 10 }),
      /** The negated priority: an index in ascending order then reads the most urgent task first. */
      turn: f.int(),
      input: f.text(),
      attempts: f.int({ default: 0 }),
      attemptsMax: f.int(),
      dueAt: f.datetime(),
      token: f.text({ max: 64, null: true }),
      leaseUntil: f.datetime({ null: true }),
      error: f.text({ null: true }),
      uniqueKey: f.text({ max: 200, null: true }),
      /** Of the name and the key, while the task holds the key. */
      keyHash: f.text({ max: 64, null: true, unique: true }),
      /** When somebody asked a running task to stop. */
      cancelAt: f.datetime({ null: true }),
      progress: f.text({ null: true }),
      steps: f.text({ null: true }),
      createdAt: f.datetime(),
      startedAt: f.datetime({ null: true }),
      finishedAt: f.datetime({ null: true }),
    },
    { indexes: [{ on: ["state", "turn", "dueAt"] }, { on: ["state", "leaseUntil"] }, { on: ["state", "finishedAt"] }] },
  );
