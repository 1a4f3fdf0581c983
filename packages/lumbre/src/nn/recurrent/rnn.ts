import type { Tensor } from '../../tensor/tensor.ts';
import { elman, gru, lstm } from './recurrence.ts';
import { type RecurrentCall, RecurrentLayer, type RecurrentOptions } from './recurrentLayer.ts';

export interface RNNOptions extends RecurrentOptions {
  /** Default `tanh`. */
  readonly nonlinearity?: 'tanh' | 'relu';
}

/**
 * Elman networks, one upon the other (Elman, Cognitive Science 14, 1990):
 * h' = tanh(W_ih x + b_ih + W_hh h + b_hh). Parameters start uniform in ±1/√hiddenSize, as PyTorch's.
 */
export class RNN extends RecurrentLayer {
  readonly nonlinearity: 'tanh' | 'relu';

  /** @throws RangeError for sizes below 1, and a dropout that is no probability. */
  constructor(inputSize: number, hiddenSize: number, { nonlinearity = 'tanh', ...options }: RNNOptions = {}) {
    super(elman(nonlinearity), inputSize, hiddenSize, options);
    this.nonlinearity = nonlinearity;
  }

  /**
   * @param x `[time, batch, inputSize]` (`[batch, time, inputSize]` if batchFirst), or `[time, inputSize]`
   * @param h `[numLayers · directions, batch, hiddenSize]`, zeros unless given
   * @returns the last layer's hidden states `[time, batch, directions · hiddenSize]`, and all layers' at the last step,
   *   shaped as `h`
   * @throws RangeError when shapes do not fit.
   */
  forward(x: Tensor, h?: Tensor, call: RecurrentCall = {}): [output: Tensor, h: Tensor] {
    const [output, [final]] = this.run(x, h && [h], call);
    return [output, final as Tensor];
  }
}

/**
 * Gated recurrent units (Cho et al., arXiv:1406.1078), with the gates r, z, n in the parameters' rows. They start uniform
 * in ±1/√hiddenSize, as PyTorch's.
 */
export class GRU extends RecurrentLayer {
  /** @throws RangeError for sizes below 1, and a dropout that is no probability. */
  constructor(inputSize: number, hiddenSize: number, options: RecurrentOptions = {}) {
    super(gru, inputSize, hiddenSize, options);
  }

  /** Shapes as those of `RNN.forward`. */
  forward(x: Tensor, h?: Tensor, call: RecurrentCall = {}): [output: Tensor, h: Tensor] {
    const [output, [final]] = this.run(x, h && [h], call);
    return [output, final as Tensor];
  }
}

export interface LSTMOptions extends RecurrentOptions {
  /** If positive, hidden states are projected to this size (Sak et al., arXiv:1402.1128). Default 0. */
  readonly projSize?: number;
}

/** The hidden state and the cell state of an LSTM. */
export type LSTMState = readonly [h: Tensor, c: Tensor];

/**
 * Long short-term memory (Hochreiter and Schmidhuber, Neural Computation 9, 1997, with forget gates), with the gates
 * i, f, g, o in the parameters' rows. They start uniform in ±1/√hiddenSize, as PyTorch's.
 */
export class LSTM extends RecurrentLayer {
  /** @throws RangeError for sizes below 1, a projection that does not make states shorter, a dropout that is no probability. */
  constructor(inputSize: number, hiddenSize: number, options: LSTMOptions = {}) {
    super(lstm, inputSize, hiddenSize, options);
  }

  /**
   * @param x `[time, batch, inputSize]` (`[batch, time, inputSize]` if batchFirst), or `[time, inputSize]`
   * @param state h `[numLayers · directions, batch, projSize or hiddenSize]` and c, with hiddenSize; zeros unless given
   * @returns the last layer's hidden states `[time, batch, directions · (projSize or hiddenSize)]`, and all layers' states
   *   at the last step
   * @throws RangeError when shapes do not fit.
   */
  forward(x: Tensor, state?: LSTMState, call: RecurrentCall = {}): [output: Tensor, state: LSTMState] {
    const [output, [h, c]] = this.run(x, state, call);
    return [output, [h as Tensor, c as Tensor]];
  }
}
