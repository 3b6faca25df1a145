/** Formats all sources. */
import { localProgram, runCommand } from "./run-command.ts";

process.exitCode = await runCommand(localProgram("oxfmt"), []);
