import * as build from '../graph/builder.ts';
import { formatShape } from '../graph/shape.ts';
import { wrapNode } from './core.ts';
import { observed } from './observer.ts';
import type { Tensor } from './tensor.ts';

function checkFactor(operation: string, what: string, factor: number): void {
  if (!Number.isInteger(factor) || factor < 1) {
    throw new RangeError(`${operation}: ${what} is ${factor}; expected an integer of at least 1.`);
  }
}

function shuffle(input: Tensor, upscaleFactor: number): Tensor {
  checkFactor('pixelShuffle', 'upscaleFactor', upscaleFactor);
  const r = upscaleFactor;
  const [channels = 0, height = 0, width = 0] = input.shape.slice(-3);
  if (input.ndim < 3 || channels % (r * r) !== 0) {
    throw new RangeError(
      `pixelShuffle: input has shape ${formatShape(input.shape)}; expected [.., channels, height, width] with channels ` +
        `divisible by ${r * r}.`,
    );
  }
  const batch = input.shape.slice(0, -3);
  const b = batch.length;
  const apart = build.reshape(input.node, [...batch, channels / (r * r), r, r, height, width]);
  const order = [...batch.keys(), b, b + 3, b + 1, b + 4, b + 2];
  const shape = [...batch, channels / (r * r), height * r, width * r];
  return wrapNode(build.reshape(build.permute(apart, order), shape), input.device);
}

/**
 * Channels become space: [.., channels · r², height, width] gives [.., channels, height · r, width · r], as PyTorch's
 * pixel_shuffle, after Shi and others (2016).
 * @throws RangeError when r² does not divide the channels.
 */
export const pixelShuffle = /* @__PURE__ */ observed('pixelShuffle', shuffle);

function unshuffle(input: Tensor, downscaleFactor: number): Tensor {
  checkFactor('pixelUnshuffle', 'downscaleFactor', downscaleFactor);
  const r = downscaleFactor;
  const [channels = 0, height = 0, width = 0] = input.shape.slice(-3);
  if (input.ndim < 3 || height % r !== 0 || width % r !== 0) {
    throw new RangeError(
      `pixelUnshuffle: input has shape ${formatShape(input.shape)}; expected [.., channels, height, width] with height ` +
        `and width divisible by ${r}.`,
    );
  }
  const batch = input.shape.slice(0, -3);
  const b = batch.length;
  const apart = build.reshape(input.node, [...batch, channels, height / r, r, width / r, r]);
  const order = [...batch.keys(), b, b + 2, b + 4, b + 1, b + 3];
  const shape = [...batch, channels * r * r, height / r, width / r];
  return wrapNode(build.reshape(build.permute(apart, order), shape), input.device);
}

/**
 * Space becomes channels: [.., channels, height · r, width · r] gives [.., channels · r², height, width], as PyTorch's
 * pixel_unshuffle. The inverse of `pixelShuffle`.
 * @throws RangeError when r does not divide height and width.
 */
export const pixelUnshuffle = /* @__PURE__ */ observed('pixelUnshuffle', unshuffle);
