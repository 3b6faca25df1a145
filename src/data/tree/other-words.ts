/** How other libraries write conditions, and what to write here: the fix of an error for people who come from there. */
import { suggestName } from "../../errors/nearest-name.ts";

/** Operators by the words of other libraries, in lower case. The first one that a field has is proposed. */
const operators: Readonly<Record<string, readonly string[]>> = {
  "=": ["eq"],
  "==": ["eq"],
  "===": ["eq"],
  equals: ["eq"],
  exact: ["eq"],
  is: ["eq"],
  iexact: ["ieq"],
  "!=": ["ne"],
  "!==": ["ne"],
  "<>": ["ne"],
  not: ["ne"],
  ">": ["gt"],
  after: ["gt"],
  ">=": ["gte"],
  "<": ["lt"],
  before: ["lt"],
  "<=": ["lte"],
  range: ["between"],
  nin: ["notIn"],
  not_in: ["notIn"],
  null: ["isNull"],
  like: ["contains"],
  ilike: ["icontains"],
  includes: ["contains", "has"],
};

/** Returns the fix for an operator that a field does not have. */
export function suggestOperator(name: string, known: readonly string[]): string {
  const word = name.replace(/^\$/, "").toLowerCase();
  const found = Object.hasOwn(operators, word) ? operators[word]!.find((operator) => known.includes(operator)) : undefined;
  if (found === undefined) return suggestName(name, known);
  const isPattern = word.endsWith("like");
  return isPattern ? `Write "${found}", which takes a part of the text without wildcards.` : `Write "${found}".`;
}

/** Returns the fix for a field that a model does not have. */
export function suggestField(name: string, known: readonly string[]): string {
  const word = name.replace(/^\$/, "").toLowerCase();
  if (word === "and" || word === "or") return `Write [${word}]: [...], with the symbol "${word}" of gable/data.`;
  if (word === "not") return 'Write [not]: { ... }, with the symbol "not" of gable/data.';
  const [field = "", ...inner] = name.split(/__|\./);
  if (inner.length === 0 || !known.includes(field)) return suggestName(name, known);
  return `Write ${[field, ...inner].join(": { ")}: ...${" }".repeat(inner.length)}.`;
}
