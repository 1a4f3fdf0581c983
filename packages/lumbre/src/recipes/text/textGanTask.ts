import { type GanSteps, makeGanSteps, TextGAN, type TextGANConfig } from '../../models/index.ts';
import { Adam } from '../../optim/index.ts';
import { compile } from '../../tensor/compile.ts';
import { tensor } from '../../tensor/creation.ts';
import type { Generator } from '../../tensor/generator.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { CharTokenizer } from '../../text/index.ts';
import {
  fingerprint,
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
import { STORY_END } from './corpus.ts';
import { lineFigures } from './lineFigures.ts';
import type { TextGanConfig } from './textGan.ts';

export interface TextGanTaskOptions {
  readonly config: TextGANConfig & { readonly average: boolean };
  readonly settings: TextGanConfig['train'];
  readonly device: string;
  readonly names: { readonly train: readonly string[]; readonly heldOut: readonly string[] };
  readonly tokenizer: CharTokenizer;
  readonly write: (model: TextGAN, count: number, seed: number, average: boolean) => string[];
}

const IGNORED = -100;
const SHOWN = 20;

/**
 * Teaches a generator letters by likelihood, and then lets it contend with a discriminator. Watched is how far the trigrams of
 * what it writes are from those of names that neither has seen.
 */
export class TextGanTask implements Task {
  readonly parts: Parts;
  readonly pace: Task['pace'];
  readonly watched = { metric: 'trigramDivergence', mode: 'min' } as const;
  readonly fingerprint: string;
  readonly #options: TextGanTaskOptions;
  readonly #model: TextGAN;
  readonly #steps: GanSteps;
  readonly #generatorOptimizer: Adam;
  readonly #discriminatorOptimizer: Adam;
  readonly #batches: ShuffledBatches;
  readonly #noise: Generator;
  /** int32 `[names, length]`, and the same with `IGNORED` behind the first end. */
  readonly #rows: Int32Array;
  readonly #targets: Int32Array;

  readonly #learnLetters = compile((ids: Tensor, targets: Tensor) => {
    const z = this.#model.drawNoise(ids.shape[0] as number, this.#noise);
    const loss = this.#model.generator.surprise(z, this.#model.texts(ids), targets, IGNORED);
    loss.backward();
    this.#generatorOptimizer.step();
    this.#generatorOptimizer.zeroGrad();
    return { loss };
  });

  readonly #learnToTell = compile((ids: Tensor) => {
    const { loss, real, fake } = this.#steps.discriminatorStep({ real: this.#model.texts(ids) });
    return { discriminator: loss, real, fake };
  });

  readonly #learnToWrite = compile((ids: Tensor) => {
    const { loss } = this.#steps.generatorStep({ batch: ids.shape[0] as number });
    return { loss };
  });

  constructor(options: TextGanTaskOptions) {
    const { config, settings, device, names } = options;
    const { seed, batchSize, generatorLr, discriminatorLr, betas } = settings;
    this.#options = options;
    this.#batches = new ShuffledBatches(names.train.length, batchSize, stream(seed, 'data').seed);
    this.#noise = stream(seed, 'noise');
    this.#model = new TextGAN(config, { device, generator: stream(seed, 'model'), noise: this.#noise });
    const { generator, discriminator } = this.#model;
    this.#generatorOptimizer = new Adam(generator.parameters(), { lr: generatorLr, betas });
    this.#discriminatorOptimizer = new Adam(discriminator.parameters(), { lr: discriminatorLr, betas });
    const { loss, labelSmoothing, r1, r1Interval, gradientPenalty, emaDecay } = settings;
    this.#steps = makeGanSteps({
      model: this.#model,
      generatorOptimizer: this.#generatorOptimizer,
      discriminatorOptimizer: this.#discriminatorOptimizer,
      generator: this.#noise,
      ...{ loss, labelSmoothing, r1, r1Interval, gradientPenalty, emaDecay },
    });
    [this.#rows, this.#targets] = this.#encode(names.train);
    this.parts = {
      model: this.#model,
      generatorOptimizer: this.#generatorOptimizer,
      discriminatorOptimizer: this.#discriminatorOptimizer,
      batches: this.#batches,
      noise: this.#noise,
    };
    this.pace = { count: batchSize, unit: 'examples' };
    this.fingerprint = fingerprint(this.#rows);
  }

  #encode(names: readonly string[]): [rows: Int32Array, targets: Int32Array] {
    const { length, endToken } = this.#options.config;
    const rows = new Int32Array(names.length * length).fill(endToken);
    const targets = new Int32Array(rows.length).fill(IGNORED);
    for (const [row, name] of names.entries()) {
      const ids = this.#options.tokenizer.encode(name + STORY_END);
      rows.set(ids, row * length);
      targets.set(ids, row * length);
    }
    return [rows, targets];
  }

  #pick(values: Int32Array, batch: Int32Array): Tensor {
    const { config, device } = this.#options;
    const { length } = config;
    const picked = new Int32Array(batch.length * length);
    for (const [row, id] of batch.entries()) {
      picked.set(values.subarray(id * length, (id + 1) * length), row * length);
    }
    return tensor(picked, { shape: [batch.length, length], device });
  }

  /** The generator alone, or rather its average. */
  published(): ReadonlyMap<string, Tensor> {
    const { averageGenerator, generator } = this.#model;
    return ownTensors((this.#contending && averageGenerator) || generator);
  }

  async step(progress: Progress): Promise<Metrics> {
    const { settings } = this.#options;
    const { pretrainSteps, pretrainLr, generatorLr, discriminatorLr, finalLr, criticSteps } = settings;
    this.#model.train();
    if (progress.step < pretrainSteps) {
      // Down in a straight line to what the contest begins with.
      const left = 1 - progress.step / pretrainSteps;
      this.#generatorOptimizer.lr = generatorLr + (pretrainLr - generatorLr) * left;
      const batch = this.#batches.next();
      const figures = await runStep(
        this.#learnLetters,
        this.#pick(this.#rows, batch),
        this.#pick(this.#targets, batch),
      );
      if (progress.step + 1 === pretrainSteps) this.#startAverage();
      return figures;
    }
    const begin = Math.min(1, pretrainSteps / progress.steps);
    const contest = Math.max(0, progress.fraction - begin) / Math.max(1e-9, 1 - begin);
    const left = 1 - (1 - finalLr) * Math.max(0, 2 * contest - 1);
    this.#generatorOptimizer.lr = generatorLr * left;
    this.#discriminatorOptimizer.lr = discriminatorLr * left;
    const temperature = settings.temperature * (settings.finalTemperature / settings.temperature) ** contest;
    this.#model.generator.temperature = temperature;
    let told: Metrics = {};
    let batch = this.#batches.next();
    for (let turn = 0; turn < criticSteps; turn++) {
      if (turn > 0) batch = this.#batches.next();
      told = await runStep(this.#learnToTell, this.#pick(this.#rows, batch));
    }
    const made = await runStep(this.#learnToWrite, this.#pick(this.#rows, batch));
    return { ...made, ...told, temperature };
  }

  /** The average begins with letters that were learned, not with those before. */
  #startAverage(): void {
    const { averageGenerator, generator } = this.#model;
    averageGenerator?.loadStateDict(generator.stateDict());
  }

  /** What can be said of a thousand names, from the same noise each time. */
  async evaluate(): Promise<Metrics> {
    const { names, settings } = this.#options;
    const written = this.#write(settings.evalSamples);
    const { trigramDivergence, distinct, meanLength } = lineFigures(written, names.heldOut);
    const { known } = lineFigures(written, names.train);
    return { trigramDivergence, known, distinct, meanLength } as Metrics;
  }

  async sample(): Promise<Sample> {
    return { kind: 'text', text: this.#write(SHOWN).join('\n') };
  }

  /** Before the contest there is no average yet. */
  get #contending(): boolean {
    return this.#discriminatorOptimizer.stepCount > 0;
  }

  #write(count: number): string[] {
    const { write, settings } = this.#options;
    this.#model.eval();
    return write(this.#model, count, settings.seed, this.#contending);
  }

  dispose(): void {
    const programs = [this.#learnLetters, this.#learnToTell, this.#learnToWrite, this.#steps];
    for (const program of programs) program.dispose();
    this.#generatorOptimizer.dispose();
    this.#discriminatorOptimizer.dispose();
    this.#model.dispose();
  }
}
