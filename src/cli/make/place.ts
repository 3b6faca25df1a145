/**
 * Where files go. Kinds write as if the application were `app.ts` in the folder of the project. Its source files go next to the module that the
 * application is in, and their imports are rewritten. Commands read `views`, `seeds` and `commands` in the folder of the project.
 */
import { existsSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { refuse } from "./names.ts";
import type { Line, MakePlan } from "./plan.ts";

const rootFolder = /^(?:views|seeds|commands)\//;
/** What comes before the address of an import, and the address. */
const importPath = /(\bfrom\s+|\bimport\s*\(?\s*)"(\.\.?\/[^"]+)"/g;

/** The places of a project. */
export class Places {
  readonly #folder: string;
  readonly #app: string;

  /** `app` is the path of the application below the folder of the project. */
  constructor(folder: string, app: string) {
    const path = app.replaceAll("\\", "/");
    const isInside = !path.startsWith("../") && !posix.isAbsolute(path) && !/^[A-Za-z]:/.test(path);
    if (!isInside || !/\.[cm]?ts$/.test(path))
      refuse(
        isInside
          ? `The application is in ${app}, and the files that this command writes are TypeScript.`
          : `${app} is outside of this folder.`,
        isInside ? "Name its source: --app app.ts." : "Run the command in the folder of the application.",
      );
    this.#folder = folder;
    this.#app = path;
  }

  /** Returns the path of a file in the project. `app.ts` is the application. */
  pathOf(name: string): string {
    if (name === "app.ts") return this.#app;
    const path = posix.join(posix.dirname(this.#app), name);
    // `gable settings` reads the file in the folder of the project.
    const isRoot = rootFolder.test(name) || (name === "settings.ts" && !existsSync(join(this.#folder, path)));
    return isRoot ? name : path;
  }

  /** Returns the text of a file; undefined if it does not exist. */
  read(name: string): string | undefined {
    const path = join(this.#folder, this.pathOf(name));
    return existsSync(path) ? readFileSync(path, "utf8") : undefined;
  }

  /** Returns a plan with the files in their places. */
  move(plan: MakePlan): MakePlan {
    const files = Object.entries(plan.files).map(([name, text]) => [this.pathOf(name), this.#moveImports(name, text)]);
    const lines = plan.lines.map(({ file, line }): Line => ({ file: this.pathOf(file), line: this.#moveImports(file, line) }));
    return { ...plan, files: Object.fromEntries(files), lines };
  }

  #moveImports(name: string, text: string): string {
    const from = posix.dirname(this.pathOf(name));
    return text.replaceAll(importPath, (_all, before: string, address: string) => {
      const path = posix.relative(from, this.pathOf(posix.join(posix.dirname(name), address)));
      return `${before}"${path.startsWith("../") ? path : `./${path}`}"`;
    });
  }
}
