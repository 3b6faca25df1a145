/**
 * Proves that an expression is read in linear time by a backtracking engine, or names the part that is not.
 *
 * The expression becomes a position automaton (Glushkov): one position per character of the text of the expression.
 * A word with two ways through one loop makes the engine try exponentially many; two loops in a row that read the
 * same word make it try quadratically many (Weber and Seidl, On the degree of ambiguity of finite automata, 1991).
 */
import { toErrorText } from "../errors/error-text.ts";
import { GableError } from "../errors/gable-error.ts";
import { createExpressionConverter } from "./converters.ts";
import type { CharacterSet, ExpressionNode } from "./expression-parser.ts";
import { ExpressionFault, parseExpression } from "./expression-parser.ts";

const positionsMax = 200;
/** Bound on the search over triples of positions; typical expressions need a few hundred steps. */
const stepsMax = 400_000;

interface Fragment {
  readonly isNullable: boolean;
  readonly first: readonly number[];
  readonly last: readonly number[];
}

/** Checks the expression of a pattern. Throws `E_PATTERN_NOT_LINEAR`, naming pattern, expression and part. */
export function assertLinearExpression(source: string, pattern: string): void {
  try {
    const automaton = new Automaton();
    automaton.build(parseExpression(source));
    automaton.assertUnambiguousLoops();
    createExpressionConverter(source);
  } catch (error) {
    const part = error instanceof ExpressionFault ? error.part : source;
    const reason = error instanceof ExpressionFault ? error.message : `is not a regular expression (${toErrorText(error)})`;
    throw new GableError(
      "E_PATTERN_NOT_LINEAR",
      `The pattern "${pattern}" has the regular expression (${source}), whose part "${part}" ${reason}.`,
    );
  }
}

class Automaton {
  readonly #sets: CharacterSet[] = [];
  readonly #sources: string[] = [];
  readonly #follow: Array<Set<number>> = [];
  #steps = 0;

  build(node: ExpressionNode): Fragment {
    switch (node.kind) {
      case "set":
        return this.#addPosition(node.set, node.source);
      case "choice":
        return joinChoice(node.parts.map((part) => this.build(part)));
      case "sequence":
        return node.parts.reduce<Fragment>((before, part) => this.#concatenate(before, this.build(part), "sequence"), empty);
      case "repeat":
        return this.#repeat(node);
    }
  }

  #addPosition(set: CharacterSet, source: string): Fragment {
    const position = this.#sets.push(set) - 1;
    if (position >= positionsMax)
      throw new ExpressionFault(source, `is one of more than ${positionsMax} characters to keep track of; shorten the expression`);
    this.#sources.push(source);
    this.#follow.push(new Set());
    return { isNullable: false, first: [position], last: [position] };
  }

