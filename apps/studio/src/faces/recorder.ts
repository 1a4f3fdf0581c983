import * as lumbre from 'lumbre';
import { isTracing, observeFunctions, Tensor } from 'lumbre';
import { currentValue, holdValue, type Recorded, sourcesOf, swapIn, type Value } from './values.ts';

// Remembers how tensors were made at the level at which people write: which method, on what, with which arguments, in which line.
// The graph of the engine knows the same in primitives; a softmax is four of them, and nobody would know it again.

/** The last values of one number that were made: one of them is what a training makes small. */
let scalars: Value[] = [];
const MOST_SCALARS = 50;

/**
 * A value with more steps than this behind it is taken as given, or a training of a thousand steps that is written out by hand
 * would be remembered to its beginning.
 */
const MOST_STEPS = 250;

/** How deep in calls of the library we are: only what people call themselves is remembered. */
let depth = 0;

/** Runs something that is not to be remembered. */
export function quietly<T>(run: () => T): T {
  depth++;
  try {
    return run();
  } finally {
    depth--;
  }
}

/** Methods that return a tensor but make none: those that read, that keep, and that change what is there. */
const passedOver = new Set([
  ...['constructor', 'assign', 'dispose', 'keep', 'detach', 'backward', 'set', 'realize'],
  ...['grad', 'node', 'requiresGrad'],
]);

/** What is drawn at random is not drawn again: its values stand. */
const random =
  /^(rand|bernoulli|multinomial|normal$|uniform|dropout|exponential|gumbel|truncatedNormal|shuffle|permutation)/i;

/** Functions of which nothing is to be known but where they were called: what they stop, or hide, is theirs. */
const opaque = new Set(['stopGradient', 'compiled', 'grad', 'assign', 'scan', 'checkpoint']);

/** Whether a value can be made again from what it was made of. */
export const repeats = (record: Recorded | null): record is Recorded =>
  record !== null && sourcesOf(record).length > 0 && !random.test(record.op) && !opaque.has(record.op);

interface Call {
  readonly op: string;
  readonly method: boolean;
  readonly call: Callable;
  readonly args: readonly unknown[];
  readonly site: Error;
}

/** The tensors among the results of a call, each with its place. */
function tensorsOf(result: unknown): [part: number | null, tensor: Tensor][] {
  if (result instanceof Tensor) return [[null, result]];
  if (!Array.isArray(result)) return [];
  return [...result.entries()].filter((entry): entry is [number, Tensor] => entry[1] instanceof Tensor);
}

function remember({ args, ...how }: Call, result: unknown): void {
  // What a method gave back unchanged was made by somebody else.
  const made = tensorsOf(result).filter(
    ([, tensor]) => !currentValue(tensor).record && !args.includes(tensor),
  );
  if (made.length === 0) return;
  const sources: Value[] = [];
  const recordedArgs = swapIn(opaque.has(how.op) ? [] : args, (leaf) => {
    if (!(leaf instanceof Tensor) || leaf.disposed) return leaf;
    const source = currentValue(leaf);
    sources.push(source);
    settle(source, leaf);
    return source;
  }) as unknown[];
  const steps = Math.max(0, ...sources.map((source) => source.depth));
  for (const [part, tensor] of made) {
    const value = currentValue(tensor);
    if (sources.includes(value)) continue;
    // Of what was made of nothing but numbers, the numbers need not be remembered twice.
    value.record = { ...how, args: sources.length > 0 ? recordedArgs : [], part };
    value.depth = steps + 1;
    if (value.size === 1 && value.isFloat) scalars.push(value);
  }
  if (scalars.length > 2 * MOST_SCALARS) scalars = scalars.slice(-MOST_SCALARS);
}

/** What cannot be made again is kept, and a past that is too long is let go. */
function settle(value: Value, tensor: Tensor): void {
  if (repeats(value.record) && value.depth < MOST_STEPS) return;
  if (keepsValues) holdValue(value, tensor);
  value.depth = 0;
  if (value.record) value.record = { ...value.record, args: [] };
}

type Callable = Recorded['call'];

function watched(op: string, method: boolean, call: Callable): Callable {
  return function (this: unknown, ...args: unknown[]) {
    if (depth > 0 || isTracing()) return call.apply(this, args);
    const site = new Error(op);
    const result = quietly(() => call.apply(this, args));
    remember({ op, method, call, args: method ? [this, ...args] : args, site }, result);
    return result;
  };
}

let started = false;
let keepsValues = false;

/**
 * Switches the recorder on, for the rest of this worker's life: from then on every method of Tensor notes what it made. Costs some
 * ten microseconds a call; a value's record lives as long as somebody has the value.
 *
 * @param options.keepValues keeps, of what cannot be made again, values that tensors have no more, up to 64 MiB: for code that
 *   gives its memory back, or trains, before anybody asks; `forgetValues` lets them go. Not for those who ask at once.
 */
export function startRecording({ keepValues = false }: { keepValues?: boolean } = {}): void {
  keepsValues ||= keepValues;
  if (started) return;
  started = true;
  // The line of a learner is below all the layers that it calls.
  Error.stackTraceLimit = Math.max(Error.stackTraceLimit, 40);
  // The class is built in layers, each with a family of methods.
  for (
    let layer = Tensor.prototype as object;
    layer !== Object.prototype;
    layer = Object.getPrototypeOf(layer)
  ) {
    for (const [name, property] of Object.entries(Object.getOwnPropertyDescriptors(layer))) {
      if (passedOver.has(name) || name.startsWith('_')) continue;
      if (typeof property.value === 'function') {
        const value = watched(name, true, property.value as Callable);
        Object.defineProperty(layer, name, { ...property, value });
      } else if (name === 'T' || name === 'mT') {
        Object.defineProperty(layer, name, {
          ...property,
          get: watched(name, true, property.get as Callable),
        });
      }
    }
    watchState(layer);
  }
  observeFunctions((name, compute, args) => watched(name, false, compute as Callable)(...args));
}

