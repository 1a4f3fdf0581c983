import { formatShape } from '../../graph/shape.ts';
import { arange } from '../../tensor/creation.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { CausalContext } from './causalModel.ts';

/** @throws RangeError when a call's tensors do not fit each other, or there are more tokens than positions. */
export function checkIds(
  model: string,
  inputIds: Tensor,
  { attentionMask, positionIds, segmentIds, caches, cachePosition }: CausalContext,
  maxPositions: number,
): void {
  const fail = (what: string): never => {
    throw new RangeError(`${model}: ${what}`);
  };
  const [batch, time] = inputIds.shape as readonly [number, number];
  if (inputIds.ndim !== 2 || time > maxPositions || time < 1) {
    fail(`expected ids [batch, time] of 1 to ${maxPositions} tokens, got ${formatShape(inputIds.shape)}.`);
  }
  if ((caches === undefined) !== (cachePosition === undefined)) {
    fail('caches and cachePosition come together: cachePosition says where in the caches the tokens go.');
  }
  const isPlaces = ({ shape }: Tensor) =>
    shape.at(-1) === time && (shape.length === 1 || (shape.length === 2 && shape[0] === batch));
  if (cachePosition && !isPlaces(cachePosition)) {
    fail(
      `cachePosition ${formatShape(cachePosition.shape)}, expected one place for each of ${time} tokens, of all ${batch} texts ` +
        'or of each.',
    );
  }
  if (positionIds && !isPlaces(positionIds)) {
    fail(`positionIds ${formatShape(positionIds.shape)} do not fit ids ${formatShape(inputIds.shape)}.`);
  }
  if (segmentIds && (caches || formatShape(segmentIds.shape) !== formatShape(inputIds.shape))) {
    fail(
      caches
        ? 'segmentIds are for rows of several texts, and caches hold one each; give one of both.'
        : `segmentIds ${formatShape(segmentIds.shape)}, expected one for each id of ${formatShape(inputIds.shape)}.`,
    );
  }
  const keys = caches?.[0]?.capacity ?? time;
  const mask = attentionMask?.shape;
  if (mask && !(mask.length === 2 && mask[0] === batch && mask[1] === keys)) {
    const meant = caches ? 'the capacity of the caches' : 'the tokens of the call';
    fail(`attentionMask ${formatShape(mask)}, expected [${batch}, ${keys}]: keys are ${meant}.`);
  }
}

/** The position of each token in its text, int32 `[time]` or `[batch, time]`. */
export const idPlaces = (inputIds: Tensor, { positionIds, cachePosition }: CausalContext): Tensor =>
  positionIds ?? cachePosition ?? arange(inputIds.shape[1] as number, { device: inputIds.device });
