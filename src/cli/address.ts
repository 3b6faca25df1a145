/** Where commands listen: the variables HOST and PORT, of the environment or of the files `.env`. */
import type { Mode } from "gable";
import { GableError } from "gable";
import { readVariable } from "./project.ts";
import type { Terminal } from "./terminal.ts";

/** Puts HOST and PORT of the files `.env` into the environment, unless it has them: `app.listen()` and workers read them there. */
export function readAddress({ environment, folder }: Terminal, mode: Mode): void {
  // In the order of defineSettings().
  const files = [`.env.${mode}.local`, ...(mode === "test" ? [] : [".env.local"]), `.env.${mode}`, ".env"];
  for (const name of ["HOST", "PORT"]) {
    const found = environment[name] ? undefined : readVariable(folder, files, name);
    if (found !== undefined) environment[name] = found;
  }
}

/** Returns the port that PORT names, else 3000. Throws `E_LISTEN`. */
export function portOf({ PORT: text }: Terminal["environment"]): number {
  if (!text) return 3000;
  if (/^[0-9]{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new GableError("E_LISTEN", `The variable PORT is "${text}", which is not a port.`, { fix: "Use a whole number from 0 to 65535." });
}
