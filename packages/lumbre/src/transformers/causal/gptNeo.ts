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
import {
  attentionLayers,
  type GPTNeoConfig,
  type GPTNeoOptions,
  gptNeoConfig,
} from '../config/gptNeoConfig.ts';
import type { CheckpointLayout } from '../loading/layout.ts';
import { PreTrainedModel } from '../preTrainedModel.ts';
import { causalAttention, joinHeads, splitHeads } from './attention.ts';
import { type CausalContext, CausalModel } from './causalModel.ts';
import { checkIds, idPlaces } from './ids.ts';
import { initializeNormal } from './initialize.ts';

/**
 * GPT-Neo (Black et al., 2021): GPT-2 with layers that see only the last tokens between those that see all, and scores that
 * are not scaled. Read it from the bottom. Module names are those of its checkpoints.
 */

interface BlockContext {
  readonly context: CausalContext;
  readonly cache: KeyValueCache | undefined;
}

class GPTNeoSelfAttention extends Module {
  readonly k_proj: Linear;
  readonly v_proj: Linear;
  readonly q_proj: Linear;
  readonly out_proj: Linear;
  readonly resid_dropout: Dropout;
  readonly heads: number;
  readonly window: number | null;
  readonly attentionDropout: number;

  constructor(config: GPTNeoConfig, kind: 'global' | 'local', options: LayerOptions) {
    super();
    const { hiddenSize, numHeads, windowSize, residDropout, attentionDropout } = config;
    const project = () => new Linear(hiddenSize, hiddenSize, { ...options, bias: false });
    this.k_proj = project();
    this.v_proj = project();
    this.q_proj = project();
    this.out_proj = new Linear(hiddenSize, hiddenSize, options);
    this.resid_dropout = new Dropout(residDropout, options);
    this.heads = numHeads;
    this.window = kind === 'local' ? windowSize : null;
    this.attentionDropout = attentionDropout;
  }

  /** `[batch, time, hiddenSize]` to the same shape. */
  forward(x: Tensor, { context, cache }: BlockContext): Tensor {
    const [query, key, value] = [this.q_proj, this.k_proj, this.v_proj].map((layer) =>
      splitHeads(layer.forward(x), this.heads),
    ) as [Tensor, Tensor, Tensor];
    const mixed = causalAttention(query, key, value, context, {
      scale: 1,
      window: this.window,
      dropout: this.training ? this.attentionDropout : 0,
      cache,
      observe: context.observe,
    });
    return this.resid_dropout.forward(this.out_proj.forward(joinHeads(mixed)));
  }
}

/** Checkpoints have this level in their names. */
class GPTNeoAttention extends Module {
  readonly attention: GPTNeoSelfAttention;

  constructor(config: GPTNeoConfig, kind: 'global' | 'local', options: LayerOptions) {
    super();
    this.attention = new GPTNeoSelfAttention(config, kind, options);
  }

  forward(x: Tensor, context: BlockContext): Tensor {
    return this.attention.forward(x, context);
  }
}

/** Two layers on each token by itself: wide, bent, narrow again. */
class GPTNeoMLP extends Module {
  readonly c_fc: Linear;
  readonly c_proj: Linear;
  readonly dropout: Dropout;
  readonly #act: (x: Tensor) => Tensor;

  constructor(config: GPTNeoConfig, options: LayerOptions) {
    super();
    const { hiddenSize, intermediateSize, residDropout, activationFunction } = config;
    const inner = intermediateSize ?? 4 * hiddenSize;
    this.c_fc = new Linear(hiddenSize, inner, options);
    this.c_proj = new Linear(inner, hiddenSize, options);
    this.dropout = new Dropout(residDropout, options);
    this.#act = activation(activationFunction);
  }

