import { formatShape, sameShape } from '../../graph/shape.ts';
import { cat } from '../../tensor/combine.ts';
import { noGrad, scope } from '../../tensor/scope.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { LayerOptions } from '../linear.ts';
import { LSTM, type LSTMOptions } from './rnn.ts';

/** What TensorFlow's `BasicLSTMCell` and `LSTMCell` keep, with the gates i, j, f, o one behind the other. */
export interface TensorFlowLSTMCell {
  /** `[inputSize + hiddenSize, 4 · hiddenSize]`; old checkpoints call it `weights`. */
  readonly kernel: Tensor;
  /** `[4 · hiddenSize]`; old checkpoints call it `biases`. */
  readonly bias: Tensor;
}

export interface TensorFlowLSTMOptions
  extends Pick<LayerOptions, 'dtype' | 'device'>,
    Pick<LSTMOptions, 'batchFirst' | 'dropout'> {
  /** What the cell adds to the forget gate besides its bias. Default 1, as in TensorFlow. */
  readonly forgetBias?: number;
}

/** Gates i, j, f, o along dimension 0 as i, f, g, o: j is g. */
function reordered(gates: Tensor, forgetBias = 0): Tensor {
  const [i, j, f, o] = gates.chunk(4, 0) as [Tensor, Tensor, Tensor, Tensor];
  return cat([i, f.add(forgetBias), j, o], 0);
}

/**
 * An LSTM with the weights of TensorFlow's cells, the lowest first. There a kernel multiplies input and state, one behind
 * the other, and has one bias, which becomes `bias_ih`; `bias_hh` is zero.
 * @throws RangeError when shapes are not those of cells that go one upon the other.
 */
export function lstmFromTensorFlow(
  cells: readonly TensorFlowLSTMCell[],
  { forgetBias = 1, ...options }: TensorFlowLSTMOptions = {},
): LSTM {
  const hidden = (cells[0]?.bias.size ?? 0) / 4;
  const inputs = (cells[0]?.kernel.shape[0] ?? 0) - hidden;
  cells.forEach(({ kernel, bias }, layer) => {
    const expected = [(layer === 0 ? inputs : hidden) + hidden, 4 * hidden];
    if (sameShape(kernel.shape, expected) && sameShape(bias.shape, [4 * hidden])) return;
    throw new RangeError(
      `lstmFromTensorFlow: cell ${layer} has a kernel ${formatShape(kernel.shape)} and a bias ` +
        `${formatShape(bias.shape)}, expected ${formatShape(expected)} and ${formatShape([4 * hidden])}.`,
    );
  });
  const lstm = new LSTM(inputs, hidden, { numLayers: cells.length, ...options });
  scope(() =>
    noGrad(() => {
      const state = cells.flatMap(({ kernel, bias }, layer) => {
        const gates = reordered(kernel.T);
        const size = (kernel.shape[0] as number) - hidden;
        return [
          [`weight_ih_l${layer}`, gates.narrow(1, 0, size)],
          [`weight_hh_l${layer}`, gates.narrow(1, size, hidden)],
          [`bias_ih_l${layer}`, reordered(bias, forgetBias)],
          [`bias_hh_l${layer}`, bias.mul(0)],
        ] as const;
      });
      lstm.loadStateDict(new Map(state));
    }),
  );
  return lstm;
}
