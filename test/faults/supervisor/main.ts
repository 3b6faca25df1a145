/** Program of a supervisor for tests. Its argument holds the options. */
import type { SuperviseOptions } from "gable/server";
import { supervise } from "gable/server";

try {
  const supervisor = await supervise(JSON.parse(process.argv[2] ?? "") as SuperviseOptions); // The test wrote it.
  console.log(`port ${supervisor.port}`);
  const { exitCode } = await supervisor.ended;
  process.exit(exitCode);
} catch (error) {
  console.error(JSON.stringify({ level: "error", message: String(error) }));
  process.exit(1);
}
