import type { GPTConfig } from '../../models/index.ts';
import type { TrainConfig } from '../../train/index.ts';

/** All sizes and settings of a training, and of its text. */
export interface StoryRecipe {
  readonly model: Omit<GPTConfig, 'vocabSize'>;
  readonly train: Partial<TrainConfig>;
  readonly data: { readonly trainingStories: number; readonly heldOutStories: number; readonly seed: number };
}

/** What `lumbre start` trains: a GPT that tells small stories after a minute or so on two cores. */
export const storyRecipe: StoryRecipe = {
  // A story has 250 characters at most: one fits into the context whole.
  model: { nLayer: 4, nHead: 4, nEmbd: 128, blockSize: 256, dropout: 0, initStd: 0.08 },
  train: {
    steps: 1500,
    batchSize: 4,
    lr: 3e-3,
    minLr: 3e-4,
    warmupSteps: 50,
    weightDecay: 0.1,
    betas: [0.9, 0.99],
    gradClip: 1,
    evalInterval: 150,
    evalBatches: 10,
    seed: 1,
  },
  data: { trainingStories: 20_000, heldOutStories: 200, seed: 1 },
};

/** How long `start` trains at most, in seconds: on a slow machine the schedule hurries to be done by then. */
export const startSeconds = 90;
