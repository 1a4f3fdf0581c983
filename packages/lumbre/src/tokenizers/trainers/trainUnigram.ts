import { makeBreather } from '../../platform/breathe.ts';
import { compareCodePoints } from './compareCodePoints.ts';
import {
  type AlphabetOptions,
  checkSpecialTokens,
  checkWhole,
  type TrainerOptions,
  type WordCounts,
} from './options.ts';
import { StageReporter } from './progress.ts';
import { type Corpus, makeCorpus, type Pieces, pieceText } from './unigram/corpus.ts';
import { expectationRound, prune } from './unigram/rounds.ts';
import { seedPieces } from './unigram/seeds.ts';

export interface UnigramTrainingOptions extends TrainerOptions, Pick<AlphabetOptions, 'initialAlphabet'> {
  /** Default 8000. */
  readonly vocabSize?: number;
  /** The part of the pieces that is left after each pruning. Default 0.75. */
  readonly shrinkingFactor?: number;
  /** Rounds of expectation maximization between two prunings. Default 2. */
  readonly nSubIterations?: number;
  /** Characters of a piece, at most. Default 16. */
  readonly maxPieceLength?: number;
  /** Substrings that the training begins with, characters included. Default 1 000 000. */
  readonly seedSize?: number;
  /** The token for characters that no piece has. It comes first, unless it is one of the special tokens. */
  readonly unkToken?: string;
}

/** What a training of Unigram gives: the parts of its model. */
export interface UnigramTrainingResult {
  /** Pieces by id, with logarithms of their probabilities; of special tokens, 0. */
  readonly vocab: [piece: string, score: number][];
  readonly unkId?: number;
}

/** The pieces are pruned to so many times the vocabulary, and the last of them are cut off in the end. */
const SURPLUS = 11;

/** A character that was lost gets the least score, and each after it so much more than the one before. */
const SCORE_STEP = 0.0001;

const DEFAULTS = {
  vocabSize: 8000,
  shrinkingFactor: 0.75,
  nSubIterations: 2,
  maxPieceLength: 16,
  seedSize: 1_000_000,
};

function checkOptions(options: UnigramTrainingOptions): void {
  const { vocabSize, shrinkingFactor, nSubIterations, maxPieceLength, seedSize } = {
    ...DEFAULTS,
    ...options,
  };
  checkWhole('trainUnigram', 'vocabSize', vocabSize, 1);
  checkWhole('trainUnigram', 'nSubIterations', nSubIterations, 1);
  checkWhole('trainUnigram', 'maxPieceLength', maxPieceLength, 1);
  checkWhole('trainUnigram', 'seedSize', seedSize, 1);
  if (!(shrinkingFactor > 0 && shrinkingFactor < 1)) {
    throw new RangeError(`trainUnigram: shrinkingFactor must lie between 0 and 1, not ${shrinkingFactor}.`);
  }
  checkSpecialTokens('trainUnigram', options.specialTokens ?? []);
  if (options.unkToken === '') throw new RangeError('trainUnigram: unkToken is empty; give it a character.');
}

/** The characters that the vocabulary must have, in the order of code points. */
function requiredCharacters(counts: WordCounts, initialAlphabet: Iterable<string>): string[] {
  const required = new Set<string>();
  for (const text of counts.keys()) {
    for (const character of text) required.add(character);
  }
  for (const text of initialAlphabet) {
    const [first] = text;
    if (first !== undefined) required.add(first);
  }
  return [...required].sort(compareCodePoints);
}

/** All required characters, and of the pieces as many as there is room for, those with the best scores first. */
function finish(
  corpus: Corpus,
  pieces: Pieces,
  required: readonly string[],
  room: number,
): [string, number][] {
  const learned = new Map<string, number>();
  let least = Number.POSITIVE_INFINITY;
  for (let piece = 1; piece < pieces.scores.length; piece++) {
    const score = pieces.scores[piece] as number;
    learned.set(pieceText(corpus, pieces, piece), score);
    least = Math.min(least, score);
  }
  // Where nothing was learned, no score is better than another.
  if (learned.size === 0) least = 0;
  const chosen = new Map<string, number>();
  let lost = 0;
  for (const character of required) {
    chosen.set(character, learned.get(character) ?? least + lost++ * SCORE_STEP);
  }
  for (const [text, score] of learned) {
    if (chosen.size >= room) break;
    if (!chosen.has(text)) chosen.set(text, score);
  }
  return [...chosen].sort(([, a], [, b]) => b - a);
}

/**
 * Learns pieces of words and how likely each is, from counted words, as Hugging Face's `UnigramTrainer` does: beginning with all
 * substrings that say something, rounds of expectation maximization alternate with prunings of what is missed least. What the
 * reference draws by lot, the scores of characters that pruning lost, follows from code points here.
 *
 * Source: Kudo, "Subword Regularization", 2018; `UnigramTrainer` of https://github.com/huggingface/tokenizers, after
 * https://github.com/google/sentencepiece.
 *
 * @throws RangeError for options out of range, and if the characters alone are more than the vocabulary has room for; the reason
 * of `signal` once it is aborted
 */
export async function trainUnigram(
  counts: WordCounts,
  options: UnigramTrainingOptions = {},
): Promise<UnigramTrainingResult> {
  checkOptions(options);
  const { vocabSize, shrinkingFactor, nSubIterations, maxPieceLength, seedSize } = {
    ...DEFAULTS,
    ...options,
  };
  const { specialTokens = [], unkToken, initialAlphabet = [] } = options;
  const specials =
    unkToken === undefined || specialTokens.includes(unkToken)
      ? [...specialTokens]
      : [unkToken, ...specialTokens];
  const room = vocabSize - specials.length;
  const required = requiredCharacters(counts, initialAlphabet);
  if (required.length > room) {
    throw new RangeError(
      `trainUnigram: the text has ${required.length} different characters and there are ${specials.length} special tokens, ` +
        `which are more than a vocabulary of ${vocabSize} holds. Ask for a larger one, or normalize the text.`,
    );
  }
  const breathe = makeBreather();
  const seedReporter = new StageReporter('seeds', undefined, options);
  const corpus = makeCorpus(counts);
  seedReporter.report(0);
  let pieces = seedPieces(corpus, maxPieceLength, seedSize);
  seedReporter.finish(pieces.scores.length - 1);

  const desired = Math.floor((vocabSize * SURPLUS) / 10);
  const prunings = Math.max(
    0,
    Math.trunc((Math.log(desired) - Math.log(pieces.scores.length)) / Math.log(shrinkingFactor)),
  );
  // A pruning is a round, too.
  const total = (prunings + 1) * (nSubIterations + 1);
  const reporter = new StageReporter('expectation', total, options);
  let rounds = 0;
  const onPart = async (part: number): Promise<void> => {
    reporter.report(Math.min(total, rounds + part));
    await breathe();
  };
  for (;;) {
    for (let i = 0; i < nSubIterations; i++, rounds++)
      pieces = await expectationRound(corpus, pieces, onPart);
    if (pieces.scores.length <= desired) break;
    const size = Math.max(desired, Math.floor(pieces.scores.length * shrinkingFactor));
    pieces = await prune(corpus, pieces, size, onPart);
    rounds++;
  }
  reporter.finish(rounds);
  const unkId = unkToken === undefined ? -1 : specials.indexOf(unkToken);
  return {
    vocab: [
      ...specials.map((token): [string, number] => [token, 0]),
      ...finish(corpus, pieces, required, room),
    ],
    ...(unkId < 0 ? {} : { unkId }),
  };
}
