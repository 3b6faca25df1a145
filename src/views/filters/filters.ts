/** Lists all filters of Jinja 3.1, with its names, arguments and defaults, and those for dates and numbers. */
import { GableError } from "../../errors/gable-error.ts";
import { findNearestName } from "../../errors/nearest-name.ts";
import { describeValue } from "../../errors/option-errors.ts";
import { withKinds } from "./argument-kinds.ts";
import { filterSignatures, testOperators } from "./signatures.ts";
import type { RenderContext } from "../rendering/render-context.ts";
import { toIterable, truthy } from "../runtime/semantics.ts";
import { listFilters, pick, readPath } from "./list-filters.ts";
import { readingFilters } from "./reading-filters.ts";
import { tests } from "./tests.ts";
import { textFilters } from "./text-filters.ts";
import { valueFilters } from "./value-filters.ts";

type Items<Item> = Iterable<Item> | null | undefined;
type Named = Readonly<Record<string, unknown>>;

/** Returns a test by its name, applied to the arguments after it; truth without a name. */
function toCheck(args: readonly unknown[]): (value: unknown) => unknown {
  const [name, ...rest] = args;
  if (name === undefined) return truthy;
  const known = testOperators[String(name)] ?? String(name);
  // A table of functions with one signature.
  const table = tests as unknown as Readonly<Record<string, (value: unknown, ...more: unknown[]) => boolean>>;
  if (Object.hasOwn(table, known)) return (value) => table[known]!(value, ...rest);
  const nearest = findNearestName(known, Object.keys(table));
  throw new GableError("E_VIEW_NAME", `Unknown test ${describeValue(name)}.`, nearest === undefined ? {} : { fix: `Write "${nearest}".` });
}

function applyFilter(context: RenderContext, value: unknown, [name, ...rest]: readonly unknown[], named: Named): unknown {
  const wanted = String(name);
  const signature = filterSignatures.get(wanted);
  if (signature === undefined) {
    const nearest = findNearestName(wanted, [...filterSignatures.keys()]);
    throw new GableError(
      "E_VIEW_NAME",
      `Unknown filter ${describeValue(name)}.`,
      nearest === undefined ? {} : { fix: `Write "${nearest}".` },
    );
  }
  const positions =
    signature.isOpen === true
      ? [rest, named]
      : signature.parameters.map((parameter, index) => (index < rest.length ? rest[index] : named[parameter]));
  // A table of functions whose arguments the signature has put in order.
  const table = filters as unknown as Readonly<Record<string, (...all: unknown[]) => unknown>>;
  return table[wanted]!(...(signature.needsContext === true ? [context] : []), value, ...positions);
}

/** The filters by name. Those that need the context take it as the first argument. */
export const filters = withKinds({
  ...textFilters,
  ...listFilters,
  ...valueFilters,
  ...readingFilters,
  map: (context: RenderContext, values: Items<unknown>, args: readonly unknown[], named: Named): any[] => {
    const { attribute, default: fallback } = named;
    if (attribute !== undefined) return [...toIterable(values)].map((value) => readPath(value, attribute) ?? fallback);
    return [...toIterable(values)].map((value) => applyFilter(context, value, args, named));
  },
  select: <Item>(_context: RenderContext, values: Items<Item>, args: readonly unknown[], _named: Named): Item[] =>
    pick(values, toCheck(args), true),
  reject: <Item>(_context: RenderContext, values: Items<Item>, args: readonly unknown[], _named: Named): Item[] =>
    pick(values, toCheck(args), false),
  selectattr: <Item>(_context: RenderContext, values: Items<Item>, [path, ...args]: readonly unknown[], _named: Named): Item[] => {
    const check = toCheck(args);
    return pick(values, (value) => check(readPath(value, path)), true);
  },
  rejectattr: <Item>(_context: RenderContext, values: Items<Item>, [path, ...args]: readonly unknown[], _named: Named): Item[] => {
    const check = toCheck(args);
    return pick(values, (value) => check(readPath(value, path)), false);
  },
} as const);
