import {
  Dropout,
  Embedding,
  type KeyValueCache,
  LayerNorm,
  type LayerOptions,
  Linear,
  Module,
  observerOf,
} from '../../nn/index.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { activation } from '../activations.ts';
import { type GPT2Config, type GPT2Options, gpt2Config } from '../config/gpt2Config.ts';
import type { CheckpointLayout } from '../loading/layout.ts';
import { PreTrainedModel } from '../preTrainedModel.ts';
import { causalAttention, joinHeads, splitHeads } from './attention.ts';
import { type CausalContext, CausalModel } from './causalModel.ts';
import { checkIds, idPlaces } from './ids.ts';
import { initializeNormal } from './initialize.ts';

/**
 * GPT-2 (Radford et al., Language Models are Unsupervised Multitask Learners, 2019), in one file: read it from the bottom.
 * Module names are those of its checkpoints.
 */

interface BlockContext {
  readonly context: CausalContext;
  readonly cache: KeyValueCache | undefined;
}

/** Two layers on each token by itself: wide, bent, narrow again. */
class GPT2MLP extends Module {
  readonly c_fc: Linear;
  readonly c_proj: Linear;
  readonly dropout: Dropout;
  readonly #act: (x: Tensor) => Tensor;

  constructor(config: GPT2Config, options: LayerOptions) {
    super();
    const inner = config.nInner ?? 4 * config.nEmbd;
    this.c_fc = new Linear(config.nEmbd, inner, options);
    this.c_proj = new Linear(inner, config.nEmbd, options);
    this.dropout = new Dropout(config.residPdrop, options);
    this.#act = activation(config.activationFunction);
  }

