import {
  checkedRecipe,
  type GPTRecipe,
  gptTraining,
  type TrainingSizes,
  trainingBytes,
  trainingOperations,
} from '../gpt.ts';
import { openTraining } from '../training.ts';
import type { Case, Workload } from '../workload.ts';

const recipe: GPTRecipe = {
  bias: false,
  settings: { lr: 1e-3, betas: [0.9, 0.99], weightDecay: 0.1 },
  maxNorm: 1,
};

const small: TrainingSizes = { vocabulary: 11, block: 8, layers: 2, heads: 2, width: 16, batch: 2 };

export function gptCase(name: string, sizes: TrainingSizes, together: number): Case {
  return {
    name,
    unit: 'ms',
    sizes: { ...sizes },
    operations: trainingOperations(sizes),
    bytes: trainingBytes(sizes),
    together,
    open: (device) =>
      openTraining(device, (on) => gptTraining(sizes, recipe, on), {
        what: `a GPT of ${small.layers} layers, ${small.width} wide, block ${small.block}, batch ${small.batch}`,
        recipe: (on) => gptTraining(small, checkedRecipe(recipe), on),
      }),
  };
}

/** nanoGPT's two character-level configurations, without dropout and biases. */
export const w4: Workload = {
  name: 'W4',
  title: 'training steps of a GPT, clipping, AdamW',
  cases: [
    gptCase('char', { vocabulary: 65, block: 64, layers: 4, heads: 4, width: 128, batch: 12 }, 2),
    gptCase('baby', { vocabulary: 65, block: 256, layers: 6, heads: 6, width: 384, batch: 8 }, 1),
  ],
};
