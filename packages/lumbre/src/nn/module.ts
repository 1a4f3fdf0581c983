import { isFloat } from '../graph/dtype.ts';
import { formatShape, sameShape } from '../graph/shape.ts';
import { tensor } from '../tensor/creation.ts';
import { scope } from '../tensor/scope.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { guard } from '../tensor/trace.ts';
import { isBuffer, isParameter, isPersistent } from './parameter.ts';

/** Tensors by name, as checkpoints keep them. */
export type StateDict = ReadonlyMap<string, Tensor>;

export interface LoadOptions {
  /** Whether names that are missing or unknown are errors. Default true. */
  readonly strict?: boolean;
}

/** What `loadStateDict` did not find, and what it had no place for. */
export interface LoadReport {
  readonly missing: readonly string[];
  readonly unexpected: readonly string[];
}

type Named<T> = readonly [name: string, value: T];

const join = (prefix: string, name: string): string => (prefix === '' ? name : `${prefix}.${name}`);

/**
 * A part of a network: parameters, buffers, and further modules, each in a property. Names are those of the properties,
 * joined by dots, with positions for arrays of modules: `transformer.h.0.attn.c_attn.weight`.
 *
 * A tensor under two names is one parameter that is used twice (weight tying): `parameters` has it once, `stateDict`
 * under each name.
 */
export abstract class Module {
  #training = true;

  /** Whether the module trains: dropout acts. A compiled function that depends on it is traced anew when it changes. */
  get training(): boolean {
    return guard(() => this.#training);
  }

  /** Sets `training` here and in all modules inside. */
  train(mode = true): this {
    for (const [, module] of this.namedModules()) module.#training = mode;
    return this;
  }

  /** `train(false)`. */
  eval(): this {
    return this.train(false);
  }

  /** The modules directly inside, in the order of the properties. */
  *namedChildren(): Generator<Named<Module>> {
    for (const [name, value] of Object.entries(this)) {
      if (value instanceof Module) yield [name, value];
      if (!Array.isArray(value)) continue;
      for (const [i, item] of value.entries()) if (item instanceof Module) yield [`${name}.${i}`, item];
    }
  }

  /**
   * Puts what `replace` gives in the place of each module directly inside; give back the child itself to leave it. Does
   * not go further down: call it again for that. The old modules are not disposed of.
   */
  replaceChildren(replace: (child: Module, name: string) => Module): void {
    for (const [name, value] of Object.entries(this)) {
      if (value instanceof Module) (this as Record<string, unknown>)[name] = replace(value, name);
      if (!Array.isArray(value)) continue;
      for (const [i, item] of value.entries()) {
        if (item instanceof Module) value[i] = replace(item, `${name}.${i}`);
      }
    }
  }

  /** The modules directly inside, in the order of the properties. */
  children(): Module[] {
    return [...this.namedChildren()].map(([, child]) => child);
  }

  /** This module and all inside it, each once. */
  *namedModules(prefix = '', seen: Set<Module> = new Set()): Generator<Named<Module>> {
    if (seen.has(this)) return;
    seen.add(this);
    yield [prefix, this];
    for (const [name, child] of this.namedChildren()) yield* child.namedModules(join(prefix, name), seen);
  }

  /**
   * Calls `fn` with every module inside, each once and before the module that it is in, and with this one at last: to
   * initialize weights, say.
   */
  apply(fn: (module: Module) => void): this {
    const seen = new Set<Module>();
    const visit = (module: Module): void => {
      if (seen.has(module)) return;
      seen.add(module);
      for (const child of module.children()) visit(child);
      fn(module);
    };
    visit(this);
    return this;
  }

  /** Tensors that `matches`, under each of their names: a module's own before those of the modules inside. */
  *#named(matches: (value: unknown) => value is Tensor, prefix = ''): Generator<Named<Tensor>> {
    for (const [name, value] of Object.entries(this)) if (matches(value)) yield [join(prefix, name), value];
    for (const [name, child] of this.namedChildren()) yield* child.#named(matches, join(prefix, name));
  }

