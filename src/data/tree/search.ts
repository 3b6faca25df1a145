/** Searches: finds rows whose fields contain a word starting with each word of a string, the best matches first. */
import { describeValue } from "../../errors/option-errors.ts";
import { GableError } from "../../errors/gable-error.ts";
import type { SearchTarget, SearchWords } from "./search-syntax.ts";
import type { ModelMeta } from "../schema/model-class.ts";
import { literal } from "./literal.ts";
import type { Node, OrderTerm, RootSource } from "./node.ts";
import { columnNode } from "./node.ts";
import { allOf, anyOf, compare, constant } from "./conditions.ts";
import { valueTypes } from "./value-type.ts";
import { orderOfRows, toTotalOrder } from "./order.ts";

/** Maximum number of words. Further ones are ignored: nobody types so many, and each is a condition. */
const wordsMax = 32;
/** Maximum length of a word; the rest is ignored. */
const wordCharactersMax = 64;

/** Words that MariaDB does not index because they are frequent, besides those of one and two characters (MariaDB, "Full-Text Index Stopwords", InnoDB). */
const frequent: ReadonlySet<string> = new Set(
  "a about an are as at be by com de en for from how i in is it la of on or that the this to was what when where who will with und the www".split(
    " ",
  ),
);

/** Returns the words of a string: letters and digits, in their order. Throws `E_FILTER_VALUE` for anything but a string. */
function readWords(text: unknown): string[] {
  if (typeof text !== "string")
    throw new GableError(text === undefined ? "E_FILTER_UNDEFINED" : "E_FILTER_VALUE", `search() got ${describeValue(text)}.`, {
      fix: "Pass the search string.",
    });
  const words = Array.from(text.matchAll(/[\p{L}\p{N}]+/gu), ([word]) => [...word].slice(0, wordCharactersMax).join(""));
  return [...new Set(words)].slice(0, wordsMax);
}

function divide(words: readonly string[]): SearchWords {
  const isShort = (word: string): boolean => [...word].length < 3 || frequent.has(word.toLowerCase());
  return { kept: words.filter((word) => !isShort(word)), short: words.filter(isShort) };
}

/** Returns the columns and the key that a search needs. */
export function searchTargetOf({ table, search, fields, primary }: ModelMeta): SearchTarget & { readonly primary: readonly string[] } {
  const key = primary.length === 1 ? fields.get(primary[0]!) : undefined;
  const columnOf = (name: string): string => fields.get(name)!.column;
  return { table, columns: search.map(columnOf), primary: primary.map(columnOf), key: key?.type === "id" ? key.column : undefined };
}

/**
 * Returns the condition of a search, and the order by relevance. Without an index, strings contain the words anywhere, and there is no order.
 * Throws `E_SEARCH_FIELDS` for a model without search fields.
 */
export function readSearch(root: RootSource, text: unknown): { readonly where: Node; readonly order: readonly OrderTerm[] } {
  const { name, search, fields, hasSearchIndex } = root.model.$meta;
  if (search.length === 0)
    throw new GableError("E_SEARCH_FIELDS", `${name} has no fields to search.`, {
      fix: 'Name them in the options of the model: search: ["title"].',
    });
  const words = readWords(text);
  if (words.length === 0) return { where: constant(false), order: [] };
  const columns = search.map((each) => columnNode(root, fields.get(each)!));
  const plain = allOf(
    words.map((word) => anyOf(columns.map((column) => compare("icontains", column, literal(word, valueTypes.text, "search()"))))),
  );
  if (!hasSearchIndex) return { where: plain, order: [] };
  const divided = divide(words);
  const where: Node = { kind: "search", root, words: divided, plain, isRank: false, type: valueTypes.boolean, isNullable: false };
  const rank: Node = { ...where, isRank: true, type: valueTypes.float };
  // Equally good matches have the order of the model, so that it is stable.
  return { where, order: toTotalOrder(root, [{ node: rank, isDescending: true, nulls: undefined }, ...orderOfRows(root)]) };
}
