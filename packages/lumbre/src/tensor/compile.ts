import { warn } from '#platform';
import * as build from '../graph/builder.ts';
import type { NumericArray } from '../graph/dtype.ts';
import {
  bufferNode,
  gradientMode,
  type Node,
  release,
  retain,
  type Storage,
  storedNode,
  underlyingNode,
} from '../graph/node.ts';
import { formatShape, type Shape, sameShape } from '../graph/shape.ts';
import type { Program, ProgramReport } from '../runtime/device.ts';
import { getDevice } from '../runtime/devices.ts';
import { normalize } from '../schedule/normalize.ts';
import { withGradientMode, wrapNode } from './core.ts';
import { inspection } from './inspector.ts';
import { closeScope, openScope } from './lifetime.ts';
import { storageOf, uploadNode } from './realize.ts';
import { collectTensors, mapStructure, mapTensors } from './structure.ts';
import type { Tensor } from './tensor.ts';
import { currentTrace, type Feed, setTrace, Trace } from './trace.ts';

/** Where a program's input comes from at each replay. */
type Input =
  | { readonly kind: 'argument'; readonly index: number }
  | { readonly kind: 'captured'; readonly tensor: Tensor }
  /** The gradient that a tensor has. */
  | { readonly kind: 'gradient'; readonly of: Tensor }
  | { readonly kind: 'feed'; readonly feed: Feed }
  | { readonly kind: 'constant'; readonly node: Node };

/** A state tensor that a run binds to output number `output`, over its old value where it can (`slot`). */
interface Assignment {
  readonly tensor: Tensor;
  readonly output: number;
  readonly slot: number | null;
}

interface Entry {
  readonly trace: Trace;
  readonly device: string;
  readonly program: Program;
  readonly inputs: readonly Input[];
  readonly inputShapes: readonly Shape[];
  readonly outputShapes: readonly Shape[];
  readonly assignments: readonly Assignment[];
  readonly gradients: readonly { readonly tensor: Tensor; readonly output: number | null }[];
  /** The function's result with each tensor replaced by its output's number. */
  readonly result: unknown;
}

export interface CompiledFunction<Args extends unknown[], Result> {
  (...args: Args): Result;
  /**
   * The same in the background: timers, servers and signals are heard while it computes, on devices that can (`native`;
   * elsewhere, and when the function is traced, it computes before it returns). Whatever else needs the device meanwhile
   * waits for it, so that everything is computed in the order in which it was asked for. Do not dispose of arguments
   * before it is done.
   */
  async(...args: Args): Promise<Result>;
  /** Kernels and memory of every program made so far. */
  explain(): ProgramReport[];
  /** Forgets the programs and gives back what they hold. */
  dispose(): void;
}

export interface CompileOptions {
  /** How many programs to keep, one for each combination of shapes, dtypes and static arguments. Default 16. */
  readonly cacheSize?: number;
}

/** Past this many traces of one function, a warning says what changes. */
const TRACES_BEFORE_WARNING = 8;

/** Stands for a tensor in a result whose structure is kept. */
class OutputNumber {
  readonly index: number;
  constructor(index: number) {
    this.index = index;
  }
}

/**
 * A function that is traced once for each combination of shapes, dtypes and other arguments, and then replayed as one
 * program: its JavaScript does not run again. Tensors from outside (parameters, optimizer state) are read at their
 * current value and those that it assigns are bound to the new one, in place where nobody else holds the old. Numbers
 * that change from call to call must come in as arguments or through `feed`; values cannot be read inside.
 */
