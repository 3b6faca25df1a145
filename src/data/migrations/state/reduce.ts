/** Finds fewer operations with the same result: for the structure, and for the values of the rows that exist. */
import { GableError } from "../../../errors/gable-error.ts";
import type { State, ValueData } from "../../schema/table-state.ts";
import { tablesOf } from "../../schema/table-state.ts";
import { applyAll } from "./apply.ts";
import { diffStates } from "./diff.ts";
import type { Operation } from "./operation.ts";
import { op } from "./operation.ts";
import type { Answers } from "./question.ts";
import type { TableRows } from "./row-values.ts";
import { followRows } from "./row-values.ts";
import { hashState, isSame } from "./table-data.ts";

/**
 * Returns fewer operations with the same result. Steps whose effect is unknown (`sql`, `run`, `databaseOnly`, `stateOnly`,
 * `validateConstraint`) keep their place: other operations are never joined across them. Steps that are elidable vanish.
 */
export function reduceOperations(from: State, operations: readonly Operation[]): Operation[] {
  let state = from;
  let part: Operation[] = [];
  const reduced: Operation[] = [];
  const close = (): void => {
    reduced.push(...reducePart(state, part));
    state = applyAll(state, part);
    part = [];
  };
  for (const operation of operations.flatMap(withoutElidable)) {
    if (isJoinable(operation)) {
      part.push(operation);
      continue;
    }
    close();
    reduced.push(operation);
    state = applyAll(state, [operation]);
  }
  close();
  return reduced;
}

function isJoinable(operation: Operation): boolean {
  if (operation.kind === "assured") return isJoinable(operation.operation);
  // The value is for a rollback, which the structure does not show.
  if (operation.kind === "dropColumn" && operation.fill !== undefined) return false;
  return !["sql", "run", "databaseOnly", "stateOnly", "validateConstraint"].includes(operation.kind);
}

/** Returns an operation without its elidable steps: none if nothing is left of it. */
function withoutElidable(operation: Operation): Operation[] {
  switch (operation.kind) {
    case "sql":
      return operation.elidable === true ? [] : [operation];
    case "run":
      return operation.step.elidable === true ? [] : [operation];
    case "assured":
      return withoutElidable(operation.operation).length === 0 ? [] : [operation];
    case "databaseOnly": {
      const left = operation.operations.flatMap(withoutElidable);
      if (left.length === operation.operations.length) return [operation];
      return left.length === 0 ? [] : [op.databaseOnly(...left)];
    }
    default:
      return [operation];
  }
}

/** Reduces operations that only change the structure. */
function reducePart(from: State, operations: readonly Operation[]): Operation[] {
  const isExtension = (each: Operation): boolean => each.kind === "createExtension";
  // An extension is created once, before all that may need it.
  const extensions = operations.filter(isExtension).filter((one, place, all) => all.findIndex((each) => isSame(each, one)) === place);
  return [
    ...extensions,
    ...reduceStructure(
      from,
      operations.filter((each) => !isExtension(each)),
    ),
  ];
}

/** Reduces all operations together; otherwise as many of the first ones as possible, and then the rest. */
function reduceStructure(from: State, operations: readonly Operation[]): readonly Operation[] {
  if (operations.length < 2) return operations;
  const all = findShorter(from, operations);
  if (all !== undefined) return all;
  let [low, high] = [1, operations.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (findShorter(from, operations.slice(0, middle)) === undefined) high = middle - 1;
    else low = middle;
  }
  const first = operations.slice(0, low);
  return [...(findShorter(from, first) ?? first), ...reduceStructure(applyAll(from, first), operations.slice(low))];
}

/** Returns the shortest known operations with the same result, or undefined if the shortest way would change values. */
function findShorter(from: State, operations: readonly Operation[]): readonly Operation[] | undefined {
  const to = applyAll(from, operations);
  const rows = followRows(from, operations);
  const short = findDifference(from, to, rows);
  if (short === undefined || !hasSameResult(from, short, to, rows)) return undefined;
  return short.length < operations.length ? short.map((each) => keepReason(each, operations)) : operations;
}

function findDifference(from: State, to: State, rows: ReadonlyMap<string, TableRows>): readonly Operation[] | undefined {
  try {
    const { operations, questions } = diffStates(from, to, answersOf(from, to, rows));
    return questions.length === 0 ? operations : undefined;
  } catch (error) {
    // Names that were swapped cannot be answered.
    if (error instanceof GableError) return undefined;
    throw error;
  }
}

function hasSameResult(from: State, operations: readonly Operation[], to: State, rows: ReadonlyMap<string, TableRows>): boolean {
  try {
    return hashState(applyAll(from, operations)) === hashState(to) && isSame(toPlain(followRows(from, operations)), toPlain(rows));
  } catch (error) {
    if (error instanceof GableError) return false;
    throw error;
  }
}

function toPlain(rows: ReadonlyMap<string, TableRows>): object {
  return Object.fromEntries([...rows].map(([name, { origin, columns }]) => [name, { origin, columns: Object.fromEntries(columns) }]));
}

/** Answers the questions between two structures by what has become of the rows. */
function answersOf(from: State, to: State, rows: ReadonlyMap<string, TableRows>): Answers {
  const [before, after] = [tablesOf(from), tablesOf(to)];
  const renames = new Set<string>();
  const pairs: string[] = [];
  const fills: Record<string, ValueData> = {};
  const shortens: string[] = [];
  const pair = (prefix: string, one: ReadonlyMap<string, unknown>, other: ReadonlyMap<string, unknown>): void => {
    const fresh = [...other.keys()].filter((name) => !one.has(name));
    for (const gone of one.keys()) if (!other.has(gone)) pairs.push(...fresh.map((name) => `${prefix}${gone}:${name}`));
  };
  pair("", before, after);
  for (const [name, { origin, columns }] of rows) {
    if (origin === undefined) continue;
    if (origin !== name) renames.add(`${origin}:${name}`);
    pair(`${name}.`, before.get(origin)!.columns, after.get(name)!.columns);
    for (const [column, values] of columns) {
      const subject = `${name}.${column}`;
      shortens.push(subject);
      if (values.origin !== undefined && values.origin !== column) renames.add(`${name}.${values.origin}:${column}`);
      const filled = values.changes.findLast((change) => change.kind === "fill");
      if (filled !== undefined) fills[subject] = filled.fill;
    }
  }
  return { renames: [...renames], notRenames: pairs.filter((each) => !renames.has(each)), fills, shortens };
}

/** Keeps the reason of an accepted operation, if every operation of its kind on the same object was accepted. */
function keepReason(operation: Operation, originals: readonly Operation[]): Operation {
  const plain = (each: Operation): Operation => (each.kind === "assured" ? plain(each.operation) : each);
  const subjectOf = (each: Operation): unknown[] => [
    each.kind,
    "table" in each ? each.table : "view" in each ? each.view : "",
    "name" in each ? each.name : "",
  ];
  const same = originals.filter((each) => isSame(subjectOf(plain(each)), subjectOf(operation)));
  const accepted = same.flatMap((each) => (each.kind === "assured" ? [each.reason] : []));
  return accepted.length === 0 || accepted.length < same.length ? operation : op.assured(accepted.join("; "), operation);
}
