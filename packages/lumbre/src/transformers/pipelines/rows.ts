import type { NumericArray } from '../../graph/dtype.ts';
import { tensor } from '../../tensor/creation.ts';
import { noGrad, scope } from '../../tensor/scope.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { Encoding } from '../../tokenizers/index.ts';
import type { PretrainedConfig } from '../config/pretrainedConfig.ts';
import type { PreTrainedModel } from '../preTrainedModel.ts';
import type { PipelineTokenizer } from './pipelineTokenizer.ts';

/** Texts of different lengths through a model, several at a time. */

export interface BatchOptions {
  /** How many texts go through the model together. Default 8. */
  readonly batchSize?: number | undefined;
  /** Ends the work between two batches. */
  readonly signal?: AbortSignal | undefined;
}

const BATCH_SIZE = 8;

/** Rows of equal length, with where they came from. */
export interface Batch {
  /** Which encodings they are of, by number. */
  readonly indices: readonly number[];
  /** How many tokens a row has, with what it was filled up with. */
  readonly time: number;
  readonly encodings: readonly Encoding[];
}

/** What goes into an encoder: tensors of the running scope. */
export interface BatchInputs {
  readonly ids: Tensor;
  readonly context: { readonly attentionMask?: Tensor; readonly tokenTypeIds?: Tensor };
}

/**
 * Encodings in batches, those of like length together, so that little is filled up.
 * @throws RangeError for a batch size that is none; the signal's reason when it is aborted
 */
export function* batchesOf(
  encodings: readonly Encoding[],
  { batchSize = BATCH_SIZE, signal }: BatchOptions,
): Generator<Batch> {
  if (!Number.isInteger(batchSize) || batchSize < 1) {
    throw new RangeError(`pipeline: batchSize must be a whole number from 1 up, not ${batchSize}.`);
  }
  const order = [...encodings.keys()].sort(
    (a, b) => (encodings[a] as Encoding).length - (encodings[b] as Encoding).length || a - b,
  );
  for (let start = 0; start < order.length; start += batchSize) {
    signal?.throwIfAborted();
    const indices = order.slice(start, start + batchSize);
    const rows = indices.map((i) => encodings[i] as Encoding);
    yield { indices, encodings: rows, time: Math.max(...rows.map(({ length }) => length)) };
  }
}

/** What a model must know of a tokenizer to fill rows up. */
export interface Filling {
  readonly device: string;
  readonly padTokenId: number;
  /** Whether the model looks at segments. */
  readonly segments: boolean;
}

/** How rows for a model are filled up: with the tokenizer's padding, or the model's. */
export function fillingOf(model: PreTrainedModel, { padTokenId }: PipelineTokenizer): Filling {
  const config = model.config as PretrainedConfig & {
    readonly padTokenId?: number | null;
    readonly typeVocabSize?: number;
  };
  const own = config.padTokenId ?? 0;
  return {
    device: model.device,
    padTokenId: padTokenId ?? Math.max(own, 0),
    segments: (config.typeVocabSize ?? 0) > 1,
  };
}

/** The tensors of a batch, filled up on the right. */
export function inputsOf({ encodings, time }: Batch, { device, padTokenId, segments }: Filling): BatchInputs {
  const rows = (of: (encoding: Encoding) => readonly number[], filling: number): Tensor => {
    const values = new Int32Array(encodings.length * time).fill(filling);
    for (const [i, encoding] of encodings.entries()) values.set(of(encoding), i * time);
    return tensor(values, { shape: [encodings.length, time], device });
  };
  const isFilled = encodings.some(({ length }) => length < time);
  return {
    ids: rows(({ ids }) => ids, padTokenId),
    context: {
      ...(isFilled ? { attentionMask: rows(({ attentionMask }) => attentionMask, 0) } : {}),
      ...(segments ? { tokenTypeIds: rows(({ typeIds }) => typeIds, 0) } : {}),
    },
  };
}

/** The values of a tensor that is made without gradients, and given back afterwards. */
export async function valuesOf(make: () => Tensor): Promise<NumericArray> {
  const value = noGrad(() => scope(make));
  try {
    return await value.data();
  } finally {
    value.dispose();
  }
}

/** The longest rows that both the model and its tokenizer allow. */
export function longestRow(model: PreTrainedModel, { modelMaxLength }: PipelineTokenizer): number {
  const config = model.config as PretrainedConfig & {
    readonly maxPositionEmbeddings?: number;
    readonly nPositions?: number;
    readonly padTokenId?: number | null;
  };
  const places = config.maxPositionEmbeddings ?? config.nPositions ?? Number.POSITIVE_INFINITY;
  // RoBERTa's places begin behind the padding's.
  const isShifted = ['roberta', 'xlm-roberta', 'camembert'].includes(config.modelType);
  return Math.min(modelMaxLength, isShifted ? places - (config.padTokenId ?? 1) - 1 : places);
}
