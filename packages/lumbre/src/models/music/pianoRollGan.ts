import {
  BatchNorm2d,
  Conv2d,
  ConvTranspose2d,
  type LayerOptions,
  Linear,
  Module,
  spectralNorm,
} from '../../nn/index.ts';
import { cat } from '../../tensor/combine.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { AdversarialModel, copyState, initializeDCGAN } from '../images/adversarial.ts';
import { checkChoice, checkIntegers } from '../images/checkConfig.ts';
import { withStddev } from '../images/ganNets.ts';

export interface PianoRollGANConfig {
  /** Steps of a roll; a multiple of 8. Default 32. */
  readonly steps?: number;
  /** Pitches of a roll, in whole octaves. Default 48. */
  readonly pitches?: number;
  /** How many random numbers a roll is made of. Default 64. */
  readonly latentDim?: number;
  /** Channels of each octave in each step; there are more where there are fewer steps. Default 48. */
  readonly width?: number;
  /**
   * How a note becomes one or none: `straight-through` makes it so in the generator, whose gradient passes as if it had
   * not (Bengio et al., arXiv:1308.3432; Dong and Yang, arXiv:1804.09399), so that the discriminator cannot tell rolls by
   * half notes; with `threshold` only what is read out is cut. Default `straight-through`.
   */
  readonly binary?: 'straight-through' | 'threshold';
  /** Whether a running average of the generator is kept. Default true. */
  readonly average?: boolean;
}

type Config = Required<PianoRollGANConfig>;

const OCTAVE = 12;
const HALVINGS = 3;

/** @throws RangeError that names the setting that is wrong. */
export function completePianoRollGANConfig(config: PianoRollGANConfig): Config {
  const defaults = { steps: 32, pitches: 48, latentDim: 64, width: 48, average: true } as const;
  const complete: Config = { ...defaults, binary: 'straight-through', ...config };
  checkIntegers('PianoRollGAN', complete, ['steps', 'pitches', 'latentDim', 'width']);
  checkChoice('PianoRollGAN', complete, 'binary', ['straight-through', 'threshold']);
  if (complete.steps % 2 ** HALVINGS !== 0 || complete.pitches % OCTAVE !== 0) {
    throw new RangeError(
      `PianoRollGAN: steps must be a multiple of 8 and pitches one of 12, not ${complete.steps} and ${complete.pitches}.`,
    );
  }
  return complete;
}

/** Channels from the roll inwards. */
const widthsOf = ({ width }: Config): readonly number[] => [width, 2 * width, 3 * width, 4 * width];

/** Noise grows in time until every step has its octaves; from each of those come twelve pitches. */
export class RollGenerator extends Module {
  readonly latentDim: number;
  readonly project: Linear;
  /** One before each convolution. */
  readonly norms: readonly BatchNorm2d[];
  readonly convs: readonly ConvTranspose2d[];
  readonly #innermost: readonly number[];
  readonly #binary: Config['binary'];

  constructor(config: Config, options: LayerOptions = {}) {
    super();
    const { steps, pitches, latentDim, binary } = config;
    const outwards = widthsOf(config).toReversed();
    const [first, last] = [outwards[0] as number, outwards.at(-1) as number];
    this.latentDim = latentDim;
    this.#binary = binary;
    this.#innermost = [first, steps / 2 ** HALVINGS, pitches / OCTAVE];
    this.project = new Linear(
      latentDim,
      this.#innermost.reduce((a, b) => a * b),
      {
        ...options,
        bias: false,
      },
    );
    this.norms = outwards.map((width) => new BatchNorm2d(width, options));
    this.convs = [
      ...outwards.slice(1).map(
        (width, i) =>
          new ConvTranspose2d(outwards[i] as number, width, [4, 3], {
            ...{ stride: [2, 1], padding: [1, 1], bias: false },
            ...options,
          }),
      ),
      new ConvTranspose2d(last, 1, [1, OCTAVE], { stride: [1, OCTAVE], ...options }),
    ];
  }

  /** [batch, latentDim] to rolls [batch, 1, steps, pitches] in [-1, 1]. */
  forward(z: Tensor): Tensor {
    let h = this.project.forward(z).reshape(-1, ...this.#innermost);
    for (const [i, conv] of this.convs.entries()) {
      h = conv.forward((this.norms[i] as BatchNorm2d).forward(h).relu());
    }
    const soft = h.tanh();
    if (this.#binary === 'threshold') return soft;
    const hard = soft.gt(0).to(soft.dtype).mul(2).sub(1);
    return soft.add(hard.sub(soft).detach());
  }
}

/** Sees octaves of each step, then time; and how many notes sound in each step. */
export class RollDiscriminator extends Module {
  readonly convs: readonly Conv2d[];
  /** What is heard at a time: all pitches of one step. */
  readonly chords: Conv2d;
  readonly score: Linear;

  constructor(config: Config, options: LayerOptions = {}, initialize?: (network: Module) => void) {
    super();
    const widths = widthsOf(config);
    const { steps, pitches } = config;
    const [first, last] = [widths[0] as number, widths.at(-1) as number];
    this.chords = new Conv2d(1, first, [1, pitches], options);
    this.convs = [
      new Conv2d(1, first, [1, OCTAVE], { stride: [1, OCTAVE], ...options }),
      ...widths.slice(1).map((width, i) => {
        // What is heard at a time joins in.
        const inputs = (widths[i] as number) + (i === 0 ? first : 0);
        return new Conv2d(inputs, width, [4, 3], { stride: [2, 1], padding: [1, 1], ...options });
      }),
    ];
    const features = (last + 1) * (steps / 2 ** HALVINGS) * (pitches / OCTAVE);
    this.score = new Linear(features, 1, options);
    initialize?.(this);
    for (const layer of [...this.convs, this.chords, this.score]) spectralNorm(layer, options);
  }

  /** [batch, 1, steps, pitches] to scores [batch]. */
  forward(x: Tensor): Tensor {
    const [octaves, ...rest] = this.convs as [Conv2d, ...Conv2d[]];
    const parts = octaves.forward(x).leakyRelu(0.2);
    const chords = this.chords.forward(x).leakyRelu(0.2);
    let h = cat([parts, chords.expand(...parts.shape)], 1);
    for (const conv of rest) h = conv.forward(h).leakyRelu(0.2);
    return this.score.forward(withStddev(h).flatten(1)).reshape(-1);
  }
}

/**
 * A GAN over piano rolls, in the manner of MidiNet (Yang et al., MidiNet: A Convolutional Generative Adversarial Network
 * for Symbolic-domain Music Generation, arXiv:1703.10847) and MuseGAN (Dong et al., arXiv:1709.06298): convolutions along
 * time, kernels of an octave along pitch, notes that are there or not. Rolls are [batch, 1, steps, pitches] with 1 for a note
 * and -1 for none, so that `makeGanSteps` trains it as it does pictures.
 */
export class PianoRollGAN extends AdversarialModel {
  readonly config: Config;
  readonly generator: RollGenerator;
  readonly discriminator: RollDiscriminator;
  readonly averageGenerator: RollGenerator | null;

  /** @throws RangeError that names the setting that is wrong. */
  constructor(config: PianoRollGANConfig = {}, options: LayerOptions = {}) {
    super();
    this.config = completePianoRollGANConfig(config);
    const initialize = (network: Module) => initializeDCGAN(network, options.generator);
    this.generator = new RollGenerator(this.config, options);
    initialize(this.generator);
    this.discriminator = new RollDiscriminator(this.config, options, initialize);
    this.averageGenerator = this.config.average
      ? copyState(new RollGenerator(this.config, options), this.generator)
      : null;
  }
}
