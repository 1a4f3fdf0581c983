import { formatShape, sameShape } from '../graph/shape.ts';
import { feed } from '../tensor/creation.ts';
import { keep, noGrad, scope } from '../tensor/scope.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { guard } from '../tensor/trace.ts';
import { assignTogether, type Change } from './assignTogether.ts';
import { checkSettings, type GroupSettings } from './settings.ts';

/** Parameters that are updated with the same settings. */
export type ParameterGroup<Settings extends GroupSettings> = Settings & {
  readonly params: readonly Tensor[];
};

/** Parameters, and those of their settings that are not the optimizer's. */
export type GroupInput<Settings extends GroupSettings> = Partial<Settings> & {
  readonly params: readonly Tensor[];
};

/** Parameters, or groups of them with settings of their own. */
export type OptimizerInput<Settings extends GroupSettings> =
  | readonly Tensor[]
  | readonly GroupInput<Settings>[];

/** What one step makes of a parameter and its state. */
export interface Update<State> {
  readonly parameter: Tensor;
  readonly state: State;
}

/** What a checkpoint must keep to go on as if nothing had happened. Settings are not part of it. */
export interface OptimizerState {
  /** How many steps have been made. */
  readonly step: number;
  /** `3.expAvg` is the state `expAvg` of parameter 3, counted through all groups. */
  readonly tensors: ReadonlyMap<string, Tensor>;
}

type Tensors = Readonly<Record<string, Tensor>>;

const isTensorList = (input: OptimizerInput<GroupSettings>): input is readonly Tensor[] =>
  !input.some((item) => 'params' in item);

/**
 * Changes parameters by their gradients. What varies from step to step (learning rates, momenta, bias corrections) is
 * computed on the host in double precision and fed in, so that a compiled step counts on when it is replayed; the rest is
 * tensors. Steps are counted for all parameters together: one that has had no gradient until now is not treated as new.
 *
 * A subclass says with which values its state begins, what the host computes, and what a step makes of both. Its methods
 * are called by this constructor already: they use their arguments, and no fields of their own.
 *
 * @typeParam State the tensors that are remembered of each parameter, by name; some may be there in some groups only
 * @typeParam Scalars the names of the host's numbers
 */
export abstract class Optimizer<
  Settings extends GroupSettings = GroupSettings,
  State extends object = object,
  Scalars extends string = string,
