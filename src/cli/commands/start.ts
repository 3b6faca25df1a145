/** `gable start`: serves the application. */
import { migrate } from "gable/migrations";
import type { BuiltInContext } from "../built-in.ts";
import { builtIn } from "../built-in.ts";
import { withDatabase } from "../open-database.ts";

const flags = {
  port: { type: "int", help: "Port; by default PORT, else 3000" },
  host: { type: "string", help: "Address; by default HOST, else 127.0.0.1" },
  unixPath: { type: "string", help: "Path of a Unix socket instead of a port" },
  migrate: { type: "boolean", help: "Runs the migrations that are due before it starts" },
} as const;

/** Serves until a signal stops it; then the process ends. */
export const start = builtIn({
  name: "start",
  help: "Serves the application until SIGTERM or Ctrl-C.",
  examples: ["start", "start --port 8080 --migrate"],
  flags,
  async run({ flags: { migrate: isMigrated, port, host, unixPath }, project, print }: BuiltInContext<{}, typeof flags>) {
    if (isMigrated) {
      const done = await withDatabase(project, "default", (database) => migrate({ database, folder: "migrations" }));
      print(done.length === 0 ? "All migrations have run." : `Ran ${done.join(", ")}.`);
    }
    const app = await project.loadApp();
    const { url } = await app.listen({
      quiet: true,
      signals: true,
      ...(port !== undefined && { port }),
      ...(host !== undefined && { host }),
      ...(unixPath !== undefined && { unixPath }),
    });
    print(`Serving ${url} (${project.mode})`);
    // The signal handler of listen() ends the process when the last request has been answered.
    return new Promise(() => undefined);
  },
});