  /** The parameters, each once, under its first name. */
  namedParameters(): Map<string, Tensor> {
    return once(this.#named(isParameter));
  }

  parameters(): Tensor[] {
    return [...this.namedParameters().values()];
  }

  /** The buffers, each once, under its first name. */
  namedBuffers(): Map<string, Tensor> {
    return once(this.#named(isBuffer));
  }

  /**
   * Whether the parameters here and in all modules inside require gradients, as PyTorch's `requires_grad_`. Those that do
   * not get none and no optimizer changes them, while gradients go on through their modules to what comes before. For
   * fine-tuning, and for the part of a GAN that is not being trained. A compiled function that uses them is traced anew.
   *
   * Optimizers refuse parameters that require no gradient: give them
   * `model.parameters().filter((p) => p.requiresGrad)`, or freeze after making the optimizer.
   */
  requiresGrad(value = true): this {
    for (const parameter of this.parameters()) {
      parameter.requiresGrad = value;
      if (!value) parameter.grad = null;
    }
    return this;
  }

  /** `requiresGrad(false)`: training leaves the parameters as they are. Dropout and running means need `eval()` too. */
  freeze(): this {
    return this.requiresGrad(false);
  }

  /** `requiresGrad(true)`. */
  unfreeze(): this {
    return this.requiresGrad(true);
  }

  /** Number of elements of all parameters. */
  parameterCount(): number {
    return this.parameters().reduce((total, { size }) => total + size, 0);
  }

  /** Parameters and persistent buffers under all of their names: the tensors themselves, not copies. */
  stateDict(): Map<string, Tensor> {
    const isState = (value: unknown): value is Tensor =>
      isParameter(value) || (isBuffer(value) && isPersistent(value));
    return new Map(this.#named(isState));
  }

  /**
   * Takes the values of `state`. Floats are converted to the dtype that is there. Of a tensor with several names, one is
   * enough; if there are more, they must agree.
   * @throws Error that lists all names that are missing or unknown (if strict), and all shapes and dtypes that do not
   *   fit; then nothing has been changed.
   */
  loadStateDict(state: StateDict, { strict = true }: LoadOptions = {}): LoadReport {
    const own = this.stateDict();
    const found = new Set([...own].flatMap(([name, value]) => (state.has(name) ? [value] : [])));
    const missing = [...own].flatMap(([name, value]) => (found.has(value) ? [] : [name]));
    const unexpected = [...state.keys()].filter((name) => !own.has(name));
    const problems = [
      ...(strict && missing.length > 0 ? [`missing: ${missing.join(', ')}`] : []),
      ...(strict && unexpected.length > 0 ? [`unexpected: ${unexpected.join(', ')}`] : []),
      ...[...own].flatMap(([name, value]) => misfit(name, value, state.get(name))),
      ...tiesBroken(own, state),
    ];
    if (problems.length > 0) {
      throw new Error(
        `loadStateDict: the state does not fit this ${this.constructor.name}:\n  ${problems.join('\n  ')}\n` +
          'Build the module with the configuration that the state was saved with' +
          `${strict ? ', or pass { strict: false } to skip missing and unexpected names' : ''}.`,
      );
    }
    scope(() => {
      for (const [name, value] of own) {
        const source = state.get(name);
        if (source) value.assign(like(source, value));
      }
    });
    return { missing, unexpected };
  }

  /** Clears the gradients of all parameters. */
  zeroGrad(): void {
    for (const parameter of this.parameters()) parameter.grad = null;
  }

  /** Gives back the memory of all parameters and buffers; the module is of no use afterwards. */
  dispose(): void {
    for (const value of [...this.parameters(), ...this.namedBuffers().values()]) value.dispose();
  }
}

/** By first name, each tensor once. */
function once(named: Iterable<Named<Tensor>>): Map<string, Tensor> {
  const seen = new Set<Tensor>();
  const result = new Map<string, Tensor>();
  for (const [name, value] of named) {
    if (seen.has(value)) continue;
    seen.add(value);
    result.set(name, value);
  }
  return result;
}

function misfit(name: string, own: Tensor, given: Tensor | undefined): string[] {
  if (!given) return [];
  const dtypesFit = own.dtype === given.dtype || (isFloat(own.dtype) && isFloat(given.dtype));
  if (dtypesFit && sameShape(own.shape, given.shape)) return [];
  const describe = (t: Tensor) => `${t.dtype}${formatShape(t.shape)}`;
  return [`${name}: got ${describe(given)}, expected ${describe(own)}`];
}

/** Names that are one tensor here, but for which the state has different values. */
function tiesBroken(own: ReadonlyMap<string, Tensor>, state: StateDict): string[] {
  const firstNames = new Map<Tensor, string>();
  return [...own].flatMap(([name, value]) => {
    const given = state.get(name);
    if (!given) return [];
    const first = firstNames.get(value);
    if (first === undefined) {
      firstNames.set(value, name);
      return [];
    }
    const before = state.get(first) as Tensor;
    if (before === given || !sameShape(before.shape, given.shape)) return [];
    const values = given.dataSync();
    const agree = before.dataSync().every((element, i) => Object.is(element, values[i]));
    return agree ? [] : [`${first} and ${name} are one tensor here, but differ in the state`];
  });
}

/** The values of `source` on the device and in the dtype of `target`. */
const like = (source: Tensor, { device, dtype }: Tensor): Tensor =>
  source.device === device
    ? source.detach().to(dtype)
    : tensor(source.dataSync(), { shape: source.shape, dtype, device });