export function compile<Args extends unknown[], Result>(
  fn: (...args: Args) => Result,
  options: CompileOptions = {},
): CompiledFunction<Args, Result> {
  const cacheSize = options.cacheSize ?? 16;
  const cache = new Map<string, Entry>();
  let traces = 0;
  let lastKey = '';

  const forget = (key: string) => {
    const entry = cache.get(key);
    cache.delete(key);
    for (const input of entry?.inputs ?? []) if (input.kind === 'constant') release(input.node);
  };

  /** The program for these arguments, if there is one that still holds. */
  const lookUp = (key: string): Entry | undefined => {
    const entry = cache.get(key);
    if (!entry) return undefined;
    if (!stillHolds(entry)) {
      forget(key);
      return undefined;
    }
    // Most recently used last.
    cache.delete(key);
    cache.set(key, entry);
    return entry;
  };

  const traceAnew = (key: string, args: Args, tensors: readonly Tensor[]): Result => {
    if (++traces === TRACES_BEFORE_WARNING) {
      warn(
        `compile: ${traces} traces of one function so far; each new signature is compiled anew. ` +
          `The last two were ${lastKey} and ${key}. Keep shapes fixed and pass changing numbers as tensors.`,
      );
    }
    lastKey = key;
    const { made, result } = traceAndRun(fn, args, tensors);
    cache.set(key, made);
    if (cache.size > cacheSize) forget(cache.keys().next().value as string);
    return result as Result;
  };

  const compiled = (...args: Args): Result => {
    // Inside another compiled function this one is part of it; who looks at values looks at each.
    if (currentTrace() || inspection.inspector) return fn(...args);
    const tensors = collectTensors(args);
    const key = signature(args);
    const entry = lookUp(key);
    return entry ? (replay(entry, tensors) as Result) : traceAnew(key, args, tensors);
  };

  const inBackground = async (...args: Args): Promise<Result> => {
    if (currentTrace()) {
      throw new Error('compile: async() inside a compiled function; call the function itself there.');
    }
    if (inspection.inspector) return fn(...args);
    const tensors = collectTensors(args);
    const key = signature(args);
    const entry = lookUp(key);
    return entry ? (replayInBackground(entry, tensors) as Promise<Result>) : traceAnew(key, args, tensors);
  };

  return Object.assign(compiled, {
    async: inBackground,
    explain: () => [...cache.values()].map((entry) => entry.program.report()),
    dispose: () => {
      for (const key of [...cache.keys()]) forget(key);
    },
  });
}

function signature(args: readonly unknown[]): string {
  const described = mapTensors(args, (t) => `${t.dtype}${formatShape(t.shape)}@${t.device}`);
  return `${gradientMode.enabled ? '' : 'noGrad '}${JSON.stringify(described)}`;
}

function stillHolds({ trace, inputs, inputShapes }: Entry): boolean {
  const samePlace = (a: { node: Node }, b: { node: Node }) => storedNode(a.node) === storedNode(b.node);
  return (
    trace.guards.every(({ read, value }) => Object.is(read(), value)) &&
    trace.aliases.every(([a, b]) => samePlace(a as Tensor, b as Tensor)) &&
    inputs.every(
      (input, slot) => input.kind !== 'captured' || sameShape(input.tensor.shape, inputShapes[slot] as Shape),
    )
  );
}

/** A node over a storage that somebody else owns. */
function borrow(tensor: Tensor): Node {
  const node = bufferNode(storageOf(tensor.node), tensor.shape);
  node.references = 1;
  return node;
}

function traceAndRun<Args extends unknown[], Result>(
  fn: (...args: Args) => Result,
  args: Args,
  tensors: readonly Tensor[],
): { made: Entry; result: unknown } {
  const { made, nodes, letGo } = traceOnly(fn, args, tensors);
  try {
    return { made, result: firstRun(made, nodes) };
  } catch (error) {
    for (const tensor of made.trace.gradients) tensor.grad = null;
    for (const { undo: takeBack } of made.trace.feeds) takeBack?.();
    throw error;
  } finally {
    letGo();
  }
}

/** What tracing makes: tensors have the values that they had before. */
interface Traced {
  readonly made: Entry;
  /** The nodes of the program's inputs, which are there until `letGo` is called. */
  readonly nodes: readonly Node[];
  letGo(): void;
}

