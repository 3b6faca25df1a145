// Replaces one piece of one source file while it loads: `GABLE_MUTANT` says which. Given to node as `--import`.
import { registerHooks } from "node:module";

const mutant = JSON.parse(process.env.GABLE_MUTANT);

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    if (url !== mutant.url) return loaded;
    const source = String(loaded.source);
    return { ...loaded, source: source.slice(0, mutant.start) + mutant.text + source.slice(mutant.end) };
  },
});
