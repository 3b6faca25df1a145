/** `gable build`: compiles the template files and compresses static files, so that a server does not have to. */
import { resolve } from "node:path";
import type { BuiltInContext } from "../built-in.ts";
import { builtIn } from "../built-in.ts";
import { writeStaticVariants } from "../static-variants.ts";

/** Compiles the views, and compresses the static files. */
export const build = builtIn({
  name: "build",
  help: "Compiles template files into .gable, and compresses static files. Not needed to run, but saves time.",
  async run({ project, print }: BuiltInContext) {
    const app = await project.loadApp();
    const { views, options } = app.describe();
    await app.start();
    await app.close();
    const { static: files } = options;
    const directory = typeof files === "object" ? files.directory : files;
    const variants = directory === undefined ? undefined : await writeStaticVariants(resolve(directory));
    if (views !== undefined) print("Compiled the template files into .gable.");
    if (variants !== undefined)
      print(`Wrote ${variants.written} compressed files into ${directory}; ${variants.kept} others are up to date.`);
    if (views === undefined && variants === undefined)
      print("The application has no template files and no static files. There is nothing to build.");
    return { views: views !== undefined, variants };
  },
});
