import { evenBatches, RandomBatches, type TokenBatch } from '../data/textBatches.ts';
import { type GenerateOptions, type GPT, generate, makeBreather } from '../models/index.ts';
import { crossEntropy } from '../nn/index.ts';
import { AdamW, clipGradNorm, cosineSchedule } from '../optim/index.ts';
import { compile } from '../tensor/compile.ts';
import { tensor } from '../tensor/creation.ts';
import { Generator } from '../tensor/generator.ts';
import { noGrad, scope } from '../tensor/scope.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { type Checkpoint, CheckpointError, encodeCheckpoint, toStored, toTensors } from './checkpoint.ts';
import type { TrainEnd, TrainListener } from './events.ts';
import { Pace } from './pace.ts';
import type { TrainConfig } from './trainConfig.ts';

/** The tokens of a text in two parts. */
export interface TrainData {
  readonly train: Int32Array;
  readonly validation: Int32Array;
  /** Where rows may begin in each part; anywhere unless given. */
  readonly trainStarts?: Int32Array;
  readonly validationStarts?: Int32Array;
}

export interface TrainerOptions {
  readonly model: GPT;
  readonly config: TrainConfig;
  readonly data: TrainData;
  /** What the model was made with, and draws its dropout from. */
  readonly generator: Generator;
  /** A text to write at each validation. */
  readonly sample?: { readonly prompt: ArrayLike<number> } & Omit<
    GenerateOptions,
    'seed' | 'generator' | 'signal'
  >;
}

/** The loss is no number any more. */
export class DivergedError extends Error {
  override readonly name = 'DivergedError';
  readonly code = 'train.diverged';
  readonly values: { readonly step: number };

  constructor(step: number) {
    super(
      `The loss at step ${step} is not a number: the weights have grown without bound. Go on from the last checkpoint ` +
        'with a smaller learning rate, or with a smaller gradClip.',
    );
    this.values = { step };
  }
}

/** Draws batches; another stream than the model's generator, whose seeds are smaller. */
const DATA_STREAM = 2 ** 51;
const SAMPLE_STREAM = 2 ** 52;

/** The 32-bit FNV-1a hash of tokens, and how many they are. */
function fingerprint(tokens: Int32Array): string {
  let hash = 0x811c9dc5;
  for (const token of tokens) hash = Math.imul(hash ^ token, 0x01000193);
  return `${(hash >>> 0).toString(16)}-${tokens.length}`;
}

/**
 * Trains a language model on tokens. Forward, backward, clipping and the optimizer's update are one compiled program;
 * everything random comes from seeded generators, so that a run that goes on from a checkpoint makes the same steps, to
 * the last bit, as one that was never interrupted.
 */
export class Trainer {
  readonly model: GPT;
  readonly config: TrainConfig;
  readonly #options: TrainerOptions;
  readonly #optimizer: AdamW;
  readonly #schedule: (step: number) => number;
  readonly #dataGenerator: Generator;
  readonly #batches: RandomBatches;
  readonly #validationBatches: readonly TokenBatch[];
  readonly #fingerprint: string;
  readonly #pace = new Pace();
  readonly #breathe = makeBreather();
  #step = 0;
  #seconds = 0;
  #bestValidationLoss: number | null = null;
  #lastValidationLoss: number | null = null;
  #stopping = false;

