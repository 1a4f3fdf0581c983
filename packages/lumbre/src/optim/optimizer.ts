import { formatShape, sameShape } from '../graph/shape.ts';
import { feed, zerosLike } from '../tensor/creation.ts';
import { realizeNodes } from '../tensor/realize.ts';
import { keep, noGrad, scope } from '../tensor/scope.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { currentTrace } from '../tensor/trace.ts';

/** What every group of parameters has; `lr` may change from step to step. */
export interface GroupSettings {
  /** The learning rate. */
  lr: number;
}

/** Parameters that are updated with the same settings. */
export type ParameterGroup<Settings extends GroupSettings> = Settings & {
  readonly params: readonly Tensor[];
};

/** Parameters, or groups of them with settings of their own. */
export type OptimizerInput<Settings extends GroupSettings> =
  | readonly Tensor[]
  | readonly (Partial<Settings> & { readonly params: readonly Tensor[] })[];

/** What one step makes of a parameter and its state. */
export interface Update {
  readonly parameter: Tensor;
  /** In the order of the state's names. */
  readonly state: readonly Tensor[];
}

/** What a checkpoint must keep to go on as if nothing had happened. Settings are not part of it. */
export interface OptimizerState {
  /** How many steps have been made. */
  readonly step: number;
  /** `3.expAvg` is the state `expAvg` of parameter 3, counted through all groups. */
  readonly tensors: ReadonlyMap<string, Tensor>;
}

const isTensorList = (input: OptimizerInput<GroupSettings>): input is readonly Tensor[] =>
  !input.some((item) => 'params' in item);

/**
 * Changes parameters by their gradients. What varies from step to step (learning rates, bias corrections) is computed on
 * the host in double precision and fed in, so that a compiled step counts on when it is replayed; the rest is tensors.
 */
export abstract class Optimizer<Settings extends GroupSettings> {
  /** Change `lr` and the like here; a compiled step takes the change up. */
  readonly groups: readonly ParameterGroup<Settings>[];
  readonly #state = new Map<Tensor, readonly Tensor[]>();
  readonly #stateNames: readonly string[];
  readonly #device: string;
  #step = 0;

