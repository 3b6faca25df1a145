// Replaces one piece of one source file while it loads: `MUTATE_CHANGE` says which. Given to node as `--import`.
import { ChildProcess } from "node:child_process";
import { registerHooks } from "node:module";

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
  // Tests may start processes with other NODE_OPTIONS: those get the hook as an argument.
  const { spawn } = ChildProcess.prototype;
  ChildProcess.prototype.spawn = function (options) {
    const { file, args, envPairs = [] } = options;
    if (file !== process.execPath || envPairs.some((pair) => pair.includes("mutate-hook.mjs"))) return spawn.call(this, options);
    const [name, ...others] = args;
    return spawn.call(this, {
      ...options,
      args: [name, `--import=${import.meta.url}`, ...others],
      envPairs: [...envPairs, `MUTATE_CHANGE=${change}`],
    });
  };
}
