import { tensor as makeTensor, scope, type Tensor } from 'lumbre';
import { quietly, repeats } from './recorder.ts';
import { type Recorded, sourcesOf, swapIn, Value } from './values.ts';

/** What cannot be computed again: a value that it was made of is not there any more. */
export class LostValueError extends Error {
  override readonly name = 'LostValueError';
}

const tensorOf = (value: Value): Tensor => {
  const { tensor } = value;
  if (!tensor) throw new LostValueError('A value that this was made of is not there any more.');
  return tensor;
};

/** Values in double precision, on the device that computes one number after the other. */
async function inDoubles(value: Value): Promise<Tensor> {
  const numbers = await tensorOf(value).data();
  const dtype = value.isFloat ? 'float64' : value.node.dtype;
  return quietly(() => makeTensor(numbers as never, { device: 'js', dtype, shape: value.shape } as never));
}

/** Values in the order in which they have to be made; those of `given` and those that stand are first. */
export function orderOf(target: Value, given: ReadonlyMap<Value, Tensor> = new Map()): Value[] {
  const order = new Set<Value>();
  const stack: Value[] = [target];
  while (stack.length > 0) {
    const value = stack.at(-1) as Value;
    const waiting =
      order.has(value) || given.has(value) || !repeats(value.record)
        ? []
        : sourcesOf(value.record).filter((source) => !order.has(source));
    if (waiting.length > 0) {
      stack.push(...waiting);
      continue;
    }
    stack.pop();
    order.add(value);
  }
  return [...order];
}

/**
 * Makes a value again on the oracle, in double precision, from the very first values, and reads it. `given` stands in for those
 * that are known, above all for the one that is moved a little.
 * @throws LostValueError
 */
export async function readOnOracle(
  target: Value,
  given: ReadonlyMap<Value, Tensor> = new Map(),
): Promise<ArrayLike<number>> {
  const made = new Map<Value, Tensor>(given);
  const own: Tensor[] = [];
  try {
    for (const value of orderOf(target, given)) {
      if (made.has(value)) continue;
      const tensor = repeats(value.record) ? again(value.record, made, true) : await inDoubles(value);
      made.set(value, tensor);
      own.push(tensor);
    }
    return (await (made.get(target) as Tensor).data()) as ArrayLike<number>;
  } finally {
    for (const tensor of own) tensor.dispose();
  }
}

/** The same on the device where it was, not read. Belongs into a scope, since what is in between is not given back. @throws LostValueError */
export function replay(target: Value, given: ReadonlyMap<Value, Tensor> = new Map()): Tensor {
  const made = new Map<Value, Tensor>(given);
  for (const value of orderOf(target, given)) {
    if (made.has(value)) continue;
    made.set(value, repeats(value.record) ? again(value.record, made, false) : tensorOf(value));
  }
  return made.get(target) as Tensor;
}

const conversions = new Set(['to', 'float', 'half', 'bfloat16']);

function again(
  { op, method, call, args, part }: Recorded,
  made: ReadonlyMap<Value, Tensor>,
  inDouble: boolean,
): Tensor {
  const [first, ...rest] = swapIn(args, (leaf) =>
    leaf instanceof Value ? made.get(leaf) : leaf,
  ) as unknown[];
  const compute = () => (method ? call.apply(first, rest) : call.call(undefined, first, ...rest));
  const result = scope(() => quietly(compute));
  const tensor = (part === null ? result : (result as Tensor[])[part]) as Tensor;
  // What was rounded to a shorter float is a float of another kind, and no other number.
  if (inDouble && conversions.has(op) && /float/.test(tensor.dtype))
    return quietly(() => (first as Tensor).to('float64'));
  return tensor;
}
