/** The table of channels, as a model: migrations and development create it like every other table. */
import { Model } from "../data/model.ts";
import { field as f } from "../data/schema/field.ts";

// The type of a model is what the fields make it: writing it out would repeat them.
/**
 * Creates the model of the table `gable_channel`, for `postgresCarrier()`. Export it from your models:
 * `export const ChannelRow = channelModel();`
 */
export const channelModel = () =>
  Model(
    "gable_channel",
    {
      /** Of a topic the hash of its name, of a message a random key. */
      key: f.text({ max: 64, primary: true }),
      /** Key of the topic; null in the row of a topic, and for messages that are too long for a notification and are not replayed. */
      topic: f.text({ max: 64, null: true }),
      /** Number of a message; of a topic the number of its last one. */
      number: f.bigint({ null: true }),
      /** Text of a message; epoch of a topic. */
      text: f.text({ secret: true }),
      expiresAtMs: f.bigint({ index: true }),
    },
    { indexes: [{ on: ["topic", "number"] }] },
  );
