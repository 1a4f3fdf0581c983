import {
  Embedding,
  type KeyValueCache,
  type LayerOptions,
  Linear,
  Module,
  observerOf,
  RMSNorm,
} from '../../nn/index.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { activation } from '../activations.ts';
import {
  headSizeOf,
  type LlamaConfig,
  type LlamaOptions,
  llamaConfig,
  mistralConfig,
  qwen2Config,
  qwen3Config,
  windowOf,
} from '../config/llamaConfig.ts';
import type { ConfigKind } from '../config/pretrainedConfig.ts';
import type { CheckpointLayout } from '../loading/layout.ts';
import { PreTrainedModel } from '../preTrainedModel.ts';
import { causalAttention, joinHeads, splitHeads } from './attention.ts';
import { type CausalContext, CausalModel } from './causalModel.ts';
import { checkIds, idPlaces } from './ids.ts';
import { initializeNormal } from './initialize.ts';
import { RotaryEmbedding, type Rotation, rotate } from './rotary.ts';

/**
 * Llama (Touvron et al., arXiv:2302.13971 and 2307.09288) and what is built like it: Mistral (Jiang et al.,
 * arXiv:2310.06825), Qwen2 (arXiv:2407.10671) and Qwen3 (arXiv:2505.09388); so also SmolLM and TinyLlama. Read it from the
 * bottom. Module names are those of Hugging Face's checkpoints.
 */

interface LayerContext {
  readonly context: CausalContext;
  readonly cache: KeyValueCache | undefined;
  readonly rotation: Rotation;
}

/** SwiGLU (Shazeer, arXiv:2002.05202): one layer opens and closes the other, element by element. */
class LlamaMLP extends Module {
  readonly gate_proj: Linear;
  readonly up_proj: Linear;
  readonly down_proj: Linear;
  readonly #act: (x: Tensor) => Tensor;

  constructor({ hiddenSize, intermediateSize, mlpBias, hiddenAct }: LlamaConfig, options: LayerOptions) {
    super();
    const layer = { ...options, bias: mlpBias };
    this.gate_proj = new Linear(hiddenSize, intermediateSize, layer);
    this.up_proj = new Linear(hiddenSize, intermediateSize, layer);
    this.down_proj = new Linear(intermediateSize, hiddenSize, layer);
    this.#act = activation(hiddenAct);
  }

  forward(x: Tensor): Tensor {
    return this.down_proj.forward(this.#act(this.gate_proj.forward(x)).mul(this.up_proj.forward(x)));
  }
}

class LlamaAttention extends Module {
  readonly q_proj: Linear;
  readonly k_proj: Linear;
  readonly v_proj: Linear;
  readonly o_proj: Linear;
  /** Of Qwen3: queries and keys of each head are normed before they are turned. */
  readonly q_norm: RMSNorm | null;
  readonly k_norm: RMSNorm | null;
  readonly heads: number;
  readonly keyHeads: number;
  readonly headSize: number;
  readonly window: number | null;
  readonly attentionDropout: number;

  constructor(config: LlamaConfig, layer: number, options: LayerOptions) {
    super();
    const { hiddenSize, modelType, rmsNormEps, attentionBias, attentionDropout } = config;
    this.heads = config.numAttentionHeads;
    this.keyHeads = config.numKeyValueHeads ?? this.heads;
    this.headSize = headSizeOf(config);
    this.window = windowOf(config, layer);
    this.attentionDropout = attentionDropout;
    const bias = modelType === 'qwen2' || (attentionBias ?? false);
    const project = (heads: number) => new Linear(hiddenSize, heads * this.headSize, { ...options, bias });
    this.q_proj = project(this.heads);
    this.k_proj = project(this.keyHeads);
    this.v_proj = project(this.keyHeads);
    const outBias = modelType !== 'qwen2' && bias;
    this.o_proj = new Linear(this.heads * this.headSize, hiddenSize, { ...options, bias: outBias });
    const norm = () =>
      modelType === 'qwen3' ? new RMSNorm(this.headSize, { ...options, eps: rmsNormEps }) : null;
    this.q_norm = norm();
    this.k_norm = norm();
  }

  /** `[batch, time, hiddenSize]` to the same shape. */
  forward(x: Tensor, { context, cache, rotation }: LayerContext): Tensor {
    const query = splitHeads(this.q_proj.forward(x), this.heads);
    const key = splitHeads(this.k_proj.forward(x), this.keyHeads);
    const value = splitHeads(this.v_proj.forward(x), this.keyHeads);
    const mixed = causalAttention(
      rotate(this.q_norm?.forward(query) ?? query, rotation),
      rotate(this.k_norm?.forward(key) ?? key, rotation),
      value,
      context,
      {
        scale: 1 / Math.sqrt(this.headSize),
        window: this.window,
        dropout: this.training ? this.attentionDropout : 0,
        cache,
        observe: context.observe,
      },
    );
    return this.o_proj.forward(joinHeads(mixed));
  }
}

/** One layer: tokens look at each other, then each thinks for itself; both add to what is there. */
class LlamaDecoderLayer extends Module {
  readonly self_attn: LlamaAttention;
  readonly mlp: LlamaMLP;
  readonly input_layernorm: RMSNorm;
  readonly post_attention_layernorm: RMSNorm;

  constructor(config: LlamaConfig, layer: number, options: LayerOptions) {
    super();
    this.self_attn = new LlamaAttention(config, layer, options);
    this.mlp = new LlamaMLP(config, options);
    const norm = () => new RMSNorm(config.hiddenSize, { ...options, eps: config.rmsNormEps });
    this.input_layernorm = norm();
    this.post_attention_layernorm = norm();
  }

