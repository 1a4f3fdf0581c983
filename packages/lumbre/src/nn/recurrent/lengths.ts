import { formatShape } from '../../graph/shape.ts';
import { arange, tensor } from '../../tensor/creation.ts';
import type { Tensor } from '../../tensor/tensor.ts';

/** How many steps each row of a batch has: numbers, or int32 `[batch]`. */
export type Lengths = Tensor | readonly number[];

const isNumbers = (lengths: Lengths): lengths is readonly number[] => Array.isArray(lengths);

/**
 * Which steps are within the rows' lengths: bool `[time, batch, 1]`.
 * @throws RangeError for another number of lengths, and for numbers that are not from 0 to `time`.
 */
export function withinLengths(
  layer: string,
  lengths: Lengths,
  { time, batch, device }: { readonly time: number; readonly batch: number; readonly device: string },
): Tensor {
  const shape = isNumbers(lengths) ? [lengths.length] : lengths.shape;
  if (shape.length !== 1 || shape[0] !== batch) {
    throw new RangeError(
      `${layer}: lengths are ${formatShape(shape)}, expected one for each row of the batch, [${batch}].`,
    );
  }
  if (isNumbers(lengths)) {
    const wrong = lengths.find((length) => !Number.isInteger(length) || length < 0 || length > time);
    if (wrong !== undefined) {
      throw new RangeError(`${layer}: a length is ${wrong}; expected whole numbers from 0 to ${time} steps.`);
    }
  } else if (lengths.dtype !== 'int32') {
    throw new TypeError(`${layer}: lengths must be int32, not ${lengths.dtype}.`);
  }
  const counts = isNumbers(lengths) ? tensor([...lengths], { dtype: 'int32', device }) : lengths;
  return arange(time, { device })
    .to('int32')
    .reshape(time, 1, 1)
    .lt(counts.reshape(1, batch, 1));
}
