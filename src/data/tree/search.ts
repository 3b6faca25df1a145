/** Searches: rows whose texts have words that begin with those of a text, the best first. */
import { describeValue } from "../../errors/option-errors.ts";
import { GableError } from "../../errors/gable-error.ts";
import type { SearchTarget, SearchWords } from "./search-syntax.ts";
import type { ModelMeta } from "../schema/model-class.ts";
import { literal } from "./literal.ts";
import type { Node, OrderTerm, RootSource } from "./node.ts";
import { allOf, anyOf, columnNode, compare, constant } from "./node.ts";
import { valueTypes } from "./value-type.ts";
import { orderOfRows, toTotalOrder } from "./order.ts";

/** Most words of a search. Further ones are left out: nobody types so many, and each is a condition. */
const wordsMax = 32;
/** Longest word: what comes behind it is left out. */
const wordCharactersMax = 64;

/** Frequent words that MariaDB does not keep, like those of one and two characters (MariaDB, "Full-Text Index Stopwords", InnoDB). */
const frequent: ReadonlySet<string> = new Set(
  "a about an are as at be by com de en for from how i in is it la of on or that the this to was what when where who will with und the www".split(
    " ",
  ),
);

/** The words of a text: letters and digits, in the order of the text. Throws `E_FILTER_VALUE` for what is no text. */
function readWords(text: unknown): string[] {
  if (typeof text !== "string")
    throw new GableError(text === undefined ? "E_FILTER_UNDEFINED" : "E_FILTER_VALUE", `search() got ${describeValue(text)}.`, {
      fix: "Pass the text that somebody searches for.",
    });
  const words = Array.from(text.matchAll(/[\p{L}\p{N}]+/gu), ([word]) => [...word].slice(0, wordCharactersMax).join(""));
  return [...new Set(words)].slice(0, wordsMax);
}

function divide(words: readonly string[]): SearchWords {
  const isShort = (word: string): boolean => [...word].length < 3 || frequent.has(word.toLowerCase());
  return { kept: words.filter((word) => !isShort(word)), short: words.filter(isShort) };
}

/** What a search looks into, as the database has it. */
export function searchTargetOf({ table, search, fields, primary }: ModelMeta): SearchTarget & { readonly primary: readonly string[] } {
  const key = primary.length === 1 ? fields.get(primary[0]!) : undefined;
  const columnOf = (name: string): string => fields.get(name)!.column;
  return { table, columns: search.map(columnOf), primary: primary.map(columnOf), key: key?.type === "id" ? key.column : undefined };
}

/**
 * The condition of a search, and the order of what fits best. Without an index, texts have the words somewhere, and in no order.
 * Throws `E_SEARCH_FIELDS` for a model that names no fields.
 */
export function readSearch(root: RootSource, text: unknown): { readonly where: Node; readonly order: readonly OrderTerm[] } {
  const { name, search, fields, hasSearchIndex } = root.model.$meta;
  if (search.length === 0)
    throw new GableError("E_SEARCH_FIELDS", `${name} has no fields that a search looks into.`, {
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
  // Equally good ones come as the model has them, the same each time.
  return { where, order: toTotalOrder(root, [{ node: rank, isDescending: true, nulls: undefined }, ...orderOfRows(root)]) };
}
