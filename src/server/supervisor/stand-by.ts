/** What a process does before it becomes a worker: it loads what is not of the application, and waits. */
import { stripTypeScriptTypes } from "node:module";
import type { FromStandby, FromWorker, ToStandby, WorkerOrders } from "./protocol.ts";

/** Waits for the orders of a worker. Ends the process when the supervisor ends, or when a module cannot be loaded. */
export function standBy(): Promise<WorkerOrders> {
  // Signals of a terminal reach the whole group: the supervisor decides what they mean.
  for (const signal of ["SIGINT", "SIGHUP", "SIGQUIT"] as const) process.on(signal, () => undefined);
  let hasBegun = false;
  process.on("disconnect", () => {
    if (!hasBegun) process.exit(0);
  });
  return new Promise((resolve) => {
    process.on("message", (message) => {
      const order = message as ToStandby; // Only our supervisor sends, and the worker reads what comes later.
      if (order.kind === "prepare") void load(order.setup, order.modules);
      if (order.kind !== "begin") return;
      hasBegun = true;
      send({ kind: "begun" });
      resolve(order.orders);
    });
  });
}

async function load(setup: string, modules: readonly string[]): Promise<void> {
  try {
    await import(setup);
    for (const url of modules) await import(url);
    loadTypeStripping();
    send({ kind: "standing" });
  } catch {
    // A module that has failed stays failed: the worker loads it in a separate process, which reports the error.
    process.exit(1);
  }
}

/** Node takes 50 ms to load its compiler of TypeScript, which the file that was saved needs. */
function loadTypeStripping(): void {
  const { emitWarning } = process;
  // Nobody uses the result, so nobody needs to know that the function is experimental.
  process.emitWarning = () => undefined;
  try {
    stripTypeScriptTypes("");
  } catch {
    // A Node that was built without it compiles nothing.
  } finally {
    process.emitWarning = emitWarning;
  }
}

function send(message: FromStandby | FromWorker): void {
  if (process.connected) process.send?.(message);
}
