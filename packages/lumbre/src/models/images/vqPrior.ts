import { crossEntropy, type LayerOptions, Module } from '../../nn/index.ts';
import { cat } from '../../tensor/combine.ts';
import { full, tensor } from '../../tensor/creation.ts';
import { Generator } from '../../tensor/generator.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { GPT } from '../gpt.ts';
import { completeGPTConfig, type GPTConfig } from '../gptConfig.ts';
import { GPTDecoder } from '../gptDecoder.ts';
import { checkSampling, type SamplingOptions, sampleToken } from '../sampling.ts';
import { checkIntegers } from './checkConfig.ts';

export interface VQPriorConfig
  extends Partial<Pick<GPTConfig, 'nLayer' | 'nHead' | 'nEmbd' | 'dropout' | 'initStd'>> {
  /** How many codes there are: the VQ-VAE's `numEmbeddings`. */
  readonly numEmbeddings: number;
  /** How many codes a side the grid has. */
  readonly gridSize: number;
  /** How many kinds of pictures there are; 0 if nothing is said about it. Default 0. */
  readonly classes?: number;
}

/** @throws RangeError that names the setting that is wrong. */
export function completeVQPriorConfig(config: VQPriorConfig): Required<VQPriorConfig> {
  const complete = { nLayer: 4, nHead: 4, nEmbd: 128, dropout: 0.1, classes: 0, initStd: 0.05, ...config };
  checkIntegers('VQPrior', complete, ['numEmbeddings', 'gridSize']);
  checkIntegers('VQPrior', complete, ['classes'], 0);
  completeGPTConfig({ ...complete, vocabSize: 1, blockSize: 1 });
  return complete;
}

export interface VQPriorSampleOptions extends SamplingOptions {
  /** The kind of each picture, `count` numbers, for a prior with classes. */
  readonly labels?: ArrayLike<number>;
  readonly generator?: Generator;
  /** Ends the drawing early, by an error. */
  readonly signal?: AbortSignal;
}

/**
 * Which grids of codes there are: a GPT that reads them row by row, as van den Oord et al. (arXiv:1711.00937) do with a PixelCNN.
 * Each grid begins with a token that says its class, or only that it begins; they come after the codes.
 */
export class VQPrior extends Module {
  readonly config: Required<VQPriorConfig>;
  readonly gpt: GPT;

  /** @throws RangeError that names the setting that is wrong. */
  constructor(config: VQPriorConfig, options: LayerOptions = {}) {
    super();
    this.config = completeVQPriorConfig(config);
    const { numEmbeddings, gridSize, classes, nLayer, nHead, nEmbd, dropout, initStd } = this.config;
    const vocabSize = numEmbeddings + Math.max(1, classes);
    const sizes = { vocabSize, blockSize: gridSize ** 2, nLayer, nHead, nEmbd };
    this.gpt = new GPT({ ...sizes, dropout, initStd }, options);
  }

  /** int32 [batch, 1] */
  #starts(batch: number, labels: Tensor | undefined, device: string): Tensor {
    const { numEmbeddings, classes } = this.config;
    if (classes === 0) return full([batch, 1], numEmbeddings, { dtype: 'int32', device });
    if (!labels) throw new TypeError('VQPrior: the model has classes: give the labels, int32 [batch].');
    return labels.reshape(batch, 1).add(numEmbeddings).to('int32');
  }

  /** Codes, int32 [batch, gridSize, gridSize], to logits of each before it is seen, [batch, gridSize², vocabSize]. */
  forward(codes: Tensor, labels?: Tensor): Tensor {
    const batch = codes.shape[0] as number;
    const flat = codes.reshape(batch, -1);
    const before = flat.narrow(1, 0, (flat.shape[1] as number) - 1);
    return this.gpt.forward(cat([this.#starts(batch, labels, codes.device), before], 1));
  }

  /** `loss`: the mean surprise at a code, in nats; times gridSize² it is that at a picture's codes. */
  loss(codes: Tensor, labels?: Tensor): { loss: Tensor } {
    return { loss: crossEntropy(this.forward(codes, labels), codes.reshape(codes.shape[0] as number, -1)) };
  }

  /**
   * Draws `count` grids side by side, code by code.
   * @returns int32 [count, gridSize, gridSize], for `VQVAE.decode`
   * @throws RangeError for options that make no sense.
   */
  async sample(count: number, options: VQPriorSampleOptions = {}): Promise<Tensor> {
    checkSampling(options);
    const { numEmbeddings, gridSize, classes } = this.config;
    const { labels, generator = new Generator(), signal } = options;
    if (classes > 0 && labels?.length !== count) {
      throw new RangeError(
        `VQPrior: the model has classes: give ${count} labels, one a picture, not ${labels?.length}.`,
      );
    }
    const length = gridSize ** 2;
    const grids = new Int32Array(count * length);
    const decoder = new GPTDecoder(this.gpt, { batch: count });
    const { vocabSize } = this.gpt.config;
    try {
      let tokens = Int32Array.from(
        { length: count },
        (_, i) => numEmbeddings + (classes > 0 ? (labels?.[i] as number) : 0),
      );
      for (let place = 0; place < length; place++) {
        signal?.throwIfAborted();
        const logits = await decoder.next(tokens);
        const word = generator.hostWords();
        tokens = tokens.map((_, row) => {
          // The tokens that begin a grid are no codes.
          const own = logits.subarray(row * vocabSize, row * vocabSize + numEmbeddings);
          return sampleToken(own, options, word() / 2 ** 32);
        });
        tokens.forEach((code, row) => {
          grids[row * length + place] = code;
        });
      }
    } finally {
      decoder.dispose();
    }
    return tensor(grids, { shape: [count, gridSize, gridSize], device: this.gpt.device });
  }
}
