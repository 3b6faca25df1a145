/** Parses the definition of a SQLite table, because SQLite does not report the names and conditions of constraints. */

const token = /"(?:[^"]|"")*"|'(?:[^']|'')*'|`(?:[^`]|``)*`|\[[^\]]*\]|--[^\n]*|\/\*[\s\S]*?\*\/|\s+|\w+|[^\s\w]/g;

/** Returns the tokens of a definition, without spaces and comments. */
function readTokens(sql: string): string[] {
  return (sql.match(token) ?? []).filter((text) => !/^(?:\s|--|\/\*)/.test(text));
}

/** Returns a token, with words in upper case to compare them. */
function toUpper(text: string): string {
  return /^\w/.test(text) ? text.toUpperCase() : text;
}

/** Returns columns, keys and constraints of a table by name: `column "title"` has what follows the name. */
export function splitDefinition(sql: string): Array<[object: string, definition: string]> {
  const { parts, rest } = splitParts(readTokens(sql).map(toUpper));
  const objects = parts.flatMap(readPart);
  const options = rest.join(" ");
  return options === "" ? objects : [...objects, ["options", options]];
}

/** A condition of a table, named or not, as it was written. */
export interface DefinedCheck {
  /** "" for one without a name. */
  readonly name: string;
  /** Without the outer parentheses. */
  readonly text: string;
}

/** The conditions of a table, those of its columns as well. */
export function listChecks(sql: string): DefinedCheck[] {
  return splitParts(readTokens(sql)).parts.flatMap((tokens) => {
    const found: DefinedCheck[] = [];
    let depth = 0;
    tokens.forEach((text, place) => {
      if (text === "(") depth++;
      else if (text === ")") depth--;
      if (depth > 0 || toUpper(text) !== "CHECK" || tokens[place + 1] !== "(") return;
      const isNamed = place >= 2 && toUpper(tokens[place - 2]!) === "CONSTRAINT";
      found.push({ name: isNamed ? unquote(tokens[place - 1]!, false) : "", text: writeTokens(readGroup(tokens.slice(place + 1))) });
    });
    return found;
  });
}

/** Returns what is between the parenthesis at the start and the matching one. */
function readGroup(tokens: readonly string[]): string[] {
  let depth = 0;
  const end = tokens.findIndex((text) => {
    if (text === "(") depth++;
    else if (text === ")") depth--;
    return depth === 0;
  });
  return tokens.slice(1, end);
}

/** Joins tokens, with spaces where two words would become one. */
function writeTokens(tokens: readonly string[]): string {
  return tokens.reduce((text, each) => {
    const isClose =
      /[(.]$/.test(text) || /^[),.]/.test(each) || (each === "(" && /\w$/.test(text) && !/\b(?:IN|AND|OR|NOT|IS|LIKE)$/i.test(text));
    // Signs of two characters are tokens of one.
    const isSign = /[<>=!|]$/.test(text) && /^[<>=|]$/.test(each);
    return text === "" || isClose || isSign ? text + each : `${text} ${each}`;
  }, "");
}

/** Splits a table into its lines and what follows them. */
function splitParts(tokens: readonly string[]): { readonly parts: readonly string[][]; readonly rest: readonly string[] } {
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
  return { parts, rest: tokens.slice(end + 1) };
}

/** Reads a line of a table. A condition inside a column counts as a separate object, as if it followed the columns. */
function readPart(tokens: readonly string[]): Array<[object: string, definition: string]> {
  const [first = "", second = ""] = tokens;
  if (first === "CONSTRAINT") return [[`constraint ${unquote(second)}`, dropParentheses(tokens.slice(2)).join(" ")]];
  if (["PRIMARY", "UNIQUE", "CHECK", "FOREIGN"].includes(first)) return [[first.toLowerCase(), tokens.join(" ")]];
  const check = tokens.findIndex((text, place) => text === "CONSTRAINT" && tokens[place + 2] === "CHECK");
  const column = check === -1 ? tokens : tokens.slice(0, check);
  const constraint = check === -1 ? [] : readPart(tokens.slice(check));
  return [[`column ${unquote(first)}`, column.slice(1).join(" ")], ...constraint];
}

/** A condition with one pair of parentheses, however many it has. */
function dropParentheses(tokens: readonly string[]): readonly string[] {
  if (tokens[0] !== "CHECK" || tokens[1] !== "(") return tokens;
  const inner = readGroup(tokens.slice(1));
  return inner[0] === "(" && readGroup(inner).length === inner.length - 2 ? dropParentheses(["CHECK", ...inner]) : tokens;
}

/** The text of an index or a trigger; what an index is about, and its condition, with as few parentheses as can be. */
export function normalizeDefinition(sql: string): string {
  const text = sql.replace(/\s+/g, " ").trim();
  const head = /^CREATE (?:UNIQUE )?INDEX (?:"(?:[^"]|"")*"|\S+) ON (?:"(?:[^"]|"")*"|[^\s(]+) ?/i.exec(text)?.[0];
  if (head === undefined) return text;
  const rest = text.slice(head.length);
  const end = closeOf(rest);
  let keys = rest.slice(1, end);
  // An expression keeps its outer parentheses.
  while (isWrapped(keys) && isWrapped(keys.slice(1, -1))) keys = keys.slice(1, -1);
  let where = rest.slice(end + 1).replace(/^ WHERE /i, "");
  while (isWrapped(where)) where = where.slice(1, -1);
  return `${head}(${keys})${where === "" ? "" : ` WHERE ${where}`}`;
}

/** The place of the parenthesis that closes the one at the start; -1 where none does. */
function closeOf(text: string): number {
  let depth = 0;
  for (const match of text.matchAll(token)) {
    if (match[0] === "(") depth++;
    else if (match[0] === ")" && --depth === 0) return match.index;
  }
  return -1;
}

function isWrapped(text: string): boolean {
  return text.startsWith("(") && closeOf(text) === text.length - 1;
}

function unquote(name: string, isFolded = true): string {
  if (/^["`[]/.test(name)) return name.slice(1, -1).replaceAll('""', '"');
  return isFolded ? name.toLowerCase() : name;
}
