import { compareCodePoints } from '../compareCodePoints.ts';
import { GrowingInts } from '../growingInts.ts';
import type { WordCounts } from '../options.ts';

/** Stands between the sentences, and for U+0000 inside of them: no piece goes over it. */
export const BOUNDARY = 0;

/**
 * Sentences (or words) as numbers of characters, one behind the other. The numbers are in the order of code points, so that
 * comparing them compares texts.
 */
export interface Corpus {
  /** Each sentence, and `BOUNDARY` after it. */
  readonly symbols: Int32Array;
  readonly starts: Int32Array;
  readonly lengths: Int32Array;
  readonly counts: Float64Array;
  /** The characters by their numbers; of `BOUNDARY`, the empty string. */
  readonly characters: readonly string[];
}

export function makeCorpus(counts: WordCounts): Corpus {
  const seen = new Set<string>();
  for (const text of counts.keys()) {
    for (const character of text) seen.add(character);
  }
  seen.delete('\0');
  const characters = ['', ...[...seen].sort(compareCodePoints)];
  const numbers = new Map(characters.map((character, number) => [character, number]));
  const symbols = new GrowingInts(1 << 16);
  const starts = new GrowingInts(counts.size + 1);
  const lengths = new GrowingInts(counts.size + 1);
  const times: number[] = [];
  for (const [text, count] of counts) {
    if (text === '') continue;
    const start = symbols.length;
    for (const character of text) symbols.push(numbers.get(character) ?? BOUNDARY);
    starts.push(start);
    lengths.push(symbols.length - start);
    times.push(count);
    symbols.push(BOUNDARY);
  }
  return {
    symbols: symbols.toArray(),
    starts: starts.toArray(),
    lengths: lengths.toArray(),
    counts: Float64Array.from(times),
    characters,
  };
}

/** Pieces of the corpus, each told by a place where it stands. The first one stands for what is unknown, and is empty. */
export interface Pieces {
  readonly starts: Int32Array;
  readonly lengths: Int32Array;
  /** Logarithms of probabilities; of the first, not a number. */
  readonly scores: Float64Array;
}

/** The pieces with the given numbers, and scores of their own. */
export function selectPieces(
  { starts, lengths }: Pieces,
  chosen: readonly number[],
  scores: readonly number[],
): Pieces {
  return {
    starts: Int32Array.from(chosen, (piece) => starts[piece] as number),
    lengths: Int32Array.from(chosen, (piece) => lengths[piece] as number),
    scores: Float64Array.from(scores),
  };
}

export function pieceText(
  { symbols, characters }: Corpus,
  { starts, lengths }: Pieces,
  piece: number,
): string {
  const start = starts[piece] as number;
  let text = '';
  for (let i = start; i < start + (lengths[piece] as number); i++) text += characters[symbols[i] as number];
  return text;
}
