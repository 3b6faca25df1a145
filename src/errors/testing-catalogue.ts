/** Error codes of the testing tools: what fails a test. */
import { entry } from "./catalogue-entry.ts";

/** What test clients, fakes and checks refuse. */
export const testingErrors = {
  E_TEST_ELEMENT: entry(500, "The page does not have this element", "Look at the page: console.log(reply.body)."),
  E_TEST_FORM: entry(500, "The page does not have this form, or nobody can send it", "Name one form of the page."),
  E_TEST_FIELD: entry(500, "Nobody can fill this field of the page", "Fill a field that the page has, with a value that it can hold."),
  E_TEST_REPLY: entry(500, "The reply is not what the test asks of it", "Look at reply.status and reply.body."),
  E_TEST_PAGE: entry(500, "The page has mistakes", "Give each control a label and each field a name, and use each id once."),
  E_TEST_SETUP: entry(500, "The application lacks what the test needs", "Pass the option that the message names to gable()."),
} as const;
