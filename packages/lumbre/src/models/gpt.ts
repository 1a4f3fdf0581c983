import { formatShape } from '../graph/shape.ts';
import {
  Dropout,
  Embedding,
  type KeyValueCache,
  LayerNorm,
  type LayerOptions,
  Linear,
  Module,
  type Observer,
  observerOf,
  SelfAttention,
} from '../nn/index.ts';
import { zerosLike } from '../tensor/creation.ts';
import { normal } from '../tensor/random.ts';
import { noGrad, scope } from '../tensor/scope.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { completeGPTConfig, type GPTConfig } from './gptConfig.ts';
import { GPTDecoder } from './gptDecoder.ts';
import type { DecoderOptions, TokenWriter } from './tokenDecoder.ts';

/** GPT-2's model, in one file: read it from the bottom. Module names are those of GPT-2's and nanoGPT's checkpoints. */

export interface GPTContext {
  /** The places of the tokens, int32 `[time]`; 0, 1, 2, … unless given. */
  readonly positions?: Tensor;
  /** Keys and values of earlier tokens, one cache a layer; those of this call are written into them. */
  readonly caches?: readonly KeyValueCache[];
  /** Sees every activation on the way, by name: `h.0.attn.weights`. */
  readonly observe?: Observer;
}

type Config = Required<GPTConfig>;

/** Two layers on each token by itself: wide, bent, narrow again. */
class MLP extends Module {
  readonly c_fc: Linear;
  readonly c_proj: Linear;
  readonly dropout: Dropout;
  readonly approximate: Config['geluApproximate'];

  constructor({ nEmbd, bias, dropout, geluApproximate }: Config, options: LayerOptions) {
    super();
    this.c_fc = new Linear(nEmbd, 4 * nEmbd, { ...options, bias });
    this.c_proj = new Linear(4 * nEmbd, nEmbd, { ...options, bias });
    this.dropout = new Dropout(dropout, options);
    this.approximate = geluApproximate;
  }

  forward(x: Tensor, observe?: Observer): Tensor {
    const wide = this.c_fc.forward(x);
    const bent = wide.gelu({ approximate: this.approximate });
    observe?.('fc', wide);
    observe?.('gelu', bent);
    return this.dropout.forward(this.c_proj.forward(bent));
  }
}

/** One layer: tokens look at each other, then each thinks for itself; both add to what is there. */
class Block extends Module {
  readonly ln_1: LayerNorm;
  readonly attn: SelfAttention;
  readonly ln_2: LayerNorm;
  readonly mlp: MLP;

  constructor(config: Config, options: LayerOptions) {
    super();
    const { nEmbd, nHead, bias, qkvBias, dropout } = config;
    this.ln_1 = new LayerNorm(nEmbd, { ...options, bias });
    this.attn = new SelfAttention(nEmbd, { ...options, heads: nHead, causal: true, dropout, bias, qkvBias });
    this.ln_2 = new LayerNorm(nEmbd, { ...options, bias });
    this.mlp = new MLP(config, options);
  }

  forward(
    x: Tensor,
    { positions, cache, observe }: Omit<GPTContext, 'caches'> & { cache?: KeyValueCache },
  ): Tensor {
    const normed = this.ln_1.forward(x);
    const attended = this.attn.forward(normed, { positions, cache, observe: observerOf(observe, 'attn') });
    const afterAttention = x.add(attended);
    const normedAgain = this.ln_2.forward(afterAttention);
    const thought = this.mlp.forward(normedAgain, observerOf(observe, 'mlp'));
    const result = afterAttention.add(thought);
    observe?.('ln_1', normed);
    observe?.('attn', attended);
    observe?.('afterAttention', afterAttention);
    observe?.('ln_2', normedAgain);
    observe?.('mlp', thought);
    observe?.('result', result);
    return result;
  }
}

/** All but the last layer: tokens and places to vectors, through the blocks. */
class Transformer extends Module {
  readonly wte: Embedding;
  readonly wpe: Embedding;
  readonly drop: Dropout;
  readonly h: readonly Block[];
  readonly ln_f: LayerNorm;

