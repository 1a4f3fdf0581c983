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
  model: { nLayer: 4, nHead: 4, nEmbd: 128, blockSize: 256, dropout: 0, initStd: 0.08 },
  train: {
    steps: 1900,
    // Small batches: in so short a time the number of steps counts more than their exactness.
    batchSize: 2,
    lr: 3e-3,
    minLr: 1.5e-4,
    warmupSteps: 40,
    weightDecay: 0.1,
    betas: [0.9, 0.99],
    gradClip: 1,
    evalInterval: 300,
    evalBatches: 10,
    // On a slow machine the schedule hurries to be done by then.
    seconds: 95,
    seed: 1,
  },
  data: { trainingStories: 20_000, heldOutStories: 200, seed: 1 },
};
