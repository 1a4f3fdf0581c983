import type { LabRecipe } from './recipe.ts';

// What a step costs, counted from the sizes; how long that takes follows from what this machine can do.

type Sizes = Pick<LabRecipe, 'nLayer' | 'nEmbd' | 'blockSize' | 'batchSize'>;

/** The weights of a GPT without biases, its embedding used twice. */
export const parametersOf = ({ nLayer, nEmbd, blockSize }: Sizes, vocabSize: number): number =>
  (vocabSize + blockSize) * nEmbd + nLayer * (12 * nEmbd ** 2 + 2 * nEmbd) + nEmbd;

/**
 * Multiplications and additions of a step in matrix products: two for each weight and token on the way forward, and twice as
 * many on the way back; attention looks at half of its square.
 */
export function operationsOf({ nLayer, nEmbd, blockSize, batchSize }: Sizes, vocabSize: number): number {
  const tokens = blockSize * batchSize;
  const forward = 2 * (12 * nLayer * nEmbd ** 2 + vocabSize * nEmbd) + 2 * nLayer * blockSize * nEmbd;
  return 3 * forward * tokens;
}
