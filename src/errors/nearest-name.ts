/** Finds the known name nearest to a misspelled one, for messages. */

/** Finds the known name with the smallest edit distance, or undefined when none is close. */
export function findNearestName(name: string, known: Iterable<string>): string | undefined {
  let nearest: string | undefined;
  let smallest = mistakesMax(name) + 1;
  for (const candidate of known) {
    // The distance is at least that of the lengths. A name of any length then costs little.
    if (Math.abs(name.length - candidate.length) >= smallest) continue;
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < smallest) {
      smallest = distance;
      nearest = candidate;
    }
  }
  return nearest;
}

/** Most mistakes in a word: two in a word of three letters make any other word of three letters. */
function mistakesMax({ length }: string): number {
  if (length < 5) return length < 2 ? 0 : 1;
  return Math.max(2, Math.floor(length / 3));
}

/** Returns a fix for a misspelled name: the nearest name, or `otherwise` when none is close. By default the list of all names. */
export function suggestName(name: string, known: Iterable<string>, otherwise?: string): string {
  const names = [...known];
  const nearest = findNearestName(name, names);
  return nearest === undefined ? (otherwise ?? `Use one of: ${names.join(", ")}.`) : `Write "${nearest}".`;
}

/** Returns how many characters differ: the edit distance of Levenshtein, where two neighbors that changed places count once. */
export function editDistance(first: string, second: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: second.length + 1 }, (_, column) => column);
  for (let row = 1; row <= first.length; row++) {
    const current = [row];
    for (let column = 1; column <= second.length; column++) {
      const replaced = previous[column - 1]! + (first[row - 1] === second[column - 1] ? 0 : 1);
      const isSwapped = row > 1 && column > 1 && first[row - 1] === second[column - 2] && first[row - 2] === second[column - 1];
      current.push(Math.min(replaced, previous[column]! + 1, current[column - 1]! + 1, isSwapped ? before[column - 2]! + 1 : Infinity));
    }
    [before, previous] = [previous, current];
  }
  return previous[second.length]!;
}
