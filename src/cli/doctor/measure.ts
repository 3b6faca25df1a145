/** Measures the machine for `gable doctor`. */
import { existsSync } from "node:fs";
import { mkdtemp, rm, stat, statfs, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import type { PasswordHasher } from "gable/auth";
import type { Project } from "../project.ts";
import type { Finding } from "./finding.ts";
import { judgeClock, judgeDisk, judgeHashing, judgePort, judgeSecretFile } from "./judge.ts";

/** Looks at free space below the project. */
export async function measureDisk(folder: string): Promise<Finding> {
  const { bavail, bsize, files, ffree } = await statfs(folder);
  return judgeDisk(bavail * bsize, files === 0 ? undefined : ffree);
}

/** Listens on a port of loopback for an instant. */
export async function measurePort(port: number): Promise<Finding> {
  const server = createServer();
  const code = await new Promise<string | undefined>((resolve) => {
    server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => resolve(undefined));
  });
  if (code === undefined) await new Promise((closed) => server.close(closed));
  return judgePort(port, code);
}

/** Writes a file into the folder that the application writes to, and compares its time with the clock. */
export async function measureFolder(folder: string): Promise<Finding[]> {
  const name = existsSync(join(folder, "var")) ? "var" : ".";
  const check = `folder ${name}`;
  try {
    const made = await mkdtemp(join(folder, name, ".gable-doctor-"));
    try {
      const before = Date.now();
      await writeFile(join(made, "clock"), "");
      const { mtimeMs } = await stat(join(made, "clock"));
      // The file was written between the two.
      const difference = mtimeMs < before ? before - mtimeMs : Math.min(0, Date.now() - mtimeMs);
      return [{ check, state: "ok", found: "can be written" }, judgeClock("clock", "the file system", difference)];
    } finally {
      await rm(made, { recursive: true, force: true });
    }
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? String(error); // Errors of the file system have a code.
    return [
      {
        check,
        state: "error",
        found: `cannot be written: ${reason}`,
        fix: "Make the folder writable for the user who runs the application.",
      },
    ];
  }
}

/** Looks at who can read the files of settings. Windows has no such modes. */
export async function measureSecretFiles(folder: string): Promise<Finding[]> {
  if (process.platform === "win32") return [];
  const names = [".env", ".env.local", ".env.production", ".env.production.local"].filter((name) => existsSync(join(folder, name)));
  return Promise.all(names.map(async (name) => judgeSecretFile(name, (await stat(join(folder, name))).mode)));
}

/** Largest `hashCost`. */
const hashCostMax = 5;

/** Measures the time of a hash as the application makes it, with its `hashCost`; as by default where it cannot be loaded. */
export async function measureAppHashing(project: Project): Promise<Finding> {
  const { createPasswordHasher } = await import("gable/auth");
  const cost = await readHashCost(project);
  return measureHashing(cost, createPasswordHasher({ cost }), () => performance.now());
}

async function readHashCost(project: Project): Promise<number> {
  try {
    return (await project.loadApp()).describe().options.accounts?.options.hashCost ?? 1;
  } catch {
    // Another finding says why it cannot be loaded.
    return 1;
  }
}

/** Hashes a password a few times. The best time counts: other programs only make it longer. */
export async function measureHashing(cost: number, hasher: Pick<PasswordHasher, "hash">, now: () => number): Promise<Finding> {
  const times: number[] = [];
  for (let round = 0; round < 3; round++) {
    const start = now();
    await hasher.hash("correct horse battery staple");
    times.push(now() - start);
  }
  return judgeHashing(Math.min(...times), cost, hashCostMax);
}
