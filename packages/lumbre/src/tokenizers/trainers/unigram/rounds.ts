import { type Corpus, type Pieces, selectPieces } from './corpus.ts';
import { Lattice } from './lattice.ts';

/** Pieces that come less often than this, on average, are dropped. */
const LEAST_EXPECTED = 0.5;

/** Sentences between two looks at the clock. */
const AT_ONCE = 512;

/** Is told which part of the sentences is done; may wait, and may throw. */
type OnPart = (part: number) => Promise<void>;

/** The derivative of ln Γ: an asymptotic series, after the argument was brought above 7. */
export function digamma(argument: number): number {
  let x = argument;
  let result = 0;
  for (; x < 7; x++) result -= 1 / x;
  x -= 0.5;
  const square = 1 / (x * x);
  const fourth = square * square;
  return (
    result +
    Math.log(x) +
    square / 24 -
    (7 / 960) * fourth +
    (31 / 8064) * fourth * square -
    (127 / 30720) * fourth * fourth
  );
}

/**
 * A round of expectation maximization: how often each piece comes, on average over all ways to cut the sentences, says how
 * likely it is. The digamma of the frequencies stands for their logarithm, which makes rare pieces rarer: a sparse prior, after
 * Liang and Klein, "Structured Bayesian Nonparametric Models with Variational Inference", 2007.
 */
export async function expectationRound(corpus: Corpus, pieces: Pieces, onPart: OnPart): Promise<Pieces> {
  const { starts, lengths, counts } = corpus;
  const lattice = new Lattice(corpus, pieces);
  const expected = new Float64Array(pieces.scores.length);
  for (let sentence = 0; sentence < counts.length; sentence++) {
    lattice.read(starts[sentence] as number, lengths[sentence] as number);
    lattice.addExpected(counts[sentence] as number, expected);
    if (sentence % AT_ONCE === 0) await onPart(sentence / counts.length);
  }
  const kept: number[] = [0];
  let sum = 0;
  for (let piece = 1; piece < expected.length; piece++) {
    const frequency = expected[piece] as number;
    if (!(frequency >= LEAST_EXPECTED)) continue;
    kept.push(piece);
    sum += frequency;
  }
  const logSum = digamma(sum);
  const scores = kept.map((piece) =>
    piece === 0 ? Number.NaN : digamma(expected[piece] as number) - logSum,
  );
  return selectPieces(pieces, kept, scores);
}

/**
 * Drops the pieces that are missed least: for each, the likelihood of the corpus that would be lost if the next best pieces
 * stood in its place is estimated, and the `size` that would cost most are kept.
 */
export async function prune(corpus: Corpus, pieces: Pieces, size: number, onPart: OnPart): Promise<Pieces> {
  const { starts, lengths, counts } = corpus;
  const lattice = new Lattice(corpus, pieces);
  const frequencies = new Float64Array(pieces.scores.length);
  let sentences = 0;
  for (let sentence = 0; sentence < counts.length; sentence++) {
    const count = counts[sentence] as number;
    lattice.read(starts[sentence] as number, lengths[sentence] as number);
    for (const piece of lattice.best().pieces) frequencies[piece] = (frequencies[piece] as number) + count;
    sentences += count;
    if (sentence % AT_ONCE === 0) await onPart(sentence / counts.length);
  }
  const sum = frequencies.reduce((total, one) => total + one, 0);
  const kept: number[] = [0];
  const candidates: (readonly [piece: number, loss: number])[] = [];
  for (let piece = 1; piece < frequencies.length; piece++) {
    const frequency = frequencies[piece] as number;
    lattice.read(pieces.starts[piece] as number, pieces.lengths[piece] as number);
    const others = lattice.best(false);
    if (others.pieces.length === 0) kept.push(piece);
    else if (frequency > 0) {
      // What the pieces in its place would gain, and the sum with them. One would expect the number of those pieces; the
      // reference has that of all pieces here (https://github.com/huggingface/tokenizers/issues/2069), and we learn what it learns.
      const logSum = Math.log(sum + frequency * (frequencies.length - 1));
      let logOthers = 0;
      for (const other of others.pieces) {
        logOthers += Math.log((frequencies[other] as number) + frequency) - logSum;
      }
      const own = Math.log(frequency) - Math.log(sum);
      // A piece that would itself be cut further has no others in the reference, and stays.
      if ((pieces.scores[piece] as number) < others.score) kept.push(piece);
      else candidates.push([piece, (frequency / sentences) * (own - logOthers)]);
    }
  }
  candidates.sort(([, a], [, b]) => b - a);
  for (const [piece] of candidates.slice(0, Math.max(0, size - kept.length))) kept.push(piece);
  return selectPieces(
    pieces,
    kept,
    kept.map((piece) => pieces.scores[piece] as number),
  );
}
