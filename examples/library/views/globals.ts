/** Values that every template sees. */
import { defineGlobal } from "gable/views";
import { Reader } from "../models.ts";

/** Who is signed in; null for a visitor. Pages have a guard of the accounts, which loads the reader first. */
export const reader = defineGlobal(({ user }): Reader | null => (user instanceof Reader ? user : null));
