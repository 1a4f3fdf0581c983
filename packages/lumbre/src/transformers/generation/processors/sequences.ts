import type { SequenceBias } from '../generationSettings.ts';
import { type LogitsProcessor, RowProcessor } from './logitsProcessor.ts';

/** Whether a text ends with all of `sequence` but its last token. */
function isBegun(ids: Int32Array, sequence: readonly number[]): boolean {
  const start = ids.length - (sequence.length - 1);
  if (start < 0) return false;
  for (let i = 0; i < sequence.length - 1; i++) if (ids[start + i] !== sequence[i]) return false;
  return true;
}

/** Sequences become likelier or less likely: a bias is added to the score of the token that would complete one. */
export class SequenceBiasLogitsProcessor extends RowProcessor {
  readonly sequenceBias: readonly SequenceBias[];

  constructor(sequenceBias: readonly SequenceBias[]) {
    super();
    // As in a dictionary: of a sequence that is there twice, the last bias counts.
    this.sequenceBias = [...new Map(sequenceBias.map((pair) => [pair[0].join(' '), pair])).values()];
  }

  processRow(ids: Int32Array, scores: Float32Array): void {
    for (const [sequence, bias] of this.sequenceBias) {
      const unknown = sequence.find((token) => token >= scores.length);
      if (unknown !== undefined) {
        throw new RangeError(
          `${this.constructor.name}: token ${unknown} is not among the ${scores.length} of the vocabulary.`,
        );
      }
      if (!isBegun(ids, sequence)) continue;
      const last = sequence[sequence.length - 1] as number;
      scores[last] = (scores[last] as number) + bias;
    }
  }
}

/** Sequences that must not come. One that is nothing but the end of a text is passed over: texts must end. */
export class NoBadWordsLogitsProcessor extends SequenceBiasLogitsProcessor {
  constructor(badWordsIds: readonly (readonly number[])[], eosTokenIds: readonly number[]) {
    const isEnd = (words: readonly number[]) =>
      words.length === 1 && eosTokenIds.includes(words[0] as number);
    super(badWordsIds.filter((words) => !isEnd(words)).map((words) => [words, Number.NEGATIVE_INFINITY]));
  }
}

/** The tokens that may come after a text. `batch` is the number of the prompt. */
export type PrefixAllowedTokensFn = (batch: number, inputIds: Int32Array) => readonly number[];

/** Only tokens that a function allows (De Cao et al., Autoregressive Entity Retrieval, arXiv:2010.00904). */
export class PrefixConstrainedLogitsProcessor implements LogitsProcessor {
  readonly #allowed: PrefixAllowedTokensFn;
  /** How many texts belong to each prompt. */
  readonly rowsPerPrompt: number;

  constructor(allowed: PrefixAllowedTokensFn, rowsPerPrompt: number) {
    this.#allowed = allowed;
    this.rowsPerPrompt = rowsPerPrompt;
  }

  process(inputIds: readonly Int32Array[], scores: readonly Float32Array[]): void {
    for (let first = 0; first < inputIds.length; first += this.rowsPerPrompt) {
      const batch = first / this.rowsPerPrompt;
      const rows = Array.from({ length: this.rowsPerPrompt }, (_, i) => first + i);
      const allowed = rows.map((row) => this.#allowed(batch, inputIds[row] as Int32Array));
      if (allowed.some(({ length }) => length === 0)) {
        throw new RangeError(
          `prefixAllowedTokensFn: no token is allowed after a text of prompt ${batch}; allow at least one.`,
        );
      }
      const values = allowed.map((tokens, i) =>
        tokens.map((token) => (scores[rows[i] as number] as Float32Array)[token]),
      );
      // Where all that is allowed has been forbidden for every text of the prompt, the constraint wins.
      const stuck = values.every((of) => of.every((value) => value === Number.NEGATIVE_INFINITY));
      for (const [i, row] of rows.entries()) {
        const rowScores = scores[row] as Float32Array;
        rowScores.fill(Number.NEGATIVE_INFINITY);
        for (const [j, token] of (allowed[i] as readonly number[]).entries()) {
          rowScores[token] = stuck ? 0 : (values[i]?.[j] as number);
        }
      }
    }
  }
}
