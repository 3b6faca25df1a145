/** Program of a worker process: imports the application and serves it. */
import { pathToFileURL } from "node:url";
import { GableError } from "../../errors/gable-error.ts";
import type { WorkerOrders, WorkerSetup } from "./protocol.ts";
import { standBy } from "./stand-by.ts";
import type { WorkerApp } from "./worker.ts";
import { runWorker } from "./worker.ts";

const [, , text] = process.argv;
const orders = text === undefined ? await standBy() : (JSON.parse(text) as WorkerOrders); // The supervisor wrote it.

// The module is ours, or that of the program that called supervise().
const setup = orders.setup === undefined ? undefined : ((await import(orders.setup)) as { readonly default: WorkerSetup }).default;
setup?.prepare(orders.generation);

const load = async (): Promise<WorkerApp> => {
  const module = (await import(pathToFileURL(orders.app).href)) as { readonly default?: unknown }; // Any module may be one.
  if (isWorkerApp(module.default)) {
    await setup?.loaded?.(module.default);
    return module.default;
  }
  throw new GableError("E_APP_FILE", `${orders.app} does not export an application as its default.`, {
    fix: "Write: export default gable({ ... }), without a call of listen() in the same file.",
  });
};
await runWorker(orders, load, setup);

function isWorkerApp(value: unknown): value is WorkerApp {
  return typeof value === "object" && value !== null && "listen" in value && "fetch" in value;
}
