import type { NumericArray } from '../../graph/dtype.ts';
import { tensor } from '../../tensor/creation.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { Encoding } from '../encoding.ts';
import type { Offsets } from '../text/normalizedString.ts';
import { TokenizerError } from '../tokenizerError.ts';

/** What a tokenizer gives a model: columns of one text, of a batch, or as tensors. */
interface EncodedColumns<Numbers> {
  /** The ids of the tokens. */
  readonly inputIds: Numbers;
  /** 1 for tokens, 0 for padding. */
  readonly attentionMask: Numbers;
  /** Which of two texts a token belongs to; only for models that ask for it. */
  readonly tokenTypeIds?: Numbers;
  /** With `returnSpecialTokensMask`: 1 for tokens that were put around. */
  readonly specialTokensMask?: Numbers;
  /** With `returnOverflowingTokens`: which of the texts each row is of. */
  readonly overflowToSampleMapping?: readonly number[];
  /** The rows with all that is known about their tokens: `wordIds`, `sequenceIds`, `charToToken`. */
  readonly encodings: readonly Encoding[];
}

/** One text. */
export interface EncodedText extends EncodedColumns<number[]> {
  /** With `returnOffsetsMapping`: where each token lies in the text, in UTF-16 units. */
  readonly offsetsMapping?: Offsets[];
}

/** Several texts, a row each. */
export interface EncodedBatch extends EncodedColumns<number[][]> {
  readonly offsetsMapping?: Offsets[][];
}

/** int32 tensors `[texts, tokens]`, also for one text. */
export interface EncodedTensors extends EncodedColumns<Tensor> {
  readonly offsetsMapping?: Offsets[][];
}

export interface ColumnOptions {
  readonly tokenTypeIds: boolean;
  readonly specialTokensMask: boolean;
  readonly offsetsMapping: boolean;
  readonly overflowToSampleMapping: readonly number[] | null;
}

/** The columns of rows, as `take` makes them of each. */
function columns<Numbers>(
  encodings: readonly Encoding[],
  options: ColumnOptions,
  take: (column: (encoding: Encoding) => number[], name: string) => Numbers,
): EncodedColumns<Numbers> {
  return {
    inputIds: take((one) => one.ids, 'inputIds'),
    attentionMask: take((one) => one.attentionMask, 'attentionMask'),
    ...(options.tokenTypeIds && { tokenTypeIds: take((one) => one.typeIds, 'tokenTypeIds') }),
    ...(options.specialTokensMask && {
      specialTokensMask: take((one) => one.specialTokensMask, 'specialTokensMask'),
    }),
    ...(options.overflowToSampleMapping && { overflowToSampleMapping: options.overflowToSampleMapping }),
    encodings,
  };
}

export function encodedText(encoding: Encoding, options: ColumnOptions): EncodedText {
  return {
    ...columns([encoding], options, (column) => column(encoding)),
    ...(options.offsetsMapping && { offsetsMapping: encoding.offsets }),
  };
}

export function encodedBatch(encodings: readonly Encoding[], options: ColumnOptions): EncodedBatch {
  return {
    ...columns(encodings, options, (column) => encodings.map(column)),
    ...(options.offsetsMapping && { offsetsMapping: encodings.map((one) => one.offsets) }),
  };
}

/** Rows of one length as an int32 tensor. @throws TokenizerError for rows of several lengths */
export function rowsTensor(rows: readonly ArrayLike<number>[], device: string | undefined): Tensor {
  const length = rows[0]?.length ?? 0;
  const flat = new Int32Array(rows.length * length);
  rows.forEach((row, i) => {
    if (row.length !== length) {
      throw new TokenizerError(
        `A tensor needs texts of one length, and there are texts of ${length} and of ${row.length} tokens; set padding to true, and truncation if they may be too long.`,
      );
    }
    flat.set(row, i * length);
  });
  return tensor(flat satisfies NumericArray, {
    shape: [rows.length, length],
    ...(device !== undefined && { device }),
  });
}

export function encodedTensors(
  encodings: readonly Encoding[],
  options: ColumnOptions,
  device: string | undefined,
): EncodedTensors {
  return {
    ...columns(encodings, options, (column) => rowsTensor(encodings.map(column), device)),
    ...(options.offsetsMapping && { offsetsMapping: encodings.map((one) => one.offsets) }),
  };
}
