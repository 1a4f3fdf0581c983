import type { BertForPreTraining } from '../../models/index.ts';
import { AdamW, clipGradNorm } from '../../optim/index.ts';
import { type CompiledFunction, compile } from '../../tensor/compile.ts';
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
} from '../../train/index.ts';
import type { BatchTaskSettings } from '../support/batchTask.ts';
import { MeanFigures, readFigures } from '../support/figures.ts';
import { warmupThenCosine } from '../support/schedule.ts';
import { stream } from '../support/streams.ts';
import type { MaskedBatch, MaskedBatches } from './bertData.ts';

export interface BertTaskOptions {
  readonly model: BertForPreTraining;
  /** What the model was made with, and draws its dropout from. */
  readonly generator: Generator;
  readonly settings: BatchTaskSettings & { readonly rowLength: number; readonly evalBatches: number };
  readonly train: MaskedBatches;
  readonly heldOut: MaskedBatches;
  /** Numbers that tell the text from others. */
  readonly tokens: Int32Array;
  readonly sample: () => Promise<Sample>;
}

/** A batch on the device. */
type Batch = { readonly [Name in keyof MaskedBatch]: Tensor };

/** Trains a BERT to fill gaps, and to tell whether sentences follow each other. */
export class BertTask implements Task {
  readonly parts: Task['parts'];
  readonly pace: Task['pace'];
  readonly watched = { metric: 'loss', mode: 'min' } as const;
  readonly fingerprint: string;
  readonly #options: BertTaskOptions;
  readonly #optimizer: AdamW;
  readonly #schedule: (progress: Progress) => number;
  readonly #draws: Generator;

  readonly #train = compile((batch: Batch): Readonly<Record<string, Tensor>> => {
    const { model, settings } = this.#options;
    const figures = this.#figures(batch);
    figures.loss.backward();
    const told: Record<string, Tensor> = { ...figures };
    if (settings.gradClip > 0) told.gradNorm = clipGradNorm(model.parameters(), settings.gradClip);
    this.#optimizer.step();
    this.#optimizer.zeroGrad();
    return told;
  });

  readonly #measure = compile((batch: Batch) => this.#figures(batch));

  constructor(options: BertTaskOptions) {
    const { model, settings, generator, tokens } = options;
    const { lr, betas, weightDecay, seed, batchSize, rowLength } = settings;
    this.#options = options;
    const all = model.parameters();
    const matrices = { params: all.filter(({ ndim }) => ndim >= 2), weightDecay };
    const vectors = { params: all.filter(({ ndim }) => ndim < 2), weightDecay: 0 };
    this.#optimizer = new AdamW([matrices, vectors], { lr, betas });
    this.#schedule = warmupThenCosine(settings);
    this.#draws = stream(seed, 'data');
    this.parts = { model, optimizer: this.#optimizer, generator, draws: this.#draws };
    this.pace = { count: batchSize * rowLength, unit: 'tokens' };
    this.fingerprint = fingerprint(tokens);
  }

  #figures({ ids, labels, nextSentenceLabel, ...context }: Batch) {
    const found = this.#options.model.loss(ids, { labels, nextSentenceLabel }, context);
    const { loss, maskedLM, nextSentence, predictionLogits, seqRelationshipLogits } = found;
    const counted = labels.ne(-100).to('float32');
    const right = predictionLogits.detach().argmax(-1).eq(labels).to('float32').mul(counted);
    const told = seqRelationshipLogits.detach().argmax(-1).eq(nextSentenceLabel).to('float32');
    return {
      loss,
      maskedLM,
      nextSentence,
      maskedAccuracy: right.sum().div(counted.sum()),
      nextSentenceAccuracy: told.mean(),
    };
  }

  #tensors(batch: MaskedBatch): Batch {
    const { batchSize, rowLength } = this.#options.settings;
    const { device } = this.#options.model;
    const make = (values: Int32Array) =>
      tensor(values, {
        shape: values.length === batchSize * rowLength ? [batchSize, rowLength] : [values.length],
        device,
      });
    const entries = Object.entries(batch).map(([name, values]) => [name, make(values as Int32Array)]);
    return Object.fromEntries(entries) as Batch;
  }

  async #run(
    program: CompiledFunction<[Batch], Readonly<Record<string, Tensor>>>,
    batch: MaskedBatch,
  ): Promise<Metrics> {
    const tensors = this.#tensors(batch);
    try {
      return await readFigures(await program.async(tensors));
    } finally {
      for (const value of Object.values(tensors)) value.dispose();
    }
  }

  published(): ReadonlyMap<string, Tensor> {
    return ownTensors(this.#options.model);
  }

  async step(progress: Progress): Promise<Metrics> {
    const { model, train } = this.#options;
    this.#optimizer.lr = this.#schedule(progress);
    model.train();
    return { ...(await this.#run(this.#train, train.next(this.#draws))), lr: this.#optimizer.lr };
  }

  /** The means over the same held-out rows each time. */
  async evaluate(): Promise<Metrics> {
    const { model, heldOut, settings } = this.#options;
    model.eval();
    const draws = stream(settings.seed, 'evaluation');
    const mean = new MeanFigures();
    for (let i = 0; i < settings.evalBatches; i++) {
      mean.add(await noGrad(() => this.#run(this.#measure, heldOut.next(draws))));
    }
    return mean.get();
  }

  async sample(): Promise<Sample> {
    this.#options.model.eval();
    return this.#options.sample();
  }

  dispose(): void {
    this.#train.dispose();
    this.#measure.dispose();
    this.#optimizer.dispose();
    this.#options.model.dispose();
  }
}
