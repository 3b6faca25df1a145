// Gives the tests of accounts applications whose pages `gable make accounts --routes` has written. Given to node with `--import`.
import { registerHooks } from "node:module";

const folder = new URL("./", import.meta.url).href;
const tests = new URL("../", import.meta.url).href;

registerHooks({
  resolve(specifier, context, nextResolve) {
    const isTest = context.parentURL?.startsWith(tests) === true && !context.parentURL.startsWith(folder);
    if (isTest && specifier === "gable/auth") return { url: `${folder}auth.ts`, shortCircuit: true };
    if (isTest && specifier === "gable") return { url: `${folder}gable.ts`, shortCircuit: true };
    return nextResolve(specifier, context);
  },
});
