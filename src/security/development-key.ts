/** The secret key of an application in development: made once, and kept in a file, so that a restart signs nobody out. */
import { GableError } from "../errors/gable-error.ts";
import { toErrorText } from "../errors/error-text.ts";
import { getNodeCrypto } from "../replies/node-crypto.ts";

type FileSystem = typeof import("node:fs");

/** Path of the file, below the working directory. */
const developmentKeyPath = "var/dev-key";

/** Reads the key of development, or makes it. Where no file can be written, the key lasts as long as the process. */
export function readDevelopmentKey(onProblem: (message: string) => void): string {
  // Not every runtime has a process; Node documents what this name gives.
  const holder = globalThis as { process?: { getBuiltinModule?: (name: string) => FileSystem } };
  const files = holder.process?.getBuiltinModule?.("node:fs");
  if (files === undefined) return createKey();
  try {
    return readOrWrite(files);
  } catch (error) {
    onProblem(`The key of development is not kept: ${toErrorText(error)}`);
    return createKey();
  }
}

function readOrWrite(files: FileSystem): string {
  const key = createKey();
  try {
    files.mkdirSync("var", { recursive: true });
    // Another process may make it at the same time: only one of them creates the file.
    files.writeFileSync(developmentKeyPath, `${key}\n`, { flag: "wx", mode: 0o600 });
    return key;
  } catch (error) {
    if (!isPresent(error)) throw error;
    return assertKey(files.readFileSync(developmentKeyPath, "utf8").trim());
  }
}

function isPresent(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EEXIST";
}

function assertKey(key: string): string {
  if (/^[\w-]{43}$/.test(key)) return key;
  throw new GableError("E_SECRET_KEY_INVALID", `The file ${developmentKeyPath} holds no key.`, {
    fix: `Delete ${developmentKeyPath}; the next start makes a new one.`,
  });
}

function createKey(): string {
  return getNodeCrypto().randomBytes(32).toString("base64url");
}
