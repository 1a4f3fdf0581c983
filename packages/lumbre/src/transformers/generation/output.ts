import { tensor } from '../../tensor/creation.ts';
import type { Tensor } from '../../tensor/tensor.ts';

/**
 * Written texts: an int32 tensor `[texts, length]`, prompts included, shorter ones filled up with padding. `ids[0]` is the
 * first text, as an `Int32Array` of its own.
 */
export type GeneratedIds = Tensor & { readonly [row: number]: Int32Array };

/** What `generate` gives with `returnDictInGenerate`. */
export interface GenerateOutput {
  readonly sequences: GeneratedIds;
  /** With `outputScores`: what each new token was chosen from, `[texts, vocabSize]` a step. */
  readonly scores?: readonly Tensor[];
  /** With `outputLogits`: what the model said, `[texts, vocabSize]` a step. */
  readonly logits?: readonly Tensor[];
  /** Beam search with `outputScores`: the score of each text, float32 `[texts]`. */
  readonly sequencesScores?: Tensor;
  /** Beam search: the row that each new token was chosen in, int32 `[texts, newTokens]`; -1 behind the end. */
  readonly beamIndices?: Tensor;
}

/** Rows as a tensor that has them as properties too. */
export function generatedIds(rows: readonly Int32Array[], device: string): GeneratedIds {
  const length = rows[0]?.length ?? 0;
  const flat = new Int32Array(rows.length * length);
  for (const [i, row] of rows.entries()) flat.set(row, i * length);
  const ids = tensor(flat, { shape: [rows.length, length], device });
  for (const [i, row] of rows.entries()) Object.defineProperty(ids, i, { value: row });
  return ids as GeneratedIds;
}

/** Rows of scores as a tensor `[rows, width]`. */
export function scoreTensor(rows: readonly Float32Array[], device: string): Tensor {
  const width = rows[0]?.length ?? 0;
  const flat = new Float32Array(rows.length * width);
  for (const [i, row] of rows.entries()) flat.set(row, i * width);
  return tensor(flat, { shape: [rows.length, width], device });
}

/** Rows of different lengths as rows of one length. */
export function padded(rows: readonly ArrayLike<number>[], filling: number): Int32Array[] {
  const length = Math.max(0, ...rows.map((row) => row.length));
  return rows.map((row) => {
    const result = new Int32Array(length).fill(filling);
    result.set(row);
    return result;
  });
}
