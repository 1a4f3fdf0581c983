import { formatShape } from '../../graph/shape.ts';
import { tensor } from '../../tensor/creation.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { Dropout } from '../dropout.ts';
import type { LayerOptions } from '../linear.ts';
import { Module } from '../module.ts';
import { buffer } from '../parameter.ts';

export interface PositionalEncodingOptions extends LayerOptions {
  /** How many positions there are. Default 5000. */
  readonly maxLength?: number;
  /** While training: the probability with which an element of the sum is dropped. Default 0. */
  readonly dropout?: number;
  /** Whether the input is `[batch, time, dModel]`, not `[time, batch, dModel]`. Default false. */
  readonly batchFirst?: boolean;
}

/** sin and cos of `position / 10000^(2i / dModel)` in turns, computed in double precision. */
function sinusoids(maxLength: number, dModel: number): Float64Array {
  const table = new Float64Array(maxLength * dModel);
  for (let position = 0; position < maxLength; position++) {
    for (let column = 0; column < dModel; column++) {
      const angle = position / 10000 ** ((column - (column % 2)) / dModel);
      table[position * dModel + column] = column % 2 === 0 ? Math.sin(angle) : Math.cos(angle);
    }
  }
  return table;
}

/** Adds to each vector what says where it stands, by sines of many wave lengths (Vaswani et al., arXiv:1706.03762, 3.5). */
export class SinusoidalPositionalEncoding extends Module {
  readonly dModel: number;
  readonly maxLength: number;
  readonly batchFirst: boolean;
  /** `[maxLength, dModel]`; no part of the state, as it can be made anew. */
  readonly pe: Tensor;
  readonly dropout: Dropout;

  /** @throws RangeError for sizes below 1. */
  constructor(dModel: number, options: PositionalEncodingOptions = {}) {
    super();
    const { maxLength = 5000, dropout = 0, batchFirst = false, dtype = 'float32', device } = options;
    if (![dModel, maxLength].every((size) => Number.isInteger(size) && size >= 1)) {
      throw new RangeError(
        `SinusoidalPositionalEncoding: dModel and maxLength must be whole numbers of at least 1, got ${dModel} and ${maxLength}.`,
      );
    }
    this.dModel = dModel;
    this.maxLength = maxLength;
    this.batchFirst = batchFirst;
    const values = sinusoids(maxLength, dModel);
    this.pe = buffer(tensor(values, { shape: [maxLength, dModel], dtype, device }), { persistent: false });
    this.dropout = new Dropout(dropout, options);
  }

  /**
   * `[time, batch, dModel]` (`[batch, time, dModel]` if batchFirst) or `[time, dModel]` to the same shape.
   * @param positions int32 `[time]`: where the vectors stand, for decoding step by step; 0, 1, 2, … unless given
   * @throws RangeError for another width, and for more steps than there are positions.
   */
  forward(x: Tensor, { positions }: { readonly positions?: Tensor } = {}): Tensor {
    const timeAxis = x.ndim === 3 && this.batchFirst ? 1 : 0;
    const time = x.shape[timeAxis] as number;
    if ((x.ndim !== 2 && x.ndim !== 3) || x.shape.at(-1) !== this.dModel || time > this.maxLength) {
      const batched = this.batchFirst ? 'batch, time' : 'time, batch';
      throw new RangeError(
        `SinusoidalPositionalEncoding: expected an input [${batched}, ${this.dModel}] or [time, ${this.dModel}] of at ` +
          `most ${this.maxLength} steps, got ${formatShape(x.shape)}.`,
      );
    }
    const rows = positions ? this.pe.indexSelect(0, positions) : this.pe.narrow(0, 0, time);
    return this.dropout.forward(x.add(x.ndim === 3 && timeAxis === 0 ? rows.unsqueeze(1) : rows));
  }
}
