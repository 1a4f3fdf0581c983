import { Conv2d, Dropout, Embedding, GroupNorm, type LayerOptions, Linear, Module } from '../../nn/index.ts';
import { scaledDotProductAttention } from '../../tensor/attention.ts';
import { cat } from '../../tensor/combine.ts';
import { arange, zerosLike } from '../../tensor/creation.ts';
import { interpolate } from '../../tensor/interpolate.ts';
import { noGrad, scope } from '../../tensor/scope.ts';
import type { Tensor } from '../../tensor/tensor.ts';

/** The network of the diffusion model. Read it from the bottom. */

export interface UNetConfig {
  readonly channels: number;
  /** Channels at full size. */
  readonly width: number;
  /** How many times as many there are at each level; each level halves the picture. */
  readonly multipliers: readonly number[];
  /** Residual blocks at each level on the way in; one more on the way out. */
  readonly blocks: number;
  /** Whether positions of the smallest picture attend to each other. */
  readonly attention: boolean;
  readonly heads: number;
  /** Groups of each norm. */
  readonly groups: number;
  readonly dropout: number;
  /** How many kinds of pictures there are; 0 if nothing is said about it. */
  readonly classes: number;
}

/** A layer that at first says nothing: what it adds to begins as if it were not there. */
function silent<Layer extends Conv2d | Linear>(layer: Layer): Layer {
  scope(() =>
    noGrad(() => {
      for (const value of layer.parameters()) value.assign(zerosLike(value).realize());
    }),
  );
  return layer;
}

/** Two convolutions, between which the time is told, added to what comes in. */
class ResidualBlock extends Module {
  readonly norm1: GroupNorm;
  readonly conv1: Conv2d;
  readonly time: Linear;
  readonly norm2: GroupNorm;
  readonly dropout: Dropout;
  readonly conv2: Conv2d;
  readonly skip: Conv2d | null;

  constructor(inputs: number, outputs: number, timeDim: number, config: UNetConfig, options: LayerOptions) {
    super();
    const { generator, ...place } = options;
    this.norm1 = new GroupNorm(config.groups, inputs, place);
    this.conv1 = new Conv2d(inputs, outputs, 3, { ...options, padding: 1 });
    this.time = new Linear(timeDim, outputs, options);
    this.norm2 = new GroupNorm(config.groups, outputs, place);
    this.dropout = new Dropout(config.dropout, { generator });
    this.conv2 = silent(new Conv2d(outputs, outputs, 3, { ...options, padding: 1 }));
    this.skip = inputs === outputs ? null : new Conv2d(inputs, outputs, 1, options);
  }

  /** [batch, inputs, height, width] and [batch, timeDim] to [batch, outputs, height, width]. */
  forward(x: Tensor, time: Tensor): Tensor {
    const shift = this.time.forward(time.silu()).unsqueeze(-1).unsqueeze(-1);
    const h = this.conv1.forward(this.norm1.forward(x).silu()).add(shift);
    const bent = this.dropout.forward(this.norm2.forward(h).silu());
    return (this.skip ? this.skip.forward(x) : x).add(this.conv2.forward(bent));
  }
}

/** Every position looks at every other. */
class Attention extends Module {
  readonly norm: GroupNorm;
  readonly qkv: Linear;
  readonly proj: Linear;
  readonly #heads: number;

  constructor(width: number, { groups, heads }: UNetConfig, options: LayerOptions) {
    super();
    const { generator: _, ...place } = options;
    this.norm = new GroupNorm(groups, width, place);
    this.qkv = new Linear(width, 3 * width, options);
    this.proj = silent(new Linear(width, width, options));
    this.#heads = heads;
  }

  /** [batch, width, height, width] to the same. */
  forward(x: Tensor): Tensor {
    const [batch, width] = x.shape as [number, number];
    const rows = this.norm.forward(x).flatten(2).transpose(1, 2);
    const time = rows.shape[1] as number;
    const apart = this.qkv.forward(rows).reshape(batch, time, 3, this.#heads, width / this.#heads);
    const [q, k, v] = [0, 1, 2].map((i) => apart.narrow(2, i, 1).squeeze(2).transpose(1, 2)) as [
      Tensor,
      Tensor,
      Tensor,
    ];
    const seen = scaledDotProductAttention(q, k, v).transpose(1, 2).reshape(batch, time, width);
    return x.add(this.proj.forward(seen).transpose(1, 2).reshape(x.shape));
  }
}

/** One size of the picture: blocks on the way in, a convolution to half the size, and on the way back blocks and a convolution. */
class Level extends Module {
  readonly into: readonly ResidualBlock[];
  readonly down: Conv2d | null;
  readonly out: readonly ResidualBlock[];
  readonly up: Conv2d | null;

