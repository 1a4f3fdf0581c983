import { z } from 'zod';
import { activationNames } from '../activations.ts';
import {
  type ConfigOf,
  count,
  defineConfig,
  type OptionsOf,
  positive,
  probability,
  size,
} from './defineConfig.ts';

const kind = z.enum(['global', 'local']);

const shape = {
  vocabSize: size().default(50257),
  /** How many tokens it can look back on. */
  maxPositionEmbeddings: size().default(2048),
  /** The width; numHeads divides it. */
  hiddenSize: size().default(2048),
  numLayers: count().default(24),
  numHeads: count().default(16),
  /** How wide the inner layers are; 4 · hiddenSize unless given. */
  intermediateSize: size().nullable().default(null),
  /** Kinds of layers in turn, and how many times: `[[['global', 'local'], 12]]`. */
  attentionTypes: z
    .array(z.tuple([z.array(kind).min(1).max(1024), count()]))
    .min(1)
    .max(1024)
    .default([[['global', 'local'], 12]]),
  /** A token of a local layer sees itself and so many less one before it. */
  windowSize: size().default(256),
  activationFunction: z.enum(activationNames).default('gelu_new'),
  residDropout: probability().default(0),
  embedDropout: probability().default(0),
  attentionDropout: probability().default(0),
  layerNormEpsilon: positive().default(1e-5),
  bosTokenId: z.int().min(0).nullable().default(50256),
  eosTokenId: z
    .union([z.int().min(0), z.array(z.int().min(0)).min(1).readonly()])
    .nullable()
    .default(50256),
};

export type GPTNeoConfig = ConfigOf<'gpt_neo', typeof shape>;
export type GPTNeoOptions = OptionsOf<typeof shape>;

/** The kind of each layer. */
export const attentionLayers = ({ attentionTypes }: GPTNeoConfig): ('global' | 'local')[] =>
  attentionTypes.flatMap(([kinds, times]) => Array.from({ length: times }, () => kinds).flat());

export const gptNeoConfig = /* @__PURE__ */ defineConfig(['gpt_neo'], shape, {
  read: (json) => {
    // The same as attention_types, written out.
    json.delete('attention_layers');
  },
  check: (config) => {
    const { hiddenSize, numHeads, numLayers, attentionTypes } = config;
    const kinds = attentionTypes.reduce((total, [names, times]) => total + names.length * times, 0);
    return [
      ...(hiddenSize % numHeads === 0
        ? []
        : [`hidden_size ${hiddenSize} does not divide into ${numHeads} equal heads (num_heads)`]),
      ...(kinds === numLayers
        ? []
        : [`attention_types describes ${kinds} layers, and num_layers is ${numLayers}`]),
    ];
  },
  write: (json, config) => {
    json.set('attention_layers', attentionLayers(config));
  },
});
