import { Module } from '../../nn/index.ts';
import { zerosLike } from '../../tensor/creation.ts';
import type { Generator } from '../../tensor/generator.ts';
import { normal, randn } from '../../tensor/random.ts';
import { noGrad, scope } from '../../tensor/scope.ts';
import type { Tensor } from '../../tensor/tensor.ts';

/** Makes pictures in [-1, 1] from noise [batch, latentDim] and, if it has classes, int32 labels [batch]. */
export interface GeneratorNetwork extends Module {
  readonly latentDim: number;
  forward(z: Tensor, labels?: Tensor): Tensor;
}

/** Gives each picture a score [batch], high for what looks real: a logit, or a critic's opinion. */
export interface DiscriminatorNetwork extends Module {
  forward(x: Tensor, labels?: Tensor): Tensor;
}

export interface AdversarialSampleOptions {
  readonly generator?: Generator;
  /** Standard normal numbers [count, latentDim], instead. */
  readonly noise?: Tensor;
  /** int32 [count], for models with classes. */
  readonly labels?: Tensor;
  /** Shortens the noise: below 1 pictures are better and more alike (Brock et al., arXiv:1809.11096). Default 1. */
  readonly truncation?: number;
  /** Whether the average of the generator is used, if there is one. Default true. */
  readonly average?: boolean;
}

/** What the GANs have in common: a generator, a discriminator, and perhaps a running average of the generator's weights. */
export abstract class AdversarialModel extends Module {
  abstract readonly config: { readonly latentDim: number; readonly classes?: number };
  abstract readonly generator: GeneratorNetwork;
  abstract readonly discriminator: DiscriminatorNetwork;
  /** Follows the generator slowly (Karras et al., arXiv:1710.10196), and is what one samples from; `null` unless asked for. */
  abstract readonly averageGenerator: GeneratorNetwork | null;

  /** Noise [batch, latentDim] to pictures [batch, channels, height, width] in [-1, 1]. */
  forward(z: Tensor, labels?: Tensor): Tensor {
    return this.generator.forward(z, labels);
  }

  /** Standard normal noise [count, latentDim]. */
  drawNoise(count: number, generator?: Generator): Tensor {
    const { dtype, device } = this.generator.parameters()[0] as Tensor;
    return randn([count, this.config.latentDim], { dtype, device, generator });
  }

  /** `count` pictures in [-1, 1]. Call `eval()` before: while training, batch norm makes pictures depend on each other. */
  sample(count: number, options: AdversarialSampleOptions = {}): Tensor {
    const { generator, noise, labels, truncation = 1, average = true } = options;
    const z = noise ?? this.drawNoise(count, generator);
    const network = (average && this.averageGenerator) || this.generator;
    return network.forward(truncation === 1 ? z : z.mul(truncation), labels);
  }
}

/** Gives a network the parameters and buffers of another that is built alike. */
export function copyState<Network extends Module>(to: Network, from: Network): Network {
  to.loadStateDict(from.stateDict());
  return to;
}

/**
 * Radford et al.'s first weights: normal with standard deviation 0.02, those of norms around 1, biases 0.
 * @param keep whose names it answers true for stay as they are
 */
export function initializeDCGAN(
  network: Module,
  generator?: Generator,
  keep: (name: string) => boolean = () => false,
): void {
  scope(() =>
    noGrad(() => {
      for (const [name, value] of network.namedParameters()) {
        if (keep(name)) continue;
        const { shape, dtype, device } = value;
        const draw = (mean: number) => normal(mean, 0.02, shape, { dtype, device, generator });
        const isNorm = value.ndim === 1 && name.endsWith('weight');
        const first = value.ndim > 1 ? draw(0) : isNorm ? draw(1) : zerosLike(value);
        value.assign(first.realize());
      }
    }),
  );
}

/** Moves the average's parameters a little towards the network's: by 1 - decay. Its buffers it finds for itself, in training. */
export function updateAverage(average: Module, network: Module, decay: number): void {
  noGrad(() =>
    scope(() => {
      const now = network.namedParameters();
      for (const [name, value] of average.namedParameters()) {
        const target = now.get(name) as Tensor;
        value.assign(value.add(target.sub(value).mul(1 - decay)));
      }
    }),
  );
}
