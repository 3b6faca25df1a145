import { Note } from "../models.ts";

/** Notes for a first look at the board. Run it with `npx gable db seed`: a second run changes nothing. */
export default async (): Promise<void> => {
  if ((await Note.count()) > 0) return;
  await Note.create({ author: "Ada", text: "Save a file, and this page follows." });
  await Note.create({ author: "Grace", text: "Tests run in a transaction: they leave no note on the board." });
};
