/** Finds the known name nearest to a misspelled one, for messages. */

/** Finds the known name with the smallest edit distance (Levenshtein), or undefined when none is close. */
export function findNearestName(name: string, known: Iterable<string>): string | undefined {
  let nearest: string | undefined;
  let smallest = Math.max(2, Math.floor(name.length / 3)) + 1;
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

/** Returns a fix for a misspelled name: the nearest name, or `otherwise` when none is close. By default the list of all names. */
export function suggestName(name: string, known: Iterable<string>, otherwise?: string): string {
  const names = [...known];
  const nearest = findNearestName(name, names);
  return nearest === undefined ? (otherwise ?? `Use one of: ${names.join(", ")}.`) : `Write "${nearest}".`;
}

/** Returns how many characters differ: the edit distance of Levenshtein. */
export function editDistance(first: string, second: string): number {
  let previous = Array.from({ length: second.length + 1 }, (_, column) => column);
  for (let row = 1; row <= first.length; row++) {
    const current = [row];
    for (let column = 1; column <= second.length; column++) {
      const replaced = (previous[column - 1] ?? 0) + (first[row - 1] === second[column - 1] ? 0 : 1);
      current.push(Math.min(replaced, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[second.length] ?? 0;
}
