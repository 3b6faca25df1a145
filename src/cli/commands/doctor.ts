/** `gable doctor`: looks at the machine and at what the application needs of it. */
import { GableError } from "gable";
import type { BuiltInContext } from "../built-in.ts";
import { builtIn } from "../built-in.ts";
import { judgeNode } from "../doctor/judge.ts";
import { measureDisk, measureFolder, measureAppHashing, measurePort, measureSecretFiles } from "../doctor/measure.ts";

const flags = { port: { type: "int", help: "Port that the application would use", default: 3000 } } as const;
const portMax = 65_535;

/** Prints what was found, and reports each problem with its fix. */
export const doctor = builtIn({
  examples: ["doctor", "doctor --port 8080", "doctor --json"],
  flags,
  async run(context: BuiltInContext<{}, typeof flags>) {
    const { project, report, table } = context;
    const { port } = context.flags;
    if (port < 1 || port > portMax)
      throw new GableError("E_COMMAND_USAGE", `--port is ${port}; it must be from 1 to ${portMax}.`, { fix: "Pass another port." });
    const { measureDatabases } = await import("../doctor/databases.ts");
    const findings = [
      judgeNode(process.versions.node),
      await measurePort(port),
      ...(await measureFolder(project.folder)),
      ...(await measureSecretFiles(project.folder)),
      await measureDisk(project.folder),
      ...(await measureDatabases(project)),
      await measureAppHashing(project),
    ];
    table(findings.map(({ check, state, found }) => ({ check, state, found })));
    for (const { check, state, found, fix } of findings)
      if (state !== "ok")
        report({ id: `doctor.${check.split(" ")[0]}`, level: state, message: `${check}: ${found}.`, ...(fix !== undefined && { fix }) });
    return { findings };
  },
});
