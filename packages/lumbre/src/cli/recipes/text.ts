import type { GPTConfig } from '../../models/index.ts';
import type { TrainConfig } from '../../train/index.ts';

/** What `train gpt --data` trains unless told otherwise: nanoGPT's configuration for a CPU. */
export const textRecipe: {
  readonly model: Omit<GPTConfig, 'vocabSize'>;
  readonly train: Partial<TrainConfig> & Pick<TrainConfig, 'steps' | 'lr' | 'minLr' | 'warmupSteps'>;
} = {
  // First weights of about 1/√nEmbd, where nanoGPT has 0.02: a model this narrow learns faster from them.
  model: { nLayer: 4, nHead: 4, nEmbd: 128, blockSize: 64, dropout: 0, bias: false, initStd: 0.08 },
  train: {
    steps: 2000,
    batchSize: 12,
    lr: 1e-3,
    minLr: 1e-4,
    warmupSteps: 100,
    weightDecay: 0.1,
    betas: [0.9, 0.99],
    gradClip: 1,
    evalInterval: 250,
    evalBatches: 20,
    seed: 1,
  },
};
