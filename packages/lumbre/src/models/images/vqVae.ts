import { Conv2d, ConvTranspose2d, type LayerOptions, Module, VectorQuantizer } from '../../nn/index.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { checkChoice, checkHalvings, checkIntegers, checkNumbers } from './checkConfig.ts';
import { checkPictures } from './pictureNets.ts';

/** A VQ-VAE, in one file: read it from the bottom. */

export interface VQVAEConfig {
  /** Pictures are squares of so many pixels a side. */
  readonly imageSize: number;
  /** 1 for grey, 3 for colours. */
  readonly channels: number;
  /** How often the picture is halved before its codes: 28 by 28 pixels and 2 make 7 by 7 codes. Default 2. */
  readonly downsamples?: number;
  /** Channels of the convolutions. Default 64. */
  readonly width?: number;
  /** Residual blocks of encoder and decoder. Default 2. */
  readonly residualBlocks?: number;
  /** Channels inside a residual block. Default 32. */
  readonly residualWidth?: number;
  /** How many codes there are. Default 128. */
  readonly numEmbeddings?: number;
  /** How long each code's vector is. Default 32. */
  readonly embeddingDim?: number;
  /** How much it costs the encoder to be far from its codes. Default 0.25. */
  readonly commitmentCost?: number;
  /** How much of the running averages that make the codes is kept at each step. Default 0.99. */
  readonly decay?: number;
  /** Codes that stand for fewer vectors of a batch, on average, are given up for new ones; 0 for never. Default 1. */
  readonly reviveThreshold?: number;
  /** Whether codes start as vectors of the first batch, or near zero. Default `batch`. */
  readonly initialize?: 'batch' | 'uniform';
  /** The variance of the pixels, by which the error is divided. Default 0.06. */
  readonly dataVariance?: number;
}

/** @throws RangeError that names the setting that is wrong. */
export function completeVQVAEConfig(config: VQVAEConfig): Required<VQVAEConfig> {
  const complete: Required<VQVAEConfig> = {
    ...{ downsamples: 2, width: 64, residualBlocks: 2, residualWidth: 32 },
    ...{ numEmbeddings: 128, embeddingDim: 32, commitmentCost: 0.25, decay: 0.99 },
    ...{ reviveThreshold: 1, initialize: 'batch' as const, dataVariance: 0.06 },
    ...config,
  };
  const model = 'VQVAE';
  checkIntegers(model, complete, ['imageSize', 'channels', 'downsamples', 'width', 'residualWidth']);
  checkIntegers(model, complete, ['numEmbeddings', 'embeddingDim']);
  checkIntegers(model, complete, ['residualBlocks'], 0);
  checkNumbers(model, complete, ['commitmentCost', 'reviveThreshold']);
  checkChoice(model, complete, 'initialize', ['batch', 'uniform']);
  checkNumbers(model, complete, ['decay'], 0, 1);
  checkNumbers(model, complete, ['dataVariance'], Number.MIN_VALUE);
  checkHalvings(model, complete.imageSize, complete.downsamples);
  return complete;
}

type Config = Required<VQVAEConfig>;

/** Adds to what comes in what two convolutions see in it. */
class ResidualBlock extends Module {
  readonly conv1: Conv2d;
  readonly conv2: Conv2d;

  constructor({ width, residualWidth }: Config, options: LayerOptions) {
    super();
    this.conv1 = new Conv2d(width, residualWidth, 3, { ...options, padding: 1 });
    this.conv2 = new Conv2d(residualWidth, width, 1, options);
  }

  forward(x: Tensor): Tensor {
    return x.add(this.conv2.forward(this.conv1.forward(x.relu()).relu()));
  }
}

const residualBlocks = (config: Config, options: LayerOptions): ResidualBlock[] =>
  Array.from({ length: config.residualBlocks }, () => new ResidualBlock(config, options));

/** Pictures to vectors on a coarser grid. */
class Encoder extends Module {
  readonly convs: readonly Conv2d[];
  readonly blocks: readonly ResidualBlock[];
  readonly last: Conv2d;

  constructor(config: Config, options: LayerOptions) {
    super();
    const { channels, width, downsamples, embeddingDim } = config;
    this.convs = Array.from(
      { length: downsamples },
      (_, i) => new Conv2d(i === 0 ? channels : width, width, 4, { ...options, stride: 2, padding: 1 }),
    );
    this.blocks = residualBlocks(config, options);
    this.last = new Conv2d(width, embeddingDim, 1, options);
  }

