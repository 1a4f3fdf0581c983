import { formatShape, sameShape } from '../../graph/shape.ts';
import { zeros } from '../../tensor/creation.ts';
import { uniform } from '../../tensor/random.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { LayerOptions } from '../linear.ts';
import { Module } from '../module.ts';
import { parameter } from '../parameter.ts';
import { elman, gru, lstm, type Recurrence } from './recurrence.ts';
import type { LSTMState } from './rnn.ts';

export interface CellOptions extends LayerOptions {
  /** Whether biases are added. Default true. */
  readonly bias?: boolean;
}

/** One step of a recurrence, for loops of one's own: `scan(…)`, decoders with attention, sampling. */
abstract class Cell extends Module {
  readonly inputSize: number;
  readonly hiddenSize: number;
  /** `[gates · hiddenSize, inputSize]` */
  readonly weight_ih: Tensor;
  /** `[gates · hiddenSize, hiddenSize]` */
  readonly weight_hh: Tensor;
  /** `[gates · hiddenSize]` */
  readonly bias_ih: Tensor | null;
  readonly bias_hh: Tensor | null;
  readonly #recurrence: Recurrence;

  constructor(
    recurrence: Recurrence,
    inputSize: number,
    hiddenSize: number,
    { bias = true, ...options }: CellOptions,
  ) {
    super();
    if (![inputSize, hiddenSize].every((size) => Number.isInteger(size) && size >= 1)) {
      throw new RangeError(
        `${this.constructor.name}: inputSize and hiddenSize must be whole numbers of at least 1, got ${inputSize} ` +
          `and ${hiddenSize}.`,
      );
    }
    this.inputSize = inputSize;
    this.hiddenSize = hiddenSize;
    this.#recurrence = recurrence;
    const bound = 1 / Math.sqrt(hiddenSize);
    const rows = recurrence.gates * hiddenSize;
    const make = (shape: readonly number[]) => parameter(uniform(-bound, bound, shape, options));
    this.weight_ih = make([rows, inputSize]);
    this.weight_hh = make([rows, hiddenSize]);
    this.bias_ih = bias ? make([rows]) : null;
    this.bias_hh = bias ? make([rows]) : null;
  }

  protected step(x: Tensor, given: readonly Tensor[] | undefined): readonly Tensor[] {
    const name = this.constructor.name;
    const single = x.ndim === 1;
    if (x.ndim < 1 || x.ndim > 2 || x.shape.at(-1) !== this.inputSize) {
      throw new RangeError(
        `${name}: expected an input [batch, ${this.inputSize}] or [${this.inputSize}], got ${formatShape(x.shape)}.`,
      );
    }
    const shape = [...x.shape.slice(0, -1), this.hiddenSize];
    const { states } = this.#recurrence;
    if (given && !(given.length === states && given.every((state) => sameShape(state.shape, shape)))) {
      throw new RangeError(
        `${name}: the state is ${given.map((state) => formatShape(state.shape)).join(' and ') || 'empty'}, expected ` +
          `${states === 1 ? '' : 'two of '}${formatShape(shape)} for an input ${formatShape(x.shape)}.`,
      );
    }
    const weights = {
      ih: this.weight_ih,
      hh: this.weight_hh,
      biasIh: this.bias_ih,
      biasHh: this.bias_hh,
      hr: null,
    };
    const batched = (t: Tensor) => (single ? t.unsqueeze(0) : t);
    const zero = () => zeros(shape, { dtype: this.weight_hh.dtype, device: x.device });
    const before = given ?? Array.from({ length: states }, zero);
    const projected = this.#recurrence.project(batched(x), weights);
    const after = this.#recurrence.step(before.map(batched), projected, weights);
    return single ? after.map((state) => state.squeeze(0)) : after;
  }
}

export interface RNNCellOptions extends CellOptions {
  /** Default `tanh`. */
  readonly nonlinearity?: 'tanh' | 'relu';
}

/** A step of `RNN`. */
export class RNNCell extends Cell {
  readonly nonlinearity: 'tanh' | 'relu';

  constructor(
    inputSize: number,
    hiddenSize: number,
    { nonlinearity = 'tanh', ...options }: RNNCellOptions = {},
  ) {
    super(elman(nonlinearity), inputSize, hiddenSize, options);
    this.nonlinearity = nonlinearity;
  }

  /**
   * `[batch, inputSize]` and `h` `[batch, hiddenSize]` (zeros unless given) to the next `h`; all may be without a batch.
   * @throws RangeError when shapes do not fit.
   */
  forward(x: Tensor, h?: Tensor): Tensor {
    return this.step(x, h && [h])[0] as Tensor;
  }
}

/** A step of `GRU`. */
export class GRUCell extends Cell {
  constructor(inputSize: number, hiddenSize: number, options: CellOptions = {}) {
    super(gru, inputSize, hiddenSize, options);
  }

  /** As `RNNCell.forward`. */
  forward(x: Tensor, h?: Tensor): Tensor {
    return this.step(x, h && [h])[0] as Tensor;
  }
}

/** A step of `LSTM`. */
export class LSTMCell extends Cell {
  constructor(inputSize: number, hiddenSize: number, options: CellOptions = {}) {
    super(lstm, inputSize, hiddenSize, options);
  }

  /**
   * `[batch, inputSize]` and the states h and c `[batch, hiddenSize]` (zeros unless given) to the next h and c; all may be
   * without a batch.
   * @throws RangeError when shapes do not fit.
   */
  forward(x: Tensor, state?: LSTMState): LSTMState {
    return this.step(x, state) as unknown as LSTMState;
  }
}
