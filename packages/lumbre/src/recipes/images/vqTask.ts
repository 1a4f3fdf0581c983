import { AdamW, clipGradNorm } from '../../optim/index.ts';
import { compile } from '../../tensor/compile.ts';
import { tensor } from '../../tensor/creation.ts';
import type { Generator } from '../../tensor/generator.ts';
import { keep, noGrad, scope } from '../../tensor/scope.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import {
  type Metrics,
  ownTensors,
  type Parts,
  type Progress,
  type Sample,
  type Task,
} from '../../train/index.ts';
import { evenlyInOrder, ShuffledBatches } from '../support/epochs.ts';
import { MeanFigures, readFigures, runStep } from '../support/figures.ts';
import { warmupThenCosine } from '../support/schedule.ts';
import { stream } from '../support/streams.ts';
import { CodeReader, codeUse } from './codeReader.ts';
import type { PictureData, PictureSet } from './pictureSet.ts';
import { readPictures, sampleSheet } from './pictures.ts';
import type { CodePainter, VQPictures } from './vqPictures.ts';

export interface VqTaskSettings {
  readonly steps: number;
  readonly seed: number;
  readonly batchSize: number;
  readonly lr: number;
  readonly priorLr: number;
  readonly priorBatchSize: number;
  readonly priorWeightDecay: number;
  readonly warmupSteps: number;
  readonly gradClip: number;
  readonly codesPart: number;
}

export interface VqTaskOptions {
  readonly model: VQPictures;
  readonly painter: CodePainter;
  /** What the model was made with: it draws new codes and dropout from it. */
  readonly generator: Generator;
  readonly device: string;
  readonly data: PictureData;
  readonly settings: VqTaskSettings;
}

/** All codes of the pictures, and how well these can be told by them. */
interface Codes {
  readonly train: Tensor;
  readonly heldOut: Tensor;
  /** The VQ-VAE's mean loss on the training pictures, which does not change any more. */
  readonly loss: number;
}

const SHEET = { count: 64, columns: 16 } as const;
const AT_ONCE = 100;
/** Where learning rates end, as a part of where they begin. */
const FINAL = 0.05;

/**
 * Two trainings in one, after van den Oord et al. (arXiv:1711.00937): first a VQ-VAE learns to tell pictures by codes; then it
 * stays as it is, and a prior learns which codes go together. `loss` is what both have left to learn: the VQ-VAE's loss and
 * the prior's surprise at a code, in nats, which for a prior that has not begun is the logarithm of the number of codes.
 */
export class VqTask implements Task {
  readonly parts: Parts;
  readonly pace: Task['pace'];
  readonly watched = { metric: 'loss', mode: 'min' } as const;
  readonly fingerprint: string;
  readonly #options: VqTaskOptions;
  readonly #optimizers: { readonly vqvae: AdamW; readonly prior: AdamW };
  readonly #batches: { readonly vqvae: ShuffledBatches; readonly prior: ShuffledBatches };
  readonly #ignorance: number;
  /** Where the second training began: the progress at its first step. */
  #frozenAt: number | null = null;
  #codes: Codes | null = null;

