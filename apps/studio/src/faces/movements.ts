import { tensor as makeTensor, scope, type Tensor } from 'lumbre';
import { quietly } from './recorder.ts';
import { replay } from './replay.ts';
import { type Recorded, sourcesOf, type Value } from './values.ts';

/** Operations that compute nothing: an element of the result is one of an operand's. */
const moving: ReadonlySet<string> = new Set([
  ...['transpose', 'T', 'mT', 'permute', 'swapaxes', 'movedim', 'reshape', 'view', 'flatten', 'ravel'],
  ...['unflatten', 'squeeze', 'unsqueeze', 'expand', 'broadcastTo', 'slice', 'at', 'index', 'narrow'],
  ...['select', 'indexSelect', 'gather', 'takeAlongDim', 'takeAlongAxis', 'split', 'chunk', 'tensorSplit'],
  ...['unbind', 'flip', 'flipud', 'fliplr', 'rot90', 'roll', 'repeat', 'tile', 'repeatInterleave'],
  ...['diagonal', 'pixelShuffle', 'pixelUnshuffle'],
]);

/** The same of many operands, which are put together. */
const joining: ReadonlySet<string> = new Set([
  ...['cat', 'concatenate', 'stack', 'hstack', 'vstack', 'dstack', 'columnStack'],
]);

export const isMovement = ({ op }: Recorded): boolean => moving.has(op) || joining.has(op);

/** Which element of which value came to a place: the same is done to the numbers of their places. */
export async function cameFrom(
  value: Value,
  index: number,
): Promise<{ source: Value; place: number } | null> {
  const record = value.record as Recorded;
  const sources = [...new Set(sourcesOf(record))].slice(0, joining.has(record.op) ? undefined : 1);
  if (sources.some((source) => source.size === 0)) return null;
  // Floats count without a gap so far.
  if (sources.reduce((total, { size }) => total + size, 0) > 2 ** 24) return null;
  const moved = quietly(() => scope(() => replay(value, placesIn(sources))));
  let place = Number((await moved.data())[index]);
  moved.dispose();
  for (const source of sources) {
    if (place < source.size) return { source, place };
    place -= source.size;
  }
  return null;
}

/** Each element is the number of its place, counted through all values. */
function placesIn(values: readonly Value[]): Map<Value, Tensor> {
  let first = 0;
  return new Map(
    values.map((value) => {
      const numbers = Float32Array.from({ length: value.size }, (_, i) => first + i);
      first += value.size;
      return [value, makeTensor(numbers, { shape: value.shape })];
    }),
  );
}
