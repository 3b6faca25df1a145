import { modelForm } from "gable/forms";
import { Note } from "./models.ts";

/** Labels and limits come from the model. */
export const noteForm = modelForm(Note, { fields: ["author", "text"], override: { text: { lines: 4 } } });
