import { z } from 'zod';
import { count } from '../settings.ts';

/** The settings of every model that encodes pictures as a few numbers and decodes them again. */
export const encodingSettings = (defaults: { readonly latentDim: number }) => ({
  architecture: z.enum(['dense', 'conv']).default('conv'),
  widths: z.array(count()).readonly().default([32, 64]),
  latentDim: count().default(defaults.latentDim),
  likelihood: z.enum(['bernoulli', 'gaussian']).default('bernoulli'),
  /** The data decide. */
  imageSize: count().optional(),
  channels: count().optional(),
});

/** A model's settings with the sizes that `prepare` has filled in. */
export const sized = <Settings extends { readonly imageSize?: number; readonly channels?: number }>(
  settings: Settings,
) => ({
  ...settings,
  imageSize: settings.imageSize as number,
  channels: settings.channels as number,
});
