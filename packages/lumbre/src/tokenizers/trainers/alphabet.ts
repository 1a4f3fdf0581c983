import type { AlphabetOptions, WordCounts } from './options.ts';

const codePointOf = (character: string): number => character.codePointAt(0) as number;

/**
 * The characters of the words, those of the initial alphabet with them, in the order of their code points. If there are more
 * than `limitAlphabet`, those that come most often are kept; of equals, the one with the smaller code point.
 */
export function alphabetOf(
  counts: WordCounts,
  { limitAlphabet = Number.POSITIVE_INFINITY, initialAlphabet = [] }: AlphabetOptions,
): string[] {
  const occurrences = new Map<string, number>();
  for (const [word, count] of counts) {
    for (const character of word) occurrences.set(character, (occurrences.get(character) ?? 0) + count);
  }
  for (const text of initialAlphabet) {
    const [first] = text;
    if (first !== undefined) occurrences.set(first, Number.POSITIVE_INFINITY);
  }
  const byCodePoint = (a: string, b: string): number => codePointOf(a) - codePointOf(b);
  const characters = [...occurrences.keys()].sort(byCodePoint);
  if (characters.length <= limitAlphabet) return characters;
  // Sorting keeps the order of equals, infinities among them.
  const frequencyOf = (character: string): number =>
    Math.min(occurrences.get(character) ?? 0, Number.MAX_VALUE);
  return characters
    .sort((a, b) => frequencyOf(b) - frequencyOf(a))
    .slice(0, limitAlphabet)
    .sort(byCodePoint);
}
