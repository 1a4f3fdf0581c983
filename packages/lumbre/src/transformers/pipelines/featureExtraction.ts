import { tensor } from '../../tensor/creation.ts';
import { Tensor } from '../../tensor/tensor.ts';
import type { BaseModel } from '../auto/modelTables.ts';
import { type Pooling, pool } from '../encoders/index.ts';
import type { PipelineTokenizer } from './pipelineTokenizer.ts';
import { type BatchOptions, batchesOf, fillingOf, inputsOf, longestRow, valuesOf } from './rows.ts';

export interface FeatureExtractionOptions extends BatchOptions {
  /** One vector for the whole text instead of one for each token. Default `none`. */
  readonly pooling?: Pooling | 'none' | undefined;
  /** Whether vectors have length 1, so that their products are cosines; with pooling. Default false. */
  readonly normalize?: boolean | undefined;
  /** Whether longer texts are cut to what the model reads; else they are an error. Default false. */
  readonly truncation?: boolean | undefined;
}

/** The vectors of a text. */
export interface Features {
  /** Row by row. */
  readonly data: Float32Array;
  /** `[tokens, width]`, or with pooling `[width]`. */
  readonly shape: readonly number[];
}

/** Vectors for the tokens of texts, or for texts. */
export async function extractFeatures(
  model: BaseModel,
  tokenizer: PipelineTokenizer,
  texts: readonly string[],
  { pooling = 'none', normalize = false, truncation = false, ...options }: FeatureExtractionOptions,
): Promise<Features[]> {
  if (!['none', 'mean', 'cls', 'last'].includes(pooling)) {
    throw new RangeError(
      `feature-extraction: pooling must be 'none', 'mean', 'cls' or 'last', not '${String(pooling)}'.`,
    );
  }
  if (normalize && pooling === 'none') {
    throw new RangeError("feature-extraction: normalize needs a pooling: 'mean', 'cls' or 'last'.");
  }
  const longest = longestRow(model, tokenizer);
  const cut = truncation && Number.isFinite(longest) ? { truncation: { maxLength: longest } } : {};
  const encodings = texts.map((text) => tokenizer.encode(text, cut));
  const filling = fillingOf(model, tokenizer);
  const results = new Array<Features>(texts.length);
  for (const batch of batchesOf(encodings, options)) {
    let width = 0;
    const values = await valuesOf(() => {
      const { ids, context } = inputsOf(batch, filling);
      const output = model.forward(ids, context);
      const hidden = output instanceof Tensor ? output : output.lastHiddenState;
      width = hidden.shape.at(-1) as number;
      if (pooling === 'none') return hidden.float();
      const pooled = pool(hidden, pooling, context.attentionMask).float();
      return normalize
        ? pooled.div(pooled.square().sum(-1, { keepdim: true }).sqrt().maximum(1e-12))
        : pooled;
    });
    for (const [row, i] of batch.indices.entries()) {
      const tokens = batch.encodings[row]?.length ?? 0;
      const [start, shape] =
        pooling === 'none' ? [row * batch.time * width, [tokens, width]] : [row * width, [width]];
      const size = shape.reduce((a, b) => a * b, 1);
      results[i] = { data: Float32Array.from(values.subarray(start, start + size)), shape };
    }
  }
  return results;
}

/** As nested lists, with a dimension of 1 in front where tokens have vectors of their own, as transformers gives them. */
export const featureLists = ({ data, shape }: Features): number[] | number[][][] => {
  const [tokens, width] = shape;
  if (width === undefined) return [...data];
  const rows = Array.from({ length: tokens as number }, (_, i) => [
    ...data.subarray(i * width, (i + 1) * width),
  ]);
  return [rows];
};

/** As a tensor of the same shape. Dispose of it when it is not needed any more. */
export const featureTensor = ({ data, shape }: Features, device: string): Tensor =>
  tensor(data, { shape: shape.length === 1 ? shape : [1, ...shape], device });
