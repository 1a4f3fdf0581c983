import { compile } from '../../tensor/compile.ts';
import { feed } from '../../tensor/creation.ts';
import type { Generator } from '../../tensor/generator.ts';
import { gradients } from '../../tensor/grad.ts';
import { randn } from '../../tensor/random.ts';
import { noGrad } from '../../tensor/scope.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { type AdversarialModel, updateAverage } from './adversarial.ts';
import {
  discriminatorLoss,
  type GanLoss,
  generatorLoss,
  gradientPenalty,
  modeSeekingPenalty,
  r1Penalty,
} from './ganLosses.ts';

/** What the steps need of an optimizer. */
export interface StepOptimizer {
  readonly stepCount: number;
  step(): void;
  zeroGrad(): void;
}

export interface GanStepOptions {
  readonly model: AdversarialModel;
  /** Of the generator's parameters, and of the discriminator's: different rates are Heusel et al.'s (arXiv:1706.08500). */
  readonly generatorOptimizer: StepOptimizer;
  readonly discriminatorOptimizer: StepOptimizer;
  /** Default `non-saturating`. */
  readonly loss?: GanLoss;
  /** See `discriminatorLoss`. Default 0. */
  readonly labelSmoothing?: number;
  /**
   * The standard deviation of noise on all pictures that the discriminator sees (Sønderby et al., arXiv:1610.04490): a
   * number, or a function that is asked at each step. Default 0.
   */
  readonly instanceNoise?: number | (() => number);
  /** The weight of `r1Penalty`, Mescheder's gamma. Default 0. */
  readonly r1?: number;
  /** At every so many steps the penalty is computed, and weighs as many times more (Karras et al., arXiv:1912.04958). Default 1. */
  readonly r1Interval?: number;
  /** The weight of `gradientPenalty`, Gulrajani's lambda. Default 0. */
  readonly gradientPenalty?: number;
  /** The weight of `modeSeekingPenalty` in the generator's loss. Default 0. */
  readonly modeSeeking?: number;
  /** How much of the average generator stays at each step. Default 0.999. */
  readonly emaDecay?: number;
  /** What noise is drawn from; the default generator unless given. */
  readonly generator?: Generator;
}

/** One batch for the discriminator. */
export interface DiscriminatorBatch {
  /** Pictures in [-1, 1]. */
  readonly real: Tensor;
  /** int32 [batch], for models with classes. Fakes are made for the same ones. */
  readonly labels?: Tensor;
  /** Noise for the generator [batch, latentDim]; drawn unless given. */
  readonly z?: Tensor;
  /** Where the gradient penalty looks, [batch, 1, 1, 1]; drawn unless given. */
  readonly mix?: Tensor;
}

/** One batch for the generator: its noise, or how many pictures to make. */
export interface GeneratorBatch {
  readonly batch?: number;
  readonly labels?: Tensor;
  readonly z?: Tensor;
}

export interface DiscriminatorResult {
  readonly loss: Tensor;
  /** Mean scores. */
  readonly real: Tensor;
  readonly fake: Tensor;
  /** What the penalties added to the loss; 0 where there are none. */
  readonly penalty: Tensor;
}

export interface GeneratorResult {
  readonly loss: Tensor;
}

/** A training step, and the same in the background; see `compile`. Dispose of what it returns. */
export interface GanStep<Batch, Result> {
  (batch: Batch): Result;
  async(batch: Batch): Promise<Result>;
}

export interface GanSteps {
  readonly discriminatorStep: GanStep<DiscriminatorBatch, DiscriminatorResult>;
  readonly generatorStep: GanStep<GeneratorBatch, GeneratorResult>;
  /** Gives back the programs. */
  dispose(): void;
}

/** Sets the gradients of one network alone: the loss is also a function of the other's parameters. */
function differentiate(loss: Tensor, parameters: readonly Tensor[]): void {
  gradients(loss, parameters).forEach((gradient, i) => {
    (parameters[i] as Tensor).grad = gradient;
  });
}