  constructor(
    { before, width, behind }: { before: number; width: number; behind: number | null },
    timeDim: number,
    config: UNetConfig,
    options: LayerOptions,
  ) {
    super();
    const { blocks } = config;
    const block = (inputs: number) => new ResidualBlock(inputs, width, timeDim, config, options);
    this.into = Array.from({ length: blocks }, (_, i) => block(i === 0 ? before : width));
    this.down = behind === null ? null : new Conv2d(width, width, 3, { ...options, stride: 2, padding: 1 });
    // Each takes beside it what a layer on the way in gave, first of all the last one.
    const beside = [...this.into.map(() => width), before];
    this.out = beside.map((skipped, i) => block((i === 0 ? (behind ?? width) : width) + skipped));
    this.up = behind === null ? null : new Conv2d(behind, behind, 3, { ...options, padding: 1 });
  }
}

/** Sines and cosines of the time at wavelengths from 2π to 20000π (Vaswani et al., arXiv:1706.03762): [batch, size]. */
export function timeEmbedding(t: Tensor, size: number, like: Tensor): Tensor {
  const { dtype, device } = like;
  const half = size / 2;
  const frequencies = arange(half, { dtype, device })
    .mul(-Math.log(10_000) / half)
    .exp();
  const angles = t.to(dtype).unsqueeze(1).mul(frequencies);
  return cat([angles.cos(), angles.sin()], 1);
}

/**
 * A U-Net (Ronneberger et al., arXiv:1505.04597) as Ho et al. build it (arXiv:2006.11239): residual blocks with group norm
 * and SiLU on pictures that are halved and doubled again, with everything on the way in laid beside what is of the same size
 * on the way out; the time is told in every block.
 */
export class UNet extends Module {
  readonly time1: Linear;
  readonly time2: Linear;
  /** The last one is "no class", for guidance without a classifier. */
  readonly classEmbedding: Embedding | null;
  readonly first: Conv2d;
  readonly levels: readonly Level[];
  readonly middle1: ResidualBlock;
  readonly attention: Attention | null;
  readonly middle2: ResidualBlock;
  readonly norm: GroupNorm;
  readonly last: Conv2d;
  readonly #width: number;

  constructor(config: UNetConfig, options: LayerOptions = {}) {
    super();
    const { channels, width, multipliers, classes, groups } = config;
    const { generator: _, ...place } = options;
    const timeDim = 4 * width;
    const widths = multipliers.map((multiplier) => multiplier * width);
    const inner = widths.at(-1) as number;
    this.#width = width;
    this.time1 = new Linear(width, timeDim, options);
    this.time2 = new Linear(timeDim, timeDim, options);
    this.classEmbedding = classes > 0 ? new Embedding(classes + 1, timeDim, options) : null;
    this.first = new Conv2d(channels, width, 3, { ...options, padding: 1 });
    this.levels = widths.map((own, i) => {
      const sizes = { before: widths[i - 1] ?? width, width: own, behind: widths[i + 1] ?? null };
      return new Level(sizes, timeDim, config, options);
    });
    this.middle1 = new ResidualBlock(inner, inner, timeDim, config, options);
    this.attention = config.attention ? new Attention(inner, config, options) : null;
    this.middle2 = new ResidualBlock(inner, inner, timeDim, config, options);
    this.norm = new GroupNorm(groups, width, place);
    this.last = silent(new Conv2d(width, channels, 3, { ...options, padding: 1 }));
  }

  /**
   * @param x pictures [batch, channels, height, width]
   * @param t int32 times [batch]
   * @param labels int32 [batch]; `classes` itself stands for none
   * @returns what the model predicts, of the shape of `x`
   */
  forward(x: Tensor, t: Tensor, labels?: Tensor): Tensor {
    let time = this.time2.forward(this.time1.forward(timeEmbedding(t, this.#width, x)).silu());
    if (this.classEmbedding && labels) time = time.add(this.classEmbedding.forward(labels));
    let h = this.first.forward(x);
    const kept: Tensor[] = [h];
    for (const { into, down } of this.levels) {
      for (const block of into) {
        h = block.forward(h, time);
        kept.push(h);
      }
      if (!down) continue;
      h = down.forward(h);
      kept.push(h);
    }
    h = this.middle1.forward(h, time);
    if (this.attention) h = this.attention.forward(h);
    h = this.middle2.forward(h, time);
    for (const { out, up } of this.levels.toReversed()) {
      if (up) h = up.forward(interpolate(h, { scaleFactor: 2 }));
      for (const block of out) h = block.forward(cat([h, kept.pop() as Tensor], 1), time);
    }
    return this.last.forward(this.norm.forward(h).silu());
  }
}
