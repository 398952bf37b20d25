// Two texts against each other, character by character: what they have in common and what not.

export interface Piece {
  text: string;
  /** Whether the other text has it too, at this place. */
  same: boolean;
}

/** Longer differences are marked as a whole: letters that happen to recur would only confuse. */
const LONGEST = 400;

/** Both texts in pieces; put together they are the texts again. */
export function differences(before: string, after: string): [Piece[], Piece[]] {
  const [a, b] = [[...before], [...after]];
  let start = 0;
  while (start < Math.min(a.length, b.length) && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < Math.min(a.length, b.length) - start && a.at(-1 - end) === b.at(-1 - end)) end += 1;
  const middle: [string[], string[]] = [
    a.slice(start, a.length - end),
    b.slice(start, b.length - end),
  ];
  const flags = inCommon(...middle);
  return [a, b].map((all, side) =>
    pieces(
      all,
      all.map((_, at) =>
        at < start || at >= all.length - end ? true : Boolean(flags[side]?.[at - start]),
      ),
    ),
  ) as [Piece[], Piece[]];
}

/** Which characters of each are part of a longest common subsequence. */
function inCommon(a: string[], b: string[]): [boolean[], boolean[]] {
  const found: [boolean[], boolean[]] = [a.map(() => false), b.map(() => false)];
  if (a.length > LONGEST || b.length > LONGEST) return found;
  const width = b.length + 1;
  const best = new Uint16Array((a.length + 1) * width);
  const at = (i: number, j: number) => best[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i -= 1)
    for (let j = b.length - 1; j >= 0; j -= 1)
      best[i * width + j] =
        a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    if (a[i] === b[j]) {
      found[0][i] = true;
      found[1][j] = true;
      i += 1;
      j += 1;
    } else if (at(i + 1, j) >= at(i, j + 1)) i += 1;
    else j += 1;
  }
  return found;
}

function pieces(characters: readonly string[], same: readonly boolean[]): Piece[] {
  const found: Piece[] = [];
  characters.forEach((character, at) => {
    const last = found.at(-1);
    if (last && last.same === same[at]) last.text += character;
    else found.push({ text: character, same: Boolean(same[at]) });
  });
  return found;
}