  #repeat(node: Extract<ExpressionNode, { kind: "repeat" }>): Fragment {
    let result = empty;
    const copies = node.max === Infinity ? Math.max(node.min, 1) : node.max;
    for (let copy = 1; copy <= copies; copy++) {
      const part = this.build(node.part);
      if (copy === copies && node.max === Infinity) this.#link(part.last, part.first, node.source);
      if (part.isNullable && copies > 1) throw new ExpressionFault(node.source, "repeats something that can be empty");
      result = this.#concatenate(result, copy > node.min ? { ...part, isNullable: true } : part, node.source);
    }
    return result;
  }

  #concatenate(before: Fragment, after: Fragment, source: string): Fragment {
    this.#link(before.last, after.first, source);
    return {
      isNullable: before.isNullable && after.isNullable,
      first: before.isNullable ? [...before.first, ...after.first] : before.first,
      last: after.isNullable ? [...before.last, ...after.last] : after.last,
    };
  }

  /** A link that exists already is a second way to match the same step, for example in `(a*)*`. */
  #link(from: readonly number[], to: readonly number[], source: string): void {
    for (const start of from) {
      for (const end of to) {
        if (this.#follow[start]!.has(end)) throw new ExpressionFault(source, "can read one text in two ways through a loop");
        this.#follow[start]!.add(end);
      }
    }
  }

  assertUnambiguousLoops(): void {
    const reach = this.#reachable();
    const loops = this.#sets.map((_, position) => position).filter((position) => reach[position]!.has(position));
    for (const position of loops) {
      if (this.#hasTwoWays(position, reach))
        throw new ExpressionFault(this.#sources[position]!, "can read one text in two ways through a loop");
    }
    for (const first of loops) {
      for (const second of loops) {
        if (first === second || !reach[first]!.has(second)) continue;
        if (this.#areLoopsInARow(first, second))
          throw new ExpressionFault(this.#sources[second]!, "is a loop behind another loop that reads the same characters");
      }
    }
  }

  #reachable(): ReadonlyArray<ReadonlySet<number>> {
    return this.#follow.map((direct) => {
      const seen = new Set<number>();
      const waiting = [...direct];
      for (let position = waiting.pop(); position !== undefined; position = waiting.pop()) {
        if (seen.has(position)) continue;
        seen.add(position);
        waiting.push(...this.#follow[position]!);
      }
      return seen;
    });
  }

  /** Returns whether two different paths lead from a position back to it over one word. */
  #hasTwoWays(position: number, reach: ReadonlyArray<ReadonlySet<number>>): boolean {
    return this.#search(
      [position, position],
      (state) => state[0] !== state[1] && state.every((other) => reach[other]!.has(position)) && this.#returns(state, position),
    );
  }

  #returns(state: readonly number[], position: number): boolean {
    return this.#search(state, (other) => other.every((part) => part === position));
  }

  /** Returns whether one word loops at the first position, leads from it to the second, and loops there. */
  #areLoopsInARow(first: number, second: number): boolean {
    return this.#search([first, first, second], (state) => state[0] === first && state[1] === second && state[2] === second);
  }

  /** Breadth-first search over tuples of positions that move together over the same characters. */
  #search(start: readonly number[], isGoal: (state: readonly number[]) => boolean): boolean {
    const seen = new Set<string>();
    const waiting: Array<readonly number[]> = [start];
    for (let state = waiting.shift(); state !== undefined; state = waiting.shift()) {
      for (const next of this.#advance(state)) {
        const key = next.join();
        if (seen.has(key)) continue;
        if (++this.#steps > stepsMax)
          throw new ExpressionFault(this.#sources[start[0]!]!, "is part of too many loops to prove that they are linear");
        seen.add(key);
        if (isGoal(next)) return true;
        waiting.push(next);
      }
    }
    return false;
  }

  /** Returns all tuples one common character further. */
  #advance(state: readonly number[]): number[][] {
    let tuples: Tuple[] = [{ positions: [], set: [[0, 0x10ffff]] }];
    for (const position of state) tuples = tuples.flatMap((tuple) => this.#extend(tuple, position));
    return tuples.map((tuple) => tuple.positions);
  }

  #extend({ positions, set }: Tuple, position: number): Tuple[] {
    const successors = [...this.#follow[position]!];
    const longer = successors.map((next) => ({ positions: [...positions, next], set: intersect(set, this.#sets[next]!) }));
    return longer.filter((tuple) => tuple.set.length > 0);
  }
}

/** Positions that were reached together, and the characters that lead there. */
interface Tuple {
  readonly positions: number[];
  readonly set: CharacterSet;
}

const empty: Fragment = { isNullable: true, first: [], last: [] };

function joinChoice(parts: readonly Fragment[]): Fragment {
  return {
    isNullable: parts.some((part) => part.isNullable),
    first: parts.flatMap((part) => part.first),
    last: parts.flatMap((part) => part.last),
  };
}

function intersect(first: CharacterSet, second: CharacterSet): CharacterSet {
  const common: Array<readonly [number, number]> = [];
  for (const [start, end] of first) {
    for (const [otherStart, otherEnd] of second) {
      if (start <= otherEnd && otherStart <= end) common.push([Math.max(start, otherStart), Math.min(end, otherEnd)]);
    }
  }
  return common;
}