  forward(x: Tensor, inside: LayerContext): Tensor {
    const { context } = inside;
    const observe = observerOf(context.observe, 'self_attn');
    const attended = this.self_attn.forward(this.input_layernorm.forward(x), {
      ...inside,
      context: { ...context, observe },
    });
    const afterAttention = x.add(attended);
    const thought = this.mlp.forward(this.post_attention_layernorm.forward(afterAttention));
    context.observe?.('self_attn', attended);
    context.observe?.('mlp', thought);
    return afterAttention.add(thought);
  }
}

const layout: CheckpointLayout = {
  baseModelPrefix: 'model',
  // Frequencies, which follow from the configuration.
  ignored: /rotary_emb\.inv_freq$/,
};

/** The model without its last layer: tokens to vectors. */
export class LlamaModel extends PreTrainedModel<LlamaConfig> {
  static readonly configKind: ConfigKind<LlamaConfig> & { complete(options: LlamaOptions): LlamaConfig } =
    llamaConfig;
  static readonly layout = layout;
  readonly embed_tokens: Embedding;
  readonly layers: readonly LlamaDecoderLayer[];
  readonly norm: RMSNorm;
  readonly #rotary: RotaryEmbedding;

  /** @throws RangeError that names the setting that is wrong. */
  constructor(config: LlamaOptions = {}, options: LayerOptions = {}) {
    super(new.target.configKind.complete(config));
    const { vocabSize, hiddenSize, numHiddenLayers, rmsNormEps, initializerRange } = this.config;
    this.embed_tokens = new Embedding(vocabSize, hiddenSize, options);
    this.layers = Array.from(
      { length: numHiddenLayers },
      (_, i) => new LlamaDecoderLayer(this.config, i, options),
    );
    this.norm = new RMSNorm(hiddenSize, { ...options, eps: rmsNormEps });
    this.#rotary = new RotaryEmbedding({
      size: headSizeOf(this.config),
      theta: this.config.ropeTheta,
      scaling: this.config.ropeScaling,
      maxPositions: this.config.maxPositionEmbeddings,
    });
    initializeNormal(this, initializerRange, options.generator);
  }

  /** ids `[batch, time]` to vectors `[batch, time, hiddenSize]`. */
  forward(inputIds: Tensor, context: CausalContext = {}): Tensor {
    checkIds(this.constructor.name, inputIds, context, Number.POSITIVE_INFINITY);
    const { caches, observe } = context;
    let x = this.embed_tokens.forward(inputIds).to(this.activationDtype);
    const rotation = this.#rotary.at(idPlaces(inputIds, context));
    for (const [i, layer] of this.layers.entries()) {
      const inside = { ...context, observe: observerOf(observe, `layers.${i}`) };
      x = layer.forward(x, { context: inside, cache: caches?.[i], rotation });
      observe?.(`layers.${i}`, x);
    }
    return this.norm.forward(x);
  }
}

export class MistralModel extends LlamaModel {
  static override readonly configKind = mistralConfig;
}

export class Qwen2Model extends LlamaModel {
  static override readonly configKind = qwen2Config;
}

export class Qwen3Model extends LlamaModel {
  static override readonly configKind = qwen3Config;
}

/** Llama with its last layer: for each token the scores of what comes next. */
export class LlamaForCausalLM extends CausalModel<LlamaConfig> {
  static readonly configKind: ConfigKind<LlamaConfig> & { complete(options: LlamaOptions): LlamaConfig } =
    llamaConfig;
  static readonly modelClass: new (config: LlamaOptions, options?: LayerOptions) => LlamaModel = LlamaModel;
  static readonly layout = layout;
  readonly model: LlamaModel;
  readonly lm_head: Linear;

  /** @throws RangeError that names the setting that is wrong. */
  constructor(config: LlamaOptions = {}, options: LayerOptions = {}) {
    super(new.target.configKind.complete(config));
    this.model = new new.target.modelClass(this.config, options);
    const { hiddenSize, vocabSize, tieWordEmbeddings, initializerRange } = this.config;
    const weight = tieWordEmbeddings ? this.model.embed_tokens.weight : undefined;
    this.lm_head = new Linear(hiddenSize, vocabSize, { ...options, bias: false, weight });
    if (!weight) initializeNormal(this.lm_head, initializerRange, options.generator);
  }

  override get maxPositions(): number {
    const { maxPositionEmbeddings, ropeScaling: scaling } = this.config;
    return scaling?.ropeType === 'dynamic'
      ? Math.floor(maxPositionEmbeddings * scaling.factor)
      : maxPositionEmbeddings;
  }

  override forward(inputIds: Tensor, context: CausalContext = {}): Tensor {
    const hidden = this.model.forward(inputIds, context);
    return this.lm_head.forward(context.last ? hidden.indexSelect(1, context.last) : hidden);
  }

  protected override cacheSizes() {
    const { numHiddenLayers, numAttentionHeads, numKeyValueHeads } = this.config;
    return {
      layers: numHiddenLayers,
      heads: numKeyValueHeads ?? numAttentionHeads,
      headSize: headSizeOf(this.config),
    };
  }
}

/** Mistral: keys and values of all layers slide. */
export class MistralForCausalLM extends LlamaForCausalLM {
  static override readonly configKind = mistralConfig;
  static override readonly modelClass = MistralModel;
}

/** Qwen2 and Qwen2.5: queries, keys and values have biases. */
export class Qwen2ForCausalLM extends LlamaForCausalLM {
  static override readonly configKind = qwen2Config;
  static override readonly modelClass = Qwen2Model;
}

/** Qwen3: queries and keys are normed. */
export class Qwen3ForCausalLM extends LlamaForCausalLM {
  static override readonly configKind = qwen3Config;
  static override readonly modelClass = Qwen3Model;
}
