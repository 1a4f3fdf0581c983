import { BPE, BYTE_TOKENS } from '../models/bpe.ts';
import type { Model } from '../models/model.ts';
import { Unigram } from '../models/unigram.ts';
import { WordLevel } from '../models/wordLevel.ts';
import { WordPiece } from '../models/wordPiece.ts';
import type { WordCounts } from './options.ts';
import type { ProgressOptions } from './progress.ts';
import { type BpeTrainingOptions, trainBpe } from './trainBpe.ts';
import { contentsOf, type SpecialToken, type Trainer, wrongModel } from './trainer.ts';
import { trainUnigram, type UnigramTrainingOptions } from './trainUnigram.ts';
import { trainWordLevel, type WordLevelTrainingOptions } from './trainWordLevel.ts';
import { trainWordPiece, type WordPieceTrainingOptions } from './trainWordPiece.ts';

/** The options of a training function, but for what belongs to a single training; special tokens may be told in full. */
type OptionsOf<Training> = Omit<Training, keyof ProgressOptions | 'specialTokens'> & {
  readonly specialTokens?: readonly SpecialToken[];
};

export type BpeTrainerOptions = OptionsOf<BpeTrainingOptions>;
export type WordPieceTrainerOptions = OptionsOf<WordPieceTrainingOptions>;
export type WordLevelTrainerOptions = OptionsOf<WordLevelTrainingOptions>;
export type UnigramTrainerOptions = OptionsOf<UnigramTrainingOptions>;

/** Keeps the options and the special tokens of a trainer. */
abstract class OptionedTrainer<O extends { readonly specialTokens?: readonly SpecialToken[] }>
  implements Trainer
{
  readonly options: O;

  constructor(options: O) {
    this.options = options;
  }

  get specialTokens(): readonly SpecialToken[] {
    return this.options.specialTokens ?? [];
  }

  abstract check(model: Model): void;
  abstract train(counts: WordCounts, model: Model, progress?: ProgressOptions): Promise<Model>;

  /**
   * Everything that the training function is told. A model that falls back on bytes needs their tokens: they come behind the
   * special ones. (The reference leaves them to whoever trains, who can but call them special.)
   */
  protected told(
    progress: ProgressOptions,
    byteFallback = false,
  ): O & ProgressOptions & { specialTokens: string[] } {
    const first = new Set(contentsOf(this.options.specialTokens));
    if (byteFallback) for (const token of BYTE_TOKENS) first.add(token);
    return { ...this.options, ...progress, specialTokens: [...first] };
  }
}

/**
 * Learns byte pair encoding, as Hugging Face's class of this name; see `trainBpe`. Together with the pre-tokenizer `ByteLevel`,
 * pass `initialAlphabet: ByteLevel.alphabet()`: then no text has characters that are unknown.
 */
export class BpeTrainer extends OptionedTrainer<BpeTrainerOptions> {
  constructor(options: BpeTrainerOptions = {}) {
    super(options);
  }

  override check(model: Model): asserts model is BPE {
    if (!(model instanceof BPE)) throw wrongModel('BpeTrainer', 'BPE', model);
  }

  override async train(counts: WordCounts, model: Model, progress: ProgressOptions = {}): Promise<BPE> {
    this.check(model);
    const { unkToken, fuseUnk, byteFallback, ignoreMerges, dropout } = model;
    const { continuingSubwordPrefix, endOfWordSuffix } = this.options;
    const learned = await trainBpe(counts, this.told(progress, byteFallback));
    const settings = { unkToken, fuseUnk, byteFallback, ignoreMerges, dropout };
    return new BPE({ ...settings, continuingSubwordPrefix, endOfWordSuffix, ...learned });
  }
}

/** Learns WordPiece's vocabulary, as Hugging Face's class of this name; see `trainWordPiece`. */
export class WordPieceTrainer extends OptionedTrainer<WordPieceTrainerOptions> {
  constructor(options: WordPieceTrainerOptions = {}) {
    super(options);
  }

  override check(model: Model): asserts model is WordPiece {
    if (!(model instanceof WordPiece)) throw wrongModel('WordPieceTrainer', 'WordPiece', model);
  }

  override async train(counts: WordCounts, model: Model, progress: ProgressOptions = {}): Promise<WordPiece> {
    this.check(model);
    const { unkToken, maxInputCharsPerWord } = model;
    const { continuingSubwordPrefix } = this.options;
    const vocab = await trainWordPiece(counts, this.told(progress));
    return new WordPiece({
      unkToken,
      maxInputCharsPerWord,
      vocab,
      ...(continuingSubwordPrefix === undefined ? {} : { continuingSubwordPrefix }),
    });
  }
}

/** Learns the words that come most often, as Hugging Face's class of this name; see `trainWordLevel`. */
export class WordLevelTrainer extends OptionedTrainer<WordLevelTrainerOptions> {
  constructor(options: WordLevelTrainerOptions = {}) {
    super(options);
  }

  override check(model: Model): asserts model is WordLevel {
    if (!(model instanceof WordLevel)) throw wrongModel('WordLevelTrainer', 'WordLevel', model);
  }

  override async train(counts: WordCounts, model: Model, progress: ProgressOptions = {}): Promise<WordLevel> {
    this.check(model);
    return new WordLevel({ vocab: trainWordLevel(counts, this.told(progress)), unkToken: model.unkToken });
  }
}

/** Learns pieces and how likely they are, as Hugging Face's class of this name; see `trainUnigram`. */
export class UnigramTrainer extends OptionedTrainer<UnigramTrainerOptions> {
  constructor(options: UnigramTrainerOptions = {}) {
    super(options);
  }

  override check(model: Model): asserts model is Unigram {
    if (!(model instanceof Unigram)) throw wrongModel('UnigramTrainer', 'Unigram', model);
  }

  override async train(counts: WordCounts, model: Model, progress: ProgressOptions = {}): Promise<Unigram> {
    this.check(model);
    const { byteFallback } = model;
    const learned = await trainUnigram(counts, this.told(progress, byteFallback));
    return new Unigram({ ...learned, byteFallback });
  }
}

/** The trainer of a model, with the settings that follow from the model. */
export function trainerOf(model: Model, options: BpeTrainerOptions & UnigramTrainerOptions = {}): Trainer {
  const { specialTokens, vocabSize } = options;
  const common = { ...(specialTokens && { specialTokens }), ...(vocabSize !== undefined && { vocabSize }) };
  if (model instanceof BPE) {
    const { continuingSubwordPrefix, endOfWordSuffix } = model;
    return new BpeTrainer({
      ...(continuingSubwordPrefix !== null && { continuingSubwordPrefix }),
      ...(endOfWordSuffix !== null && { endOfWordSuffix }),
      ...options,
    });
  }
  if (model instanceof WordPiece) {
    return new WordPieceTrainer({ continuingSubwordPrefix: model.continuingSubwordPrefix, ...options });
  }
  if (model instanceof Unigram) {
    const unkToken = model.unkId === null ? undefined : model.scores()[model.unkId]?.[0];
    return new UnigramTrainer({ ...(unkToken !== undefined && { unkToken }), ...options });
  }
  if (model instanceof WordLevel) return new WordLevelTrainer(common);
  throw new TypeError(`There is no trainer for a model of type ${model.toJSON().type}.`);
}
