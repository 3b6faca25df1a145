// Replaces one piece of one source file while it loads: `MUTATE_CHANGE` says which. Given to node as `--import`.
import childProcess from "node:child_process";
import { registerHooks, syncBuiltinESMExports } from "node:module";

const { MUTATE_CHANGE: change } = process.env;

if (change !== undefined) {
  const mutant = JSON.parse(change);
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      if (url.replace(/[?#].*/, "") !== mutant.url) return loaded;
      const source = String(loaded.source);
      return { ...loaded, source: source.slice(0, mutant.start) + mutant.text + source.slice(mutant.end) };
    },
  });
  followChildren();
}

/** Tests may start processes with other NODE_OPTIONS: those get this file as an argument. */
function followChildren() {
  const flag = `--import=${import.meta.url}`;
  const hasFlag = (text) => String(text).includes("mutate-hook.mjs");
  const { spawn } = childProcess.ChildProcess.prototype;
  childProcess.ChildProcess.prototype.spawn = function (options) {
    const { file, args, envPairs = [] } = options;
    if (file !== process.execPath || envPairs.some(hasFlag)) return spawn.call(this, options);
    const [name, ...others] = args;
    return spawn.call(this, { ...options, args: [name, flag, ...others], envPairs: [...envPairs, `MUTATE_CHANGE=${change}`] });
  };
  const { spawnSync } = childProcess;
  childProcess.spawnSync = (file, args, options) => {
    const env = options?.env;
    if (file !== process.execPath || env === undefined || hasFlag(env.NODE_OPTIONS)) return spawnSync(file, args, options);
    return spawnSync(file, [flag, ...args], { ...options, env: { ...env, MUTATE_CHANGE: change } });
  };
  syncBuiltinESMExports();
}