/**
 * The two training steps of a GAN, compiled: the discriminator learns to tell pictures from the generator's, the generator
 * to be taken for real. Call them in turns, the first perhaps several times; with the model in training mode.
 */
export function makeGanSteps(options: GanStepOptions): GanSteps {
  const { model, generatorOptimizer, discriminatorOptimizer, generator } = options;
  const { loss: kind = 'non-saturating', labelSmoothing = 0, instanceNoise = 0, emaDecay = 0.999 } = options;
  const { r1 = 0, r1Interval = 1, gradientPenalty: lambda = 0, modeSeeking = 0 } = options;
  const generatorParameters = model.generator.parameters();
  const discriminatorParameters = model.discriminator.parameters();

  const noisy = (x: Tensor): Tensor => {
    if (instanceNoise === 0) return x;
    const { shape, dtype, device } = x;
    const level =
      typeof instanceNoise === 'number'
        ? instanceNoise
        : feed(() => Float32Array.of(instanceNoise()), [], 'float32', device).to(dtype);
    return x.add(randn(shape, { dtype, device, generator }).mul(level));
  };

  const discriminatorProgram = compile((batch: DiscriminatorBatch, withR1: boolean) => {
    const { real, labels, mix } = batch;
    const z = batch.z ?? model.drawNoise(real.shape[0] as number, generator);
    const fake = noGrad(() => model.generator.forward(z, labels)).detach();
    const seen = noisy(real);
    const [realScores, fakeScores] = [seen, noisy(fake)].map((x) =>
      model.discriminator.forward(x, labels),
    ) as [Tensor, Tensor];
    const contest = discriminatorLoss(kind, realScores, fakeScores, labelSmoothing);
    const penalties = [
      ...(withR1 ? [r1Penalty(model.discriminator, seen, labels).mul(r1 * r1Interval)] : []),
      ...(lambda > 0
        ? [gradientPenalty(model.discriminator, real, fake, { labels, generator, mix }).mul(lambda)]
        : []),
    ];
    const penalty = penalties.reduce((total, each) => total.add(each), contest.mul(0).detach());
    const loss = penalties.length > 0 ? contest.add(penalty) : contest;
    differentiate(loss, discriminatorParameters);
    discriminatorOptimizer.step();
    discriminatorOptimizer.zeroGrad();
    return { loss, real: realScores.mean(), fake: fakeScores.mean(), penalty };
  });

  const generatorProgram = compile(({ batch = 0, labels, z }: GeneratorBatch) => {
    const noise = z ?? model.drawNoise(batch, generator);
    const fake = model.generator.forward(noise, labels);
    const contest = generatorLoss(kind, model.discriminator.forward(noisy(fake), labels));
    const loss = modeSeeking > 0 ? contest.add(modeSeekingPenalty(noise, fake).mul(modeSeeking)) : contest;
    differentiate(loss, generatorParameters);
    generatorOptimizer.step();
    generatorOptimizer.zeroGrad();
    if (model.averageGenerator) {
      updateAverage(model.averageGenerator, model.generator, emaDecay);
      // It has statistics of its own: those of the generator are not those of averaged weights.
      noGrad(() => model.averageGenerator?.forward(noise, labels));
    }
    return { loss };
  });

  const withR1 = () => r1 > 0 && discriminatorOptimizer.stepCount % r1Interval === 0;
  const checked = (batch: GeneratorBatch): GeneratorBatch => {
    if (batch.z || (batch.batch ?? 0) > 0) return batch;
    throw new RangeError('generatorStep: give the noise z, or how many pictures to make (batch).');
  };
  return {
    discriminatorStep: Object.assign((batch: DiscriminatorBatch) => discriminatorProgram(batch, withR1()), {
      async: (batch: DiscriminatorBatch) => discriminatorProgram.async(batch, withR1()),
    }),
    generatorStep: Object.assign((batch: GeneratorBatch) => generatorProgram(checked(batch)), {
      async: (batch: GeneratorBatch) => generatorProgram.async(checked(batch)),
    }),
    dispose() {
      discriminatorProgram.dispose();
      generatorProgram.dispose();
    },
  };
}
