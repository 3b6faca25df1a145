/** The applications that the tests of this file use: fakes such as `outbox()` find theirs here. */
import type { Application } from "gable";
import { testError } from "./test-error.ts";

/** How often each of them is in use. */
const applications = new Map<Application, number>();

/** Notes that tests use an application. */
export function addTestApp(app: Application): void {
  applications.set(app, (applications.get(app) ?? 0) + 1);
}

/** Notes that one of its users has closed an application. */
export function removeTestApp(app: Application): void {
  const count = (applications.get(app) ?? 0) - 1;
  if (count > 0) applications.set(app, count);
  else applications.delete(app);
}

/** Applications whose database belongs to the tests of a file: they run until its last test has ended. */
const kept = new Set<Application>();

/** Keeps an application running until `release()` is called, whoever closes a client of it. */
export function keepTestApp(app: Application): { readonly release: () => void } {
  kept.add(app);
  return { release: () => void kept.delete(app) };
}

/** Whether an application goes on when a client of it is closed. */
export function isKept(app: Application): boolean {
  return kept.has(app);
}

/** What a fake needs of its application. */
export interface FakeNames {
  /** Call that is shown, such as `outbox()`. */
  readonly call: string;
  /** Option of `gable()` that the application must have. */
  readonly option: "mail" | "tasks" | "storage";
}

/** Finds the only application with an option. Throws `E_TEST_SETUP` when there is none, or more than one. */
export function findTestApp({ call, option }: FakeNames): Application {
  const found = [...applications.keys()].filter(({ options }) => (options as Readonly<Record<string, unknown>>)[option] !== undefined); // Any option.
  const [only] = found;
  if (only === undefined)
    throw testError(
      "E_TEST_SETUP",
      applications.size === 0
        ? `${call}: this test uses no application.`
        : `${call}: the application of this test has no option ${option}.`,
      applications.size === 0 ? "Call testDatabase(app) or createTestClient(app) before." : `Pass ${option} to gable().`,
    );
  if (found.length > 1)
    throw testError(
      "E_TEST_SETUP",
      `${call}: ${found.length} applications of this test have ${option}.`,
      `Name one of them: ${call.replace(")", "")}app).`,
    );
  return only;
}
