import { formatShape } from '../graph/shape.ts';
import type { CrossEntropyOptions } from '../tensor/neural.ts';
import type { Tensor } from '../tensor/tensor.ts';

/**
 * The mean surprise, in nats, at the right class: -log softmax(logits)[target].
 *
 * @param logits `[.., classes]`
 * @param targets int32 or uint8 `[..]`
 * @throws RangeError when shapes do not fit, and, once the value is computed, for a target that is no class.
 */
export function crossEntropy(logits: Tensor, targets: Tensor, options: CrossEntropyOptions = {}): Tensor {
  const classes = logits.shape.at(-1);
  if (classes === undefined || logits.size !== targets.size * classes) {
    throw new RangeError(
      `crossEntropy: logits ${formatShape(logits.shape)} and targets ${formatShape(targets.shape)} do not fit; ` +
        'expected [.., classes] and one target for each row.',
    );
  }
  return logits.reshape(-1, classes).crossEntropy(targets.reshape(-1), options);
}
