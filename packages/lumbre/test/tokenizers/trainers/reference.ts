import fixture from '../../fixtures/tokenizers/trainers.json' with { type: 'json' };

/** A training of the reference library: what it was told, and what it learned. */
export interface ReferenceCase {
  readonly name: string;
  readonly trainer: string;
  /** Named as in Python. */
  readonly options: Readonly<Record<string, unknown>>;
  /** `tokenizer.json` without the vocabulary, the merges and the added tokens. */
  readonly tokenizer: Readonly<Record<string, unknown>> & {
    readonly model: Readonly<Record<string, unknown>>;
  };
  /** Which of `referenceWords` was learned from. */
  readonly words: string;
  /** By id; with scores for Unigram. */
  readonly vocab: readonly (string | readonly [piece: string, score: number])[];
  readonly merges?: readonly string[];
  /** The ids of each of `probes`. */
  readonly ids?: readonly (readonly number[])[];
  /** Characters that pruning lost: which of them gets which of the lowest scores is drawn by lot. */
  readonly lost?: readonly string[];
}

export const referenceLines: readonly string[] = fixture.lines;
export const probes: readonly string[] = fixture.probes;
export const referenceCases = fixture.cases as unknown as readonly ReferenceCase[];

const words: Readonly<Record<string, Readonly<Record<string, number>>>> = fixture.words;

/** The counted words that a case was learned from. */
export const countsOf = ({ words: name }: ReferenceCase): Map<string, number> =>
  new Map(Object.entries(words[name] as Record<string, number>));

/** Python's names as ours: `vocab_size` as `vocabSize`. */
export const optionsOf = ({ options }: ReferenceCase): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(options).map(([name, value]) => [
      name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
      value,
    ]),
  );

export const casesOf = (trainer: string): readonly ReferenceCase[] =>
  referenceCases.filter((one) => one.trainer === trainer);
