import type { DType, NumericArray } from '../graph/dtype.ts';
import type { Node } from '../graph/node.ts';
import { checkShape, formatShape, type Shape, sizeOf } from '../graph/shape.ts';
import { uploadNode } from './realize.ts';
import { currentTrace } from './trace.ts';

/**
 * A leaf whose values the host supplies: `refresh` is called now, and again at every replay of a compiled function that
 * contains it. The public `feed` makes a tensor of it.
 *
 * @param undo takes back what `refresh` counted; called where a compiled run fails
 * @throws RangeError when `refresh` gives another number of elements than `shape` has.
 */
export function feedNode(
  refresh: () => NumericArray,
  shape: Shape,
  dtype: DType,
  device: string,
  undo?: () => void,
): Node {
  checkShape('feed', shape);
  const checked = () => {
    const values = refresh();
    if (values.length !== sizeOf(shape)) {
      throw new RangeError(
        `feed: got ${values.length} values for shape ${formatShape(shape)} of ${sizeOf(shape)}.`,
      );
    }
    return values;
  };
  const node = uploadNode(device, dtype, shape, checked());
  currentTrace()?.feeds.push({ node, refresh: checked, ...(undo && { undo }) });
  return node;
}
