import { BOUNDARY, type Corpus, type Pieces } from './corpus.ts';
import { repeatedSubstrings } from './substrings.ts';

/**
 * The pieces that a training begins with: all characters, those that come most often first, then the substrings that cover the
 * most symbols of the corpus, `seedSize` in all. In the corpus every sentence counts once, as in the reference; characters are
 * weighed by how often their sentences come.
 */
export function seedPieces(corpus: Corpus, longest: number, seedSize: number): Pieces {
  const { symbols, starts, lengths, counts, characters } = corpus;
  const weights = new Float64Array(characters.length);
  const firstPlaces = new Int32Array(characters.length).fill(-1);
  counts.forEach((count, sentence) => {
    const start = starts[sentence] as number;
    for (let place = start; place < start + (lengths[sentence] as number); place++) {
      const symbol = symbols[place] as number;
      weights[symbol] = (weights[symbol] as number) + count;
      if (firstPlaces[symbol] === -1) firstPlaces[symbol] = place;
    }
  });
  const single = characters.map((_, symbol) => symbol).filter((symbol) => symbol !== BOUNDARY);
  single.sort((a, b) => (weights[b] as number) - (weights[a] as number) || b - a);

  const found = repeatedSubstrings(symbols, longest);
  const value = (i: number): number => (found.frequencies[i] as number) * (found.lengths[i] as number);
  const order = Uint32Array.from(found.starts, (_, i) => i).sort(
    (a, b) =>
      value(b) - value(a) ||
      (found.ranks[b] as number) - (found.ranks[a] as number) ||
      (found.lengths[b] as number) - (found.lengths[a] as number),
  );
  // As in the reference, at least one substring is taken, however many characters there are.
  const chosen = order.subarray(0, Math.max(1, seedSize - single.length));

  const values = [...single.map((symbol) => weights[symbol] as number), ...Array.from(chosen, value)];
  const logSum = Math.log(values.reduce((sum, one) => sum + one, 0));
  const pick = (table: Int32Array): number[] => Array.from(chosen, (i) => table[i] as number);
  return {
    starts: Int32Array.from([
      0,
      ...single.map((symbol) => firstPlaces[symbol] as number),
      ...pick(found.starts),
    ]),
    lengths: Int32Array.from([0, ...single.map(() => 1), ...pick(found.lengths)]),
    scores: Float64Array.from([Number.NaN, ...values.map((one) => Math.log(one) - logSum)]),
  };
}
