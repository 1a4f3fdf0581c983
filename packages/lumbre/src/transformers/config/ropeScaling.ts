import { z } from 'zod';
import type { Json } from '../../hub/json.ts';
import { positive, size } from './defineConfig.ts';

/** How rotary embeddings reach beyond the lengths that they were trained with. Names are those of transformers. */
export const ropeScaling = z.discriminatedUnion('ropeType', [
  /** All frequencies divided by the factor. */
  z.object({ ropeType: z.literal('linear'), factor: positive() }).readonly(),
  /** The base grows with the text, once it is longer than `maxPositionEmbeddings`. */
  z.object({ ropeType: z.literal('dynamic'), factor: positive() }).readonly(),
  /** Low frequencies divided, high ones as they are, and a ramp between: Llama 3.1. */
  z
    .object({
      ropeType: z.literal('llama3'),
      factor: positive(),
      lowFreqFactor: positive(),
      highFreqFactor: positive(),
      originalMaxPositionEmbeddings: size().nullish(),
    })
    .readonly(),
  /** YaRN (Peng et al., arXiv:2309.00071). */
  z
    .object({
      ropeType: z.literal('yarn'),
      factor: positive(),
      originalMaxPositionEmbeddings: size().nullish(),
      attentionFactor: positive().nullish(),
      betaFast: positive().nullish(),
      betaSlow: positive().nullish(),
      mscale: positive().nullish(),
      mscaleAllDim: positive().nullish(),
      truncate: z.boolean().nullish(),
    })
    .readonly(),
]);

export type RopeScaling = z.output<typeof ropeScaling>;

const camelCase = (name: string): string =>
  name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

/**
 * Brings what `config.json` says of rotary embeddings into one form, `rope_theta` and `rope_scaling`: transformers 5 has both
 * in `rope_parameters`, and older files say `type` for `rope_type`.
 */
export function readRope(json: Map<string, Json>): void {
  const given = json.get('rope_parameters') ?? json.get('rope_scaling') ?? null;
  json.delete('rope_parameters');
  json.delete('rope_scaling');
  if (!(given instanceof Map)) {
    json.set('rope_scaling', given);
    return;
  }
  const fields = new Map(given);
  const theta = fields.get('rope_theta');
  if (theta !== undefined) json.set('rope_theta', theta);
  fields.delete('rope_theta');
  const type = fields.get('rope_type') ?? fields.get('type') ?? 'default';
  fields.delete('type');
  fields.set('rope_type', type);
  const partial = fields.get('partial_rotary_factor');
  if (partial !== undefined && partial !== 1) {
    throw new RangeError(
      `rope_parameters: partial_rotary_factor ${JSON.stringify(partial)} is not known here, only 1.`,
    );
  }
  const scaled = new Map([...fields].map(([name, value]) => [camelCase(name), value] as const));
  json.set('rope_scaling', type === 'default' ? null : scaled);
}
