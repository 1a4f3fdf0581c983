import { formatShape } from '../../graph/shape.ts';
import { Embedding, type LayerOptions, Linear, Module, Sequential, Tanh } from '../../nn/index.ts';
import { cat } from '../../tensor/combine.ts';
import { full } from '../../tensor/creation.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { checkIntegers } from '../images/checkConfig.ts';
import type { DecoderOptions, TokenWriter } from '../tokenDecoder.ts';
import { WindowDecoder } from './windowDecoder.ts';

export interface MLPLanguageModelConfig {
  readonly vocabSize: number;
  /** How many tokens it looks back on. Default 3. */
  readonly blockSize?: number;
  /** How many numbers stand for a token. Default 10. */
  readonly nEmbd?: number;
  /** The width of the hidden layer. Default 200. */
  readonly nHidden?: number;
}

type Config = Required<MLPLanguageModelConfig>;

/**
 * Fills in the defaults.
 * @throws RangeError that names the setting that is wrong.
 */
export function completeMLPLanguageModelConfig(config: MLPLanguageModelConfig): Config {
  const complete = { blockSize: 3, nEmbd: 10, nHidden: 200, ...config };
  checkIntegers('MLPLanguageModel', complete, ['vocabSize', 'blockSize', 'nEmbd', 'nHidden']);
  return complete;
}

/**
 * The first neural language model (Bengio et al., A Neural Probabilistic Language Model, JMLR 3, 2003), as Karpathy's
 * makemore has it: the vectors of the last `blockSize` tokens, side by side, go through one hidden layer. Names and shapes
 * of its parameters are makemore's: `wte.weight`, `mlp.0.weight`, `mlp.2.weight`.
 */
export class MLPLanguageModel extends Module implements TokenWriter {
  readonly config: Config;
  /** One vector more than there are tokens, for places before the beginning. */
  readonly wte: Embedding;
  readonly mlp: Sequential;

  /** @throws RangeError that names the setting that is wrong. */
  constructor(config: MLPLanguageModelConfig, options: LayerOptions = {}) {
    super();
    this.config = completeMLPLanguageModelConfig(config);
    const { vocabSize, blockSize, nEmbd, nHidden } = this.config;
    this.wte = new Embedding(vocabSize + 1, nEmbd, options);
    this.mlp = new Sequential(
      new Linear(blockSize * nEmbd, nHidden, options),
      new Tanh(),
      new Linear(nHidden, vocabSize, options),
    );
  }

  get device(): string {
    return this.wte.weight.device;
  }

  /**
   * For each token the scores of what comes next.
   *
   * @param ids int32 `[batch, time]`, of any length: each token sees the `blockSize - 1` before it
   * @returns logits `[batch, time, vocabSize]`
   * @throws RangeError for another shape and, once the value is computed, for an unknown id.
   */
  forward(ids: Tensor): Tensor {
    if (ids.ndim !== 2) {
      throw new RangeError(`MLPLanguageModel: expected ids [batch, time], got ${formatShape(ids.shape)}.`);
    }
    const { vocabSize, blockSize } = this.config;
    const [batch, time] = ids.shape as readonly [number, number];
    const before = full([batch, blockSize - 1], vocabSize, { dtype: 'int32', device: ids.device });
    const vectors = this.wte.forward(blockSize > 1 ? cat([before, ids], 1) : ids);
    // The token itself first, then the one before it, …: makemore's order.
    const seen = Array.from({ length: blockSize }, (_, back) =>
      vectors.narrow(1, blockSize - 1 - back, time),
    );
    return this.mlp.forward(cat(seen, -1)) as Tensor;
  }

  decoder(options?: DecoderOptions): WindowDecoder {
    return new WindowDecoder(this, options);
  }
}