  forward(x: Tensor): Tensor {
    let h = x;
    for (const [i, conv] of this.convs.entries()) h = conv.forward(i === 0 ? h : h.relu());
    for (const block of this.blocks) h = block.forward(h);
    return this.last.forward(h.relu());
  }
}

/** Vectors on a grid to pictures. */
class Decoder extends Module {
  readonly first: Conv2d;
  readonly blocks: readonly ResidualBlock[];
  readonly convs: readonly ConvTranspose2d[];

  constructor(config: Config, options: LayerOptions) {
    super();
    const { channels, width, downsamples, embeddingDim } = config;
    this.first = new Conv2d(embeddingDim, width, 3, { ...options, padding: 1 });
    this.blocks = residualBlocks(config, options);
    this.convs = Array.from({ length: downsamples }, (_, i) => {
      const outputs = i === downsamples - 1 ? channels : width;
      return new ConvTranspose2d(width, outputs, 4, { ...options, stride: 2, padding: 1 });
    });
  }

  forward(z: Tensor): Tensor {
    let h = this.first.forward(z);
    for (const block of this.blocks) h = block.forward(h);
    for (const conv of this.convs) h = conv.forward(h.relu());
    return h;
  }
}

export interface VQVAELoss {
  /** reconstruction / dataVariance + commitment */
  readonly loss: Tensor;
  /** The mean squared error of a pixel. */
  readonly reconstruction: Tensor;
  /** How far vectors are from their codes, times `commitmentCost`. */
  readonly commitment: Tensor;
  /** How many codes are in use: the exponential of their entropy in the batch. */
  readonly perplexity: Tensor;
  /** The part of the codes that the batch uses. */
  readonly usage: Tensor;
}

/**
 * An autoencoder whose code is a grid of whole numbers (van den Oord et al., Neural Discrete Representation Learning,
 * arXiv:1711.00937): each vector of the encoder is replaced by the nearest in a book of codes, which follows the vectors'
 * running averages. Train it in training mode, since the book is only written there. `VQPrior` learns which grids there are.
 */
export class VQVAE extends Module {
  readonly config: Config;
  readonly encoder: Encoder;
  readonly quantizer: VectorQuantizer;
  readonly decoder: Decoder;

  /** @throws RangeError that names the setting that is wrong. */
  constructor(config: VQVAEConfig, options: LayerOptions = {}) {
    super();
    this.config = completeVQVAEConfig(config);
    const { numEmbeddings, embeddingDim, commitmentCost, decay, reviveThreshold, initialize } = this.config;
    this.encoder = new Encoder(this.config, options);
    this.quantizer = new VectorQuantizer(numEmbeddings, embeddingDim, {
      ...{ commitmentCost, decay, reviveThreshold, initialize },
      ...options,
    });
    this.decoder = new Decoder(this.config, options);
  }

  /** How many codes a side the grid has. */
  get gridSize(): number {
    return this.config.imageSize / 2 ** this.config.downsamples;
  }

  /** The encoder's vectors, [batch, height, width, embeddingDim]. */
  #vectors(x: Tensor): Tensor {
    checkPictures('VQVAE', x, this.config);
    return this.encoder.forward(x).permute(0, 2, 3, 1);
  }

  #decoded(vectors: Tensor): Tensor {
    return this.decoder.forward(vectors.permute(0, 3, 1, 2));
  }

  /** Pictures [batch, channels, height, width] in [0, 1] to codes, int32 [batch, gridSize, gridSize]. */
  encode(x: Tensor): Tensor {
    // Not the quantizer's forward pass, which learns in training mode.
    const { embedding } = this.quantizer;
    const products = this.#vectors(x).matmul(embedding.T);
    return embedding.square().sum(-1).sub(products.mul(2)).argmin(-1);
  }

  /** Codes, int32 [batch, gridSize, gridSize], to pictures in [0, 1]. */
  decode(codes: Tensor): Tensor {
    return this.#decoded(this.quantizer.lookup(codes)).clamp({ min: 0, max: 1 });
  }

  /** Pictures to what is left of them. */
  forward(x: Tensor): Tensor {
    return this.decode(this.encode(x));
  }

  /** What is minimized, and its parts. */
  loss(x: Tensor): VQVAELoss {
    const { quantized, loss: commitment, perplexity, usage } = this.quantizer.forward(this.#vectors(x));
    const reconstruction = this.#decoded(quantized).sub(x).square().mean();
    const loss = reconstruction.div(this.config.dataVariance).add(commitment);
    return { loss, reconstruction, commitment, perplexity, usage };
  }
}