> {
  readonly #groups: ParameterGroup<Settings>[] = [];
  readonly #state = new Map<Tensor, Tensors>();
  readonly #defaults: Settings;
  #device = '';
  #step = 0;

  /**
   * @param settings those that are not as in `defaults`; a group may have its own
   * @throws Error when there are no parameters, they are on several devices, one is given twice or needs no gradient.
   * @throws RangeError for settings that are unknown or not valid.
   */
  constructor(input: OptimizerInput<Settings>, defaults: Settings, settings: Partial<Settings>) {
    const all = { maximize: false, ...defaults };
    checkSettings(this.constructor.name, settings, new Set(Object.keys(all)));
    this.#defaults = { ...all, ...settings };
    const groups = isTensorList(input) ? [{ params: input } as GroupInput<Settings>] : input;
    try {
      for (const group of groups) this.addParamGroup(group);
    } catch (error) {
      this.dispose();
      throw error;
    }
    if (this.#state.size === 0)
      throw new Error(`${this.constructor.name}: there are no parameters to train.`);
  }

  /** Change `lr` and the like here; a compiled step takes the change up. */
  get groups(): readonly ParameterGroup<Settings>[] {
    return this.#groups;
  }

  /**
   * Adds parameters to train from now on, such as those of a layer that is no longer frozen. A compiled step is traced
   * anew.
   *
   * @throws Error and RangeError as the constructor; then nothing has been added.
   */
  addParamGroup(group: GroupInput<Settings>): void {
    const { params, ...own } = group;
    checkSettings(this.constructor.name, own, new Set(Object.keys(this.#defaults)));
    const whole = { ...this.#defaults, ...group, params: [...params] } as ParameterGroup<Settings>;
    this.checkGroup(whole);
    const seen = new Set(this.#state.keys());
    for (const parameter of params) {
      this.#checkParameter(parameter, seen);
      seen.add(parameter);
    }
    for (const parameter of params) {
      const state = noGrad(() => this.initialState(parameter, whole)) as Tensors;
      for (const tensor of Object.values(state)) keep(tensor);
      this.#state.set(parameter, state);
    }
    this.#groups.push(whole);
  }

  #checkParameter(parameter: Tensor, seen: ReadonlySet<Tensor>): void {
    const name = this.constructor.name;
    const described = `of shape ${formatShape(parameter.shape)}`;
    if (seen.has(parameter)) throw new Error(`${name}: a parameter ${described} is given twice.`);
    if (!parameter.requiresGrad) {
      throw new Error(
        `${name}: a tensor ${described} requires no gradient; give parameters, or set requiresGrad.`,
      );
    }
    this.#device ||= parameter.device;
    if (parameter.device !== this.#device) {
      throw new Error(
        `${name}: parameters are on devices ${this.#device} and ${parameter.device}; make them on one, or one ` +
          'optimizer for each.',
      );
    }
  }

  /** Throws where settings, each of them valid, do not go together, or parameters are of a kind that cannot be trained. */
  protected checkGroup(_group: ParameterGroup<Settings>): void {}

  /** What is remembered of a parameter, as it is before the first step. */
  protected abstract initialState(parameter: Tensor, group: ParameterGroup<Settings>): State;

  /** The host's numbers for a group at step `step`, which counts from 1. */
  protected abstract scalars(group: ParameterGroup<Settings>, step: number): Record<Scalars, number>;

  /** The new values of one parameter and of all of its state. `scalars` are tensors of one element. */
  protected abstract update(
    parameter: Tensor,
    gradient: Tensor,
    state: State,
    scalars: Readonly<Record<Scalars, Tensor>>,
    group: ParameterGroup<Settings>,
  ): Update<State>;

  /** The learning rate of the first group; setting it sets that of all. */
  get lr(): number {
    return (this.groups[0] as ParameterGroup<Settings>).lr;
  }

  set lr(value: number) {
    for (const group of this.#groups) group.lr = value;
  }

  /** How many steps have been made. */
  get stepCount(): number {
    return this.#step;
  }

  /** Updates all parameters that have a gradient; outside `compile` at once. */
  step(): void {
    noGrad(() =>
      scope(() => {
        const before = this.#step;
        try {
          assignTogether(this.#changes());
        } catch (error) {
          this.#step = before;
          throw error;
        }
      }),
    );
  }

  #changes(): Change[] {
    // Groups may be added later.
    guard(() => this.#groups.length);
    const groups = this.#groups;
    const { dtype } = [...this.#parameters()][0] as Tensor;
    const names = groups.map((group) => Object.keys(this.scalars(group, this.#step + 1)));
    const makeArray = dtype === 'float64' ? Float64Array : Float32Array;
    // The one place that counts: it runs here, and again at each replay of a compiled step.
    const nextScalars = () => {
      this.#step++;
      return makeArray.from(groups.flatMap((group) => this.#numbers(group)));
    };
    const fed = feed(nextScalars, [names.flat().length], dtype, this.#device, () => this.#step--);
    const changes: Change[] = [];
    let next = 0;
    groups.forEach((group, g) => {
      const scalars = (names[g] as string[]).map((name) => {
        return [name, fed.narrow(0, next++, 1).reshape([])] as const;
      });
      for (const parameter of group.params) {
        if (!parameter.grad) continue;
        const state = this.#state.get(parameter) as Tensors;
        const own = Object.fromEntries(scalars.map(([name, scalar]) => [name, scalar.to(parameter.dtype)]));
        const gradient = group.maximize ? parameter.grad.neg() : parameter.grad;
        const update = this.update(
          parameter,
          gradient,
          state as State,
          own as Record<Scalars, Tensor>,
          group,
        );
        changes.push([parameter, update.parameter.reshape(parameter.shape)]);
        for (const [name, target] of Object.entries(state)) {
          changes.push([target, (update.state as Tensors)[name] as Tensor]);
        }
      }
    });
    return changes;
  }

  #numbers(group: ParameterGroup<Settings>): number[] {
    return Object.values<number>(this.scalars(group, this.#step));
  }

  *#parameters(): Generator<Tensor> {
    for (const { params } of this.#groups) yield* params;
  }

  *#namedState(): Generator<[name: string, tensor: Tensor]> {
    let number = 0;
    for (const parameter of this.#parameters()) {
      for (const [name, tensor] of Object.entries(this.#state.get(parameter) as Tensors)) {
        yield [`${number}.${name}`, tensor];
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
    for (const state of this.#state.values()) for (const tensor of Object.values(state)) tensor.dispose();
  }
}