  readonly #learnCodes = compile((ids: Tensor): Record<string, Tensor> => {
    const { model, data } = this.#options;
    const figures = model.vqvae.loss(data.train.pictures(ids));
    return { ...figures, ...this.#update(figures.loss, model.vqvae, this.#optimizers.vqvae) };
  });

  readonly #learnPrior = compile((codes: Tensor, ids: Tensor): Record<string, Tensor> => {
    const { model } = this.#options;
    const { loss } = model.prior.loss(codes.indexSelect(0, ids));
    return { prior: loss, ...this.#update(loss, model.prior, this.#optimizers.prior) };
  });

  readonly #reader: CodeReader;
  readonly #measurePrior = compile((codes: Tensor) => ({
    prior: this.#options.model.prior.loss(codes).loss,
  }));

  constructor(options: VqTaskOptions) {
    const { model, data, settings, generator } = options;
    const { seed, batchSize, lr, priorLr, priorBatchSize, priorWeightDecay } = settings;
    this.#options = options;
    this.#reader = new CodeReader(model.vqvae, options.device);
    this.#ignorance = Math.log(model.vqvae.config.numEmbeddings);
    const order = stream(seed, 'data').seed;
    this.#batches = {
      vqvae: new ShuffledBatches(data.train.count, batchSize, order),
      prior: new ShuffledBatches(data.train.count, priorBatchSize, order + 1),
    };
    this.#optimizers = {
      vqvae: new AdamW(model.vqvae.parameters(), { lr, weightDecay: 0 }),
      prior: new AdamW(model.prior.gpt.parameterGroups(priorWeightDecay), {
        lr: priorLr,
        betas: [0.9, 0.99],
      }),
    };
    const stage = {
      state: () => ({ frozenAt: this.#frozenAt }),
      setState: ({ frozenAt }: { frozenAt: number | null }) => {
        this.#frozenAt = frozenAt;
        this.#forgetCodes();
      },
    };
    this.parts = {
      model,
      optimizer: this.#optimizers.vqvae,
      priorOptimizer: this.#optimizers.prior,
      batches: this.#batches.vqvae,
      priorBatches: this.#batches.prior,
      ...{ generator, stage },
    };
    this.pace = { count: batchSize, unit: 'images' };
    this.fingerprint = data.fingerprint;
  }

  #update(
    loss: Tensor,
    part: VQPictures['vqvae'] | VQPictures['prior'],
    optimizer: AdamW,
  ): Record<string, Tensor> {
    const { gradClip } = this.#options.settings;
    loss.backward();
    const figures: Record<string, Tensor> = {};
    if (gradClip > 0) figures.gradNorm = clipGradNorm(part.parameters(), gradClip);
    optimizer.step();
    optimizer.zeroGrad();
    return figures;
  }

  published(): ReadonlyMap<string, Tensor> {
    return ownTensors(this.#options.model);
  }

  /** The rate of one of the two trainings, each by its own progress. */
  #rate({ steps, fraction }: Progress, from: number, to: number, lr: number): number {
    const own = (to - from) * steps;
    const part = Math.min(1, Math.max(0, (fraction - from) / (to - from)));
    const { warmupSteps } = this.#options.settings;
    const schedule = warmupThenCosine({ steps: Math.ceil(own), lr, minLr: lr * FINAL, warmupSteps });
    return schedule({ step: 0, steps: Math.ceil(own), fraction: part });
  }

  async step(progress: Progress): Promise<Metrics> {
    const { model, settings } = this.#options;
    const { codesPart, lr, priorLr } = settings;
    if (this.#frozenAt === null && progress.fraction >= codesPart) this.#frozenAt = progress.fraction;
    if (this.#frozenAt === null) {
      const { vqvae } = this.#optimizers;
      vqvae.lr = this.#rate(progress, 0, codesPart, lr);
      model.train();
      const figures = await runStep(this.#learnCodes, this.#ids(this.#batches.vqvae.next()));
      return { ...figures, loss: (figures.loss as number) + this.#ignorance, lr: vqvae.lr };
    }
    const codes = await this.#allCodes();
    const { prior } = this.#optimizers;
    prior.lr = this.#rate(progress, Math.min(this.#frozenAt, 0.999), 1, priorLr);
    model.train();
    const ids = this.#ids(this.#batches.prior.next());
    const figures = await readFigures(await this.#learnPrior.async(codes.train, ids));
    ids.dispose();
    return { loss: (figures.prior as number) + codes.loss, ...figures, lr: prior.lr };
  }

  #ids(ids: Int32Array): Tensor {
    return tensor(ids, { dtype: 'int32', device: this.#options.device });
  }

  /** The codes of everything; computed when the prior begins, and again when it goes on from a checkpoint. */
  async #allCodes(): Promise<Codes> {
    if (this.#codes) return this.#codes;
    const { data, model, device } = this.#options;
    const { gridSize } = model.vqvae;
    const toTensor = (codes: Int32Array, { count }: PictureSet) =>
      scope(() => keep(tensor(codes, { shape: [count, gridSize, gridSize], dtype: 'int32', device })));
    const train = await this.#reader.read(data.train);
    const heldOut = await this.#reader.read(data.heldOut);
    this.#codes = {
      train: toTensor(train.codes, data.train),
      heldOut: toTensor(heldOut.codes, data.heldOut),
      loss: train.figures.loss as number,
    };
    return this.#codes;
  }

  #forgetCodes(): void {
    this.#codes?.train.dispose();
    this.#codes?.heldOut.dispose();
    this.#codes = null;
  }

  /** `usage` is the part of the codes that held-out pictures need, `perplexity` how many there are if all were used alike. */
  async evaluate(): Promise<Metrics> {
    const { model, data } = this.#options;
    const { codes, figures } = await this.#reader.read(data.heldOut);
    const { reconstruction = 0, loss = 0 } = figures;
    const use = codeUse(codes, model.vqvae.config.numEmbeddings);
    if (this.#frozenAt === null) return { loss: loss + this.#ignorance, reconstruction, ...use };
    const prior = await this.#priorLoss();
    return { loss: loss + prior, reconstruction, ...use, prior };
  }

  async #priorLoss(): Promise<number> {
    const { heldOut } = await this.#allCodes();
    this.#options.model.eval();
    const count = heldOut.shape[0] as number;
    const mean = new MeanFigures();
    for (const numbers of evenlyInOrder(count, Math.min(AT_ONCE, count))) {
      const codes = scope(() => heldOut.narrow(0, numbers[0] as number, numbers.length).realize());
      mean.add(await noGrad(() => runStep(this.#measurePrior, codes)), numbers.length);
    }
    return mean.get().prior as number;
  }

  /** First held-out pictures, each row above what is left of it; then pictures of codes that the prior drew. */
  async sample(): Promise<Sample> {
    const { model, painter, data, settings } = this.#options;
    model.eval();
    if (this.#frozenAt !== null) {
      return sampleSheet(await painter.paint({ count: SHEET.count, seed: settings.seed }), SHEET.columns);
    }
    const count = Math.min(SHEET.count / 2, data.heldOut.count);
    const ids = this.#ids(Int32Array.from({ length: count }, (_, i) => i));
    const [before, after] = noGrad(() =>
      scope(() => {
        const pictures = data.heldOut.pictures(ids);
        return [pictures.realize(), model.vqvae.forward(pictures).realize()] as const;
      }),
    );
    ids.dispose();
    const [originals, copies] = [await readPictures(before), await readPictures(after)];
    const rows = Array.from({ length: Math.ceil(count / SHEET.columns) }, (_, row) => {
      const [from, to] = [row * SHEET.columns, (row + 1) * SHEET.columns];
      return [...originals.slice(from, to), ...copies.slice(from, to)];
    });
    return sampleSheet(rows.flat(), Math.min(count, SHEET.columns));
  }

  dispose(): void {
    const { model, painter, data } = this.#options;
    const programs = [this.#learnCodes, this.#learnPrior, this.#measurePrior, this.#reader];
    for (const each of [...programs, ...Object.values(this.#optimizers)]) each.dispose();
    this.#forgetCodes();
    for (const each of [model, painter, data.train, data.heldOut]) each.dispose();
  }
}
