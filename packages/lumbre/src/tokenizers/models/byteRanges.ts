import { bytesOf } from '../text/alphabet.ts';
import type { Offsets } from '../text/normalizedString.ts';

/**
 * The UTF-16 units of a word that lie under its tokens, given how many UTF-8 bytes each takes. A token that has a part of a
 * character lies on all of it.
 */
export function byteRanges(word: string, lengths: readonly number[]): Offsets[] {
  /** For each byte, where its character begins; and where all end. */
  const starts: number[] = [];
  let unit = 0;
  for (const character of word) {
    for (let i = bytesOf(character.codePointAt(0) as number).length; i > 0; i--) starts.push(unit);
    unit += character.length;
  }
  const endAfter = (byte: number): number => {
    let next = byte + 1;
    while (next < starts.length && starts[next] === starts[byte]) next++;
    return starts[next] ?? word.length;
  };
  let byte = 0;
  return lengths.map((length) => {
    const start = starts[byte] ?? word.length;
    byte += length;
    return [start, byte > 0 && byte <= starts.length ? endAfter(byte - 1) : word.length];
  });
}
