import { sizeOf } from '../graph/shape.ts';
import { conv1d, conv2d, convTranspose1d, convTranspose2d } from '../tensor/convolution.ts';
import type { PadOptions, PadPair } from '../tensor/padding.ts';
import { uniform } from '../tensor/random.ts';
import { type PerDimension, perDimension } from '../tensor/spatial.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { withBatch } from './channels.ts';
import type { LayerOptions } from './linear.ts';
import { Module } from './module.ts';
import { parameter } from './parameter.ts';

interface SharedOptions extends LayerOptions {
  /** From one window to the next. Default 1. */
  readonly stride?: PerDimension;
  /** From one element of a window to the next. Default 1. */
  readonly dilation?: PerDimension;
  /** Channels are split in so many groups, which do not see each other. Default 1. */
  readonly groups?: number;
  /** Whether a bias is added. Default true. */
  readonly bias?: boolean;
}

export interface ConvOptions extends SharedOptions {
  /**
   * What is put on both sides of each dimension. `valid` is nothing; `same` as much as keeps the size, with the odd one
   * behind, and wants stride 1. Default 0.
   */
  readonly padding?: PerDimension | 'same' | 'valid';
  /** What that is: zeros, the default; or the input mirrored, its border, or the input again from its other end. */
  readonly paddingMode?: 'zeros' | 'reflect' | 'replicate' | 'circular';
}

export interface ConvTransposeOptions extends SharedOptions {
  /** What the convolution of which this is the transpose puts around its input; here it is cut off. Default 0. */
  readonly padding?: PerDimension;
  /** Added to the output's size on one side: with a stride, several sizes lead to the same one. Default 0. */
  readonly outputPadding?: PerDimension;
}

/** What the four layers have in common. */
abstract class Convolution extends Module {
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernelSize: readonly number[];
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
  readonly groups: number;
  readonly weight: Tensor;
  readonly bias: Tensor | null;

  /** @throws RangeError when groups do not divide both numbers of channels, or for sizes below 1. */
  constructor(
    [inChannels, outChannels, kernelSize]: readonly [number, number, PerDimension],
    { stride = 1, dilation = 1, groups = 1, bias = true, ...options }: SharedOptions,
    rank: number,
    transposed: boolean,
  ) {
    super();
    const layer = this.constructor.name;
    const sizes = [inChannels, outChannels, groups];
    if (
      sizes.some((n) => !Number.isInteger(n) || n < 1) ||
      inChannels % groups !== 0 ||
      outChannels % groups !== 0
    ) {
      throw new RangeError(
        `${layer}: ${inChannels} input and ${outChannels} output channels must be whole numbers of at least 1 that ` +
          `${groups} groups divide.`,
      );
    }
    this.inChannels = inChannels;
    this.outChannels = outChannels;
    this.kernelSize = perDimension(layer, 'kernelSize', kernelSize, rank, 1);
    this.stride = perDimension(layer, 'stride', stride, rank, 1);
    this.dilation = perDimension(layer, 'dilation', dilation, rank, 1);
    this.groups = groups;
    const shape = transposed
      ? [inChannels, outChannels / groups, ...this.kernelSize]
      : [outChannels, inChannels / groups, ...this.kernelSize];
    // As PyTorch's, which takes the second dimension for what goes in even in a transpose.
    const bound = 1 / Math.sqrt(sizeOf(shape.slice(1)));
    const { dtype, device, generator } = options;
    const drawn = { dtype, device, generator };
    this.weight = parameter(uniform(-bound, bound, shape, drawn));
    this.bias = bias ? parameter(uniform(-bound, bound, [outChannels], drawn)) : null;
  }

  abstract forward(x: Tensor): Tensor;
}

type PaddingMode = NonNullable<ConvOptions['paddingMode']>;

/** @throws RangeError for a mode that there is not, `same` with a stride, or numbers that are none. */
function checkedPadding(
  layer: string,
  padding: PerDimension | 'same' | 'valid',
  mode: PaddingMode,
  stride: PerDimension,
  rank: number,
): readonly number[] | 'same' | 'valid' {
  if (!['zeros', 'reflect', 'replicate', 'circular'].includes(mode)) {
    throw new RangeError(
      `${layer}: paddingMode must be 'zeros', 'reflect', 'replicate' or 'circular', not '${mode}'.`,
    );
  }
  if (padding === 'same' && [stride].flat().some((step) => step !== 1)) {
    throw new RangeError(`${layer}: padding 'same' keeps the size only with stride 1; give numbers.`);
  }
  if (padding === 'same' || padding === 'valid') return padding;
  return perDimension(layer, 'padding', padding as PerDimension, rank, 0);
}

/** Convolutions of one or two dimensions. */
abstract class Conv extends Convolution {
  readonly padding: readonly number[] | 'same' | 'valid';
  readonly paddingMode: PaddingMode;

  constructor(sizes: readonly [number, number, PerDimension], options: ConvOptions, rank: number) {
    const { padding = 0, paddingMode = 'zeros', ...shared } = options;
    // Before there are parameters, which nobody could dispose of.
    const sides = checkedPadding(new.target.name, padding, paddingMode, shared.stride ?? 1, rank);
    super(sizes, shared, rank, false);
    this.padding = sides;
    this.paddingMode = paddingMode;
  }