function traceOnly<Args extends unknown[], Result>(
  fn: (...args: Args) => Result,
  args: Args,
  tensors: readonly Tensor[],
): Traced {
  for (const tensor of tensors) {
    tensor.realize();
    if (tensor.requiresGrad) {
      throw new Error(
        'compile: an argument requires a gradient; let the function capture parameters from outside, or detach() it.',
      );
    }
  }
  const trace = new Trace();
  openScope();
  setTrace(trace);
  try {
    const placeholders = new Map(tensors.map((tensor) => [tensor, borrow(tensor)]));
    const inner = mapTensors(args, (t) => wrapNode(placeholders.get(t) as Node, t.device)) as Args;
    const returned = fn(...inner);
    const outputs: Node[] = [];
    const outputShapes: Shape[] = [];
    // A result that is an input must be copied: the caller will own it.
    const output = (node: Node) => {
      outputShapes.push(node.shape);
      return outputs.push(storedNode(node) ? build.contiguous(node) : underlyingNode(node)) - 1;
    };
    const result = withGradientMode(false, () =>
      mapTensors(returned, (t) => new OutputNumber(output(t.node))),
    );
    const assigned = withGradientMode(false, () =>
      [...trace.assignments.keys()].map((tensor) => ({ tensor, output: output(tensor.node) })),
    );
    const gradients = withGradientMode(false, () =>
      [...trace.gradients].map((tensor) => ({
        tensor,
        output: tensor.grad ? output(tensor.grad.node) : null,
      })),
    );
    const device = deviceOf([...tensors, ...collectTensors(returned), ...trace.assignments.keys()]);
    setTrace(null);

    const graph = normalize(outputs);
    const program = getDevice(device).prepare(graph, true);
    const arguments_ = tensors.map((tensor) => placeholders.get(tensor));
    const inputs = graph.inputs.map((node) => inputOf(node, arguments_, trace));
    const slotOf = (tensor: Tensor) =>
      inputs.findIndex((input) => input.kind === 'captured' && input.tensor === tensor);
    const made: Entry = {
      trace,
      device,
      program,
      inputs,
      // Of the tensors themselves: what holds their values may have them in another shape.
      inputShapes: inputs.map((input) => (input.kind === 'captured' ? input.tensor.shape : [])),
      outputShapes,
      assignments: assigned.map(({ tensor, output: number }) => {
        const slot = slotOf(tensor);
        return { tensor, output: number, slot: slot >= 0 && program.reusable(number, slot) ? slot : null };
      }),
      gradients,
      result,
    };
    // State is held by its tensors alone, so that it may be written over; all else until it has been read.
    const states = new Set([...trace.assignments.values()].map(storedNode));
    const kept = graph.inputs.filter((node) => !states.has(node));
    for (const node of kept) retain(node);
    for (const [tensor, before] of trace.assignments) tensor.assign(wrapNode(before, tensor.device));
    trace.close();
    closeScope(new Set());
    const letGo = () => {
      for (const node of kept) release(node);
    };
    return { made, nodes: graph.inputs, letGo };
  } catch (error) {
    setTrace(null);
    undo(trace);
    closeScope(new Set());
    throw error;
  }
}

/**
 * Runs what was traced. New values are written over old ones where a replay would do so: a step of training needs no more
 * memory the first time than later.
 */
function firstRun(entry: Entry, nodes: readonly Node[]): unknown {
  const inputs = nodes.map((node) => storageOf(node));
  const reuse = new Array<Storage | null>(entry.outputShapes.length).fill(null);
  const taken = takeOver(entry.assignments, inputs, reuse);
  const storages = entry.program.run(inputs, reuse);
  for (const node of taken) node.storage = null;
  return finish(entry, storages);
}

/** Marks the outputs that may be written over old values of state, and returns the nodes that lose them. */
function takeOver(
  assignments: readonly Assignment[],
  inputs: readonly Storage[],
  reuse: (Storage | null)[],
): Node[] {
  const taken: Node[] = [];
  for (const { tensor, output, slot } of assignments) {
    const holder = slot === null ? null : soleHolder(tensor, inputs);
    if (!holder) continue;
    reuse[output] = holder.storage;
    taken.push(holder);
  }
  return taken;
}

/** After a failure, tensors that the function assigned get back what they had. */
function undo(trace: Trace): void {
  for (const [tensor, before] of trace.assignments) tensor.assign(wrapNode(before, tensor.device));
  for (const tensor of trace.gradients) tensor.grad = null;
  for (const { undo: takeBack } of trace.feeds) takeBack?.();
  trace.close();
}

function inputOf(node: Node, arguments_: readonly (Node | undefined)[], trace: Trace): Input {
  const index = arguments_.indexOf(node);
  if (index >= 0) return { kind: 'argument', index };
  const feed = trace.feeds.find((f) => f.node === node);
  if (feed) return { kind: 'feed', feed };
  const tensor = trace.captured.get(node);
  const owner = tensor && trace.gradientOwners.get(tensor);
  if (owner) return { kind: 'gradient', of: owner };
  if (tensor) return { kind: 'captured', tensor: tensor as Tensor };
  retain(node);
  return { kind: 'constant', node };
}

function deviceOf(tensors: readonly Tensor[]): string {
  const names = new Set(tensors.map((tensor) => tensor.device));
  if (names.size === 0)
    throw new Error('compile: the function returned no tensor and assigned none; there is nothing to run.');
  if (names.size > 1)
    throw new Error(`compile: tensors on several devices (${[...names].join(', ')}); move them to one.`);
  return [...names][0] as string;
}

