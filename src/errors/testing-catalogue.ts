/** Error codes of the testing tools: what fails a test. */
import { entry } from "./catalogue-entry.ts";

/** What test clients, fakes and checks refuse. */
export const testingErrors = {
  E_TEST_ELEMENT: entry(500, "The page does not have this element", "Look at the page: console.log(reply.body)."),
  E_TEST_FORM: entry(500, "The page does not have this form, or it cannot be submitted", "Name one form of the page."),
  E_TEST_FIELD: entry(500, "This field of the page cannot be filled in", "Fill a field that the page has, with a value that it can hold."),
  E_TEST_REPLY: entry(500, "The reply does not have what the test reads", "Look at reply.status and reply.body."),
  E_TEST_PAGE: entry(500, "The page has mistakes", "Give each control a label and each field a name, and use each id once."),
  E_TEST_QUERIES: entry(
    500,
    "A request sends the same query again and again",
    "Load the rows together, for example with({ author: true }).",
  ),
  E_TEST_OUTGOING: entry(500, "The test does not answer this outgoing request", "Name its address in fakeFetch()."),
  E_TEST_LIVE: entry(500, "A WebSocket or an event stream did not do what the test waited for", "Look at the messages that have arrived."),
  E_TEST_LEAK: entry(500, "The test leaves something behind", "End what the message names before the test ends."),
  E_TEST_TIME: entry(500, "time.travel() was called in the wrong way", "Pass a duration such as { days: 15 }, and await time.travel()."),
  E_TRANSACTION_OPEN: entry(500, "A transaction is still open when the test ends", "Await transaction()."),
  E_TEST_BROWSER: entry(500, "No browser can be started", "Install playwright-core, and set CHROMIUM to the path of a Chromium."),
  E_TEST_ACCESSIBILITY: entry(500, "The page is not accessible", "Correct what the message lists."),
  E_TEST_SETUP: entry(500, "The application lacks what the test needs", "Pass the option that the message names to gable()."),
} as const;