  forward(x: Tensor): Tensor {
    return this.dropout.forward(this.c_proj.forward(this.#act(this.c_fc.forward(x))));
  }
}

class GPTNeoBlock extends Module {
  readonly ln_1: LayerNorm;
  readonly attn: GPTNeoAttention;
  readonly ln_2: LayerNorm;
  readonly mlp: GPTNeoMLP;

  constructor(config: GPTNeoConfig, kind: 'global' | 'local', options: LayerOptions) {
    super();
    const norm = { ...options, eps: config.layerNormEpsilon };
    this.ln_1 = new LayerNorm(config.hiddenSize, norm);
    this.attn = new GPTNeoAttention(config, kind, options);
    this.ln_2 = new LayerNorm(config.hiddenSize, norm);
    this.mlp = new GPTNeoMLP(config, options);
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
  // Masks that older versions kept.
  ignored: /(^|\.)h\.\d+\.attn\.attention\.(bias|masked_bias)$/,
  unquantized: /(^|\.)wpe\.weight$/,
};

/** GPT-Neo without its last layer: tokens to vectors. */
export class GPTNeoModel extends PreTrainedModel<GPTNeoConfig> {
  static readonly configKind = gptNeoConfig;
  static readonly layout = layout;
  readonly wte: Embedding;
  readonly wpe: Embedding;
  readonly drop: Dropout;
  readonly h: readonly GPTNeoBlock[];
  readonly ln_f: LayerNorm;

  /** @throws RangeError that names the setting that is wrong. */
  constructor(config: GPTNeoOptions = {}, options: LayerOptions = {}) {
    super(gptNeoConfig.complete(config));
    const { vocabSize, maxPositionEmbeddings, hiddenSize, embedDropout, layerNormEpsilon } = this.config;
    this.wte = new Embedding(vocabSize, hiddenSize, options);
    this.wpe = new Embedding(maxPositionEmbeddings, hiddenSize, options);
    this.drop = new Dropout(embedDropout, options);
    this.h = attentionLayers(this.config).map((kind) => new GPTNeoBlock(this.config, kind, options));
    this.ln_f = new LayerNorm(hiddenSize, { ...options, eps: layerNormEpsilon });
    initializeNormal(this, this.config.initializerRange, options.generator);
  }

  /** ids `[batch, time]` to vectors `[batch, time, hiddenSize]`. */
  forward(inputIds: Tensor, context: CausalContext = {}): Tensor {
    checkIds('GPTNeo', inputIds, context, this.config.maxPositionEmbeddings);
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
}

/** GPT-Neo with its last layer, tied to the token embedding: for each token the scores of what comes next. */
export class GPTNeoForCausalLM extends CausalModel<GPTNeoConfig> {
  static readonly configKind = gptNeoConfig;
  static readonly layout = layout;
  readonly transformer: GPTNeoModel;
  readonly lm_head: Linear;

  /** @throws RangeError that names the setting that is wrong. */
  constructor(config: GPTNeoOptions = {}, options: LayerOptions = {}) {
    super(gptNeoConfig.complete(config));
    this.transformer = new GPTNeoModel(this.config, options);
    const { hiddenSize, vocabSize, tieWordEmbeddings, initializerRange } = this.config;
    const weight = tieWordEmbeddings ? this.transformer.wte.weight : undefined;
    this.lm_head = new Linear(hiddenSize, vocabSize, { ...options, bias: false, weight });
    if (!weight) initializeNormal(this.lm_head, initializerRange, options.generator);
  }

  override get maxPositions(): number {
    return this.config.maxPositionEmbeddings;
  }

  override forward(inputIds: Tensor, context: CausalContext = {}): Tensor {
    const hidden = this.transformer.forward(inputIds, context);
    return this.lm_head.forward(context.last ? hidden.indexSelect(1, context.last) : hidden);
  }

  protected override cacheSizes() {
    const { numLayers, numHeads, hiddenSize } = this.config;
    return { layers: numLayers, heads: numHeads, headSize: hiddenSize / numHeads };
  }
}
