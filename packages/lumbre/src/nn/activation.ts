import { full } from '../tensor/creation.ts';
import type { Tensor } from '../tensor/tensor.ts';
import type { LayerOptions } from './linear.ts';
import { Module } from './module.ts';
import { parameter } from './parameter.ts';

/** A layer without parameters: a function of its input, and of what it was made with. */
export interface Activation<Args extends unknown[] = unknown[]> extends Module {
  /** What it was made with. */
  readonly args: Args;
  forward(x: Tensor): Tensor;
}

/** The base of a class whose constructor takes what `apply` takes beside the input. */
const layerOf = <Args extends unknown[]>(
  apply: (x: Tensor, ...args: Args) => Tensor,
): (new (
  ...args: Args
) => Activation<Args>) =>
  class extends Module {
    readonly args: Args;

    constructor(...args: Args) {
      super();
      this.args = args;
    }

    forward(x: Tensor): Tensor {
      return apply(x, ...this.args);
    }
  };

/** The input as it is. */
export class Identity extends layerOf((x) => x) {}

/** max(x, 0). */
export class ReLU extends layerOf((x) => x.relu()) {}

/** Limited to [0, 6]. */
export class ReLU6 extends layerOf((x) => x.relu6()) {}

/** x where it is positive, negativeSlope · x elsewhere: `new LeakyReLU(0.2)`. */
export class LeakyReLU extends layerOf((x, negativeSlope: number = 0.01) => x.leakyRelu(negativeSlope)) {}

/** x where it is positive, alpha · (e^x - 1) elsewhere (Clevert et al., arXiv:1511.07289). */
export class ELU extends layerOf((x, alpha: number = 1) => x.elu(alpha)) {}

/** ELU that is smooth for every alpha (Barron, arXiv:1704.07483). */
export class CELU extends layerOf((x, alpha: number = 1) => x.celu(alpha)) {}

/** ELU with the constants that keep mean 0 and variance 1 (Klambauer et al., arXiv:1706.02515). */
export class SELU extends layerOf((x) => x.selu()) {}

export interface GELUOptions {
  /** `none` by the error function; `tanh` as GPT-2 was trained with. Default `none`. */
  readonly approximate?: 'none' | 'tanh';
}

/** x · Φ(x), with Φ the normal distribution function (Hendrycks and Gimpel, arXiv:1606.08415). */
export class GELU extends layerOf((x, options: GELUOptions = {}) =>
  x.gelu({ approximate: options.approximate ?? 'none' }),
) {}

/** x · sigmoid(x), also called swish (Elfwing et al., arXiv:1702.03118). */
export class SiLU extends layerOf((x) => x.silu()) {}

/** x · tanh(softplus(x)) (Misra, arXiv:1908.08681). */
export class Mish extends layerOf((x) => x.mish()) {}

/** 1 / (1 + e^-x). */
export class Sigmoid extends layerOf((x) => x.sigmoid()) {}

/** log sigmoid(x), accurate at both ends. */
export class LogSigmoid extends layerOf((x) => x.logSigmoid()) {}

/** (e^x - e^-x) / (e^x + e^-x). */
export class Tanh extends layerOf((x) => x.tanh()) {}

/** x - tanh(x). */
export class Tanhshrink extends layerOf((x) => x.tanhshrink()) {}

/** Limited to [minVal, maxVal], with the gradient 0 at the limits. */
export class Hardtanh extends layerOf((x, minVal: number = -1, maxVal: number = 1) =>
  x.hardtanh(minVal, maxVal),
) {}

/** relu6(x + 3) / 6. */
export class Hardsigmoid extends layerOf((x) => x.hardsigmoid()) {}

/** x · relu6(x + 3) / 6 (Howard et al., arXiv:1905.02244). */
export class Hardswish extends layerOf((x) => x.hardswish()) {}

/** log(1 + e^(beta · x)) / beta, and x itself where beta · x is above the threshold. */
export class Softplus extends layerOf((x, beta: number = 1, threshold: number = 20) =>
  x.softplus(beta, threshold),
) {}

/** x / (1 + |x|). */
export class Softsign extends layerOf((x) => x.softsign()) {}

/** x drawn towards 0 by lambda, and 0 where it is nearer. */
export class Softshrink extends layerOf((x, lambda: number = 0.5) => x.softshrink(lambda)) {}

/** 0 where |x| ≤ lambda, x elsewhere. */
export class Hardshrink extends layerOf((x, lambda: number = 0.5) => x.hardshrink(lambda)) {}

/** x where it is above the threshold, value elsewhere: `new Threshold(0.1, 20)`. */
export class Threshold extends layerOf((x, threshold: number, value: number) =>
  x.threshold(threshold, value),
) {}

/** e^x / Σ e^x along one dimension, the last unless given. */
export class Softmax extends layerOf((x, dim: number = -1) => x.softmax(dim)) {}

/** The logarithm of softmax along one dimension, the last unless given. */
export class LogSoftmax extends layerOf((x, dim: number = -1) => x.logSoftmax(dim)) {}

/** softmax(-x) along one dimension, the last unless given. */
export class Softmin extends layerOf((x, dim: number = -1) => x.neg().softmax(dim)) {}

/** The first half along a dimension, the last unless given, times the sigmoid of the second (arXiv:1612.08083). */
export class GLU extends layerOf((x, dim: number = -1) => x.glu(dim)) {}

export interface PReLUOptions extends Omit<LayerOptions, 'generator'> {
  /** What the slopes start as. Default 0.25. */
  readonly init?: number;
}

/** x where it is positive, weight · x elsewhere, with a slope that is learned (He et al., arXiv:1502.01852). */
export class PReLU extends Module {
  readonly numParameters: number;
  /** `[numParameters]` */
  readonly weight: Tensor;

  /** @param numParameters 1 for all, or one slope for each channel, which are dimension 1 */
  constructor(numParameters = 1, { init = 0.25, dtype, device }: PReLUOptions = {}) {
    super();
    this.numParameters = numParameters;
    this.weight = parameter(full([numParameters], init, { dtype, device }));
  }

  /** `[batch, channels, ..]` to the same shape. @throws RangeError for another number of channels. */
  forward(x: Tensor): Tensor {
    return x.prelu(this.weight);
  }
}
