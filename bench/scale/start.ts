/** Starts the application with as many workers as `BENCH_WORKERS` says. */
import { fileURLToPath } from "node:url";
import { supervise } from "gable/server";

await supervise({
  app: fileURLToPath(new URL("./app.ts", import.meta.url)),
  workers: Number(process.env["BENCH_WORKERS"]),
  port: Number(process.env["BENCH_PORT"]),
  host: "127.0.0.1",
});
