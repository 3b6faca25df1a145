/** Exit codes of the command line. */
import { isGableError } from "../errors/gable-error.ts";
import { PromptStopped } from "./questions.ts";

/** Fine; found problems or failed; wrong usage; the environment; interrupted. */
export const exitCode = { ok: 0, failed: 1, usage: 2, environment: 3, interrupted: 130 } as const;

/** Errors whose cause is the machine, not the program. */
const environmentCodes = new Set([
  "E_SETTINGS_INVALID",
  "E_DATABASE_OPEN",
  "E_DATABASE_VERSION",
  "E_DRIVER_MISSING",
  "E_MIGRATION_PENDING",
  "E_LISTEN",
  "E_APP_FILE",
]);
const usageCodes = new Set([
  "E_COMMAND_USAGE",
  "E_COMMAND_CONFIRM",
  "E_MIGRATION_QUESTION",
  "E_MIGRATION_TARGET",
  "E_MIGRATION_ANSWER",
  "E_TABLE_UNKNOWN",
]);

/** Returns the exit code for an error that ended a command. */
export function toExitCode(error: unknown): number {
  if (error instanceof PromptStopped) return exitCode.interrupted;
  if (!isGableError(error)) return exitCode.failed;
  if (usageCodes.has(error.code)) return exitCode.usage;
  return environmentCodes.has(error.code) ? exitCode.environment : exitCode.failed;
}