  /**
   * @param stateNames what is remembered of each parameter, in tensors of its shape that start as zeros
   * @throws Error when there are no parameters, they are on several devices, one is given twice or needs no gradient.
   */
  constructor(input: OptimizerInput<Settings>, defaults: Settings, stateNames: readonly string[]) {
    const groups = isTensorList(input) ? [{ params: input }] : input;
    this.groups = groups.map((group) => ({ ...defaults, ...group }) as ParameterGroup<Settings>);
    this.#stateNames = stateNames;
    for (const parameter of this.#parameters()) {
      if (this.#state.has(parameter)) {
        throw new Error(
          `${this.constructor.name}: a parameter of shape ${formatShape(parameter.shape)} is given twice.`,
        );
      }
      if (!parameter.requiresGrad) {
        throw new Error(
          `${this.constructor.name}: a tensor of shape ${formatShape(parameter.shape)} requires no gradient; ` +
            'give parameters, or set requiresGrad.',
        );
      }
      this.#state.set(parameter, keep(stateNames.map(() => noGrad(() => zerosLike(parameter)))));
    }
    const devices = new Set([...this.#state.keys()].map(({ device }) => device));
    const [device] = devices;
    if (device === undefined) throw new Error(`${this.constructor.name}: there are no parameters to train.`);
    if (devices.size > 1) {
      throw new Error(
        `${this.constructor.name}: parameters are on devices ${[...devices].join(' and ')}; make them on one, or one ` +
          'optimizer for each.',
      );
    }
    this.#device = device;
  }

  /** The host's numbers for a group at step `step`, which counts from 1: as many at each step. */
  protected abstract scalars(group: ParameterGroup<Settings>, step: number): number[];

  /** The new values of one parameter and its state. `scalars` are tensors of one element. */
  protected abstract update(
    parameter: Tensor,
    gradient: Tensor,
    state: readonly Tensor[],
    scalars: readonly Tensor[],
    group: ParameterGroup<Settings>,
  ): Update;

  /** The learning rate of the first group; setting it sets that of all. */
  get lr(): number {
    return (this.groups[0] as ParameterGroup<Settings>).lr;
  }

  set lr(value: number) {
    for (const group of this.groups) group.lr = value;
  }

  /** How many steps have been made. */
  get stepCount(): number {
    return this.#step;
  }

  /**
   * Updates all parameters that have a gradient. Outside `compile` everything is computed at once, in one program:
   * otherwise each step's graph would hang on the one before.
   */
  step(): void {
    noGrad(() =>
      scope(() => {
        const before = this.#step;
        const changes = this.#changes();
        if (!currentTrace()) {
          try {
            realizeNodes(
              changes.map(([, { node }]) => node),
              this.#device,
            );
          } catch (error) {
            this.#step = before;
            throw error;
          }
        }
        for (const [target, value] of changes) target.assign(value);
      }),
    );
  }

  #changes(): [target: Tensor, value: Tensor][] {
    const { dtype } = [...this.#parameters()][0] as Tensor;
    const counts = this.groups.map((group) => this.scalars(group, this.#step + 1).length);
    const total = counts.reduce((sum, count) => sum + count, 0);
    const makeArray = dtype === 'float64' ? Float64Array : Float32Array;
    // The one place that counts: it runs here, and again at each replay of a compiled step.
    const nextScalars = () => {
      this.#step++;
      return makeArray.from(this.groups.flatMap((group) => this.scalars(group, this.#step)));
    };
    const fed = feed(nextScalars, [total], dtype, this.#device, () => this.#step--);
    const changes: [Tensor, Tensor][] = [];
    let next = 0;
    this.groups.forEach((group, g) => {
      const scalars = Array.from({ length: counts[g] as number }, () => fed.narrow(0, next++, 1).reshape([]));
      for (const parameter of group.params) {
        if (!parameter.grad) continue;
        const state = this.#state.get(parameter) as readonly Tensor[];
        const own = scalars.map((scalar) => scalar.to(parameter.dtype));
        const update = this.update(parameter, parameter.grad, state, own, group);
        changes.push([parameter, update.parameter.reshape(parameter.shape)]);
        state.forEach((target, i) => {
          changes.push([target, update.state[i] as Tensor]);
        });
      }
    });
    return changes;
  }

  *#parameters(): Generator<Tensor> {
    for (const { params } of this.groups) yield* params;
  }

  *#namedState(): Generator<[name: string, tensor: Tensor]> {
    let number = 0;
    for (const parameter of this.#parameters()) {
      for (const [i, tensor] of (this.#state.get(parameter) as readonly Tensor[]).entries()) {
        yield [`${number}.${this.#stateNames[i]}`, tensor];
      }
      number++;
    }
  }

  /** Clears the gradients of all parameters. */
  zeroGrad(): void {
    for (const parameter of this.#parameters()) parameter.grad = null;
  }

  /** The tensors themselves, not copies. */
  stateDict(): OptimizerState {
    return { step: this.#step, tensors: new Map(this.#namedState()) };
  }

  /** @throws Error that lists what is missing or does not fit; then nothing has been changed. */
  loadStateDict({ step, tensors }: OptimizerState): void {
    const own = [...this.#namedState()];
    const problems = own.flatMap(([name, { shape }]) => {
      const given = tensors.get(name);
      if (!given) return [`${name} is missing`];
      return sameShape(given.shape, shape)
        ? []
        : [`${name} has shape ${formatShape(given.shape)}, expected ${formatShape(shape)}`];
    });
    if (!Number.isInteger(step) || step < 0) problems.push(`the step is ${step}, expected a whole number`);
    if (tensors.size > own.length) problems.push(`there are ${tensors.size} tensors, expected ${own.length}`);
    if (problems.length > 0) {
      throw new Error(
        `${this.constructor.name}: the state is of other parameters:\n  ${problems.join('\n  ')}\n` +
          'Build the optimizer with the parameters and groups that it was saved with.',
      );
    }
    this.#step = step;
    for (const [name, tensor] of own) tensor.assign(tensors.get(name) as Tensor);
  }

  /** Gives back the memory of the state. */
  dispose(): void {
    for (const state of this.#state.values()) for (const tensor of state) tensor.dispose();
  }
}
