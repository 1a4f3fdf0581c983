import { conv2d, convTranspose2d, noGrad, normal, ones, randn, stack, type Tensor, zeros } from 'lumbre';
import { buffer, Module, parameter } from 'lumbre/nn';
import { AdamW } from 'lumbre/optim';
import { CHECKED_LEARNING_RATE, openTraining, type Recipe } from '../training.ts';
import type { Case, Workload } from '../workload.ts';

interface Sizes {
  readonly channels: number;
  /** Channels of the widest image that is not the picture itself; deeper ones have two and four times as many. */
  readonly base: number;
  readonly noise: number;
  readonly batch: number;
}

const KERNEL = 4;
/** Halves or doubles the sides of an image. */
const halving = { stride: 2, padding: 1 };
/** Takes an image of 4 by 4 to a point, or back. */
const toPoint = { stride: 1, padding: 0 };

type Sliding = typeof halving;

/** Normalizes each channel by its mean and variance over the batch (Ioffe and Szegedy, arXiv:1502.03167). */
class BatchNorm extends Module {
  readonly weight: Tensor;
  readonly bias: Tensor;
  readonly runningMean: Tensor;
  readonly runningVar: Tensor;

  constructor(channels: number, device: string) {
    super();
    const shape = [1, channels, 1, 1];
    this.weight = parameter(normal(1, 0.02, shape, { device }));
    this.bias = parameter(zeros(shape, { device }));
    this.runningMean = buffer(zeros(shape, { device }));
    this.runningVar = buffer(ones(shape, { device }));
  }

  /** [batch, channels, height, width] to the same shape. */
  forward(x: Tensor): Tensor {
    const over = [0, 2, 3];
    const mean = x.mean(over, { keepdim: true });
    const centered = x.sub(mean);
    const variance = centered.square().mean(over, { keepdim: true });
    noGrad(() => {
      const count = x.size / (x.shape[1] as number);
      follow(this.runningMean, mean);
      follow(this.runningVar, variance.mul(count / (count - 1)));
    });
    return centered.mul(variance.add(1e-5).rsqrt()).mul(this.weight).add(this.bias);
  }
}

const MOMENTUM = 0.1;

function follow(running: Tensor, value: Tensor): void {
  running.assign(running.mul(1 - MOMENTUM).add(value.mul(MOMENTUM)));
}

/** A convolution or its transpose, normalized or not. */
class Layer extends Module {
  readonly weight: Tensor;
  readonly norm: BatchNorm | null;
  readonly #sliding: Sliding;

  constructor(shape: readonly number[], norm: number | null, sliding: Sliding, device: string) {
    super();
    this.weight = parameter(normal(0, 0.02, [...shape, KERNEL, KERNEL], { device }));
    this.norm = norm === null ? null : new BatchNorm(norm, device);
    this.#sliding = sliding;
  }

  down(x: Tensor): Tensor {
    return this.#normalized(conv2d(x, this.weight, this.#sliding));
  }

  up(x: Tensor): Tensor {
    return this.#normalized(convTranspose2d(x, this.weight, this.#sliding));
  }

  #normalized(x: Tensor): Tensor {
    return this.norm ? this.norm.forward(x) : x;
  }
}

/** Noise [batch, noise, 1, 1] to pictures [batch, channels, 32, 32]. */
class Generator extends Module {
  readonly layers: readonly Layer[];

  constructor({ channels, base, noise }: Sizes, device: string) {
    super();
    const widths = [noise, 4 * base, 2 * base, base, channels] as const;
    this.layers = widths.slice(1).map((width, i) => {
      const last = i === widths.length - 2;
      return new Layer(
        [widths[i] as number, width],
        last ? null : width,
        i === 0 ? toPoint : halving,
        device,
      );
    });
  }

  forward(noise: Tensor): Tensor {
    return this.layers.reduce((x, layer, i) => layer.up(i === 0 ? x : x.relu()), noise).tanh();
  }
}

/** Pictures [batch, channels, 32, 32] to one number each, [batch]. */
class Discriminator extends Module {
  readonly layers: readonly Layer[];

  constructor({ channels, base }: Sizes, device: string) {
    super();
    const widths = [channels, base, 2 * base, 4 * base, 1] as const;
    this.layers = widths.slice(1).map((width, i) => {
      const last = i === widths.length - 2;
      const norm = i === 0 || last ? null : width;
      return new Layer([width, widths[i] as number], norm, last ? toPoint : halving, device);
    });
  }

