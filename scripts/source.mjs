// Makes `import "gable"` and `import "gable/http"` mean the sources of this repository, so that examples and
// benches run without a build. Given to node as `--import ./scripts/source.mjs`.
import { registerHooks } from "node:module";

const sources = new URL("../src/", import.meta.url);

registerHooks({
  resolve(specifier, context, nextResolve) {
    const entry = /^gable(?:\/([a-z/]+))?$/.exec(specifier);
    if (entry === null) return nextResolve(specifier, context);
    return { url: new URL(`${entry[1] ?? "index"}.ts`, sources).href, shortCircuit: true };
  },
});
