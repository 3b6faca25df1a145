/** What the runtime offers, where it is Node: settings are read when modules load, and other runtimes have no files. */

/** Modules that settings use. */
interface RuntimeModules {
  "node:fs": typeof import("node:fs");
  "node:path": typeof import("node:path");
  "node:util": typeof import("node:util");
}

interface RuntimeProcess {
  readonly env?: Readonly<Record<string, string | undefined>>;
  getBuiltinModule?<Name extends keyof RuntimeModules>(name: Name): RuntimeModules[Name];
}

function findProcess(): RuntimeProcess | undefined {
  // Not every runtime has a process.
  return (globalThis as { process?: RuntimeProcess }).process;
}

/** Finds a module of Node without importing it, since `gable` also loads where there is none. */
export function findRuntimeModule<Name extends keyof RuntimeModules>(name: Name): RuntimeModules[Name] | undefined {
  return findProcess()?.getBuiltinModule?.(name);
}

/** Returns the variables of the process; none where the runtime has no process. */
export function readProcessEnvironment(): Readonly<Record<string, string | undefined>> {
  return findProcess()?.env ?? {};
}
