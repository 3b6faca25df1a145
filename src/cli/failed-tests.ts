/** A reporter of `node --test`: the files whose tests fail, as a list in JSON, with paths below the working directory. */
import { relative } from "node:path";

/** The parts of an event that are read. */
interface TestEvent {
  readonly type: string;
  readonly data: { readonly file?: string | undefined; readonly name?: string };
}

/** Yields the list when all tests have ended. */
export default async function* reportFailed(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const files = new Set<string>();
  for await (const { type, data } of events) {
    // A file that cannot be loaded is a test with its path as the name.
    if (type === "test:fail" && data.file !== undefined) files.add(relative(process.cwd(), data.file));
  }
  yield JSON.stringify([...files].sort());
}
