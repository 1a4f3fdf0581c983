import * as lumbre from 'lumbre';
import { Tensor } from 'lumbre';

// Remembers how tensors were made at the level at which people write: which method, on what, with which arguments, in which line.
// The graph of the engine knows the same in primitives; a softmax is four of them, and nobody would know it again.

/** How a tensor was made. */
export interface Recorded {
  /** A method of Tensor, `matmul`, or a function of lumbre, `tensor`. */
  readonly op: string;
  /** Whether it is a method: then `args[0]` is what it was called on. */
  readonly method: boolean;
  readonly args: readonly unknown[];
  /** Which of several results it is; null where there is one. */
  readonly part: number | null;
  /** Where: an error made there, whose stack is only written out when it is asked for. */
  readonly site: Error;
}

const records = new WeakMap<Tensor, Recorded>();

/** The last tensors of one number that were made: one of them is what a training makes small. */
let scalars: WeakRef<Tensor>[] = [];
const MOST_SCALARS = 200;

/** How deep in calls of the library we are: only what people call themselves is remembered. */
let depth = 0;

/** Methods that return a tensor but make none: those that read, that keep, and that change what is there. */
const passedOver = new Set([
  ...['constructor', 'assign', 'dispose', 'keep', 'detach', 'backward', 'set', 'realize'],
]);

function remember(op: string, method: boolean, args: readonly unknown[], result: unknown, site: Error): void {
  const note = (tensor: Tensor, part: number | null) => {
    // What a method gave back unchanged was made by somebody else.
    if (records.has(tensor) || args.includes(tensor)) return;
    records.set(tensor, { op, method, args, part, site });
    if (tensor.size !== 1) return;
    scalars.push(new WeakRef(tensor));
    if (scalars.length > 2 * MOST_SCALARS) scalars = scalars.slice(-MOST_SCALARS);
  };
  if (result instanceof Tensor) note(result, null);
  else if (Array.isArray(result)) {
    for (const [part, each] of result.entries()) if (each instanceof Tensor) note(each, part);
  }
}

type Callable = (this: unknown, ...args: unknown[]) => unknown;

function watched(op: string, method: boolean, call: Callable): Callable {
  return function (this: unknown, ...args: unknown[]) {
    if (depth > 0) return call.apply(this, args);
    const site = new Error(op);
    depth++;
    let result: unknown;
    try {
      result = call.apply(this, args);
    } finally {
      depth--;
    }
    remember(op, method, method ? [this, ...args] : args, result, site);
    return result;
  };
}

let started = false;

/**
 * Switches the recorder on, for the rest of this worker's life: from then on every method of Tensor notes what it made. Costs a
 * few microseconds a call; a tensor's record lives as long as the tensor.
 */
export function startRecording(): void {
  if (started) return;
  started = true;
  // The class is built in layers, each with a family of methods.
  for (
    let layer = Tensor.prototype as object;
    layer !== Object.prototype;
    layer = Object.getPrototypeOf(layer)
  ) {
    for (const [name, property] of Object.entries(Object.getOwnPropertyDescriptors(layer))) {
      if (typeof property.value !== 'function' || passedOver.has(name) || name.startsWith('_')) continue;
      Object.defineProperty(layer, name, {
        ...property,
        value: watched(name, true, property.value as Callable),
      });
    }
  }
}

/** Functions that are no makers of tensors, and take functions which are: what happens inside has to be seen. */
const transparent = new Set([
  ...[
    'compile',
    'grad',
    'valueAndGrad',
    'gradients',
    'scope',
    'noGrad',
    'keep',
    'scan',
    'checkpoint',
    'customFunction',
  ],
  ...['detectAnomaly', 'explain', 'explanation', 'memory', 'statistics'],
]);

/** The module `lumbre`, with functions that note what they make: for code that gets its modules from us. */
export function recordedLumbre(): typeof lumbre {
  const entries = Object.entries(lumbre).map(([name, value]) => {
    const isMaker = typeof value === 'function' && /^[a-z]/.test(name) && !transparent.has(name);
    return [name, isMaker ? watched(name, false, value as unknown as Callable) : value];
  });
  return Object.fromEntries(entries) as typeof lumbre;
}

export const recordOf = (tensor: Tensor): Recorded | undefined => records.get(tensor);

/** The tensors that one was made of. */
export const sourcesOf = ({ args }: Recorded): Tensor[] =>
  args.flatMap((arg) =>
    arg instanceof Tensor ? [arg] : Array.isArray(arg) ? arg.filter((x) => x instanceof Tensor) : [],
  );

/** Whether one tensor was made of another, however many steps apart. */
export function dependsOn(result: Tensor, source: Tensor): boolean {
  const seen = new Set<Tensor>();
  const stack = [result];
  for (let tensor = stack.pop(); tensor; tensor = stack.pop()) {
    if (tensor === source) return true;
    if (seen.has(tensor)) continue;
    seen.add(tensor);
    const record = records.get(tensor);
    if (record) stack.push(...sourcesOf(record));
  }
  return false;
}

/** The last single float that was made of a tensor, and is not the tensor itself: what it is to be differentiated for. */
export function lossOf(tensor: Tensor): Tensor | null {
  for (const reference of scalars.toReversed()) {
    const scalar = reference.deref();
    if (scalar && scalar !== tensor && !scalar.disposed && isFloat(scalar) && dependsOn(scalar, tensor))
      return scalar;
  }
  return null;
}

export const isFloat = ({ dtype }: Tensor): boolean => /float/.test(dtype);
