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

const shape = {
  vocabSize: size().default(50257),
  /** How many tokens it can look back on. */
  nPositions: size().default(1024),
  /** The width; nHead divides it. */
  nEmbd: size().default(768),
  nLayer: count().default(12),
  nHead: count().default(12),
  /** How wide the inner layers are; 4 · nEmbd unless given. */
  nInner: size().nullable().default(null),
  activationFunction: z.enum(activationNames).default('gelu_new'),
  residPdrop: probability().default(0.1),
  embdPdrop: probability().default(0.1),
  attnPdrop: probability().default(0.1),
  layerNormEpsilon: positive().default(1e-5),
  /** Whether scores are divided by √headSize. */
  scaleAttnWeights: z.boolean().default(true),
  /** Whether scores are divided by the number of the layer, from 1, besides. */
  scaleAttnByInverseLayerIdx: z.boolean().default(false),
  bosTokenId: z.int().min(0).nullable().default(50256),
  eosTokenId: z
    .union([z.int().min(0), z.array(z.int().min(0)).min(1).readonly()])
    .nullable()
    .default(50256),
};

export type GPT2Config = ConfigOf<'gpt2', typeof shape>;
export type GPT2Options = OptionsOf<typeof shape>;

/** The settings of GPT-2, with the defaults of the smallest that was published. */
export const gpt2Config = /* @__PURE__ */ defineConfig(['gpt2'], shape, {
  check: ({ nEmbd, nHead }) =>
    nEmbd % nHead === 0
      ? []
      : [`n_embd ${nEmbd} does not divide into ${nHead} equal heads; choose a multiple of n_head`],
});