  /** What `padding` puts before and after each spatial dimension. */
  #pads(): PadPair[] {
    return this.kernelSize.map((size, i) => {
      const { padding } = this;
      if (padding === 'valid') return [0, 0];
      if (padding !== 'same') return [padding[i] as number, padding[i] as number];
      const total = (size - 1) * (this.dilation[i] as number);
      return [Math.floor(total / 2), Math.ceil(total / 2)];
    });
  }

  protected convolve(x: Tensor, convolution: typeof conv1d): Tensor {
    const { stride, dilation, groups, bias, paddingMode } = this;
    const rank = this.kernelSize.length;
    withBatch(this.constructor.name, x, this.inChannels, [rank]);
    if (paddingMode === 'zeros') {
      return convolution(x, this.weight, { bias, stride, padding: this.padding, dilation, groups });
    }
    const untouched = Array.from({ length: x.ndim - rank }, (): PadPair => [0, 0]);
    const options: PadOptions = { mode: paddingMode };
    const surrounded = x.pad([...untouched, ...this.#pads()], options);
    return convolution(surrounded, this.weight, { bias, stride, dilation, groups });
  }
}

/**
 * Learned kernels slide over a sequence. Weights and bias start uniform in ±1/√(inChannels / groups · kernelSize), as
 * PyTorch's (He et al., arXiv:1502.01852, with a = √5).
 */
export class Conv1d extends Conv {
  /** weight: `[outChannels, inChannels / groups, kernelSize]`; bias: `[outChannels]`. */
  constructor(inChannels: number, outChannels: number, kernelSize: PerDimension, options: ConvOptions = {}) {
    super([inChannels, outChannels, kernelSize], options, 1);
  }

  /** `[batch, inChannels, length]`, or without the batch, to `[batch, outChannels, positions]`. */
  override forward(x: Tensor): Tensor {
    return this.convolve(x, conv1d);
  }
}

/**
 * Learned kernels slide over an image (LeCun et al., 1989). Weights and bias start uniform in ±1/√(inChannels / groups ·
 * kernelHeight · kernelWidth), as PyTorch's.
 */
export class Conv2d extends Conv {
  /** weight: `[outChannels, inChannels / groups, kernelHeight, kernelWidth]`; bias: `[outChannels]`. */
  constructor(inChannels: number, outChannels: number, kernelSize: PerDimension, options: ConvOptions = {}) {
    super([inChannels, outChannels, kernelSize], options, 2);
  }

  /** `[batch, inChannels, height, width]`, or without the batch, to `[batch, outChannels, rows, columns]`. */
  override forward(x: Tensor): Tensor {
    return this.convolve(x, conv2d);
  }
}

/** Transposes of convolutions of one or two dimensions. */
abstract class ConvTranspose extends Convolution {
  readonly padding: readonly number[];
  readonly outputPadding: readonly number[];

  constructor(sizes: readonly [number, number, PerDimension], options: ConvTransposeOptions, rank: number) {
    const { padding = 0, outputPadding = 0, ...shared } = options;
    const layer = new.target.name;
    const cut = perDimension(layer, 'padding', padding, rank, 0);
    const added = perDimension(layer, 'outputPadding', outputPadding, rank, 0);
    super(sizes, shared, rank, true);
    this.padding = cut;
    this.outputPadding = added;
  }

  protected convolve(x: Tensor, convolution: typeof convTranspose1d): Tensor {
    const { bias, stride, padding, outputPadding, dilation, groups } = this;
    withBatch(this.constructor.name, x, this.inChannels, [this.kernelSize.length]);
    return convolution(x, this.weight, { bias, stride, padding, outputPadding, dilation, groups });
  }
}

/**
 * The transpose of Conv1d: each position paints a kernel. A sequence grows to (length - 1) · stride - 2 · padding +
 * dilation · (kernelSize - 1) + 1 + outputPadding. Starts as PyTorch's, uniform in ±1/√(outChannels / groups · kernelSize).
 */
export class ConvTranspose1d extends ConvTranspose {
  /** weight: `[inChannels, outChannels / groups, kernelSize]`; bias: `[outChannels]`. */
  constructor(
    inChannels: number,
    outChannels: number,
    kernelSize: PerDimension,
    options: ConvTransposeOptions = {},
  ) {
    super([inChannels, outChannels, kernelSize], options, 1);
  }

  /** `[batch, inChannels, positions]`, or without the batch, to `[batch, outChannels, length]`. */
  override forward(x: Tensor): Tensor {
    return this.convolve(x, convTranspose1d);
  }
}

/**
 * The transpose of Conv2d: each position paints a kernel. Height and width grow to (size - 1) · stride - 2 · padding +
 * dilation · (kernelSize - 1) + 1 + outputPadding. Starts as PyTorch's, uniform in ±1/√(outChannels / groups ·
 * kernelHeight · kernelWidth).
 */
export class ConvTranspose2d extends ConvTranspose {
  /** weight: `[inChannels, outChannels / groups, kernelHeight, kernelWidth]`; bias: `[outChannels]`. */
  constructor(
    inChannels: number,
    outChannels: number,
    kernelSize: PerDimension,
    options: ConvTransposeOptions = {},
  ) {
    super([inChannels, outChannels, kernelSize], options, 2);
  }

  /** `[batch, inChannels, rows, columns]`, or without the batch, to `[batch, outChannels, height, width]`. */
  override forward(x: Tensor): Tensor {
    return this.convolve(x, convTranspose2d);
  }
}
