import * as lumbre from 'lumbre';
import { tensor as makeTensor, Tensor } from 'lumbre';
import { isFloat, type Recorded, recordOf, sourcesOf } from './recorder.ts';

/** What is drawn at random is not drawn again: its values stand. */
const random =
  /^(rand|bernoulli|multinomial|normal|uniform|dropout|exponential|gumbel|truncatedNormal|shuffle|permutation)/i;

const repeats = (record: Recorded): boolean =>
  sourcesOf(record).length > 0 && !random.test(record.op) && record.op !== 'to' && record.op !== 'backward';

/** Values of a tensor in double precision, on the device that computes one number after the other. */
async function inDoubles(tensor: Tensor): Promise<Tensor> {
  const dtype = isFloat(tensor) ? 'float64' : tensor.dtype;
  const values = (await tensor.array()) as never;
  return makeTensor(values, { device: 'js', dtype: dtype as never });
}

export type Device = 'oracle' | 'same';

/**
 * Makes a tensor again from its record: on the oracle in double precision, or where it was. `given` stands in for tensors that
 * are known, above all for the one that is moved a little.
 */
export async function replay(
  target: Tensor,
  device: Device,
  given: ReadonlyMap<Tensor, Tensor> = new Map(),
): Promise<Tensor> {
  const made = new Map<Tensor, Tensor>(given);
  const stack: Tensor[] = [target];
  while (stack.length > 0) {
    const tensor = stack.at(-1) as Tensor;
    if (made.has(tensor)) {
      stack.pop();
      continue;
    }
    const record = recordOf(tensor);
    if (!record || !repeats(record)) {
      made.set(tensor, device === 'oracle' ? await inDoubles(tensor) : tensor);
      stack.pop();
      continue;
    }
    const waiting = sourcesOf(record).filter((source) => !made.has(source));
    if (waiting.length > 0) {
      stack.push(...waiting);
      continue;
    }
    made.set(tensor, again(record, made));
    stack.pop();
  }
  return made.get(target) as Tensor;
}

/** The same without waiting: where every tensor that is needed has its place in `given`, or stays what it is. */
export function replayHere(target: Tensor, given: ReadonlyMap<Tensor, Tensor>): Tensor {
  const made = new Map<Tensor, Tensor>(given);
  const visit = (tensor: Tensor): Tensor => {
    const known = made.get(tensor);
    if (known) return known;
    const record = recordOf(tensor);
    let result = tensor;
    if (record && repeats(record)) {
      for (const source of sourcesOf(record)) visit(source);
      result = again(record, made);
    }
    made.set(tensor, result);
    return result;
  };
  return visit(target);
}

function again({ op, method, args, part }: Recorded, made: ReadonlyMap<Tensor, Tensor>): Tensor {
  const swap = (value: unknown): unknown =>
    value instanceof Tensor ? (made.get(value) ?? value) : Array.isArray(value) ? value.map(swap) : value;
  const [first, ...rest] = args.map(swap);
  const call = method
    ? (first as unknown as Record<string, (...args: unknown[]) => unknown>)[op]?.bind(first)
    : (...all: unknown[]) =>
        (lumbre as unknown as Record<string, (...args: unknown[]) => unknown>)[op]?.(first, ...all);
  const result = call?.(...rest);
  return (part === null ? result : (result as Tensor[])[part]) as Tensor;
}
