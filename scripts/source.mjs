// Makes `import "gable"` and `import "gable/http"` mean the sources of this repository, so that examples and
// benches run without a build. Given to node as `--import ./scripts/source.mjs`. `GABLE_TEST_SOURCES` names a folder that
// `scripts/prepared-sources.ts` wrote: modules of the repository are then read from there (decisions/048 has the times).
import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { join } from "node:path";

const root = new URL("../", import.meta.url).href;
const prepared = process.env["GABLE_TEST_SOURCES"];
const preparedFiles = new Set(readPrepared());

registerHooks({
  resolve(specifier, context, nextResolve) {
    const entry = /^gable(?:\/([a-z/]+))?$/.exec(specifier);
    if (entry !== null) return { url: `${root}src/${entry[1] ?? "index"}.ts`, shortCircuit: true };
    if (preparedFiles.size > 0 && specifier.startsWith(".") && specifier.endsWith(".ts")) {
      const url = new URL(specifier, context.parentURL).href;
      if (preparedFiles.has(url)) return { url, shortCircuit: true };
    }
    return nextResolve(specifier, context);
  },
  ...(preparedFiles.size > 0 && {
    load(url, context, nextLoad) {
      if (!preparedFiles.has(url)) return nextLoad(url, context);
      return { format: "module", source: readFileSync(join(prepared, url.slice(root.length)), "utf8"), shortCircuit: true };
    },
  }),
});

/** Addresses of the files that are prepared. A process may start while the folder is being removed. */
function readPrepared() {
  if (prepared === undefined) return [];
  try {
    const files = JSON.parse(readFileSync(join(prepared, "index.json"), "utf8"));
    // `npm run mutate` changes one file.
    return files.filter((file) => file !== process.env["GABLE_TEST_SOURCES_EXCEPT"]).map((file) => root + file);
  } catch {
    return [];
  }
}
