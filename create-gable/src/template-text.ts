/**
 * Lines of templates that depend on what was chosen. `CODE // if accounts` is a line of a project with accounts, and
 * `// if not accounts: CODE` one of a project without: so each template is also a project that compiles as it is.
 */

/** What a project has: a database, a package manager, and so on. */
export type Features = ReadonlySet<string>;

const commentedLine = /^(\s*)(?:\/\/|#|<!--) if (not )?(\w+):(?: ?-->| (.*))?$/;
const markedLine = /^(.*?)\s+(?:\/\/|#|<!--|\{#) if (not )?(\w+)(?: -->| #\})?$/;

/** Returns the text with the lines that belong to the features, and without marks. */
export function chooseLines(text: string, features: Features): string {
  return text
    .split("\n")
    .flatMap((line) => {
      const [, indent = "", not, name, code = ""] = commentedLine.exec(line) ?? [];
      if (name !== undefined) return features.has(name) === (not === undefined) ? [`${indent}${code}`.trimEnd()] : [];
      const [, kept = "", markedNot, marked] = markedLine.exec(line) ?? [];
      if (marked === undefined) return [line];
      return features.has(marked) === (markedNot === undefined) ? [kept] : [];
    })
    .join("\n");
}

/** Fills in `{{name}}` for each name of the values. Other braces belong to the templates of the project. */
export function fillIn(text: string, values: Readonly<Record<string, string>>): string {
  return Object.entries(values).reduce((filled, [name, value]) => filled.replaceAll(`{{${name}}}`, () => value), text);
}
