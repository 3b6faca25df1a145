// Lets the test runner of Node follow timers and sockets, but not each promise. It follows them to know which test an uncaught error belongs
// to; an error after an `await` then counts for the file. A test that awaits much takes a fraction of the time (decisions/048 has it).
// Given to node as `--import ./scripts/test-promises.mjs`, before anything loads `node:test`. Node 22 has no such option and ignores it.
import asyncHooks from "node:async_hooks";

const { createHook } = asyncHooks;
asyncHooks.createHook = (hooks) => createHook({ trackPromises: false, ...hooks });
