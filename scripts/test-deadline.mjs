// Ends a test file that does not end. The timeout of `node --test` stops waiting for a test, but then waits without a limit for what the test
// left open: one child process that does not end would stop the whole run. Given to node as `--import ./scripts/test-deadline.mjs`.
const minutes = Number(process.env["GABLE_TEST_FILE_MINUTES"] ?? 25);

if (process.env["NODE_TEST_CONTEXT"] !== undefined)
  setTimeout(() => {
    console.error(`The file has not ended after ${minutes} minutes. Still open: ${process.getActiveResourcesInfo().join(", ")}.`);
    process.exit(1);
  }, minutes * 60_000).unref();
