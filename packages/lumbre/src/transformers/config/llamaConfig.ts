import { z } from 'zod';
import type { Json } from '../../hub/json.ts';
import { activationNames } from '../activations.ts';
import {
  type ConfigHooks,
  type ConfigOf,
  count,
  defineConfig,
  type OptionsOf,
  positive,
  probability,
  size,
} from './defineConfig.ts';
import { readRope, ropeScaling } from './ropeScaling.ts';

const layerType = z.enum(['full_attention', 'sliding_attention']);

/** The settings of Llama and those that are built like it, with the defaults that transformers has for each. */
interface Defaults {
  readonly vocabSize: number;
  readonly intermediateSize: number;
  readonly numKeyValueHeads: number | null;
  readonly headDim: number | null;
  readonly maxPositionEmbeddings: number;
  readonly bosTokenId: number | null;
  readonly eosTokenId: number | null;
  /** Whether queries, keys and values have biases where nobody says. */
  readonly qkvBias: boolean;
  readonly slidingWindow: number | null;
  readonly useSlidingWindow: boolean;
}

const shapeOf = (defaults: Defaults) => ({
  vocabSize: size().default(defaults.vocabSize),
  /** The width. */
  hiddenSize: size().default(4096),
  /** How wide the inner layers are. */
  intermediateSize: size().default(defaults.intermediateSize),
  numHiddenLayers: count().default(32),
  numAttentionHeads: count().default(32),
  /** Heads of keys and values, each for several of queries; as many as those unless given. */
  numKeyValueHeads: count().nullable().default(defaults.numKeyValueHeads),
  /** hiddenSize / numAttentionHeads unless given. */
  headDim: size().nullable().default(defaults.headDim),
  hiddenAct: z.enum(activationNames).default('silu'),
  maxPositionEmbeddings: size().default(defaults.maxPositionEmbeddings),
  rmsNormEps: positive().default(1e-6),
  ropeTheta: positive().default(10000),
  ropeScaling: ropeScaling.nullable().default(null),
  attentionBias: z.boolean().nullish(),
  attentionDropout: probability().default(0),
  mlpBias: z.boolean().default(false),
  /** A token of a sliding layer sees itself and so many less one before it. */
  slidingWindow: size().nullable().default(defaults.slidingWindow),
  useSlidingWindow: z.boolean().default(defaults.useSlidingWindow),
  /** Of Qwen's, where `layerTypes` does not say: layers from this one on slide. */
  maxWindowLayers: z
    .int()
    .min(0)
    .max(2 ** 16)
    .default(28),
  layerTypes: z.array(layerType).readonly().nullable().default(null),
  bosTokenId: z.int().min(0).nullable().default(defaults.bosTokenId),
  eosTokenId: z
    .union([z.int().min(0), z.array(z.int().min(0)).min(1).readonly()])
    .nullable()
    .default(defaults.eosTokenId),
  tieWordEmbeddings: z.boolean().default(false),
});

type LlamaShape = ReturnType<typeof shapeOf>;
export type LlamaType = 'llama' | 'mistral' | 'qwen2' | 'qwen3';
export type LlamaConfig<Type extends LlamaType = LlamaType> = ConfigOf<Type, LlamaShape>;
export type LlamaOptions = OptionsOf<LlamaShape>;

const check = (config: LlamaConfig): string[] => {
  const { hiddenSize, numAttentionHeads: heads, numHiddenLayers, layerTypes } = config;
  const keyHeads = config.numKeyValueHeads ?? heads;
  const problems: string[] = [];
  if (config.headDim === null && hiddenSize % heads !== 0) {
    problems.push(
      `hidden_size ${hiddenSize} does not divide into ${heads} equal heads (num_attention_heads)`,
    );
  }
  if (heads % keyHeads !== 0) {
    problems.push(`num_key_value_heads ${keyHeads} does not divide num_attention_heads ${heads}`);
  }
  if (headSizeOf(config) % 2 !== 0) {
    problems.push(
      `heads are ${headSizeOf(config)} wide, and rotary embeddings turn pairs; expected an even width`,
    );
  }
  if (layerTypes && layerTypes.length !== numHiddenLayers) {
    problems.push(`layer_types has ${layerTypes.length} entries for ${numHiddenLayers} layers`);
  }
  return problems;
};

/** How wide a head is. */
export const headSizeOf = ({ headDim, hiddenSize, numAttentionHeads }: LlamaConfig): number =>
  headDim ?? hiddenSize / numAttentionHeads;

/** How far a layer sees back, or null for all of the text. */
export function windowOf(config: LlamaConfig, layer: number): number | null {
  if (!config.useSlidingWindow) return null;
  const type =
    config.layerTypes?.[layer] ??
    (config.modelType === 'mistral' || layer >= config.maxWindowLayers
      ? 'sliding_attention'
      : 'full_attention');
  return type === 'sliding_attention' ? config.slidingWindow : null;
}

/** What a family does not have is not written into its files. */
const written = (qwen: boolean, slides: boolean) => (json: Map<string, Json>, config: LlamaConfig) => {
  if (!qwen) for (const name of ['use_sliding_window', 'max_window_layers', 'layer_types']) json.delete(name);
  if (!slides) json.delete('sliding_window');
  if (config.layerTypes === null) json.delete('layer_types');
  json.set('num_key_value_heads', config.numKeyValueHeads ?? config.numAttentionHeads);
  json.set('head_dim', headSizeOf(config));
  if (config.attentionBias === null || config.attentionBias === undefined) json.delete('attention_bias');
};

const define = <Type extends LlamaType>(type: Type, defaults: Defaults) => {
  const qwen = type.startsWith('qwen');
  const hooks: ConfigHooks<LlamaConfig<Type>> = {
    check,
    read: readRope,
    write: written(qwen, qwen || type === 'mistral'),
  };
  return { ...defineConfig([type], shapeOf(defaults), hooks), qkvBias: defaults.qkvBias };
};

const llama: Defaults = {
  vocabSize: 32000,
  intermediateSize: 11008,
  numKeyValueHeads: null,
  headDim: null,
  maxPositionEmbeddings: 2048,
  bosTokenId: 1,
  eosTokenId: 2,
  qkvBias: false,
  slidingWindow: null,
  useSlidingWindow: false,
};

const qwen2: Defaults = {
  ...llama,
  vocabSize: 151936,
  intermediateSize: 22016,
  numKeyValueHeads: 32,
  maxPositionEmbeddings: 32768,
  bosTokenId: null,
  eosTokenId: null,
  qkvBias: true,
  slidingWindow: 4096,
};

export const llamaConfig = /* @__PURE__ */ define('llama', llama);
export const mistralConfig = /* @__PURE__ */ define('mistral', {
  ...llama,
  intermediateSize: 14336,
  numKeyValueHeads: 8,
  maxPositionEmbeddings: 131072,
  slidingWindow: 4096,
  useSlidingWindow: true,
});
export const qwen2Config = /* @__PURE__ */ define('qwen2', qwen2);
export const qwen3Config = /* @__PURE__ */ define('qwen3', { ...qwen2, headDim: 128, qkvBias: false });