/** A replay for which all is gathered: what goes in, what may be overwritten, and what to do when it is over. */
interface Replay {
  readonly inputs: readonly Storage[];
  readonly reuse: readonly (Storage | null)[];
  /** The function's result. */
  succeed(storages: readonly Storage[]): unknown;
  fail(): void;
}

/** Where a tensor's value is; computed now if it is not there yet. A model has hundreds that are. */
const storedValue = (tensor: Tensor): Storage =>
  storedNode(tensor.node)?.storage ?? storageOf(tensor.realize().node);

function gather(entry: Entry, tensors: readonly Tensor[]): Replay {
  // What a replay in the background makes may be what this one reads.
  getDevice(entry.device).settle?.();
  // In the order of the trace, whether needed or not: a generator goes on as it would without compile.
  const fresh = new Map(entry.trace.feeds.map((feed) => [feed, feed.refresh()]));
  const fed: Storage[] = [];
  const upload = (feed: Feed): Storage => {
    const { dtype, shape } = feed.node;
    const storage = storageOf(uploadNode(entry.device, dtype, shape, fresh.get(feed) as NumericArray));
    fed.push(storage);
    return storage;
  };
  const currentValue = (input: Input): Storage => {
    switch (input.kind) {
      case 'argument':
        return storedValue(tensors[input.index] as Tensor);
      case 'captured':
        return storedValue(input.tensor);
      case 'gradient':
        return storedValue(input.of.grad as Tensor);
      case 'constant':
        return storageOf(input.node);
      case 'feed':
        return upload(input.feed);
    }
  };
  const releaseFed = () => {
    for (const storage of fed) storage.free();
  };
  const fail = () => {
    for (const { undo: takeBack } of entry.trace.feeds) takeBack?.();
    releaseFed();
  };
  const reuse = new Array<Storage | null>(entry.outputShapes.length).fill(null);
  try {
    const inputs = entry.inputs.map(currentValue);
    const taken = takeOver(entry.assignments, inputs, reuse);
    const succeed = (storages: readonly Storage[]) => {
      releaseFed();
      for (const node of taken) node.storage = null;
      return finish(entry, storages);
    };
    return { inputs, reuse, succeed, fail };
  } catch (error) {
    fail();
    throw error;
  }
}

function replay(entry: Entry, tensors: readonly Tensor[]): unknown {
  const { inputs, reuse, succeed, fail } = gather(entry, tensors);
  let storages: Storage[];
  try {
    storages = entry.program.run(inputs, reuse);
  } catch (error) {
    fail();
    throw error;
  }
  return succeed(storages);
}

/** As `replay`, in the background where the device has one. */
function replayInBackground(entry: Entry, tensors: readonly Tensor[]): Promise<unknown> {
  const { program } = entry;
  if (!program.runInBackground) return Promise.resolve(replay(entry, tensors));
  const { inputs, reuse, succeed, fail } = gather(entry, tensors);
  return new Promise((resolve, reject) => {
    const done = (error: unknown, storages: Storage[]) => {
      if (error === null) return resolve(succeed(storages));
      fail();
      reject(error);
    };
    try {
      program.runInBackground?.(inputs, reuse, done);
    } catch (error) {
      done(error, []);
    }
  });
}

/** The node that holds the tensor's value, if the tensor alone holds it, so that it may be overwritten. */
function soleHolder(tensor: Tensor, inputs: readonly Storage[]): Node | null {
  const stored = storedNode(tensor.node) as Node;
  for (let node = tensor.node; node !== stored; node = node.sources[0] as Node) {
    if (node.references !== 1) return null;
  }
  if (stored.references !== 1) return null;
  const uses = inputs.filter((storage) => storage === stored.storage).length;
  return uses === 1 ? stored : null;
}

const isOutputNumber = (value: unknown): value is OutputNumber => value instanceof OutputNumber;

/** Hands the outputs of a run to the tensors that they are for. */
function finish(entry: Entry, storages: readonly Storage[]): unknown {
  const outputTensor = (index: number) =>
    wrapNode(bufferNode(storages[index] as Storage, entry.outputShapes[index] as Shape), entry.device);
  return withGradientMode(false, () => {
    for (const { tensor, output } of entry.assignments) {
      const value = outputTensor(output);
      tensor.assign(value);
      value.dispose();
    }
    for (const { tensor, output } of entry.gradients) {
      tensor.grad = output === null ? null : outputTensor(output);
    }
    return mapStructure(entry.result, isOutputNumber, ({ index }) => outputTensor(index));
  });
}