  forward(x: Tensor): Tensor {
    return this.dropout.forward(this.c_proj.forward(this.#act(this.c_fc.forward(x))));
  }
}

class GPT2Attention extends Module {
  readonly c_attn: Linear;
  readonly c_proj: Linear;
  readonly resid_dropout: Dropout;
  readonly heads: number;
  readonly scale: number;
  readonly attnPdrop: number;

  constructor(config: GPT2Config, layer: number, options: LayerOptions) {
    super();
    const { nEmbd, nHead, scaleAttnWeights, scaleAttnByInverseLayerIdx } = config;
    this.c_attn = new Linear(nEmbd, 3 * nEmbd, options);
    this.c_proj = new Linear(nEmbd, nEmbd, options);
    this.resid_dropout = new Dropout(config.residPdrop, options);
    this.heads = nHead;
    this.scale =
      (scaleAttnWeights ? 1 / Math.sqrt(nEmbd / nHead) : 1) / (scaleAttnByInverseLayerIdx ? layer + 1 : 1);
    this.attnPdrop = config.attnPdrop;
  }

  /** `[batch, time, nEmbd]` to the same shape. */
  forward(x: Tensor, { context, cache }: BlockContext): Tensor {
    const [q, k, v] = this.c_attn
      .forward(x)
      .chunk(3, -1)
      .map((part) => splitHeads(part, this.heads)) as [Tensor, Tensor, Tensor];
    const mixed = causalAttention(q, k, v, context, {
      scale: this.scale,
      dropout: this.training ? this.attnPdrop : 0,
      cache,
      observe: context.observe,
    });
    return this.resid_dropout.forward(this.c_proj.forward(joinHeads(mixed)));
  }
}

/** One layer: tokens look at each other, then each thinks for itself; both add to what is there. */
class GPT2Block extends Module {
  readonly ln_1: LayerNorm;
  readonly attn: GPT2Attention;
  readonly ln_2: LayerNorm;
  readonly mlp: GPT2MLP;

  constructor(config: GPT2Config, layer: number, options: LayerOptions) {
    super();
    const norm = { ...options, eps: config.layerNormEpsilon };
    this.ln_1 = new LayerNorm(config.nEmbd, norm);
    this.attn = new GPT2Attention(config, layer, options);
    this.ln_2 = new LayerNorm(config.nEmbd, norm);
    this.mlp = new GPT2MLP(config, options);
  }

  forward(x: Tensor, { context, cache }: BlockContext): Tensor {
    const observe = observerOf(context.observe, 'attn');
    const attended = this.attn.forward(this.ln_1.forward(x), { context: { ...context, observe }, cache });
    const afterAttention = x.add(attended);
    const thought = this.mlp.forward(this.ln_2.forward(afterAttention));
    context.observe?.('attn', attended);
    context.observe?.('mlp', thought);
    return afterAttention.add(thought);
  }
}

const layout: CheckpointLayout = {
  baseModelPrefix: 'transformer',
  // GPT-2's linear layers were written as convolutions of width 1, `[in, out]`.
  transposed: /(^|\.)h\.\d+\.(attn\.(c_attn|c_proj)|mlp\.(c_fc|c_proj))\.weight$/,
  // Masks that older versions kept.
  ignored: /(^|\.)h\.\d+\.attn\.(bias|masked_bias)$/,
  unquantized: /(^|\.)wpe\.weight$/,
};

/** GPT-2 without its last layer: tokens to vectors. */
export class GPT2Model extends PreTrainedModel<GPT2Config> {
  static readonly configKind = gpt2Config;
  static readonly layout = layout;
  readonly wte: Embedding;
  readonly wpe: Embedding;
  readonly drop: Dropout;
  readonly h: readonly GPT2Block[];
  readonly ln_f: LayerNorm;

  /** @throws RangeError that names the setting that is wrong. */
  constructor(config: GPT2Options = {}, options: LayerOptions = {}) {
    super(gpt2Config.complete(config));
    const { vocabSize, nPositions, nEmbd, nLayer, embdPdrop, layerNormEpsilon } = this.config;
    this.wte = new Embedding(vocabSize, nEmbd, options);
    this.wpe = new Embedding(nPositions, nEmbd, options);
    this.drop = new Dropout(embdPdrop, options);
    this.h = Array.from({ length: nLayer }, (_, i) => new GPT2Block(this.config, i, options));
    this.ln_f = new LayerNorm(nEmbd, { ...options, eps: layerNormEpsilon });
    this.#initialize(options);
  }

  /** ids `[batch, time]` to vectors `[batch, time, nEmbd]`. */
  forward(inputIds: Tensor, context: CausalContext = {}): Tensor {
    checkIds('GPT2', inputIds, context, this.config.nPositions);
    const { caches, observe } = context;
    const tokens = this.wte.forward(inputIds);
    const places = this.wpe.forward(idPlaces(inputIds, context));
    let x = this.drop.forward(tokens.add(places).to(this.activationDtype));
    for (const [i, block] of this.h.entries()) {
      const inside = { ...context, observe: observerOf(observe, `h.${i}`) };
      x = block.forward(x, { context: inside, cache: caches?.[i] });
      observe?.(`h.${i}`, x);
    }
    return this.ln_f.forward(x);
  }

  #initialize({ generator }: LayerOptions): void {
    const { initializerRange: std, nLayer } = this.config;
    // Those that write into the residual stream start smaller: there are two in each layer.
    initializeNormal(this, std, generator, (name) =>
      name.endsWith('c_proj.weight') ? std / Math.sqrt(2 * nLayer) : std,
    );
  }
}

/** GPT-2 with its last layer, tied to the token embedding: for each token the scores of what comes next. */
export class GPT2LMHeadModel extends CausalModel<GPT2Config> {
  static readonly configKind = gpt2Config;
  static readonly layout = layout;
  readonly transformer: GPT2Model;
  readonly lm_head: Linear;

  /** @throws RangeError that names the setting that is wrong. */
  constructor(config: GPT2Options = {}, options: LayerOptions = {}) {
    super(gpt2Config.complete(config));
    this.transformer = new GPT2Model(this.config, options);
    const { nEmbd, vocabSize, tieWordEmbeddings } = this.config;
    const weight = tieWordEmbeddings ? this.transformer.wte.weight : undefined;
    this.lm_head = new Linear(nEmbd, vocabSize, { ...options, bias: false, weight });
    if (!weight) initializeNormal(this.lm_head, this.config.initializerRange, options.generator);
  }

  override get maxPositions(): number {
    return this.config.nPositions;
  }

  override forward(inputIds: Tensor, context: CausalContext = {}): Tensor {
    const hidden = this.transformer.forward(inputIds, context);
    return this.lm_head.forward(context.last ? hidden.indexSelect(1, context.last) : hidden);
  }

  protected override cacheSizes() {
    const { nLayer, nHead, nEmbd } = this.config;
    return { layers: nLayer, heads: nHead, headSize: nEmbd / nHead };
  }
}
