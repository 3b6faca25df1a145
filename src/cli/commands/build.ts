/** `gable build`: compiles the template files, so that a server does not have to. */
import type { BuiltInContext } from "../built-in.ts";
import { builtIn } from "../built-in.ts";

/** Compiles the views. */
export const build = builtIn({
  name: "build",
  help: "Compiles the template files into .gable. Not needed to run, but a start without it takes longer.",
  async run({ project, print }: BuiltInContext) {
    const app = await project.loadApp();
    const { views } = app.describe();
    await app.start();
    await app.close();
    print(
      views === undefined
        ? "The application has no template files. There is nothing to build."
        : "Compiled the template files into .gable.",
    );
    return { views: views !== undefined };
  },
});
