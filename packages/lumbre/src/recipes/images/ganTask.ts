import { type AdversarialModel, type GanSteps, makeGanSteps } from '../../models/images/index.ts';
import { Adam } from '../../optim/index.ts';
import { compile } from '../../tensor/compile.ts';
import { tensor } from '../../tensor/creation.ts';
import type { Generator } from '../../tensor/generator.ts';
import { noGrad, scope } from '../../tensor/scope.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import {
  type Metrics,
  ownTensors,
  type Parts,
  type Progress,
  type Sample,
  type Task,
} from '../../train/index.ts';
import { ShuffledBatches } from '../support/epochs.ts';
import { runStep } from '../support/figures.ts';
import { stream } from '../support/streams.ts';
import type { GanSettings } from './ganSettings.ts';
import type { PictureData } from './pictureSet.ts';
import { RandomFeatures } from './randomFeatures.ts';

export interface GanTaskOptions {
  readonly model: AdversarialModel;
  readonly device: string;
  readonly data: PictureData;
  readonly settings: GanSettings;
  readonly sample: () => Promise<Sample>;
  /** What else is to be given back. */
  readonly dispose?: () => void;
}

/** The part of a training in which the noise on pictures fades. */
const NOISY_PART = 0.5;

/**
 * Trains a generator and a discriminator against each other. Their losses do not tell how good the pictures are, for each is
 * measured by the other; watched is how far held-out pictures are from what the generator makes.
 */
export class GanTask implements Task {
  readonly parts: Parts;
  readonly pace: Task['pace'];
  readonly watched = { metric: 'distance', mode: 'min' } as const;
  readonly fingerprint: string;
  readonly #options: GanTaskOptions;
  readonly #steps: GanSteps;
  readonly #generatorOptimizer: Adam;
  readonly #discriminatorOptimizer: Adam;
  readonly #batches: ShuffledBatches;
  readonly #noise: Generator;
  readonly #features: RandomFeatures;
  #instanceNoise = 0;

  readonly #tell = (ids: Tensor) => {
    const { loss, real, fake, penalty } = this.#steps.discriminatorStep({
      real: this.#options.data.train.pictures(ids, -1),
      labels: this.#labels(ids),
    });
    const { r1, gradientPenalty } = this.#options.settings;
    return { discriminator: loss, real, fake, ...((r1 > 0 || gradientPenalty > 0) && { penalty }) };
  };

  // Whether slopes cost something at this step is looked up when the program is made: there are two.
  readonly #learnToTell = compile(this.#tell);
  readonly #learnWithR1 = compile(this.#tell);

  readonly #learnToMake = compile((ids: Tensor) => {
    const { loss } = this.#steps.generatorStep({ batch: ids.shape[0] as number, labels: this.#labels(ids) });
    return { generator: loss };
  });

  readonly #make = compile((z: Tensor, labels?: Tensor) =>
    this.#options.model.sample(z.shape[0] as number, { noise: z, labels }),
  );

  constructor(options: GanTaskOptions) {
    const { model, data, settings, device } = options;
    const { generatorLr, discriminatorLr, betas, batchSize, seed, evalSamples } = settings;
    const { loss, labelSmoothing, instanceNoise, r1, r1Interval, gradientPenalty, modeSeeking, emaDecay } =
      settings;
    this.#options = options;
    this.#batches = new ShuffledBatches(data.train.count, batchSize, stream(seed, 'data').seed);
    this.#noise = stream(seed, 'noise');
    this.#features = new RandomFeatures(data, evalSamples, -1, device);
    this.#generatorOptimizer = new Adam(model.generator.parameters(), { lr: generatorLr, betas });
    this.#discriminatorOptimizer = new Adam(model.discriminator.parameters(), { lr: discriminatorLr, betas });
    this.#steps = makeGanSteps({
      model,
      generatorOptimizer: this.#generatorOptimizer,
      discriminatorOptimizer: this.#discriminatorOptimizer,
      generator: this.#noise,
      ...{ loss, labelSmoothing, r1, r1Interval, gradientPenalty, modeSeeking, emaDecay },
      instanceNoise: instanceNoise > 0 ? () => this.#instanceNoise : 0,
    });
    this.parts = {
      model,
      generatorOptimizer: this.#generatorOptimizer,
      discriminatorOptimizer: this.#discriminatorOptimizer,
      batches: this.#batches,
      noise: this.#noise,
    };
    this.pace = { count: batchSize * settings.criticSteps, unit: 'images' };
    this.fingerprint = data.fingerprint;
  }

  #labels(ids: Tensor): Tensor | undefined {
    const { model, data } = this.#options;
    return (model.config.classes ?? 0) > 0 ? data.train.labels(ids) : undefined;
  }

  /** The generator alone, or rather its average: a discriminator makes no pictures. */
  published(): ReadonlyMap<string, Tensor> {
    const { averageGenerator, generator } = this.#options.model;
    return ownTensors(averageGenerator ?? generator);
  }

  #schedule({ fraction }: Progress): void {
    const { generatorLr, discriminatorLr, finalLr, instanceNoise } = this.#options.settings;
    const left = 1 - (1 - finalLr) * Math.max(0, 2 * fraction - 1);
    this.#generatorOptimizer.lr = generatorLr * left;
    this.#discriminatorOptimizer.lr = discriminatorLr * left;
    this.#instanceNoise = instanceNoise * Math.max(0, 1 - fraction / NOISY_PART);
  }

  async step(progress: Progress): Promise<Metrics> {
    const { model, settings } = this.#options;
    const { r1, r1Interval, criticSteps } = settings;
    this.#schedule(progress);
    model.train();
    let told: Metrics = {};
    let batch: Int32Array;
    let turn = 0;
    do {
      batch = this.#batches.next();
      const withR1 = r1 > 0 && this.#discriminatorOptimizer.stepCount % r1Interval === 0;
      told = await runStep(withR1 ? this.#learnWithR1 : this.#learnToTell, this.#ids(batch));
    } while (++turn < criticSteps);
    // For the generator only their classes count, where there are any.
    return { ...(await runStep(this.#learnToMake, this.#ids(batch))), ...told };
  }

  #ids(batch: Int32Array): Tensor {
    return tensor(batch, { dtype: 'int32', device: this.#options.device });
  }

  /** How good made pictures are, the same noise each time. */
  async evaluate(): Promise<Metrics> {
    const { model, data, settings } = this.#options;
    const generator = stream(settings.seed, 'evaluation');
    model.eval();
    return this.#features.measure((ids) =>
      noGrad(() =>
        scope(() => {
          const z = model.drawNoise(ids.shape[0] as number, generator);
          return this.#make(z, (model.config.classes ?? 0) > 0 ? data.heldOut.labels(ids) : undefined);
        }),
      ),
    );
  }

  async sample(): Promise<Sample> {
    this.#options.model.eval();
    return noGrad(() => this.#options.sample());
  }

  dispose(): void {
    const programs = [this.#learnToTell, this.#learnWithR1, this.#learnToMake, this.#make];
    for (const program of [...programs, this.#steps, this.#features]) program.dispose();
    this.#generatorOptimizer.dispose();
    this.#discriminatorOptimizer.dispose();
    this.#options.model.dispose();
    this.#options.dispose?.();
  }
}
