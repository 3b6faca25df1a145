/** Reads the chapters of the tutorial as steps: what a reader types, saves and sees. */
import { globSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "./packed-package.ts";

/** One step of a chapter. */
export type TutorialStep =
  | { readonly kind: "commands"; readonly lines: readonly string[] }
  | { readonly kind: "file"; readonly name: string; readonly text: string }
  /** Values of a file that the reader writes by hand. */
  | { readonly kind: "variables"; readonly text: string }
  /** What the reader does in the browser, and sees there. */
  | { readonly kind: "browser"; readonly lines: readonly string[] };

/** A chapter. */
export interface Chapter {
  readonly title: string;
  readonly steps: readonly TutorialStep[];
}

/** Returns the chapters in order. Throws for a block that no step can be made of, so that every block is played. */
export async function readTutorial(): Promise<Chapter[]> {
  const files = globSync("docs/tutorial/*.md", { cwd: root }).sort();
  return Promise.all(
    files.map(async (file) => {
      const text = await readFile(join(root, file), "utf8");
      return { title: /^# (.+)$/m.exec(text)?.[1] ?? file, steps: readSteps(text, file) };
    }),
  );
}

function readSteps(text: string, file: string): TutorialStep[] {
  return [...text.matchAll(/^```(\w+)\n([^]*?)^```$|^<!-- try\n([^]*?)^-->$/gm)].map(([, language, block = "", tries]) => {
    if (tries !== undefined) return { kind: "browser", lines: tries.trim().split("\n") };
    if (language === "sh") return { kind: "commands", lines: block.trim().split("\n") };
    if (language === "text") return { kind: "variables", text: block };
    const name = /^(?:\/\/|\{#|\/\*) (\S+\/?\S*\.\w+)/.exec(block)?.[1];
    if (name === undefined) throw new Error(`${file} has a block without the name of its file:\n${block}`);
    return { kind: "file", name, text: block };
  });
}
