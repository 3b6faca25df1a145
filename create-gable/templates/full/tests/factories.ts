import { defineFactory } from "gable/testing";
import { Note, User } from "../models.ts"; // if accounts
// if not accounts: import { Note } from "../models.ts";

/** Rows for tests: `await noteFactory.create({ author: "Ada" })`. */
export const noteFactory = defineFactory(Note, { text: (number) => `Note ${number}` });
export const userFactory = defineFactory(User, { email: (number) => `user${number}@example.com`, active: true }); // if accounts
