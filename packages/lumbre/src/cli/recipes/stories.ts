import type { GPTConfig } from '../../models/index.ts';
import type { TrainConfig } from '../../train/index.ts';

/** All sizes and settings of a training, and of its text. */
export interface StoryRecipe {
  readonly model: Omit<GPTConfig, 'vocabSize'>;
  readonly train: Partial<TrainConfig> & Pick<TrainConfig, 'steps' | 'lr' | 'minLr' | 'warmupSteps'>;
  readonly data: { readonly trainingStories: number; readonly heldOutStories: number; readonly seed: number };
}

/** What `lumbre start` trains: a GPT that tells small stories after a minute or so on two cores. */
export const storyRecipe: StoryRecipe = {
  // A story has 250 characters at most: one fits into the context whole.
  // Narrow, because in a minute and a half a small model that sees more stories learns more than a large one.
  model: { nLayer: 4, nHead: 4, nEmbd: 64, blockSize: 256, dropout: 0, bias: false, initStd: 0.11 },
  train: {
    steps: 4200,
    // Small batches: in so short a time the number of steps counts more than their exactness.
    batchSize: 2,
    lr: 4e-3,
    minLr: 2e-4,
    warmupSteps: 40,
    weightDecay: 0.1,
    betas: [0.9, 0.99],
    gradClip: 1,
    evalInterval: 840,
    evalBatches: 6,
    // On a slow machine the schedule hurries to be done by then.
    seconds: 94,
    seed: 1,
  },
  data: { trainingStories: 20_000, heldOutStories: 200, seed: 1 },
};
