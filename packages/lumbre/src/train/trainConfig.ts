/** How to train a language model. The defaults are nanoGPT's for a CPU. */
export interface TrainConfig {
  /** How many batches to learn from. Default 2000. */
  readonly steps: number;
  /** Rows in a batch; their length is the model's `blockSize`. Default 12. */
  readonly batchSize: number;
  /** The highest learning rate; see `cosineSchedule`. Default 1e-3. */
  readonly lr: number;
  /** Where it ends. Default lr / 10. */
  readonly minLr: number;
  /** Steps in which it rises. Default 100, at most a tenth of all. */
  readonly warmupSteps: number;
  /** Default 0.1. */
  readonly weightDecay: number;
  /** Default [0.9, 0.99]. */
  readonly betas: readonly [number, number];
  /** The largest norm of the gradient. Default 1. */
  readonly gradClip: number;
  /** Steps from one estimate of the validation loss to the next; checkpoints are saved then too. Default 250. */
  readonly evalInterval: number;
  /** Batches for that estimate. Default 20. */
  readonly evalBatches: number;
  /** Stop after this many seconds at the latest, with the schedule hurried along. Not reproducible. */
  readonly seconds: number | null;
  /** From which everything random follows. Default 1. */
  readonly seed: number;
}

const isCount = (least: number) => (value: unknown) =>
  Number.isSafeInteger(value) && (value as number) >= least;
const isPositive = (value: unknown) => typeof value === 'number' && value > 0 && Number.isFinite(value);
const isShare = (value: unknown) => typeof value === 'number' && value >= 0 && value < 1;

/** What each setting must be, and how to say so. */
const rules: {
  readonly [Name in keyof TrainConfig]: readonly [valid: (value: unknown) => boolean, words: string];
} = {
  steps: [isCount(1), 'a positive integer'],
  batchSize: [isCount(1), 'a positive integer'],
  lr: [isPositive, 'a positive number'],
  minLr: [(value) => value === 0 || isPositive(value), 'a number of at least 0'],
  warmupSteps: [isCount(0), 'a whole number'],
  weightDecay: [(value) => value === 0 || isPositive(value), 'a number of at least 0'],
  betas: [
    (value) => Array.isArray(value) && value.length === 2 && value.every(isShare),
    'two numbers from 0 to less than 1',
  ],
  gradClip: [isPositive, 'a positive number'],
  evalInterval: [isCount(1), 'a positive integer'],
  evalBatches: [isCount(1), 'a positive integer'],
  seconds: [(value) => value === null || isPositive(value), 'a positive number of seconds'],
  seed: [isCount(0), 'a whole number from 0 to 2^53 - 1'],
};

/**
 * Fills in the defaults.
 * @throws RangeError that names the setting that is wrong: for values from a file or a command line.
 */
export function completeTrainConfig(config: Partial<TrainConfig> = {}): TrainConfig {
  const { steps = 2000, lr = 1e-3 } = config;
  const complete: TrainConfig = {
    steps,
    lr,
    batchSize: config.batchSize ?? 12,
    minLr: config.minLr ?? lr / 10,
    warmupSteps: config.warmupSteps ?? Math.min(100, Math.floor(steps / 10)),
    weightDecay: config.weightDecay ?? 0.1,
    betas: config.betas ?? [0.9, 0.99],
    gradClip: config.gradClip ?? 1,
    evalInterval: config.evalInterval ?? 250,
    evalBatches: config.evalBatches ?? 20,
    seconds: config.seconds ?? null,
    seed: config.seed ?? 1,
  };
  for (const [name, [valid, words]] of Object.entries(rules)) {
    const value = complete[name as keyof TrainConfig];
    if (!valid(value)) throw new RangeError(`train: ${name} must be ${words}, not ${JSON.stringify(value)}.`);
  }
  if (complete.warmupSteps > steps) {
    throw new RangeError(`train: warmupSteps ${complete.warmupSteps} is more than all ${steps} steps.`);
  }
  return complete;
}