/** A tensor that is bound to another value, or becomes a leaf of gradients, is where its value came from. */
function watchState(layer: object): void {
  const assign = Object.getOwnPropertyDescriptor(layer, 'assign');
  if (assign) {
    const call = assign.value as Callable;
    const value = function (this: Tensor, ...args: unknown[]) {
      const result = call.apply(this, args);
      if (!isTracing() && depth === 0)
        remember({ op: 'assign', method: true, call, args: [], site: new Error('assign') }, this);
      return result;
    };
    Object.defineProperty(layer, 'assign', { ...assign, value });
  }
  const leaf = Object.getOwnPropertyDescriptor(layer, 'requiresGrad');
  if (leaf?.set) {
    const change = leaf.set;
    const set = function (this: Tensor, wanted: boolean) {
      if (isTracing()) return change.call(this, wanted);
      const { record } = currentValue(this);
      change.call(this, wanted);
      currentValue(this).record ??= record;
    };
    Object.defineProperty(layer, 'requiresGrad', { ...leaf, set });
  }
}

/** Functions that make no tensors themselves, but take functions which do: what happens inside has to be seen. */
const transparent = new Set([
  ...['gradients', 'scope', 'noGrad', 'keep', 'customFunction', 'detectAnomaly'],
  ...['hessian', 'hvp', 'jacobian', 'jvp', 'vjp'],
  ...['explain', 'explanation', 'memory', 'statistics', 'observeFunctions', 'isTracing', 'guard', 'feed'],
]);

type Function_ = (...args: unknown[]) => unknown;

/** `compile` makes functions of which only the results can be seen. */
const recordedCompile = ((...args: Parameters<typeof lumbre.compile>) => {
  const compiled = lumbre.compile(...args);
  return Object.assign(watched('compiled', false, compiled as unknown as Callable), compiled);
}) as typeof lumbre.compile;

/** What the function that is differentiated has returned, and the value that comes out, are one. */
function recordedDifferentiation(differentiate: Function_, hasValue: boolean): Function_ {
  return (fn, options) => {
    let inner: Value | null = null;
    const differentiated = differentiate((...args: unknown[]) => {
      const result = (fn as Function_)(...args);
      const value = Array.isArray(result) ? result[0] : result;
      if (value instanceof Tensor && !isTracing()) inner = currentValue(value);
      return result;
    }, options) as Function_;
    return (...args: unknown[]) => {
      const result = differentiated(...args);
      if (depth > 0 || isTracing()) return result;
      const [value, gradient] = hasValue ? (result as unknown[]) : [null, result];
      const outer = Array.isArray(value) ? value[0] : value;
      if (outer instanceof Tensor && inner) currentValue(outer).record ??= (inner as Value).record;
      const site = new Error('grad');
      const call = differentiated as Callable;
      remember({ op: 'grad', method: false, call, args, site }, gradient);
      return result;
    };
  };
}

const special = {
  compile: recordedCompile,
  grad: recordedDifferentiation(lumbre.grad as unknown as Function_, false),
  valueAndGrad: recordedDifferentiation(lumbre.valueAndGrad as unknown as Function_, true),
};

/** The module `lumbre`, with functions that note what they make: for code that gets its modules from us. */
export function recordedLumbre(): typeof lumbre {
  const entries = Object.entries(lumbre).map(([name, value]) => {
    if (Object.hasOwn(special, name)) return [name, special[name as keyof typeof special]];
    const isMaker = typeof value === 'function' && /^[a-z]/.test(name) && !transparent.has(name);
    return [name, isMaker ? watched(name, false, value as unknown as Callable) : value];
  });
  return Object.fromEntries(entries) as typeof lumbre;
}

/** Whether one value was made of another, however many steps apart, in a way that can be gone again. */
export function dependsOn(result: Value, source: Value, passed = new Set<Value>()): boolean {
  const stack = [result];
  for (let value = stack.pop(); value; value = stack.pop()) {
    if (value === source) return true;
    if (passed.has(value)) continue;
    passed.add(value);
    if (repeats(value.record)) stack.push(...sourcesOf(value.record));
  }
  return false;
}

/** The same by the engine's own graph, which also knows what happened inside of loops; only of what gradients are recorded for. */
function dependsInGraph(result: Value, source: Value): boolean {
  if (!source.node.tracksGradient) return false;
  const stack = [result.node];
  const passed = new Set(stack);
  for (let node = stack.pop(); node; node = stack.pop()) {
    if (node === source.node) return true;
    for (const next of node.sources) {
      if (passed.has(next)) continue;
      passed.add(next);
      stack.push(next);
    }
  }
  return false;
}

/** The last single float that was made of a value, and is not the value itself: what it is to be differentiated for. */
export function lossOf(value: Value): Value | null {
  // What was passed for a later one led nowhere, and leads nowhere for an earlier one.
  const passed = new Set<Value>();
  for (const scalar of scalars.toReversed())
    if (scalar !== value && dependsOn(scalar, value, passed)) return scalar;
  return (
    scalars
      .toReversed()
      .find((scalar) => scalar !== value && scalar.tensor && dependsInGraph(scalar, value)) ?? null
  );
}
