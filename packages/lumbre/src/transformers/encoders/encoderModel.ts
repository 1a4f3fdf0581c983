import { formatShape, sameShape } from '../../graph/shape.ts';
import { type EncoderObserver, initializeBert } from '../../models/text/bertLayers.ts';
import type { LayerOptions } from '../../nn/index.ts';
import { getDevice } from '../../runtime/devices.ts';
import { MetaDevice } from '../../runtime/meta/device.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { CheckpointLayout } from '../loading/layout.ts';
import type { PreTrainedModel } from '../preTrainedModel.ts';
import type { EncoderContext, Seen } from './outputs.ts';

/** What is common to the encoders: what they check, what they look at on the way. */

/**
 * Checks what goes in.
 * @param most tokens in a row
 * @throws RangeError for ids that are no `[batch, time]`, for too many of them, and for what does not go with them.
 */
export function checkInputs(model: string, ids: Tensor, context: EncoderContext, most: number): void {
  if (ids.ndim !== 2 || ids.size === 0 || (ids.shape[1] as number) > most) {
    throw new RangeError(
      `${model}: expected ids [batch, time] with 1 to ${most} tokens in a row, got ${formatShape(ids.shape)}; a tokenizer ` +
        'shortens longer texts with { truncation: true }.',
    );
  }
  for (const name of ['attentionMask', 'tokenTypeIds'] as const) {
    const given = context[name];
    if (!given || sameShape(given.shape, ids.shape)) continue;
    throw new RangeError(
      `${model}: ${name} is ${formatShape(given.shape)}, expected the shape of the ids, ${formatShape(ids.shape)}.`,
    );
  }
}

/** `[batch, time]` of what may be looked at, to what goes with scores `[batch, heads, time, time]`. */
export const keyMask = (attentionMask: Tensor | undefined): Tensor | undefined =>
  attentionMask?.ne(0).unsqueeze(1).unsqueeze(1);

/** Collects what was asked for. */
export class Watch {
  readonly observer: EncoderObserver | undefined;
  readonly #hidden: Tensor[] | undefined;
  readonly #attentions: Tensor[] | undefined;

  constructor({ outputHiddenStates, outputAttentions }: EncoderContext) {
    const hidden: Tensor[] | undefined = outputHiddenStates ? [] : undefined;
    const attentions: Tensor[] | undefined = outputAttentions ? [] : undefined;
    this.#hidden = hidden;
    this.#attentions = attentions;
    this.observer =
      hidden || attentions
        ? {
            ...(hidden ? { hidden: (state) => void hidden.push(state) } : {}),
            ...(attentions ? { attention: (weights) => void attentions.push(weights) } : {}),
          }
        : undefined;
  }

  get seen(): Seen {
    return {
      ...(this.#hidden ? { hiddenStates: this.#hidden } : {}),
      ...(this.#attentions ? { attentions: this.#attentions } : {}),
    };
  }
}

/** Of an output, what was seen on the way. */
export const seenIn = ({ hiddenStates, attentions }: Seen): Seen => ({
  ...(hiddenStates ? { hiddenStates } : {}),
  ...(attentions ? { attentions } : {}),
});

/** What the three families' checkpoints have in common: names of norms in the files of TensorFlow, places that need no keeping. */
export const encoderLayout = (baseModelPrefix: string): CheckpointLayout => ({
  baseModelPrefix,
  renamed: (name) =>
    name.replace(/LayerNorm\.gamma$/, 'LayerNorm.weight').replace(/LayerNorm\.beta$/, 'LayerNorm.bias'),
  // Places and segments are few, and not read by number alone.
  unquantized: /(position|token_type)_embeddings\.weight$/,
  optional: /^pooler\./,
  ignored: /(^|\.)embeddings\.(position_ids|token_type_ids)$/,
});

/** First weights, as transformers draws them. */
export function initializeEncoder(
  model: PreTrainedModel,
  { initializerRange }: { readonly initializerRange: number },
  options: LayerOptions,
): void {
  // There are shapes only, and nothing to draw.
  if (getDevice(model.device) instanceof MetaDevice) return;
  initializeBert(model, { initializerRange }, options);
}
