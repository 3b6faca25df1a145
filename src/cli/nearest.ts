/** The known name that is nearest to a misspelt one. */

/** Returns the name with the smallest edit distance; undefined when none is close. */
export function findNearest(name: string, known: Iterable<string>): string | undefined {
  const limit = Math.max(2, Math.floor(name.length / 3));
  const near = [...known]
    .map((candidate) => ({ candidate, distance: countEdits(name.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ distance }) => distance <= limit);
  return near.sort((first, second) => first.distance - second.distance)[0]?.candidate;
}

/** How many letters must be added, removed or replaced to get from one name to the other. */
function countEdits(from: string, to: string): number {
  let row = [...to].map((_, index) => index + 1);
  for (const [index, letter] of [...from].entries()) {
    let [left, diagonal] = [index + 1, index];
    row = [...to].map((other, column) => {
      const above = row[column]!;
      left = Math.min(left + 1, above + 1, diagonal + Number(letter !== other));
      diagonal = above;
      return left;
    });
  }
  return row.at(-1) ?? from.length;
}