  constructor(config: Config, options: LayerOptions) {
    super();
    const { vocabSize, blockSize, nLayer, nEmbd, bias, dropout } = config;
    this.wte = new Embedding(vocabSize, nEmbd, options);
    this.wpe = new Embedding(blockSize, nEmbd, options);
    this.drop = new Dropout(dropout, options);
    this.h = Array.from({ length: nLayer }, () => new Block(config, options));
    this.ln_f = new LayerNorm(nEmbd, { ...options, bias });
  }

  /** ids `[batch, time]` to vectors `[batch, time, nEmbd]`, from which `lm_head` makes logits. */
  forward(ids: Tensor, { positions, caches, observe }: GPTContext = {}): Tensor {
    const time = ids.shape[1] as number;
    const tokens = this.wte.forward(ids);
    const places = positions ? this.wpe.forward(positions) : this.wpe.weight.narrow(0, 0, time);
    let x = this.drop.forward(tokens.add(places));
    observe?.('wte', tokens);
    observe?.('wpe', places);
    observe?.('x', x);
    for (const [i, block] of this.h.entries()) {
      x = block.forward(x, { positions, cache: caches?.[i], observe: observerOf(observe, `h.${i}`) });
    }
    const result = this.ln_f.forward(x);
    observe?.('ln_f', result);
    return result;
  }
}

/**
 * A GPT (Radford et al., Language Models are Unsupervised Multitask Learners, 2019), built and initialized as nanoGPT:
 * weights normal with `initStd`, those that write into the residual stream smaller by √(2 · nLayer), biases zero.
 */
export class GPT extends Module implements TokenWriter {
  readonly config: Config;
  readonly transformer: Transformer;
  /** Tied to the token embedding unless `tieWeights` is false: one tensor under two names. */
  readonly lm_head: Linear;

  /** @throws RangeError that names the setting that is wrong. */
  constructor(config: GPTConfig, options: LayerOptions = {}) {
    super();
    this.config = completeGPTConfig(config);
    this.transformer = new Transformer(this.config, options);
    const { vocabSize, nEmbd, tieWeights } = this.config;
    const weight = tieWeights ? this.transformer.wte.weight : undefined;
    this.lm_head = new Linear(nEmbd, vocabSize, { ...options, bias: false, weight });
    this.#initialize(options);
  }

  #initialize({ generator }: LayerOptions): void {
    const { initStd, nLayer } = this.config;
    scope(() =>
      noGrad(() => {
        for (const [name, value] of this.namedParameters()) {
          if (name.endsWith('.bias')) value.assign(zerosLike(value).realize());
          if (value.ndim < 2) continue;
          const std = name.endsWith('c_proj.weight') ? initStd / Math.sqrt(2 * nLayer) : initStd;
          const { shape, dtype, device } = value;
          value.assign(normal(0, std, shape, { dtype, device, generator }).realize());
        }
      }),
    );
  }

  get device(): string {
    return this.transformer.wte.weight.device;
  }

  /**
   * For each token the scores of what comes next.
   *
   * @param ids int32 `[batch, time]`
   * @returns logits `[batch, time, vocabSize]`
   * @throws RangeError for more tokens than `blockSize`, and, once the value is computed, for an unknown id.
   */
  forward(ids: Tensor, context: GPTContext = {}): Tensor {
    const { blockSize } = this.config;
    if (ids.ndim !== 2 || (ids.shape[1] as number) > blockSize) {
      throw new RangeError(
        `GPT: expected ids [batch, time] with at most ${blockSize} tokens (blockSize), got ${formatShape(ids.shape)}.`,
      );
    }
    return this.lm_head.forward(this.transformer.forward(ids, context));
  }

  decoder(options?: DecoderOptions): GPTDecoder {
    return new GPTDecoder(this, options);
  }

  /** Parameters for an optimizer as nanoGPT groups them: matrices and embeddings decay, biases and scales do not. */
  parameterGroups(weightDecay: number): { params: Tensor[]; weightDecay: number }[] {
    const all = this.parameters();
    const groups = [
      { params: all.filter(({ ndim }) => ndim >= 2), weightDecay },
      { params: all.filter(({ ndim }) => ndim < 2), weightDecay: 0 },
    ];
    return groups.filter(({ params }) => params.length > 0);
  }
}
