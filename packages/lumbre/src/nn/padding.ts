import { formatShape } from '../graph/shape.ts';
import type { PadOptions, PadPair } from '../tensor/padding.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { withBatch } from './channels.ts';
import { Module } from './module.ts';

/**
 * How much comes around, in PyTorch's order: one number for all sides; `[left, right]` of a sequence; or `[left, right,
 * top, bottom]` of an image.
 */
export type PaddingSize = number | readonly number[];

/** Sequences (rank 1) or images (2) with something around them. */
export abstract class Padding extends Module {
  /** `[left, right]` or `[left, right, top, bottom]`. */
  readonly padding: readonly number[];
  readonly #options: PadOptions;

  constructor(padding: PaddingSize, rank: number, options: PadOptions) {
    super();
    const sides = typeof padding === 'number' ? Array<number>(2 * rank).fill(padding) : padding;
    if (sides.length !== 2 * rank || sides.some((n) => !Number.isInteger(n) || n < 0)) {
      const names = rank === 1 ? '[left, right]' : '[left, right, top, bottom]';
      throw new RangeError(
        `${this.constructor.name}: padding must be a whole number or ${names}, not ${formatShape([...sides])}.`,
      );
    }
    this.padding = sides;
    this.#options = options;
  }

  /** `[batch, channels, length]` or `[batch, channels, height, width]`, or without the batch. */
  forward(x: Tensor): Tensor {
    const rank = this.padding.length / 2;
    withBatch(this.constructor.name, x, null, [rank]);
    const pads = x.shape.map((_, axis): PadPair => {
      const fromLast = x.ndim - 1 - axis;
      return fromLast < rank
        ? [this.padding[2 * fromLast] as number, this.padding[2 * fromLast + 1] as number]
        : [0, 0];
    });
    return x.pad(pads, this.#options);
  }
}

/** The base of a class that pads so many dimensions in one way. */
const paddingOf = (
  rank: number,
  mode: NonNullable<PadOptions['mode']>,
): (new (
  padding: PaddingSize,
) => Padding) =>
  class extends Padding {
    constructor(padding: PaddingSize) {
      super(padding, rank, { mode });
    }
  };

/** Zeros around a sequence. */
export class ZeroPad1d extends paddingOf(1, 'constant') {}

/** Zeros around an image. */
export class ZeroPad2d extends paddingOf(2, 'constant') {}

/** A sequence mirrored at its ends, which are not repeated. */
export class ReflectionPad1d extends paddingOf(1, 'reflect') {}

/** An image mirrored at its borders, which are not repeated. */
export class ReflectionPad2d extends paddingOf(2, 'reflect') {}

/** The ends of a sequence, repeated. */
export class ReplicationPad1d extends paddingOf(1, 'replicate') {}

/** The borders of an image, repeated. */
export class ReplicationPad2d extends paddingOf(2, 'replicate') {}

/** A sequence, and itself again from its other end. */
export class CircularPad1d extends paddingOf(1, 'circular') {}

/** An image, and itself again from its other side. */
export class CircularPad2d extends paddingOf(2, 'circular') {}

/** One value around a sequence. */
export class ConstantPad1d extends Padding {
  constructor(padding: PaddingSize, value: number) {
    super(padding, 1, { value });
  }
}

/** One value around an image. */
export class ConstantPad2d extends Padding {
  constructor(padding: PaddingSize, value: number) {
    super(padding, 2, { value });
  }
}