  forward(pictures: Tensor): Tensor {
    const score = this.layers.reduce((x, layer, i) => layer.down(i === 0 ? x : x.leakyRelu(0.2)), pictures);
    return score.reshape([-1]);
  }
}

/** Binary cross-entropy of logits that should all be 1, or all 0. */
const shouldBe = (real: boolean, logits: Tensor): Tensor => (real ? logits.neg() : logits).softplus().mean();

/** DCGAN (Radford, Metz and Chintala, arXiv:1511.06434): one step of the discriminator, and one of the generator. */
function dcganRecipe(sizes: Sizes, lr: number, device: string): Recipe {
  const { channels, noise, batch } = sizes;
  const generator = new Generator(sizes, device);
  const discriminator = new Discriminator(sizes, device);
  // Without decay, AdamW is Adam.
  const settings = { lr, betas: [0.5, 0.999], weightDecay: 0 } as const;
  const ofGenerator = new AdamW(generator.parameters(), settings);
  const ofDiscriminator = new AdamW(discriminator.parameters(), settings);
  return {
    batch: () => [
      randn([batch, channels, 32, 32], { device }).tanh(),
      randn([batch, noise, 1, 1], { device }),
    ],
    step: (...[real, z]) => {
      const fake = generator.forward(z as Tensor);
      const onReal = shouldBe(true, discriminator.forward(real as Tensor));
      onReal.backward();
      const onFake = shouldBe(false, discriminator.forward(fake.detach()));
      onFake.backward();
      ofDiscriminator.step();
      const fooled = shouldBe(true, discriminator.forward(fake));
      fooled.backward();
      ofGenerator.step();
      ofGenerator.zeroGrad();
      ofDiscriminator.zeroGrad();
      return stack([onReal.add(onFake), fooled]);
    },
    dispose: () => {
      for (const used of [ofGenerator, ofDiscriminator, generator, discriminator]) used.dispose();
    },
  };
}

/** Multiply-adds of the layers for one picture; the first and last image are the smallest. */
function layerProducts({ channels, base, noise }: Sizes): { generator: number[]; discriminator: number[] } {
  const window = KERNEL * KERNEL;
  const [first, second, third] = [
    16 * 16 * channels * base * window,
    8 * 8 * base * 2 * base * window,
    4 * 4 * 2 * base * 4 * base * window,
  ];
  return {
    generator: [noise * 4 * base * window, third, second, first],
    discriminator: [first, second, third, 4 * base * window],
  };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

function operationsOf(sizes: Sizes): number {
  const { generator, discriminator } = layerProducts(sizes);
  const [g, d] = [sum(generator), sum(discriminator)];
  // Forward once and backward twice, but for the gradient of the first layer's input; of the discriminator that only
  // leads to the generator, no gradient of weights.
  const training = (all: number, [first = 0]: readonly number[]) => 3 * all - first;
  return 2 * sizes.batch * (2 * training(d, discriminator) + 2 * d + training(g, generator));
}

function weightsOf({ channels, base, noise }: Sizes): number {
  const inner = base * 2 * base + 2 * base * 4 * base;
  return KERNEL * KERNEL * (2 * inner + 2 * channels * base + 4 * base * (noise + 1));
}

const small: Sizes = { channels: 1, base: 4, noise: 6, batch: 3 };

export function dcganCase(name: string, sizes: Sizes): Case {
  return {
    name,
    unit: 'ms',
    sizes: { ...sizes },
    operations: operationsOf(sizes),
    // Weights and Adam's two means are read and written.
    bytes: 4 * 6 * weightsOf(sizes),
    open: (device) =>
      openTraining(device, (on) => dcganRecipe(sizes, 2e-4, on), {
        what: `a DCGAN of base ${small.base}, batch ${small.batch}`,
        recipe: (on) => dcganRecipe(small, CHECKED_LEARNING_RATE, on),
      }),
  };
}

export const w5: Workload = {
  name: 'W5',
  title: 'training steps of a DCGAN on pictures of 32 x 32, both Adam',
  cases: [dcganCase('dcgan', { channels: 3, base: 64, noise: 100, batch: 64 })],
};
