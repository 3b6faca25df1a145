/** The template files that docs/guides/templates-for-designers.md shows, by the path that their first line names. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

const guide = new URL("../../docs/guides/templates-for-designers.md", import.meta.url);

/** Returns the files as they are printed. Every block of the guide is a file. */
export function readDesignerViews(): Record<string, string> {
  const views: Record<string, string> = {};
  for (const [, text = ""] of readFileSync(guide, "utf8").matchAll(/^```\n([^]*?)^```/gm)) {
    const path = /^\{# (views\/[a-z]+\.html) #\}\n/.exec(text)?.[1];
    assert.ok(
      path !== undefined && !(path in views),
      `This example must begin with the name of its file, which no other example has:\n${text}`,
    );
    views[path] = text;
  }
  return views;
}
