/** The text of a table of SQLite in its parts: SQLite itself does not tell the names and texts of constraints. */

const token = /"(?:[^"]|"")*"|'(?:[^']|'')*'|`(?:[^`]|``)*`|\[[^\]]*\]|--[^\n]*|\/\*[\s\S]*?\*\/|\s+|\w+|[^\s\w]/g;

/** The tokens of a text, without blanks and comments; words in upper case. */
function readTokens(sql: string): string[] {
  return (sql.match(token) ?? [])
    .filter((text) => !/^(?:\s|--|\/\*)/.test(text))
    .map((text) => (/^\w/.test(text) ? text.toUpperCase() : text));
}

/** Columns, keys and constraints of a table by name: `column "title"` gives what stands behind the name. */
export function splitDefinition(sql: string): Array<[object: string, definition: string]> {
  const tokens = readTokens(sql);
  const open = tokens.indexOf("(");
  const parts: string[][] = [[]];
  let depth = 0;
  let end = tokens.length;
  for (let place = open + 1; place < tokens.length; place++) {
    const text = tokens[place]!;
    if (text === ")" && depth === 0) {
      end = place;
      break;
    }
    if (text === "(") depth++;
    else if (text === ")") depth--;
    if (text === "," && depth === 0) parts.push([]);
    else parts.at(-1)!.push(text);
  }
  const objects = parts.flatMap(readPart);
  const options = tokens.slice(end + 1).join(" ");
  return options === "" ? objects : [...objects, ["options", options]];
}

/** A line of a table. A condition that stands in a column is an object of its own, as it would be behind the columns. */
function readPart(tokens: readonly string[]): Array<[object: string, definition: string]> {
  const [first = "", second = ""] = tokens;
  if (first === "CONSTRAINT") return [[`constraint ${unquote(second)}`, tokens.slice(2).join(" ")]];
  if (["PRIMARY", "UNIQUE", "CHECK", "FOREIGN"].includes(first)) return [[first.toLowerCase(), tokens.join(" ")]];
  const check = tokens.findIndex((text, place) => text === "CONSTRAINT" && tokens[place + 2] === "CHECK");
  const column = check === -1 ? tokens : tokens.slice(0, check);
  const constraint = check === -1 ? [] : readPart(tokens.slice(check));
  return [[`column ${unquote(first)}`, column.slice(1).join(" ")], ...constraint];
}

function unquote(name: string): string {
  return /^["`[]/.test(name) ? name.slice(1, -1).replaceAll('""', '"') : name.toLowerCase();
}
