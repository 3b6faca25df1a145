/** Writes JavaScript, declarations and maps to dist/. */
import { rm } from "node:fs/promises";
import { localProgram, root, runCommand } from "./run-command.ts";

await rm(`${root}dist`, { recursive: true, force: true });
process.exitCode = await runCommand(localProgram("tsc"), ["-p", "tsconfig.build.json"]);