  readonly #trainStep = compile((x: Tensor, y: Tensor) => {
    const loss = crossEntropy(this.model.forward(x), y);
    loss.backward();
    const norm = clipGradNorm(this.model.parameters(), this.config.gradClip);
    this.#optimizer.step();
    this.#optimizer.zeroGrad();
    return [loss, norm] as const;
  });

  readonly #lossOf = compile((x: Tensor, y: Tensor) => crossEntropy(this.model.forward(x), y));

  /** @throws TextError when a part of the data is too short for one row. */
  constructor(options: TrainerOptions) {
    const { model, config, data } = options;
    this.model = model;
    this.config = config;
    this.#options = options;
    const { batchSize, lr, minLr, warmupSteps, steps, betas, weightDecay, seed } = config;
    const { blockSize } = model.config;
    this.#dataGenerator = new Generator((seed + DATA_STREAM) % Number.MAX_SAFE_INTEGER);
    const rows = { batchSize, blockSize };
    this.#batches = new RandomBatches(data.train, { ...rows, starts: data.trainStarts }, this.#dataGenerator);
    this.#validationBatches = evenBatches(
      data.validation,
      { ...rows, starts: data.validationStarts },
      config.evalBatches,
    );
    this.#fingerprint = `${fingerprint(data.train)} ${fingerprint(data.validation)}`;
    this.#schedule = cosineSchedule({ lr, minLr, warmupSteps, decaySteps: steps });
    this.#optimizer = new AdamW(model.parameterGroups(weightDecay), { lr, betas });
  }

  /** Steps made. */
  get step(): number {
    return this.#step;
  }

  /** Seconds of training, those before a checkpoint included. */
  get seconds(): number {
    return this.#seconds;
  }

  get bestValidationLoss(): number | null {
    return this.#bestValidationLoss;
  }

  get lastValidationLoss(): number | null {
    return this.#lastValidationLoss;
  }

  /** Ends the run after the step that is being made, with a checkpoint. */
  stop(): void {
    this.#stopping = true;
  }

  /**
   * Makes the steps that are left. `listen` hears of each; when it returns a promise, training waits for it.
   *
   * @throws DivergedError when the loss is no number any more, and whatever `listen` throws.
   */
  async run(listen: TrainListener = () => {}): Promise<TrainEnd> {
    this.#stopping = false;
    const { steps, evalInterval, seconds } = this.config;
    const outOfTime = () => seconds !== null && this.#seconds >= seconds;
    let saved = -1;
    while (this.#step < steps && !outOfTime() && !this.#stopping) {
      await this.#makeStep(listen);
      const last = this.#step === steps || outOfTime();
      if (last || this.#step % evalInterval === 0) {
        await this.#validate(listen);
        await this.#writeSample(listen);
        saved = this.#step;
        await listen({ type: 'checkpoint', step: saved, bytes: encodeCheckpoint(await this.checkpoint()) });
      }
      await this.#breathe();
    }
    const finished = this.#step >= steps || outOfTime();
    if (!finished && saved !== this.#step) {
      await listen({
        type: 'checkpoint',
        step: this.#step,
        bytes: encodeCheckpoint(await this.checkpoint()),
      });
    }
    return finished ? 'finished' : 'stopped';
  }

  async #makeStep(listen: TrainListener): Promise<void> {
    const started = performance.now();
    const { steps, seconds, batchSize } = this.config;
    // With a time limit the schedule follows the clock where that is ahead.
    const byClock = seconds === null ? 0 : Math.min(1, this.#seconds / seconds) * steps;
    this.#optimizer.lr = this.#schedule(Math.max(this.#step, byClock));
    this.model.train();
    const [loss, gradNorm] = await this.#run((x, y) => this.#trainStep.async(x, y), this.#batches.next());
    this.#step++;
    const duration = (performance.now() - started) / 1000;
    this.#seconds += duration;
    this.#pace.add(duration);
    if (!Number.isFinite(loss)) throw new DivergedError(this.#step);
    const byPace = this.#pace.secondsFor(steps - this.#step);
    await listen({
      type: 'step',
      step: this.#step,
      steps,
      loss: loss as number,
      gradNorm: gradNorm as number,
      lr: this.#optimizer.lr,
      tokensPerSecond: this.#pace.perSecond(batchSize * this.model.config.blockSize),
      secondsLeft: seconds === null ? byPace : Math.max(0, Math.min(byPace, seconds - this.#seconds)),
    });
  }

  /** Runs a program on a batch and reads the numbers that it gives. */
  async #run(
    program: (x: Tensor, y: Tensor) => Promise<readonly Tensor[]>,
    batch: TokenBatch,
  ): Promise<number[]> {
    const { device } = this.model;
    const { blockSize } = this.model.config;
    const [x, y] = [batch.x, batch.y].map((ids) =>
      tensor(ids, { shape: [ids.length / blockSize, blockSize], device }),
    );
    const results: Tensor[] = [];
    try {
      results.push(...(await program(x as Tensor, y as Tensor)));
      return await Promise.all(results.map((result) => result.item()));
    } finally {
      for (const used of [x, y, ...results]) used?.dispose();
    }
  }

  async #validate(listen: TrainListener): Promise<void> {
    const loss = await this.validationLoss();
    const best = this.#bestValidationLoss === null || loss < this.#bestValidationLoss;
    if (best) this.#bestValidationLoss = loss;
    this.#lastValidationLoss = loss;
    await listen({ type: 'validation', step: this.#step, loss, best });
  }

  /** The mean loss on fixed batches of the validation part, in nats a token. */
  async validationLoss(): Promise<number> {
    let total = 0;
    this.model.eval();
    try {
      for (const batch of this.#validationBatches) {
        const [loss] = await this.#run(
          (x, y) => noGrad(() => this.#lossOf.async(x, y).then((loss) => [loss])),
          batch,
        );
        total += loss as number;
        await this.#breathe();
      }
    } finally {
      this.model.train();
    }
    return total / this.#validationBatches.length;
  }

  async #writeSample(listen: TrainListener): Promise<void> {
    const { sample } = this.#options;
    if (!sample) return;
    const { prompt, ...options } = sample;
    const seed = (SAMPLE_STREAM + this.config.seed + this.#step) % Number.MAX_SAFE_INTEGER;
    const tokens: number[] = [];
    for await (const token of generate(this.model, prompt, { ...options, seed })) tokens.push(token);
    await listen({ type: 'sample', step: this.#step, tokens });
  }

  /** All that is needed to go on from here. */
  async checkpoint(): Promise<Checkpoint> {
    const store = async (tensors: ReadonlyMap<string, Tensor>) =>
      new Map(
        await Promise.all([...tensors].map(async ([name, value]) => [name, await toStored(value)] as const)),
      );
    const { step: optimizerStep, tensors } = this.#optimizer.stateDict();
    return {
      model: this.model.config,
      state: {
        step: this.#step,
        seconds: this.#seconds,
        bestValidationLoss: this.#bestValidationLoss,
        lastValidationLoss: this.#lastValidationLoss,
        optimizerStep,
        modelGenerator: this.#options.generator.state(),
        dataGenerator: this.#dataGenerator.state(),
        dataFingerprint: this.#fingerprint,
      },
      // Under one name each: a tied weight is stored once.
      weights: await store(this.model.namedParameters()),
      optimizer: await store(tensors),
    };
  }

  /**
   * Goes back to a checkpoint.
   * @throws CheckpointError when it is of another model or another text; then nothing has been changed.
   */
  restore({ state, weights, optimizer }: Checkpoint): void {
    if (state.dataFingerprint !== this.#fingerprint) {
      throw new CheckpointError(
        'The checkpoint was made with another text. Train on the same file, unchanged, or begin a new run.',
      );
    }
    try {
      scope(() => {
        const { device } = this.model;
        const before = new Map(this.model.stateDict());
        const kept = new Map([...before].map(([name, value]) => [name, value.detach().clone().realize()]));
        this.model.loadStateDict(toTensors(weights, device));
        try {
          this.#optimizer.loadStateDict({ step: state.optimizerStep, tensors: toTensors(optimizer, device) });
        } catch (error) {
          this.model.loadStateDict(kept);
          throw error;
        }
      });
    } catch (error) {
      throw new CheckpointError(`The checkpoint does not fit: ${(error as Error).message}`);
    }
    this.#step = state.step;
    this.#seconds = state.seconds;
    this.#bestValidationLoss = state.bestValidationLoss;
    this.#lastValidationLoss = state.lastValidationLoss;
    this.#options.generator.setState(state.modelGenerator);
    this.#dataGenerator.setState(state.dataGenerator);
  }

  /** Gives back the memory of the optimizer and the programs; the model stays. */
  dispose(): void {
    this.#trainStep.dispose();
    this.#lossOf.dispose();
    this.#optimizer.dispose();
  }
}
