import { evenBatches, RandomBatches, type TokenBatch } from '../../data/index.ts';
import { crossEntropy, type Module } from '../../nn/index.ts';
import { AdamW, clipGradNorm } from '../../optim/index.ts';
import { compile } from '../../tensor/compile.ts';
import { tensor } from '../../tensor/creation.ts';
import type { Generator } from '../../tensor/generator.ts';
import { noGrad } from '../../tensor/scope.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import {
  fingerprint,
  type Metrics,
  ownTensors,
  type Progress,
  type Sample,
  type Task,
  type Unit,
} from '../../train/index.ts';
import { MeanFigures, runStep } from '../support/figures.ts';
import { warmupThenCosine } from '../support/schedule.ts';
import { stream } from '../support/streams.ts';

/** A network that gives, for ids `[batch, time]`, the scores of what comes next: `[batch, time, vocabSize]`. */
export type LanguageModel = Module & {
  readonly device: string;
  forward(ids: Tensor): Tensor;
  /** Parameters for an optimizer, where some should not decay. */
  parameterGroups?(weightDecay: number): { params: Tensor[]; weightDecay: number }[];
};

/** The tokens of a text in two parts. */
export interface TokenData {
  readonly train: Int32Array;
  readonly validation: Int32Array;
  /** Where rows may begin in each part; anywhere unless given. */
  readonly trainStarts?: Int32Array;
  readonly validationStarts?: Int32Array;
}

/** How to train a language model. */
export interface LanguageModelSettings {
  readonly steps: number;
  /** Rows in a batch. */
  readonly batchSize: number;
  readonly lr: number;
  readonly minLr: number;
  readonly warmupSteps: number;
  readonly weightDecay: number;
  readonly betas: readonly [number, number];
  /** The largest norm of the gradient; 0 for none. */
  readonly gradClip: number;
  /** Batches that the loss is measured on. */
  readonly evalBatches: number;
  readonly seed: number;
}

export interface LanguageModelTaskOptions {
  readonly model: LanguageModel;
  /** What the model was made with, and draws its dropout from. */
  readonly generator: Generator;
  readonly settings: LanguageModelSettings;
  readonly data: TokenData;
  /** Tokens in a row. */
  readonly blockSize: number;
  /** Writes a sample with the model as it is. */
  readonly write?: (seed: number) => Promise<Sample>;
  readonly unit?: Unit;
}

/**
 * Trains a language model on tokens. Forward, backward, clipping and the optimizer's update are one compiled program.
 */
export class LanguageModelTask implements Task {
  readonly parts: Task['parts'];
  readonly pace: Task['pace'];
  readonly watched = { metric: 'loss', mode: 'min' } as const;
  readonly fingerprint: string;
  readonly sample?: (progress: Progress) => Promise<Sample>;
  readonly #options: LanguageModelTaskOptions;
  readonly #optimizer: AdamW;
  readonly #schedule: (progress: Progress) => number;
  readonly #batches: RandomBatches;
  readonly #validation: readonly TokenBatch[];

  readonly #train = compile((x: Tensor, y: Tensor): Record<string, Tensor> => {
    const { model, settings } = this.#options;
    const loss = crossEntropy(model.forward(x), y);
    loss.backward();
    const figures: Record<string, Tensor> = { loss };
    if (settings.gradClip > 0) figures.gradNorm = clipGradNorm(model.parameters(), settings.gradClip);
    this.#optimizer.step();
    this.#optimizer.zeroGrad();
    return figures;
  });

  readonly #measure = compile((x: Tensor, y: Tensor) => ({
    loss: crossEntropy(this.#options.model.forward(x), y),
  }));

  /** @throws TextError when a part of the data is too short for one row. */
  constructor(options: LanguageModelTaskOptions) {
    const { model, generator, settings, data, blockSize, write, unit = 'tokens' } = options;
    const { batchSize, weightDecay, lr, betas, seed, evalBatches } = settings;
    this.#options = options;
    const places = stream(seed, 'data');
    const rows = { batchSize, blockSize };
    this.#batches = new RandomBatches(data.train, { ...rows, starts: data.trainStarts }, places);
    this.#validation = evenBatches(data.validation, { ...rows, starts: data.validationStarts }, evalBatches);
    this.#schedule = warmupThenCosine(settings);
    const groups = model.parameterGroups?.(weightDecay) ?? [{ params: model.parameters(), weightDecay }];
    this.#optimizer = new AdamW(groups, { lr, betas });
    this.parts = { model, optimizer: this.#optimizer, generator, places };
    this.pace = { count: batchSize * blockSize, unit };
    this.fingerprint = `${fingerprint(data.train)} ${fingerprint(data.validation)}`;
    if (write) {
      this.sample = async ({ step }) => {
        model.eval();
        return write(stream(seed, 'sample', step).seed);
      };
    }
  }

  #tensors({ x, y }: TokenBatch): [Tensor, Tensor] {
    const { blockSize, model } = this.#options;
    const rows = (ids: Int32Array) =>
      tensor(ids, { shape: [ids.length / blockSize, blockSize], device: model.device });
    return [rows(x), rows(y)];
  }

  published(): ReadonlyMap<string, Tensor> {
    return ownTensors(this.#options.model);
  }

  async step(progress: Progress): Promise<Metrics> {
    this.#optimizer.lr = this.#schedule(progress);
    this.#options.model.train();
    const figures = await runStep(this.#train, ...this.#tensors(this.#batches.next()));
    return { ...figures, lr: this.#optimizer.lr };
  }

  /** The mean loss on fixed batches of the validation part, in nats a token. */
  async evaluate(): Promise<Metrics> {
    this.#options.model.eval();
    const mean = new MeanFigures();
    for (const batch of this.#validation) {
      mean.add(await noGrad(() => runStep(this.#measure, ...this.#tensors(batch))));
    }
    return mean.get();
  }

  dispose(): void {
    this.#train.dispose();
    this.#measure.dispose();
    this.#optimizer.dispose();
    this.#options.model.dispose();
  }
}
