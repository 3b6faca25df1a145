/** Runs programs for the scripts of the repository. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** Root of the repository, with a slash at its end. */
export const root = fileURLToPath(new URL("..", import.meta.url));

/** A program of the development dependencies. */
export function localProgram(name: string): string {
  return `${root}node_modules/.bin/${name}`;
}

/** Runs a program in the terminal of this process, and returns its exit status. */
export function runCommand(program: string, args: readonly string[], environment: Record<string, string> = {}): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: root, stdio: ["ignore", "inherit", "inherit"], env: { ...process.env, ...environment } });
    child.once("error", (error) => {
      console.error(`${program}: ${error.message}`);
      resolve(1);
    });
    child.once("close", (status) => resolve(status ?? 1));
  });
}
