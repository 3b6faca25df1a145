/** Finds phrases of the word list in prose: pages, comments, messages and names of tests. */
import { phrases } from "./plain-english-phrases.ts";

/** A phrase in a file. */
export interface Hit {
  readonly line: number;
  readonly found: string;
  readonly better: string;
}

/** Returns the phrases in a page of Markdown or a TypeScript file. Code and quoted code are left out. */
export function findPhrases(file: string, text: string): Hit[] {
  const prose = file.endsWith(".md") ? proseOfMarkdown(text) : proseOfTypeScript(text);
  return prose.split("\n").flatMap((content, index) =>
    phrases.flatMap(({ pattern, better }) => {
      const found = pattern.exec(content)?.[0];
      return found === undefined ? [] : [{ line: index + 1, found, better }];
    }),
  );
}

function blank(text: string): string {
  return text.replaceAll(/[^\n]/g, " ");
}

function proseOfMarkdown(text: string): string {
  return text.replaceAll(/^(`{3,})[^]*?^\1 *$/gm, blank).replaceAll(/`[^`\n]*`|\]\([^)]*\)/g, blank);
}

/** Keeps comments, and strings of three words and more, on their lines. */
function proseOfTypeScript(text: string): string {
  const token = /\/\*[^]*?\*\/|(?<![:"'`])\/\/[^\n]*|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`/g;
  let prose = "";
  let end = 0;
  for (const match of text.matchAll(token)) {
    prose += blank(text.slice(end, match.index)) + (isProse(match[0]) ? match[0].replaceAll(/`[^`\n]*`(?!$)/g, blank) : blank(match[0]));
    end = match.index + match[0].length;
  }
  return prose + blank(text.slice(end));
}

function isProse(token: string): boolean {
  return token.startsWith("/") || token.trim().split(/\s+/).length >= 3;
}
