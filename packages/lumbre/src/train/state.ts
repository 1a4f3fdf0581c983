import type { StoredArray } from '../hub/index.ts';
import { Module, type StateDict } from '../nn/index.ts';
import { Optimizer, type OptimizerState } from '../optim/index.ts';
import { tensor } from '../tensor/creation.ts';
import { scope } from '../tensor/scope.ts';
import type { Tensor } from '../tensor/tensor.ts';

/** What JSON can say. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** What is remembered of a part: tensors by name, and plain values. */
export interface PartState {
  readonly tensors: StateDict;
  readonly values: Json;
}

/** Anything with a state of its own kind. `loadPartState` throws, and changes nothing, when it does not fit. */
export interface Stateful {
  partState(): PartState;
  loadPartState(state: PartState): void;
}

/** Anything whose state is plain values: a `Generator`, a `DataLoader`, a scheduler. */
export interface PlainState {
  state(): unknown;
  setState(state: never): unknown;
}

/** What is asked of an `Optimizer`, whatever its settings. */
export interface OptimizerPart {
  stateDict(): OptimizerState;
  loadStateDict(state: OptimizerState): void;
}

export type Part = Module | OptimizerPart | Stateful | PlainState;
export type Parts = Readonly<Record<string, Part>>;

const isStateful = (part: Part): part is Stateful => 'partState' in part;
const isOptimizer = (part: Part): part is OptimizerPart => part instanceof Optimizer;

/** A module's parameters and buffers, each under one name: a tied weight is stored once. */
export function ownTensors(module: Module): Map<string, Tensor> {
  const seen = new Set<Tensor>();
  return new Map(
    [...module.stateDict()].filter(([, value]) => {
      const first = !seen.has(value);
      seen.add(value);
      return first;
    }),
  );
}

export function stateOf(part: Part): PartState {
  if (part instanceof Module) return { tensors: ownTensors(part), values: null };
  if (isStateful(part)) return part.partState();
  if (isOptimizer(part)) {
    const { step, tensors } = part.stateDict();
    return { tensors, values: { step } };
  }
  return { tensors: new Map(), values: part.state() as Json };
}

function load(part: Part, state: PartState): void {
  if (part instanceof Module) part.loadStateDict(state.tensors);
  else if (isStateful(part)) part.loadPartState(state);
  else if (isOptimizer(part)) {
    const { step } = (state.values ?? {}) as Pick<OptimizerState, 'step'>;
    part.loadStateDict({ step, tensors: state.tensors });
  } else part.setState(state.values as never);
}

/** The device that tensors are on: parts of one training are on one. */
const deviceOf = (parts: Parts): string | undefined => {
  for (const part of Object.values(parts)) {
    for (const [, value] of stateOf(part).tensors) return value.device;
  }
  return undefined;
};

/** The state of a part, on the host. */
export interface StoredState {
  readonly tensors: ReadonlyMap<string, StoredArray>;
  readonly values: Json;
}

/** Tensors, read from the device. */
export async function storeTensors(tensors: ReadonlyMap<string, Tensor>): Promise<Map<string, StoredArray>> {
  const stored = [...tensors].map(async ([name, value]) => {
    const { dtype, shape } = value;
    return [name, { dtype, shape, data: await value.data() }] as const;
  });
  return new Map(await Promise.all(stored));
}

// Plain values as they are now: the objects may be those that the part goes on with.
const store = async ({ tensors, values }: PartState): Promise<StoredState> => ({
  tensors: await storeTensors(tensors),
  values: structuredClone(values),
});

/** The states of all parts, read from the device. */
export async function storeParts(parts: Parts): Promise<Map<string, StoredState>> {
  const names = Object.keys(parts);
  return new Map(
    await Promise.all(names.map(async (name) => [name, await store(stateOf(parts[name] as Part))] as const)),
  );
}

/** Stored arrays as tensors on a device. */
export const toTensors = (arrays: ReadonlyMap<string, StoredArray>, device?: string): Map<string, Tensor> =>
  new Map(
    [...arrays].map(([name, { data, shape, dtype }]) => [name, tensor(data, { shape, dtype, device })]),
  );

const copyOf = ({ tensors, values }: PartState): PartState => ({
  tensors: new Map([...tensors].map(([name, value]) => [name, value.detach().clone().realize()])),
  values: structuredClone(values),
});

/**
 * Puts states back into parts.
 * @throws Error that names the part that does not fit; then nothing has been changed.
 */
export function restoreParts(parts: Parts, states: ReadonlyMap<string, StoredState>): void {
  const names = Object.keys(parts);
  const unknown = [...states.keys()].filter((name) => !(name in parts));
  const missing = names.filter((name) => !states.has(name));
  if (unknown.length > 0 || missing.length > 0) {
    const list = (what: string, of: readonly string[]) =>
      of.length > 0 ? ` ${what}: ${of.join(', ')}.` : '';
    throw new Error(
      `its parts are those of another training.${list('Missing', missing)}${list('Unknown', unknown)}`,
    );
  }
  const device = deviceOf(parts);
  scope(() => {
    const before = new Map(names.map((name) => [name, copyOf(stateOf(parts[name] as Part))]));
    const done: string[] = [];
    try {
      for (const name of names) {
        const { tensors, values } = states.get(name) as StoredState;
        load(parts[name] as Part, { tensors: toTensors(tensors, device), values });
        done.push(name);
      }
    } catch (error) {
      for (const name of done) load(parts[name] as Part, before.get(name) as PartState);
      throw error;
    }
  });
}
