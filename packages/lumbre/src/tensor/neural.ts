import * as build from '../graph/builder.ts';
import type { Node } from '../graph/node.ts';
import { formatShape, normalizeAxis, sameShape, sizeOf } from '../graph/shape.ts';
import { chanceNode } from './distributions.ts';
import { defaultGenerator, type Generator } from './generator.ts';
import { MatmulTensor } from './matmul.ts';
import { commonDevice, unary } from './operands.ts';
import { stabilizer } from './reduce.ts';
import { indexNode } from './taking.ts';
import type { Tensor } from './tensor.ts';

/** x less its largest value along an axis, and the sum of the exponentials of that: nothing overflows. */
function shifted(
  x: Node,
  axis: number,
): { readonly shift: Node; readonly exponentials: Node; readonly total: Node } {
  const shift = build.sub(x, build.expand(stabilizer(x, [axis]), x.shape));
  const exponentials = build.exp(shift);
  return { shift, exponentials, total: build.sum(exponentials, [axis]) };
}

export interface CrossEntropyOptions {
  /** Targets of this value count for nothing: padding, or tokens that are not to be predicted. */
  readonly ignoreIndex?: number;
  /** The mean over the targets that count, their sum, or one loss for each target. Default `mean`. */
  readonly reduction?: 'mean' | 'sum' | 'none';
}

/** Functions of neural networks that look at more than one element. */
export abstract class NeuralTensor extends MatmulTensor {
  /** e^x / Σ e^x along one dimension, the last unless given. */
  softmax(this: Tensor, dim = -1): Tensor {
    const axis = normalizeAxis('softmax', dim, this.ndim);
    return unary('softmax', this, 'float', (x) => {
      // Of no elements there is no largest, and nothing to normalize.
      if (sizeOf(x.shape) === 0) return x;
      const { exponentials, total } = shifted(x, axis);
      return build.div(exponentials, build.expand(total, x.shape));
    });
  }

  /** x - log Σ e^x along one dimension, the last unless given: the logarithm of softmax, accurate where that is tiny. */
  logSoftmax(this: Tensor, dim = -1): Tensor {
    const axis = normalizeAxis('logSoftmax', dim, this.ndim);
    return unary('logSoftmax', this, 'float', (x) => {
      // Of no elements there is no largest, and nothing to normalize.
      if (sizeOf(x.shape) === 0) return x;
      const { shift, total } = shifted(x, axis);
      return build.sub(shift, build.expand(build.log(total), x.shape));
    });
  }

  /**
   * The mean of -log softmax(this)[target]: how surprising the targets are, in nats.
   *
   * @param this logits [.., classes], usually [tokens, classes]
   * @param targets the right classes, int32 or uint8 [..]
   * @throws RangeError when shapes do not fit, and, once the value is computed, for a target that is no class.
   */
  crossEntropy(this: Tensor, targets: Tensor, options: CrossEntropyOptions = {}): Tensor {
    const { ignoreIndex, reduction = 'mean' } = options;
    commonDevice('crossEntropy', [this, targets]);
    if (this.ndim === 0 || !sameShape(this.shape.slice(0, -1), targets.shape)) {
      throw new RangeError(
        `crossEntropy: logits ${formatShape(this.shape)} and targets ${formatShape(targets.shape)} do not fit; ` +
          'expected logits [.., classes] and one target for each row, [..]. flatten() dimensions that are too many.',
      );
    }
    const counted = ignoreIndex === undefined ? null : targets.ne(ignoreIndex);
    const chosen = counted ? targets.where(counted, 0) : targets;
    const losses = unary('crossEntropy', this, 'float', (x) => {
      const axis = x.shape.length - 1;
      const { shift, total } = shifted(x, axis);
      const index = build.cast(indexNode('crossEntropy', chosen, x.shape[axis] as number), 'int32');
      const rows = build.expand(build.reshape(index, total.shape), x.shape);
      // Looking the target up by comparing keeps forward and backward elementwise: no scatter in the gradient.
      const hit = build.eq(build.iota(x.shape, axis), rows);
      const logit = build.sum(build.where(hit, shift, build.full(shift, 0)), [axis]);
      return build.reshape(build.sub(build.log(total), logit), targets.shape);
    });
    const valid = counted ? losses.where(counted, 0) : losses;
    if (reduction === 'none') return valid;
    if (reduction === 'sum') return valid.sum();
    if (reduction !== 'mean') {
      throw new RangeError(`crossEntropy: reduction must be 'mean', 'sum' or 'none', not '${reduction}'.`);
    }
    return counted ? valid.sum().div(counted.sum()) : valid.mean();
  }

  /**
   * While training, each element is 0 with probability `p` and divided by 1 - p otherwise, so that the mean stays
   * (Srivastava et al., JMLR 15, 2014); else the tensor as it is. `p` is rounded to a multiple of 2^-24.
   */
  dropout(this: Tensor, p = 0.5, training = true, generator: Generator = defaultGenerator): Tensor {
    if (!(p >= 0 && p <= 1)) throw new RangeError(`dropout: p must be a probability from 0 to 1, not ${p}.`);
    if (!training || p === 0) return this.clone();
    return unary('dropout', this, 'float', (x) => {
      const zero = build.full(x, 0);
      if (p === 1) return build.mul(x, zero);
      const [word] = generator.words(sizeOf(x.shape), this.device);
      const keep = build.reshape(chanceNode(word, 1 - p), x.shape);
      return build.where(keep, build.mul(x, build.full(x, 1 / (1 - p))), zero);
    });
  }
}
