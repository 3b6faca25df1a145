// Replaces one piece of one source file while it loads: `MUTATE_CHANGE` says which. Given to node as `--import`.
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
}
